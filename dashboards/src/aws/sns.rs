//! SNS's metrics of a topic.
//! Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html>

/// Declares SNS's metrics of the topics that a dimension names.
#[macro_export]
macro_rules! topic_metrics {
    ($topic:ty) => {
        $crate::telemetry::catalogue! {
        namespace: "AWS/SNS";
        /// Messages that a topic could not deliver to a subscriber.
        NOTIFICATIONS_FAILED: Counter {
            name: "NumberOfNotificationsFailed",
            unit: Count,
            by: [[$topic]],
            sample: Rate { per_minute: 0.0 },
        }
        /// Messages that a topic delivered to a subscriber.
        NOTIFICATIONS_DELIVERED: Counter {
            name: "NumberOfNotificationsDelivered",
            unit: Count,
            by: [[$topic]],
            sample: Rate { per_minute: 0.03 },
        }
        }
    };
}
