//! CloudWatch Logs' metrics of a log group.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html>

/// Declares CloudWatch Logs' metrics of the log groups of the functions that a dimension
/// names.
#[macro_export]
macro_rules! log_metrics {
    ($service:ty) => {
        $crate::telemetry::catalogue! {
        namespace: "AWS/Logs";
        /// Bytes that were written to the log group, before compression.
        INCOMING_BYTES: Counter {
            name: "IncomingBytes",
            unit: Bytes,
            by: [[$crate::aws::LogGroup<$service>]],
            sample: Rate { per_minute: 450_000.0 },
        }
        /// Events in the embedded metric format whose metrics could not be extracted because a limit was broken.
        EMF_VALIDATION_ERRORS: Counter {
            name: "EMFValidationErrors",
            unit: Count,
            by: [[$crate::aws::LogGroup<$service>]],
            sample: Rate { per_minute: 0.01 },
        }
        /// Events in the embedded metric format that could not be read.
        EMF_PARSING_ERRORS: Counter {
            name: "EMFParsingErrors",
            unit: Count,
            by: [[$crate::aws::LogGroup<$service>]],
            sample: Rate { per_minute: 0.01 },
        }
        }
    };
}
