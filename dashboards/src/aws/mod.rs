//! Metrics that AWS publishes about our resources, declared like our own.
//!
//! Names, dimensions and units are those of the services' documentation. The values of
//! a dimension are the short names of our resources; what AWS calls them depends on the
//! environment ([`Resource`](crate::model::Resource)).

pub mod apigateway;
pub mod dynamodb;
pub mod lambda;
pub mod logs;

use telemetry::{Definition, dimension};

dimension! {
    /// Our functions.
    pub enum Function as "FunctionName" {
        /// Starts, finishes and lists runs.
        RunApi = "run-api",
        /// Ingests and lists readings.
        SensorApi = "sensor-api",
    }
}

dimension! {
    /// The log groups of our functions.
    pub enum LogGroup as "LogGroupName" {
        /// What run-api writes.
        RunApi = "run-api",
        /// What sensor-api writes.
        SensorApi = "sensor-api",
    }
}

dimension! {
    /// Our HTTP API.
    pub enum Api as "ApiId" {
        /// The one in front of both functions.
        Http = "http",
    }
}

dimension! {
    /// Our tables.
    pub enum Table as "TableName" {
        /// Runs and the running board.
        Runs = "runs",
        /// Readings.
        SensorData = "sensor-data",
    }
}

dimension! {
    /// Global secondary indexes of our tables.
    pub enum Index as "GlobalSecondaryIndexName" {
        /// Runs, newest first.
        ByStart = "by-start",
        /// Readings of a run.
        ByRun = "by-run",
        /// Readings of a sensor.
        BySensor = "by-sensor",
    }
}

/// Every metric declared here.
pub fn all() -> impl Iterator<Item = &'static Definition> {
    [lambda::ALL, dynamodb::ALL, apigateway::ALL, logs::ALL]
        .into_iter()
        .flatten()
        .copied()
}
