//! What AWS would publish about this system's functions, API and tables, from what this process
//! sees of them: summed up for a few seconds, then written as event lines, so that dashboards
//! draw it in the place where they would draw AWS's.
//!
//! Not everything: nobody here refuses an invocation, and DynamoDB's answers do not say what
//! an index consumed.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use catalogue::{DynamoOperation, REQUEST_DURATION, Service};
use dashboards::model::{Deployment, MetricQuery};
use library::aws::{Api, Function, Index, Table, apigateway, dynamodb, lambda};
use opentelemetry_sdk::trace::SpanData;
use serde_json::{Map, Value, json};
use telemetry::property::{FUNCTION, OUTCOME, STATUS};
use telemetry::{
    CatalogueEntry, Definition, Dimension, DimensionDefinition, Kind, Metric, Namespace,
};

use crate::lines::Lines;

/// How often it is written.
pub(crate) const EVERY: Duration = Duration::from_secs(5);

/// Codes of calls that DynamoDB had no capacity for.
const THROTTLES: [&str; 3] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];
const READS: [&str; 5] = [
    "BatchGetItem",
    "GetItem",
    "Query",
    "Scan",
    "TransactGetItems",
];
/// Most values of a metric in an event.
const MAX_VALUES: usize = 100;

/// Every metric of AWS that this process knows something of.
static KNOWN: [&Definition; 17] = [
    lambda::INVOCATIONS.definition(),
    lambda::ERRORS.definition(),
    lambda::THROTTLES.definition(),
    lambda::DURATION.definition(),
    apigateway::COUNT.definition(),
    apigateway::CLIENT_ERRORS.definition(),
    apigateway::SERVER_ERRORS.definition(),
    apigateway::LATENCY.definition(),
    apigateway::INTEGRATION_LATENCY.definition(),
    dynamodb::READ_THROTTLE_EVENTS.definition(),
    dynamodb::WRITE_THROTTLE_EVENTS.definition(),
    dynamodb::SYSTEM_ERRORS.definition(),
    dynamodb::CONDITIONAL_CHECK_FAILED.definition(),
    dynamodb::TRANSACTION_CONFLICT.definition(),
    dynamodb::SUCCESSFUL_REQUEST_LATENCY.definition(),
    dynamodb::CONSUMED_READ_CAPACITY.definition(),
    dynamodb::CONSUMED_WRITE_CAPACITY.definition(),
];

/// Whether this process knows what AWS would answer to a query.
pub(crate) fn is_known(query: &MetricQuery) -> bool {
    let of_index =
        |(dimension, _): (&DimensionDefinition, _)| dimension.name == Index::DEFINITION.name;
    is_published(query.metric) && !query.dimensions().any(of_index)
}

fn is_published(metric: &Definition) -> bool {
    let mut known = KNOWN.iter();
    known.any(|one| one.namespace == metric.namespace && one.name == metric.name)
}

/// What is called what: the name that a program knows of a table, and the short one that
/// dashboards know.
pub(crate) type Names = Vec<(String, Table)>;

/// What happened since it was written last. A clone is the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct AwsMetrics(Arc<Mutex<Sums>>);

type Dimensions = Vec<(&'static str, String)>;
/// Values by namespace, dimensions and metric.
type Sums = BTreeMap<(&'static str, Dimensions, &'static str), Vec<f64>>;

/// As much of an event as Lambda and API Gateway would know.
struct Request {
    function: String,
    /// In milliseconds.
    duration: f64,
    status: u64,
    /// Whether Lambda would say that the invocation failed. A client that left is no failure,
    /// and neither is an answer of 500.
    failed: bool,
}

impl Request {
    /// The request that an event is about, if a line is the first one of such an event.
    fn of(line: &[u8]) -> Option<Self> {
        let event: Value = serde_json::from_slice(line).ok()?;
        Some(Self {
            function: event[FUNCTION.name()].as_str()?.to_owned(),
            duration: event[REQUEST_DURATION.definition().name].as_f64()?,
            status: event[STATUS.name()].as_u64().unwrap_or_default(),
            failed: matches!(event[OUTCOME.name()].as_str(), Some("panic" | "deadline")),
        })
    }
}

impl AwsMetrics {
    /// A writer for event lines.
    pub(crate) fn lines(&self) -> impl Write + Send + use<> {
        let published = self.clone();
        Lines(move |line: &[u8]| published.event(line))
    }

    /// A call of a table.
    pub(crate) fn call(&self, span: &SpanData) {
        let text = |key: &str| {
            let mut all = span.attributes.iter();
            let found = all.find(|one| one.key.as_str() == key);
            found.map(|one| one.value.as_str().into_owned())
        };
        let (Some(table), Some(operation)) =
            (text("db.collection.name"), text("db.operation.name"))
        else {
            return;
        };
        let reads = READS.contains(&operation.as_str());
        let of_table = || vec![(Table::DEFINITION.name, table.clone())];
        let by_operation = || {
            let named = (DynamoOperation::DEFINITION.name, operation.clone());
            vec![(Table::DEFINITION.name, table.clone()), named]
        };
        match text("error.type").as_deref() {
            Some(error) if THROTTLES.contains(&error) && reads => {
                self.add(dynamodb::READ_THROTTLE_EVENTS, of_table(), 1.0);
            }
            Some(error) if THROTTLES.contains(&error) => {
                self.add(dynamodb::WRITE_THROTTLE_EVENTS, of_table(), 1.0);
            }
            Some("InternalServerError") => self.add(dynamodb::SYSTEM_ERRORS, by_operation(), 1.0),
            Some("ConditionalCheckFailedException") => {
                self.add(dynamodb::CONDITIONAL_CHECK_FAILED, of_table(), 1.0);
            }
            Some("TransactionConflictException") => {
                self.add(dynamodb::TRANSACTION_CONFLICT, of_table(), 1.0);
            }
            Some(_) => {}
            None => {
                let took = span.end_time.duration_since(span.start_time);
                let took = took.unwrap_or_default().as_secs_f64() * 1e3;
                self.add(dynamodb::SUCCESSFUL_REQUEST_LATENCY, by_operation(), took);
            }
        }
        for (table, units) in consumed(span) {
            let of_table = vec![(Table::DEFINITION.name, table)];
            if reads {
                self.add(dynamodb::CONSUMED_READ_CAPACITY, of_table, units);
            } else {
                self.add(dynamodb::CONSUMED_WRITE_CAPACITY, of_table, units);
            }
        }
    }

    /// A request that a function has answered, if a line is about one.
    fn event(&self, line: &[u8]) {
        let Some(request) = Request::of(line) else {
            return;
        };
        let function = || {
            vec![(
                Function::<Service>::DEFINITION.name,
                request.function.clone(),
            )]
        };
        let failed = f64::from(u8::from(request.failed));
        self.add(lambda::INVOCATIONS, function(), 1.0);
        self.add(lambda::ERRORS, function(), failed);
        self.add(lambda::THROTTLES, function(), 0.0);
        self.add(lambda::DURATION, function(), request.duration);
        let api = || vec![(Api::DEFINITION.name, Api::Http.value().to_owned())];
        let of = |hundred: u64| f64::from(u8::from(request.status / 100 == hundred));
        self.add(apigateway::COUNT, api(), 1.0);
        self.add(apigateway::CLIENT_ERRORS, api(), of(4));
        self.add(apigateway::SERVER_ERRORS, api(), of(5));
        self.add(apigateway::LATENCY, api(), request.duration);
        self.add(apigateway::INTEGRATION_LATENCY, api(), request.duration);
    }

    fn add<K: Kind, M: CatalogueEntry>(&self, metric: Metric<K, M>, of: Dimensions, value: f64) {
        let metric = metric.definition();
        debug_assert!(
            is_published(metric),
            "{} is not said to be known",
            metric.name
        );
        let Namespace::Service(namespace) = metric.namespace else {
            return;
        };
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sums.entry((namespace, of, metric.name))
            .or_default()
            .push(value);
    }

    /// An event line for each metric and its dimensions, of what happened since this was asked
    /// last. Tables have the names that programs know them by.
    pub(crate) fn take(
        &self,
        deployment: &Deployment,
        environment: &str,
        tables: &Names,
    ) -> Vec<u8> {
        let sums = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut lines = Vec::new();
        for ((namespace, dimensions, metric), values) in sums {
            let named = dimensions.into_iter().map(|(dimension, name)| {
                let short = tables.iter().find(|(known, _)| *known == name);
                let short = short.map_or(name, |(_, table)| table.value().to_owned());
                let resource = deployment.resource(dimension);
                let full = resource.map(|of| of.naming.resolve(environment, &short, &short));
                (dimension, full.unwrap_or(short))
            });
            let named: Vec<(&str, String)> = named.collect();
            for values in values.chunks(MAX_VALUES) {
                lines.extend(
                    line(namespace, &named, metric, values)
                        .to_string()
                        .into_bytes(),
                );
                lines.push(b'\n');
            }
        }
        lines
    }
}

/// The tables that a call consumed capacity of, and the units.
fn consumed(span: &SpanData) -> Vec<(String, f64)> {
    let mut all = span.attributes.iter();
    let entries = all.find(|one| one.key.as_str() == "aws.dynamodb.consumed_capacity");
    let Some(opentelemetry::Value::Array(opentelemetry::Array::String(entries))) =
        entries.map(|one| &one.value)
    else {
        return Vec::new();
    };
    let each = entries.iter().filter_map(|entry| {
        let entry: Value = serde_json::from_str(entry.as_str()).ok()?;
        let table = entry["TableName"].as_str()?.to_owned();
        Some((table, entry["CapacityUnits"].as_f64()?))
    });
    each.collect()
}

fn line(namespace: &str, dimensions: &[(&str, String)], metric: &str, values: &[f64]) -> Value {
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let mut line = Map::new();
    let directive = json!({
        "Namespace": namespace, "Dimensions": [names], "Metrics": [{ "Name": metric }],
    });
    line.insert(
        "_aws".to_owned(),
        json!({ "Timestamp": u64::try_from(now.as_millis()).unwrap_or(u64::MAX), "CloudWatchMetrics": [directive] }),
    );
    for (name, value) in dimensions {
        line.insert((*name).to_owned(), json!(value));
    }
    line.insert(metric.to_owned(), json!(values));
    Value::Object(line)
}

#[cfg(test)]
mod tests {
    use library::DEPLOYMENT;

    use super::*;

    #[test]
    fn a_function_s_requests_are_what_lambda_and_the_gateway_would_say() {
        let published = AwsMetrics::default();
        let mut lines = published.lines();
        for (status, outcome) in [(201, ""), (503, r#","outcome":"deadline""#)] {
            let line = format!(
                r#"{{"_aws":{{}},"function":"run-api","{}":4.5,"status":{status}{outcome}}}"#,
                REQUEST_DURATION.name()
            );
            writeln!(lines, "{line}").unwrap();
        }
        writeln!(lines, r#"{{"function":"run-api","temperature":1}}"#).unwrap();
        let written = published.take(&DEPLOYMENT, "local", &Vec::new());
        let written = String::from_utf8(written).unwrap();
        for (metric, values) in [
            ("Invocations", "[1.0,1.0]"),
            ("Errors", "[0.0,1.0]"),
            ("Duration", "[4.5,4.5]"),
            ("5xx", "[0.0,1.0]"),
        ] {
            let said = format!(r#""{metric}":{values}"#);
            assert!(written.contains(&said), "{said}: {written}");
        }
        assert!(
            written.contains(r#""FunctionName":"sentori-local-run-api""#),
            "{written}"
        );
        assert!(published.take(&DEPLOYMENT, "local", &Vec::new()).is_empty());
    }
}
