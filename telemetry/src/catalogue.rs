//! Sentori's metrics, dimensions and properties: the one place where they are defined.
//!
//! Handlers record these constants, dashboards and alarms query them, the metric
//! reference lists them. To add a metric, add an entry here (docs/add-a-metric.md).

use crate::{
    ApplicationNamespace, InvalidNamespace, Property, billed_metrics, catalogue, dimension,
};

impl ApplicationNamespace {
    /// The namespace of one environment of Sentori's: `Sentori/<environment>`.
    ///
    /// # Errors
    ///
    /// If CloudWatch would refuse it.
    pub fn of_environment(environment: &str) -> Result<Self, InvalidNamespace> {
        Self::new(format!("Sentori/{environment}"))
    }
}

dimension! {
    /// Routes of both functions, as API Gateway names them.
    pub enum Route as "Route" {
        /// May another run start?
        CanStart = "GET /api/runs/can-start",
        /// Runs that are running now.
        RunningRuns = "GET /api/runs/running",
        /// Start a run.
        StartRun = "POST /api/runs/start",
        /// Finish a run.
        FinishRun = "POST /api/runs/{id}/finish",
        /// Interrupt every running run.
        InterruptAll = "POST /api/runs/interrupt-all",
        /// One run.
        GetRun = "GET /api/runs/{id}",
        /// A page of runs.
        ListRuns = "GET /api/runs",
        /// The newest runs in one answer.
        AllRuns = "GET /api/runs/all",
        /// Ingest one reading or a batch.
        IngestReadings = "POST /api/sensors/data",
        /// A page of readings.
        ListReadings = "GET /api/sensors/data",
        /// The OpenAPI document.
        OpenApi = "GET /api/openapi.json",
        /// Any path or method that is not a route.
        Unmatched = "unmatched",
    }
}

dimension! {
    /// The Lambda functions.
    pub enum Service as "Service" {
        /// Starts, finishes and lists runs.
        RunApi = "run-api",
        /// Ingests and lists readings.
        SensorApi = "sensor-api",
    }
}

dimension! {
    /// How a run ended.
    pub enum RunOutcome as "Status" {
        /// Finished well.
        Completed = "COMPLETED",
        /// Finished with an error.
        Failed = "FAILED",
        /// Interrupted by a person, or past its lease.
        Interrupted = "INTERRUPTED",
    }
}

dimension! {
    /// Why readings were rejected.
    pub enum RejectReason as "Reason" {
        /// The body is not a valid reading.
        Invalid = "invalid",
        /// There is no such run.
        UnknownRun = "unknown_run",
        /// The run has ended.
        RunNotRunning = "run_not_running",
        /// The store stayed unavailable within the request's budget.
        Unavailable = "unavailable",
    }
}

dimension! {
    /// The DynamoDB operations that the store uses.
    pub enum DynamoOperation as "Operation" {
        /// Read one item.
        GetItem = "GetItem",
        /// Read several items by key.
        BatchGetItem = "BatchGetItem",
        /// Read a range of an index.
        Query = "Query",
        /// Write one item.
        PutItem = "PutItem",
        /// Change one item.
        UpdateItem = "UpdateItem",
        /// Write several items.
        BatchWriteItem = "BatchWriteItem",
        /// Write several items, all or none.
        TransactWriteItems = "TransactWriteItems",
        /// Anything else, such as creating the tables.
        Other = "Other",
    }
}

/// The function that wrote an event or a log record: which log group it is in.
pub const FUNCTION: Property = Property::new("function", "Name of the function, as in `Service`");
/// The run that an event belongs to.
pub const RUN_ID: Property = Property::new("run_id", "Id of the run");
/// Who called.
pub const USER: Property = Property::new("user", "Name of the user who called");
/// The sensor of a reading.
pub const SENSOR_ID: Property = Property::new("sensor_id", "Id of the sensor of a reading");
/// The trace of the request.
pub const TRACE_ID: Property = Property::new("trace_id", "Id of the request's trace");
/// The request, as Lambda and API Gateway number it.
pub const REQUEST_ID: Property = Property::new("request_id", "Id of the request");
/// The status the request was answered with.
pub const STATUS: Property = Property::new("status", "HTTP status of the answer");
/// The short, stable name of an error.
pub const ERROR: Property = Property::new("error", "Short name of the error, if there was one");

/// Every property.
pub const PROPERTIES: &[Property] = Property::distinct(
    &[
        FUNCTION, RUN_ID, USER, SENSOR_ID, TRACE_ID, REQUEST_ID, STATUS, ERROR,
    ],
    ALL,
);

/// How many metrics CloudWatch bills at most, at $0.30 a month each.
pub const BILLED_METRICS: usize = billed_metrics(ALL);

catalogue! {
    /// Runs that were started.
    RUN_STARTED: Counter {
        name: "run_started",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 1.5 },
    }
    /// Runs that ended, by how they ended.
    RUN_COMPLETED: Counter {
        name: "run_completed",
        unit: Count,
        by: [[], [RunOutcome]],
        sample: Rate { per_minute: 1.5 },
    }
    /// Starts that were refused because the limit of running runs was reached.
    RUN_REJECTED: Counter {
        name: "run_rejected",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 0.2 },
    }
    /// Runs that are running, observed at every start, whenever a client asks for them, and once a minute.
    RUNS_ACTIVE: Gauge {
        name: "runs_active",
        unit: Count,
        by: [[]],
        sample: Wave { low: 0.0, high: 5.0 },
    }
    /// Further runs that the limit leaves room for, observed with `runs_active`; both together are the limit.
    RUNS_AVAILABLE: Gauge {
        name: "runs_available",
        unit: Count,
        by: [[]],
        sample: Rest { of: RUNS_ACTIVE.definition(), whole: 5.0 },
    }
    /// Time from a run's start to its end.
    RUN_DURATION: Distribution {
        name: "run_duration",
        unit: Seconds,
        by: [[]],
        sample: Tail { median: 60.0, p99: 600.0 },
    }
    /// Readings that were stored.
    SENSOR_DATA_INGESTED: Counter {
        name: "sensor_data_ingested",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 600.0 },
    }
    /// Readings that were not stored, by reason.
    SENSOR_DATA_REJECTED: Counter {
        name: "sensor_data_rejected",
        unit: Count,
        by: [[], [RejectReason]],
        sample: Rate { per_minute: 2.0 },
    }
    /// Temperatures of the readings that were stored.
    TEMPERATURE: Distribution {
        name: "temperature",
        unit: Celsius,
        by: [[]],
        sample: Wave { low: 18.0, high: 27.0 },
    }
    /// Relative humidities of the readings that were stored.
    HUMIDITY: Distribution {
        name: "humidity",
        unit: RelativeHumidity,
        by: [[]],
        sample: Wave { low: 35.0, high: 65.0 },
    }
    /// Air pressures of the readings that were stored.
    PRESSURE: Distribution {
        name: "pressure",
        unit: Hectopascals,
        by: [[]],
        sample: Wave { low: 995.0, high: 1030.0 },
    }
    /// Average temperature of a run, when it ends.
    TEMPERATURE_AVG: Distribution {
        name: "temperature_avg",
        unit: Celsius,
        by: [[]],
        sample: Wave { low: 20.0, high: 25.0 },
    }
    /// Requests that were answered.
    REQUEST: Counter {
        name: "request",
        unit: Count,
        by: [[], [Route]],
        sample: Rate { per_minute: 700.0 },
    }
    /// Requests that failed with a 5xx status; recorded as 0 for every other request, so that ratios have no gaps.
    REQUEST_ERROR: Counter {
        name: "request_error",
        unit: Count,
        by: [[], [Route]],
        sample: Rate { per_minute: 0.5 },
    }
    /// Time from a request's arrival to its answer.
    REQUEST_DURATION: Distribution {
        name: "request_duration",
        unit: Milliseconds,
        by: [[], [Route]],
        sample: Tail { median: 6.0, p99: 45.0 },
    }
    /// First invocations of a new execution environment.
    COLD_START: Counter {
        name: "cold_start",
        unit: Count,
        by: [[Service]],
        sample: Rate { per_minute: 0.1 },
    }
    /// Time of DynamoDB calls, retries included.
    DYNAMODB_REQUEST_DURATION: Distribution {
        name: "dynamodb_request_duration",
        unit: Milliseconds,
        by: [[DynamoOperation]],
        sample: Tail { median: 3.0, p99: 20.0 },
    }
    /// Capacity that DynamoDB calls consumed on tables and indexes.
    DYNAMODB_CONSUMED_CAPACITY: Distribution {
        name: "dynamodb_consumed_capacity",
        unit: CapacityUnits,
        by: [[DynamoOperation]],
        sample: Tail { median: 2.0, p99: 10.0 },
    }
    /// Attempts of DynamoDB calls that were repeated.
    DYNAMODB_RETRY: Counter {
        name: "dynamodb_retry",
        unit: Count,
        by: [[DynamoOperation]],
        sample: Rate { per_minute: 0.3 },
    }
    /// Attempts of DynamoDB calls that were throttled.
    DYNAMODB_THROTTLE: Counter {
        name: "dynamodb_throttle",
        unit: Count,
        by: [[DynamoOperation]],
        sample: Rate { per_minute: 0.1 },
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_price_changes_on_purpose_only() {
        assert_eq!(super::BILLED_METRICS, 92, "say so in the commit");
    }
}
