//! Where spans go: chosen from the environment, built once, installed for the process.

use std::{
    net::{SocketAddr, ToSocketAddrs as _},
    sync::OnceLock,
    time::Duration,
};

use http::Uri;
use opentelemetry::trace::{SpanId, TraceId, TracerProvider as _};
use opentelemetry_aws::trace::XrayIdGenerator;
use opentelemetry_sdk::{
    Resource,
    trace::{BatchSpanProcessor, IdGenerator, SdkTracer, SdkTracerProvider},
};

#[cfg(feature = "otlp")]
use super::otlp;
#[cfg(feature = "xray")]
use super::xray;
use super::{Observer, report::Reported};
use crate::{
    context::{self, IdFormat, Tracing},
    env::{Env, InitError},
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
    Xray(SocketAddr),
    /// To an OpenTelemetry collector: OTLP, protobuf over HTTP, at this URL.
    #[cfg(feature = "otlp")]
    Otlp(Uri),
}

impl Exporter {
    /// On Lambda: the daemon at `AWS_XRAY_DAEMON_ADDRESS`, which is there when tracing is
    /// active.
    ///
    /// # Errors
    ///
    /// If the address is not one.
    pub fn lambda(env: Env<'_>) -> Result<Self, InitError> {
        const NAME: &str = "AWS_XRAY_DAEMON_ADDRESS";
        let Some(address) = env(NAME) else {
            return Ok(Self::Off);
        };
        let resolved = address
            .to_socket_addrs()
            .ok()
            .and_then(|mut all| all.next());
        resolved.map(Self::Xray).ok_or(InitError::Variable {
            name: NAME,
            value: address,
            fix: "give host:port, such as 127.0.0.1:2000",
        })
    }

    /// Elsewhere: the collector at `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or, with
    /// `/v1/traces` added, `OTEL_EXPORTER_OTLP_ENDPOINT`; nowhere if neither is set or
    /// `OTEL_SDK_DISABLED` is `true` or `OTEL_TRACES_EXPORTER` is `none`.
    ///
    /// # Errors
    ///
    /// If the address is not an `http` URL.
    pub fn local(env: Env<'_>) -> Result<Self, InitError> {
        const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        const ALL: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
        let is = |name, value: &str| env(name).is_some_and(|v| v.eq_ignore_ascii_case(value));
        if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
            return Ok(Self::Off);
        }
        if let Some(url) = env(TRACES) {
            return endpoint(TRACES, url, "");
        }
        match env(ALL) {
            Some(url) => endpoint(ALL, url, "/v1/traces"),
            None => Ok(Self::Off),
        }
    }
}

fn endpoint(name: &'static str, value: String, path: &str) -> Result<Exporter, InitError> {
    let url = format!("{}{path}", value.trim_end_matches('/'));
    match url.parse::<Uri>() {
        Ok(uri) if uri.scheme_str() == Some("http") && uri.host().is_some() => {
            Ok(Exporter::Otlp(uri))
        }
        _ => Err(InitError::Variable {
            name,
            value,
            fix: "give an http:// URL, such as http://localhost:4318; for https let a local collector forward",
        }),
    }
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
        ids: IdFormat,
        service: &str,
    ) -> Result<&'static Self, InitError> {
        let provider = Self {
            tracers: tracers(exporter, observer, service)?,
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
        Tracing { ids, exports }.install();
        Ok(provider)
    }

    /// What was installed; nothing is exported before that.
    pub(crate) fn installed() -> &'static Self {
        static NONE: Provider = Provider { tracers: None };
        INSTALLED.get().unwrap_or(&NONE)
    }

    /// Makes the spans that the subscriber hands on.
    pub(crate) fn tracer(&self) -> Option<SdkTracer> {
        let tracers = self.tracers.as_ref()?;
        Some(tracers.tracer(env!("CARGO_PKG_NAME")))
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
    service: &str,
) -> Result<Option<SdkTracerProvider>, InitError> {
    if *exporter == Exporter::Off && observer.is_none() {
        return Ok(None);
    }
    let builder = SdkTracerProvider::builder()
        .with_id_generator(RequestIds::default())
        .with_resource(resource(service));
    let builder = match observer {
        Some(observer) => builder.with_span_processor(observer),
        None => builder,
    };
    let builder = match exporter {
        Exporter::Off => builder,
        #[cfg(feature = "xray")]
        Exporter::Xray(daemon) => {
            let sender = xray::exporter(*daemon).map_err(InitError::Daemon)?;
            let sender = Reported::new(sender, format!("X-Ray daemon at {daemon}"));
            builder.with_span_processor(xray::UntilFlush::new(sender))
        }
        #[cfg(feature = "otlp")]
        Exporter::Otlp(endpoint) => {
            let sender =
                otlp::exporter(endpoint).map_err(|error| InitError::Collector(error.into()))?;
            let sender = Reported::new(sender, format!("collector at {endpoint}"));
            builder.with_span_processor(BatchSpanProcessor::builder(sender).build())
        }
    };
    Ok(Some(builder.build()))
}

/// `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win over the name given here.
fn resource(service: &str) -> Resource {
    use opentelemetry_sdk::resource::{EnvResourceDetector, SdkProvidedResourceDetector};
    let named = std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| service.to_owned());
    Resource::builder_empty()
        .with_detector(Box::new(SdkProvidedResourceDetector))
        .with_service_name(named)
        .with_detector(Box::new(EnvResourceDetector::new()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn local(variables: &[(&str, &str)]) -> Result<Exporter, InitError> {
        Exporter::local(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_standard_variables_choose_the_collector() {
        const ALL: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318/");
        const TRACES: (&str, &str) = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:1/x");
        let to = |url: &'static str| Exporter::Otlp(Uri::from_static(url));
        assert_eq!(local(&[]).unwrap(), Exporter::Off);
        assert_eq!(
            local(&[ALL]).unwrap(),
            to("http://localhost:4318/v1/traces")
        );
        assert_eq!(local(&[ALL, TRACES]).unwrap(), to("http://t:1/x"));
        assert_eq!(
            local(&[ALL, ("OTEL_SDK_DISABLED", "TRUE")]).unwrap(),
            Exporter::Off
        );
        assert_eq!(
            local(&[ALL, ("OTEL_TRACES_EXPORTER", "none")]).unwrap(),
            Exporter::Off
        );
    }

    #[test]
    fn a_wrong_address_names_its_variable_and_the_fix() {
        for wrong in ["https://collector:4318", "localhost:4318", "/x", ""] {
            let error = local(&[("OTEL_EXPORTER_OTLP_ENDPOINT", wrong)]).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{text}");
            assert!(text.contains("http://localhost:4318"), "{text}");
        }
        let error = Exporter::lambda(&|_| Some("nowhere".to_owned())).unwrap_err();
        assert!(error.to_string().contains("AWS_XRAY_DAEMON_ADDRESS"));
    }
}
