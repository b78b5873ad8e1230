//! Where spans go: chosen from the environment, built once, installed for the process.

use std::{sync::OnceLock, time::Duration};

use opentelemetry::{
    KeyValue,
    trace::{SpanId, TraceId, TracerProvider as _},
};
use opentelemetry_aws::trace::XrayIdGenerator;
use opentelemetry_sdk::{
    Resource,
    trace::{IdGenerator, Sampler, SdkTracer, SdkTracerProvider, TracerProviderBuilder},
};

use super::Observer;
#[cfg(any(feature = "otlp", feature = "xray"))]
use super::report::ReportingExporter;
use crate::{
    context::{self, Tracing},
    env::InitError,
};

/// How long the end of the process waits for spans that are still on their way.
const LAST_FLUSH: Duration = Duration::from_secs(2);

/// Where spans go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exporter {
    /// Nowhere; requests still have trace ids.
    #[default]
    Off,
    /// To an X-Ray daemon, by UDP.
    #[cfg(feature = "xray")]
    Xray(std::net::SocketAddr),
    /// To an OpenTelemetry collector: OTLP, protobuf over HTTP, at this URL.
    #[cfg(feature = "otlp")]
    Otlp(http::Uri),
}

/// The tracer provider of the process.
#[derive(Debug, Default)]
pub(crate) struct Provider {
    tracers: Option<SdkTracerProvider>,
}

static INSTALLED: OnceLock<Provider> = OnceLock::new();

impl Provider {
    /// Builds the provider of an exporter and installs it for the process.
    pub(crate) fn install(
        exporter: &Exporter,
        observer: Option<Observer>,
        tracing: Tracing,
        resource: Vec<(String, String)>,
        warnings: &mut Vec<String>,
    ) -> Result<&'static Self, InitError> {
        let provider = Self {
            tracers: tracers(exporter, observer, resource, warnings),
        };
        let mut installed = false;
        let provider = INSTALLED.get_or_init(|| {
            installed = true;
            provider
        });
        if !installed {
            return Err(InitError::Twice);
        }
        let exports = provider.tracers.is_some();
        Tracing { exports, ..tracing }.install();
        Ok(provider)
    }

    /// What was installed; nothing is exported before that.
    #[cfg(feature = "lambda")]
    pub(crate) fn installed() -> &'static Self {
        static NONE: Provider = Provider { tracers: None };
        INSTALLED.get().unwrap_or(&NONE)
    }

    /// Makes the spans that the subscriber hands on.
    pub(crate) fn tracer(&self) -> Option<SdkTracer> {
        let tracers = self.tracers.as_ref()?;
        Some(tracers.tracer(env!("CARGO_CRATE_NAME")))
    }

    /// Sends the spans that have ended. Failures have been reported by the exporter.
    pub(crate) fn flush(&self) {
        if let Some(tracers) = &self.tracers {
            let _ = tracers.force_flush();
        }
    }

    /// Sends what is left and stops.
    pub(crate) fn shutdown(&self) {
        if let Some(tracers) = &self.tracers {
            let _ = tracers.shutdown_with_timeout(LAST_FLUSH);
        }
    }
}

fn tracers(
    exporter: &Exporter,
    observer: Option<Observer>,
    attributes: Vec<(String, String)>,
    warnings: &mut Vec<String>,
) -> Option<SdkTracerProvider> {
    if *exporter == Exporter::Off && observer.is_none() {
        return None;
    }
    let builder = SdkTracerProvider::builder()
        .with_id_generator(RequestIds::default())
        // A request that is not sampled makes no span.
        .with_sampler(Sampler::AlwaysOn)
        .with_resource(resource(attributes));
    let builder = match observer {
        Some(observer) => builder.with_span_processor(observer),
        None => builder,
    };
    Some(with_destination(builder, exporter, warnings).build())
}

/// Adds what sends the spans. One that does not start costs the spans, not the function.
fn with_destination(
    builder: TracerProviderBuilder,
    exporter: &Exporter,
    warnings: &mut Vec<String>,
) -> TracerProviderBuilder {
    match exporter {
        Exporter::Off => {
            let _ = warnings;
            builder
        }
        #[cfg(feature = "xray")]
        Exporter::Xray(daemon) => match super::xray::exporter(*daemon) {
            Ok(sender) => {
                let sender = ReportingExporter::new(sender, format!("X-Ray daemon at {daemon}"));
                builder.with_span_processor(super::xray::BufferingProcessor::new(sender))
            }
            Err(error) => {
                warnings.push(format!(
                    "no spans are sent: no socket for the X-Ray daemon: {error}"
                ));
                builder
            }
        },
        #[cfg(feature = "otlp")]
        Exporter::Otlp(endpoint) => match super::otlp::exporter(endpoint) {
            Ok(sender) => {
                use opentelemetry_sdk::resource::{
                    ResourceDetector as _, TelemetryResourceDetector,
                };
                let sender = ReportingExporter::new(sender, format!("collector at {endpoint}"));
                let batches = opentelemetry_sdk::trace::BatchSpanProcessor::builder(sender);
                // A collector is told which SDK this is; a segment has a member of its own for it.
                let sdk = TelemetryResourceDetector.detect();
                builder
                    .with_span_processor(batches.build())
                    .with_resource(sdk)
            }
            Err(error) => {
                warnings.push(format!(
                    "no spans are sent: the OTLP exporter does not start: {error}"
                ));
                builder
            }
        },
    }
}

/// The SDK's own attributes and these; the last of a name counts.
fn resource(attributes: Vec<(String, String)>) -> Resource {
    use opentelemetry_sdk::resource::SdkProvidedResourceDetector;
    let attributes = attributes.into_iter();
    Resource::builder_empty()
        .with_detector(Box::new(SdkProvidedResourceDetector))
        .with_attributes(attributes.map(|(key, value)| KeyValue::new(key, value)))
        .build()
}

/// A trace gets the id that its request has already, so that a request's event and logs
/// have it whether or not there are spans.
#[derive(Debug, Default)]
struct RequestIds(XrayIdGenerator);

impl IdGenerator for RequestIds {
    fn new_trace_id(&self) -> TraceId {
        context::with(|request| request.trace_id).unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}
