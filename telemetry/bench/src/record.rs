//! This crate's part of the comparison, and the record everybody writes.

use std::hint::black_box;

use telemetry::{ApplicationNamespace, Destination, Metrics};

use crate::measure::Table;

telemetry::dimension! {
    /// Functions.
    pub enum Service as "Service" {
        /// Reads and writes runs.
        RunApi = "run-api",
        /// Takes readings.
        SensorApi = "sensor-api",
    }
}
telemetry::dimension! {
    /// Routes.
    pub enum Route as "Route" {
        /// One run.
        GetRun = "GET /api/runs/{id}",
        /// Takes readings.
        IngestReadings = "POST /api/sensors/data",
    }
}
telemetry::catalogue! {
    /// Requests that were answered.
    REQUEST: Counter {
        name: "request",
        unit: Count,
        by: [[Service, Route]],
        sample: Rate { per_minute: 1.0 },
    }
    /// Time from arrival to answer.
    REQUEST_DURATION: Distribution {
        name: "request_duration",
        unit: Milliseconds,
        by: [[Service, Route]],
        sample: Tail { median: 6.0, p99: 45.0 },
    }
    /// Time that the table took.
    STORE_DURATION: Distribution {
        name: "store_duration",
        unit: Milliseconds,
        by: [[Service, Route]],
        sample: Tail { median: 3.0, p99: 20.0 },
    }
}
telemetry::properties! {
    /// Id of the run.
    RUN_ID as "run_id", logged, annotated;
    /// Name of the user.
    USER as "user", annotated;
    /// Id of the sensor.
    SENSOR_ID as "sensor_id";
}

/// What everybody writes.
pub struct Record {
    pub request: u64,
    pub request_duration: f64,
    pub store_duration: f64,
    pub run_id: &'static str,
    pub user: &'static str,
    pub sensor_id: &'static str,
}

pub const NAMESPACE: &str = "Sentori/dev";
pub const SERVICE: &str = "sensor-api";
pub const ROUTE: &str = "POST /api/sensors/data";

static RECORD: Record = Record {
    request: 1,
    request_duration: 6.283_185_307_179_586,
    store_duration: 3.141_592_653_589_793,
    run_id: "9b2d2c9e-3a51-4e57-9d3c-0d7f2c4f6a11",
    user: "ada.lovelace",
    sensor_id: "sensor-42",
};

/// The record, hidden from the optimiser.
pub fn record() -> &'static Record {
    black_box(&RECORD)
}

/// A destination that forgets.
pub fn forget() -> Destination {
    Destination::writer("nowhere", std::io::sink())
}

pub fn metrics(destination: Destination) -> Metrics {
    let namespace = ApplicationNamespace::new(NAMESPACE).expect("valid");
    Metrics::builder(namespace)
        .emf(destination)
        .build()
        .expect("nothing to open")
}

/// One event.
pub fn write(metrics: &Metrics, record: &Record) {
    metrics.in_scope(|| fill(record));
}

fn fill(record: &Record) {
    let labels = (Service::SensorApi, Route::IngestReadings);
    RUN_ID.set(record.run_id);
    USER.set(record.user);
    SENSOR_ID.set(record.sensor_id);
    REQUEST.add(record.request, labels);
    REQUEST_DURATION.record(record.request_duration, labels);
    STORE_DURATION.record(record.store_duration, labels);
}

pub fn add_to(table: &mut Table) {
    let lines = telemetry::Lines::default();
    write(&metrics(Destination::lines(&lines)), record());
    let bytes = lines.text().len();
    eprintln!("{}", lines.text());
    let into_nothing = metrics(forget());
    table.add("telemetry, one event with its scope and sink", move || {
        write(&into_nothing, record());
        bytes
    });
}
