//! API Gateway's metrics of an HTTP API.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html>

/// Declares API Gateway's metrics of the HTTP APIs that a dimension (of the name `ApiId`)
/// names.
#[macro_export]
macro_rules! http_api_metrics {
    ($api:ty) => {
        $crate::telemetry::catalogue! {
        namespace: "AWS/ApiGateway";
        /// Requests that reached the API.
        COUNT: Counter {
            name: "Count",
            unit: Count,
            by: [[$api]],
            sample: Rate { per_minute: 700.0 },
        }
        /// Requests that were answered with a 4xx status.
        CLIENT_ERRORS: Counter {
            name: "4xx",
            unit: Count,
            by: [[$api]],
            sample: Rate { per_minute: 3.0 },
        }
        /// Requests that were answered with a 5xx status.
        SERVER_ERRORS: Counter {
            name: "5xx",
            unit: Count,
            by: [[$api]],
            sample: Rate { per_minute: 0.2 },
        }
        /// Time from a request's arrival at API Gateway to its answer.
        LATENCY: Distribution {
            name: "Latency",
            unit: Milliseconds,
            by: [[$api]],
            sample: Tail { median: 14.0, p99: 90.0 },
        }
        /// The part of it that the function took.
        INTEGRATION_LATENCY: Distribution {
            name: "IntegrationLatency",
            unit: Milliseconds,
            by: [[$api]],
            sample: Tail { median: 10.0, p99: 80.0 },
        }
        }
    };
}
