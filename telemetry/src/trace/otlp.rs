//! OTLP over HTTP, sent by a thread of its own.
//!
//! The SDK's batch processor runs that thread, with its queue, its schedule and the
//! standard `OTEL_BSP_*` variables. A request only puts its spans into the queue; when the
//! collector is slow and the queue is full, spans are dropped. The HTTP client has a small
//! runtime of its own, so that it also works while the program's runtime is busy or gone.

use std::{sync::OnceLock, time::Duration};

use http::{Request, Response, Uri};
use opentelemetry_http::{Bytes, HttpClient, HttpError, hyper::HyperClient};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use tokio::runtime::{Builder, Runtime};

/// The longest a collector may take to answer one batch, unless
/// `OTEL_EXPORTER_OTLP_TIMEOUT` is shorter.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends spans to a collector; headers and timeouts come from the standard variables.
pub(crate) fn exporter(endpoint: &Uri) -> Result<SpanExporter, ExporterBuildError> {
    SpanExporter::builder()
        .with_http()
        .with_http_client(Client {
            http: HyperClient::with_default_connector(TIMEOUT, None),
            runtime: OnceLock::new(),
        })
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint.to_string())
        .build()
}

/// Blocks the exporting thread, and no other, until the collector has answered.
#[derive(Debug)]
struct Client {
    http: HyperClient,
    /// Made by the exporting thread: a runtime must not be dropped by a task of another.
    runtime: OnceLock<Runtime>,
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.runtime()?.block_on(self.http.send_bytes(request))
    }
}

impl Client {
    fn runtime(&self) -> Result<&Runtime, HttpError> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(self.runtime.get_or_init(|| runtime))
    }
}
