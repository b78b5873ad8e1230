//! Sentori's resources in AWS, and the metrics that AWS publishes about them.

use telemetry::{Definition, dimension};

pub use dashboards::aws::{Function, LogGroup};

dimension! {
    /// Log groups that EventBridge writes to.
    pub enum EventLog as "EventLogGroupName" {
        /// Alarms that change state, and deployments.
        Changes = "changes",
    }
}

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

dashboards::functions!(catalogue::Service);

/// DynamoDB's metrics of the tables and their indexes.
pub mod dynamodb {
    dashboards::dynamodb_metrics!(super::Table, super::Index, catalogue::DynamoOperation);
}

/// API Gateway's metrics of the API.
pub mod apigateway {
    dashboards::http_api_metrics!(super::Api);
}

dimension! {
    /// Where alarms are heard.
    pub enum Topic as "TopicName" {
        /// What wakes somebody.
        Page = "page",
        /// What is read in working hours.
        Ticket = "ticket",
    }
}

dimension! {
    /// The clusters of containers.
    pub enum Cluster as "ClusterName" {
        /// Grafana's.
        Grafana = "grafana",
    }
}

dimension! {
    /// The services of containers.
    pub enum Container as "ServiceName" {
        /// Grafana, under the same name everywhere.
        Grafana = "grafana",
    }
}

dimension! {
    /// The load balancers.
    pub enum Balancer as "LoadBalancer" {
        /// The one in front of Grafana.
        Grafana = "grafana",
    }
}

dimension! {
    /// What load balancers send requests to.
    pub enum Targets as "TargetGroup" {
        /// Grafana's task.
        Grafana = "grafana",
    }
}

/// SNS's metrics of the topics.
pub mod sns {
    dashboards::topic_metrics!(super::Topic);
}

/// ECS's metrics of Grafana's task.
pub mod ecs {
    dashboards::task_metrics!(super::Cluster, super::Container);
}

/// The metrics of the load balancer in front of Grafana.
pub mod load_balancer {
    dashboards::target_metrics!(super::Balancer, super::Targets);
}

/// Every metric declared here.
pub const ALL: [&[&Definition]; 7] = [
    lambda::ALL,
    dynamodb::ALL,
    apigateway::ALL,
    log_groups::ALL,
    sns::ALL,
    ecs::ALL,
    load_balancer::ALL,
];
