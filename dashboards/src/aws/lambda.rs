//! Lambda's metrics of a function.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>

/// Declares Lambda's metrics of the functions that a dimension names, such as a catalogue's
/// `Service`: their deployed names are known when they are deployed
/// ([`Resource`](crate::model::Resource)).
#[macro_export]
macro_rules! lambda_metrics {
    ($service:ty) => {
        $crate::telemetry::catalogue! {
        namespace: "AWS/Lambda";
        /// Times the function's code ran, well or not.
        INVOCATIONS: Counter {
            name: "Invocations",
            unit: Count,
            by: [[$crate::aws::Function<$service>]],
            sample: Rate { per_minute: 350.0 },
        }
        /// Invocations that ended in an error, time-outs included.
        ERRORS: Counter {
            name: "Errors",
            unit: Count,
            by: [[$crate::aws::Function<$service>]],
            sample: Rate { per_minute: 0.1 },
        }
        /// Invocations that were refused because no concurrency was left.
        THROTTLES: Counter {
            name: "Throttles",
            unit: Count,
            by: [[$crate::aws::Function<$service>]],
            sample: Rate { per_minute: 0.05 },
        }
        /// Time the function's code took for an event.
        DURATION: Distribution {
            name: "Duration",
            unit: Milliseconds,
            by: [[$crate::aws::Function<$service>]],
            sample: Tail { median: 6.0, p99: 60.0 },
        }
        /// Execution environments that work at the same time.
        CONCURRENT_EXECUTIONS: Gauge {
            name: "ConcurrentExecutions",
            unit: Count,
            by: [[$crate::aws::Function<$service>]],
            sample: Wave { low: 0.0, high: 8.0 },
        }
        /// Concurrency that is in use or reserved, of the whole account and region.
        CLAIMED_CONCURRENCY: Gauge {
            name: "ClaimedAccountConcurrency",
            unit: Count,
            by: [[]],
            sample: Wave { low: 2.0, high: 40.0 },
        }
        }
    };
}
