//! An application load balancer's metrics of its targets.
//! Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>

/// Declares a load balancer's metrics of the target groups that two dimensions name.
#[macro_export]
macro_rules! target_metrics {
    ($balancer:ty, $targets:ty) => {
        $crate::telemetry::catalogue! {
        namespace: "AWS/ApplicationELB";
        /// Targets that do not answer their health check.
        UNHEALTHY_HOSTS: Gauge {
            name: "UnHealthyHostCount",
            unit: Count,
            by: [[$targets, $balancer]],
            sample: Wave { low: 0.0, high: 0.0 },
        }
        }
    };
}
