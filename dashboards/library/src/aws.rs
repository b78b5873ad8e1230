//! Sentori's resources in AWS, and the metrics that AWS publishes about them.

use telemetry::{Definition, dimension};

pub use dashboards::aws::{Function, LogGroup};

dimension! {
    /// The HTTP API.
    pub enum Api as "ApiId" {
        /// The one in front of both functions.
        Http = "http",
    }
}

dimension! {
    /// The tables.
    pub enum Table as "TableName" {
        /// Runs and the running board.
        Runs = "runs",
        /// Readings.
        SensorData = "sensor-data",
    }
}

dimension! {
    /// Global secondary indexes of the tables.
    pub enum Index as "GlobalSecondaryIndexName" {
        /// Runs, newest first.
        ByStart = "by-start",
        /// Readings of a run.
        ByRun = "by-run",
        /// Readings of a sensor.
        BySensor = "by-sensor",
    }
}

/// Lambda's metrics of the functions.
pub mod lambda {
    dashboards::lambda_metrics!(catalogue::Service);
}

/// CloudWatch Logs' metrics of the functions' log groups.
pub mod logs {
    dashboards::log_metrics!(catalogue::Service);
}

/// DynamoDB's metrics of the tables and their indexes.
pub mod dynamodb {
    dashboards::dynamodb_metrics!(super::Table, super::Index, catalogue::DynamoOperation);
}

/// API Gateway's metrics of the API.
pub mod apigateway {
    dashboards::http_api_metrics!(super::Api);
}

/// Every metric declared here.
pub const ALL: [&[&Definition]; 4] = [lambda::ALL, dynamodb::ALL, apigateway::ALL, logs::ALL];
