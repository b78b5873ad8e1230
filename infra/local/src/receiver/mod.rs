//! A receiver of OTLP over HTTP: traces, logs and metrics of any program, at the paths of a collector.
//!
//! Point a program's `OTEL_EXPORTER_OTLP_ENDPOINT` at this server and its signals are in the
//! console beside Sentori's own. Protobuf and JSON, plain or gzip. What arrives is bounded by
//! [`body::MAX_BYTES`] a request, and what is kept of it by the console's own limits; a caller
//! never waits for a disk. Rules: the OTLP specification, "OTLP/HTTP".

mod answer;
mod body;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::Request;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde::de::DeserializeOwned;

use crate::observations::Observations;
use crate::otlp::Rejections;

/// What is exported, and taken in but for what is rejected.
trait Export: Message + Default + DeserializeOwned {
    /// What JSON calls the number of what is rejected.
    const REJECTED: &str;

    fn take(&self, observed: &Observations) -> Rejections;
}

impl Export for ExportTraceServiceRequest {
    const REJECTED: &str = "rejectedSpans";

    fn take(&self, observed: &Observations) -> Rejections {
        observed.take_traces(self)
    }
}

impl Export for ExportLogsServiceRequest {
    const REJECTED: &str = "rejectedLogRecords";

    fn take(&self, observed: &Observations) -> Rejections {
        observed.take_logs(self)
    }
}

impl Export for ExportMetricsServiceRequest {
    const REJECTED: &str = "rejectedDataPoints";

    fn take(&self, observed: &Observations) -> Rejections {
        observed.take_metrics(self)
    }
}

/// Serves the paths of a collector.
pub(crate) fn router(observed: Observations) -> Router {
    Router::new()
        .route("/v1/traces", post(export::<ExportTraceServiceRequest>))
        .route("/v1/logs", post(export::<ExportLogsServiceRequest>))
        .route("/v1/metrics", post(export::<ExportMetricsServiceRequest>))
        .with_state(observed)
}

async fn export<E: Export>(
    State(observed): State<Observations>,
    request: Request<Body>,
) -> Response {
    let encoding = match body::encoding(request.headers()) {
        Ok(encoding) => encoding,
        Err(refused) => return answer::refused(body::Encoding::Json, &refused),
    };
    match body::read::<E>(encoding, request).await {
        Ok(export) => answer::taken(encoding, E::REJECTED, &export.take(&observed)),
        Err(refused) => answer::refused(encoding, &refused),
    }
}
