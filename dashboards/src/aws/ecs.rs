//! ECS's metrics of a service.
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>

/// Declares ECS's metrics of the services that two dimensions name.
#[macro_export]
macro_rules! task_metrics {
    ($cluster:ty, $service:ty) => {
        $crate::telemetry::catalogue! {
        namespace: "AWS/ECS";
        /// The share of a service's CPU units that its tasks use; each running task is a sample
        /// a minute.
        CPU_UTILIZATION: Distribution {
            name: "CPUUtilization",
            unit: Percent,
            by: [[$cluster, $service]],
            sample: Tail { median: 4.0, p99: 30.0 },
        }
        /// The share of a service's memory that its tasks use.
        MEMORY_UTILIZATION: Gauge {
            name: "MemoryUtilization",
            unit: Percent,
            by: [[$cluster, $service]],
            sample: Wave { low: 40.0, high: 60.0 },
        }
        }
    };
}
