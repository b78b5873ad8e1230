//! Sentori's metrics, dimensions and properties: the one place where they are defined.
//!
//! Handlers record these constants, dashboards and alarms query them, the metric
//! reference lists them. To add a metric, add an entry here (docs/add-a-metric.md).

/// The examples of the pages compile.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../docs/add-a-metric.md")]
    struct AddAMetric;
    #[doc = include_str!("../../../docs/add-a-quantity.md")]
    struct AddAQuantity;
}

pub mod links;
mod quantity;

pub use quantity::Quantity;
use telemetry::{ApplicationNamespace, Catalogue, InvalidNamespace, dimension, properties};

/// Everything that Sentori measures.
pub const SENTORI: Catalogue = Catalogue::new(ALL, PROPERTIES);

/// The namespace of one environment of Sentori's: `Sentori/<environment>`.
///
/// # Errors
///
/// If CloudWatch would refuse it.
pub fn namespace(environment: &str) -> Result<ApplicationNamespace, InvalidNamespace> {
    ApplicationNamespace::new(format!("Sentori/{environment}"))
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

properties! {
    /// Id of the run.
    RUN_ID as "run_id", logged, annotated;
    /// Name of the user whose run it is, or else who called. On Lambda one reading in ten seconds names its sender, and each that somebody else sends.
    USER as "user", annotated;
    /// Id of the sensor of a reading.
    SENSOR_ID as "sensor_id";
    /// Readings of a batch, as JSON: each with the id of its sensor and what it measured.
    READINGS as "readings";
}

telemetry::catalogue! {
    http by Route else Unmatched;
    lambda by Service;
    dynamodb by DynamoOperation else Other;

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
    /// Readings that the active runs are to send in a minute, of those that send at least once a minute; observed once a minute.
    SENSOR_DATA_DUE: Gauge {
        name: "sensor_data_due",
        unit: Count,
        by: [[]],
        sample: Wave { low: 0.0, high: 600.0 },
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
    /// The minute of the hour, observed once a minute: what changes without anybody.
    HEARTBEAT: Gauge {
        name: "heartbeat",
        unit: Count,
        by: [[]],
        sample: Wave { low: 0.0, high: 59.0 },
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_price_changes_on_purpose_only() {
        assert_eq!(super::SENTORI.billed_metrics(), 67, "say so in the commit");
    }
}
