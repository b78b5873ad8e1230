//! One call, from the caller's request to the last attempt's answer.

use std::time::Instant;

use aws_sdk_dynamodb::types::ConsumedCapacity;
use aws_smithy_runtime_api::client::{
    interceptors::context::{Error, Input, Output},
    orchestrator::{HttpResponse, OrchestratorError},
};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use opentelemetry::{Array, StringValue, Value};
use opentelemetry_semantic_conventions::attribute::{
    AWS_DYNAMODB_CONSUMED_CAPACITY, AWS_DYNAMODB_TABLE_NAMES, AWS_REQUEST_ID, DB_COLLECTION_NAME,
    DB_OPERATION_NAME, DB_SYSTEM_NAME, ERROR_TYPE,
};

use super::{
    failure::{Failure, Throttle},
    operation,
};
use crate::{
    context::{self, DYNAMODB, SpanHandle},
    signals::OperationSignals,
};

/// A call that is under way; recorded also if its future is dropped.
#[derive(Debug)]
pub(super) struct Call<O: OperationSignals> {
    operation: O,
    started: Instant,
    span: SpanHandle,
    attempts: u64,
    throttles: u64,
    throttle: Option<Throttle>,
    ended: bool,
}

impl<O: OperationSignals> Storable for Call<O> {
    type Storer = StoreReplace<Self>;
}

impl<O: OperationSignals> Call<O> {
    pub(super) fn begin(name: &str, input: &Input) -> Self {
        let operation = O::from_value(name).unwrap_or(O::OTHER);
        let span = if context::is_sampled() {
            let span = SpanHandle::client(name);
            describe(&span, name, operation::tables(input));
            span
        } else {
            SpanHandle::default()
        };
        Self {
            operation,
            started: Instant::now(),
            span,
            attempts: 0,
            throttles: 0,
            throttle: None,
            ended: false,
        }
    }

    pub(super) fn attempt_begins(&mut self) {
        self.attempts += 1;
    }

    pub(super) fn attempt_failed(&mut self, response: Option<&HttpResponse>) {
        let failure = response.and_then(Failure::of);
        if let Some(throttle) = failure.and_then(Failure::throttle) {
            self.throttles += 1;
            self.throttle = Some(throttle);
        }
    }

    pub(super) fn end(
        &mut self,
        response: Option<&HttpResponse>,
        result: Option<Result<&Output, &OrchestratorError<Error>>>,
    ) {
        self.record();
        if let Some(id) = response.and_then(|response| response.headers().get("x-amzn-requestid")) {
            self.span.set_with(AWS_REQUEST_ID, || id.to_owned().into());
        }
        match result {
            Some(Ok(output)) => self.record_capacity(operation::capacities(output)),
            Some(Err(error)) => self.record_failure(&error_type(error, response)),
            None => {}
        }
    }

    /// What is recorded of every call, however it ended.
    fn record(&mut self) {
        self.ended = true;
        if context::is_detailed() {
            O::REQUEST_DURATION.record(context::milliseconds_since(self.started), ());
        }
        if self.attempts > 1 {
            O::RETRY.add(self.attempts - 1, self.operation);
        }
        if self.throttles > 0 {
            O::THROTTLE.add(self.throttles, self.operation);
        }
        if let Some(throttle) = &self.throttle {
            throttle.set();
        }
    }

    fn record_capacity(&self, capacities: &[ConsumedCapacity]) {
        if !capacities.is_empty() {
            self.span.set_with(AWS_DYNAMODB_CONSUMED_CAPACITY, || {
                strings(capacities.iter().map(as_json))
            });
        }
    }

    fn record_failure(&self, error_type: &str) {
        self.span
            .set_with(ERROR_TYPE, || error_type.to_owned().into());
        self.span.fail(error_type.to_owned());
    }
}

impl<O: OperationSignals> Drop for Call<O> {
    fn drop(&mut self) {
        if !self.ended {
            self.record();
            self.record_failure("cancelled");
        }
    }
}

fn describe(span: &SpanHandle, name: &str, tables: Vec<String>) {
    span.set(DB_SYSTEM_NAME, DYNAMODB);
    span.set(DB_OPERATION_NAME, name.to_owned());
    if let [table] = tables.as_slice() {
        span.rename(format!("{name} {table}"));
        span.set(DB_COLLECTION_NAME, table.clone());
    }
    if !tables.is_empty() {
        span.set(AWS_DYNAMODB_TABLE_NAMES, strings(tables.into_iter()));
    }
}

fn strings(all: impl Iterator<Item = String>) -> Value {
    Value::Array(Array::String(all.map(StringValue::from).collect()))
}

/// As the semantic conventions ask for it: an entry of the answer, as JSON.
fn as_json(capacity: &ConsumedCapacity) -> String {
    serde_json::json!({
        "TableName": capacity.table_name,
        "CapacityUnits": capacity.capacity_units,
    })
    .to_string()
}

/// The code that DynamoDB answered, or what kept an answer from coming.
fn error_type(error: &OrchestratorError<Error>, response: Option<&HttpResponse>) -> String {
    let other = if error.is_operation_error() {
        let code = response.and_then(Failure::of).map(|failure| failure.code);
        return code.unwrap_or_else(|| "_OTHER".to_owned());
    } else if error.is_timeout_error() {
        "timeout"
    } else if error.is_connector_error() {
        "connection"
    } else if error.is_response_error() {
        "response"
    } else {
        "_OTHER"
    };
    other.to_owned()
}
