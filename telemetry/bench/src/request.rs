//! What instrumentation adds to a request.

use std::{
    hint::black_box,
    pin::pin,
    task::{Context, Waker},
};

use telemetry::{
    Metrics,
    catalogue::{
        DYNAMODB_CONSUMED_CAPACITY, DYNAMODB_REQUEST_DURATION, DynamoOperation, REQUEST,
        REQUEST_DURATION, REQUEST_ERROR, REQUEST_ID, RUN_ID, Route, SENSOR_DATA_INGESTED, STATUS,
        USER,
    },
};

use crate::{measure::Table, record};

pub fn add_to(table: &mut Table) {
    table.measure("bare", || {
        poll(bare());
        0
    });
    let metrics = record::metrics(record::forget());
    table.measure("instrumented", || {
        poll(instrumented(&metrics));
        0
    });
}

fn poll<F: Future>(future: F) {
    let ready = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    assert!(black_box(ready).is_ready());
}

async fn bare() -> u16 {
    black_box(201)
}

async fn instrumented(metrics: &Metrics) -> u16 {
    let request = async {
        REQUEST_ID.set(black_box("3f0c6c5a-93b2-4a0b-8c4d-6f8d1a0f9f2e"));
        RUN_ID.set(black_box("9b2d2c9e-3a51-4e57-9d3c-0d7f2c4f6a11"));
        USER.set(black_box("ada.lovelace"));
        SENSOR_DATA_INGESTED.increment(());
        DYNAMODB_REQUEST_DURATION.record(black_box(3.141_592), DynamoOperation::PutItem);
        DYNAMODB_CONSUMED_CAPACITY.record(black_box(2.0), DynamoOperation::PutItem);
        let status = bare().await;
        STATUS.set(status);
        REQUEST.increment(Route::IngestReadings);
        REQUEST_ERROR.add(0, Route::IngestReadings);
        REQUEST_DURATION.record(black_box(6.283_185), Route::IngestReadings);
        status
    };
    metrics.scope(request).await
}
