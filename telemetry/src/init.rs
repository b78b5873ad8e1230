//! One call that starts metrics, traces and logs, for each kind of process.
//!
//! ```no_run
//! use telemetry::{ApplicationNamespace, Config, Destination, Metrics};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let namespace = ApplicationNamespace::new("Shop/dev")?;
//! let metrics = Metrics::builder(namespace).emf(Destination::stdout()).build()?;
//! let _telemetry = Config::lambda("orders", metrics, &telemetry::process_env).init()?;
//! # Ok(())
//! # }
//! ```

use tracing::{Metadata, level_filters::LevelFilter, subscriber::Interest};
use tracing_subscriber::{
    Layer, Registry,
    filter::{Targets, dynamic_filter_fn},
    fmt::writer::BoxMakeWriter,
    layer::SubscriberExt as _,
};

use crate::{
    context::{self, IdFormat, Tracing},
    env::{Env, InitError},
    log::{self, Format},
    pipeline::Metrics,
    startup::startup_warnings,
    trace::{self, Exporter, Observer, Provider, Sampler},
};

/// What telemetry does with recordings, spans and records.
#[derive(Debug)]
pub struct Config {
    /// Attributes of the spans' resource, `service.name` among them; the last of a name
    /// counts.
    pub resource: Vec<(String, String)>,
    /// Where metrics go.
    pub metrics: Metrics,
    /// Where spans go.
    pub spans: Exporter,
    /// Which requests have spans.
    pub sampler: Sampler,
    /// How trace ids are written in events and records.
    pub trace_ids: IdFormat,
    /// Whether the first invocation of this process made a caller wait for its start.
    pub cold_start: bool,
    /// How records are written.
    pub format: Format,
    /// Which records are written.
    pub levels: Targets,
    /// Where records are written to.
    pub records: BoxMakeWriter,
    /// Who else in this process gets spans and records, such as a console.
    pub tap: Option<Tap>,
    /// Said when telemetry starts; see [`startup_warnings`].
    pub warnings: Vec<String>,
}

/// A second place for spans and records, within this process. Neither may block.
#[derive(Debug)]
pub struct Tap {
    /// Gets every span that has ended. With it, requests that nobody decided about are
    /// sampled, whether or not spans go anywhere else.
    pub spans: Observer,
    /// Gets every record that is logged, as JSON and in one write.
    pub records: BoxMakeWriter,
}

impl Config {
    /// A Lambda function of this service: spans to the X-Ray daemon unless the standard
    /// variables name a collector, records as JSON. Lambda's sampling decision counts, unless
    /// they name a sampler. Spans bear the function's name.
    ///
    /// A variable that cannot be used is said when telemetry starts and keeps nothing from
    /// serving.
    pub fn lambda(service: &str, metrics: Metrics, env: Env<'_>) -> Self {
        let mut warnings = startup_warnings(env);
        // An environment that was started before anybody asked made nobody wait.
        let started = env("AWS_LAMBDA_INITIALIZATION_TYPE");
        let ahead = ["provisioned-concurrency", "lambda-managed-instances"];
        let function = env("AWS_LAMBDA_FUNCTION_NAME");
        let function = function.as_deref().unwrap_or(service);
        let mut resource = vec![
            ("cloud.provider".to_owned(), "aws".to_owned()),
            ("cloud.platform".to_owned(), "aws_lambda".to_owned()),
        ];
        resource.extend(trace::resource(env, function, &mut warnings));
        Self {
            resource,
            metrics,
            spans: trace::destination(env, true, &mut warnings),
            sampler: Sampler::NONE.or_named(env),
            trace_ids: IdFormat::Xray,
            cold_start: started.is_none_or(|how| !ahead.contains(&how.as_str())),
            format: Format::Json,
            levels: log::from_env(env, &mut warnings),
            records: BoxMakeWriter::new(std::io::stderr),
            tap: None,
            warnings,
        }
    }

    /// Any other process: spans to a collector if the standard variables name one,
    /// records for people. Variables that cannot be used are said, as on Lambda.
    pub fn local(service: &str, metrics: Metrics, env: Env<'_>) -> Self {
        let mut warnings = Vec::new();
        Self {
            resource: trace::resource(env, service, &mut warnings),
            metrics,
            spans: trace::destination(env, false, &mut warnings),
            sampler: Sampler::ALL.or_named(env),
            trace_ids: IdFormat::W3c,
            cold_start: true,
            format: Format::terminal(env),
            levels: log::from_env(env, &mut warnings),
            records: BoxMakeWriter::new(std::io::stderr),
            tap: None,
            warnings,
        }
    }

    /// Starts telemetry for this process. Hold on to the result until the process ends.
    ///
    /// # Errors
    ///
    /// If telemetry was started before.
    pub fn init(mut self) -> Result<Telemetry, InitError> {
        self.metrics.install().map_err(|_| InitError::Twice)?;
        let (observer, copies) = self.tap.map(|tap| (tap.spans, tap.records)).unzip();
        let tracing = Tracing {
            ids: self.trace_ids,
            exports: false,
            sampler: self.sampler,
            started_ahead: !self.cold_start,
        };
        let (spans, resource) = (&self.spans, self.resource);
        let provider = Provider::install(spans, observer, tracing, resource, &mut self.warnings)?;
        let spans = provider.tracer().map(|tracer| {
            let spans = tracing_opentelemetry::layer()
                .with_tracer(tracer)
                .with_location(false)
                .with_threads(false)
                .with_target(false)
                .with_tracked_inactivity(false);
            #[cfg(feature = "lambda")]
            let spans = context::OpenSpansLayer.and_then(spans);
            spans.with_filter(
                dynamic_filter_fn(|metadata, _| in_trace(metadata) && context::is_sampled())
                    .with_max_level_hint(LevelFilter::INFO)
                    .with_callsite_filter(|metadata| match in_trace(metadata) {
                        true => Interest::sometimes(),
                        false => Interest::never(),
                    }),
            )
        });
        for warning in &self.warnings {
            log::warn_at_start(self.format, &self.records, warning);
        }
        let records = log::layer(self.format, self.levels.clone(), self.records);
        let copies = copies.map(|to| log::layer(Format::Json, self.levels, to));
        // A list: a layer that may be none would be taken for one that wants every level.
        let mut layers = vec![records.boxed()];
        layers.extend(spans.map(Layer::boxed));
        layers.extend(copies.map(Layer::boxed));
        let subscriber = Registry::default().with(layers);
        tracing::subscriber::set_global_default(subscriber).map_err(|_| InitError::Twice)?;
        log::log_panics();
        Ok(Telemetry { provider })
    }
}

/// Whether spans of this kind become part of a trace.
fn in_trace(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && *metadata.level() <= tracing::Level::INFO
}

/// Telemetry of this process; dropping it sends what has not been sent, for at most two
/// seconds.
#[derive(Debug)]
#[must_use = "telemetry ends when this is dropped"]
pub struct Telemetry {
    provider: &'static Provider,
}

impl Telemetry {
    /// Sends the spans that have ended.
    pub fn flush(&self) {
        self.provider.flush();
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.provider.shutdown();
    }
}
