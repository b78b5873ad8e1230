//! From recordings to destinations: the configuration of metrics.

use std::{
    sync::{Arc, OnceLock},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    namespace::ApplicationNamespace,
    sink::{Destination, OpenError, Sink},
};

static INSTALLED: OnceLock<Metrics> = OnceLock::new();

/// Where recordings go. Made once by a program's `main`, cheap to clone.
///
/// ```no_run
/// use telemetry::{ApplicationNamespace, Destination, Metrics};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let namespace = ApplicationNamespace::new("Shop/dev")?;
/// Metrics::builder(namespace).emf(Destination::stdout()).build()?.install()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Pipeline>);

#[derive(Debug)]
struct Pipeline {
    /// How every directive of a line begins.
    directive: String,
    sinks: Vec<Sink>,
    #[cfg(feature = "prometheus")]
    prometheus: Option<crate::prometheus::Exporter>,
}

/// What [`Metrics`] are made of.
#[derive(Debug)]
#[must_use]
pub struct Builder {
    namespace: ApplicationNamespace,
    destinations: Vec<Destination>,
    #[cfg(feature = "prometheus")]
    prometheus: Option<crate::catalogue::Catalogue>,
}

impl Builder {
    /// Writes events in CloudWatch's Embedded Metric Format to this destination; may be
    /// repeated. Without any, no events are written.
    pub fn emf(mut self, destination: Destination) -> Self {
        self.destinations.push(destination);
        self
    }

    /// Keeps the metrics for Prometheus as well; see [`Metrics::prometheus`]. Help and
    /// buckets are those of the catalogue.
    #[cfg(feature = "prometheus")]
    pub fn prometheus(mut self, catalogue: crate::catalogue::Catalogue) -> Self {
        self.prometheus = Some(catalogue);
        self
    }

    /// Opens the destinations.
    pub fn build(self) -> Result<Metrics, OpenError> {
        let open = self.destinations.into_iter().map(Destination::open);
        Ok(Metrics(Arc::new(Pipeline {
            directive: format!("{{\"Namespace\":\"{}\",", self.namespace),
            sinks: open.collect::<Result<_, _>>()?,
            #[cfg(feature = "prometheus")]
            prometheus: self.prometheus.map(crate::prometheus::Exporter::new),
        })))
    }
}

impl Metrics {
    /// Starts a configuration; `namespace` is the environment's.
    pub fn builder(namespace: ApplicationNamespace) -> Builder {
        Builder {
            namespace,
            destinations: Vec::new(),
            #[cfg(feature = "prometheus")]
            prometheus: None,
        }
    }

    /// Makes this the one that recordings go to where nothing else is said.
    ///
    /// A second call is an error: a program has one configuration. Tests that run side
    /// by side use [`Metrics::scope`](Metrics::scope) instead.
    pub fn install(self) -> Result<(), AlreadyInstalled> {
        INSTALLED.set(self).map_err(|_| AlreadyInstalled)
    }

    /// The one that was installed.
    pub(crate) fn installed() -> Option<Self> {
        INSTALLED.get().cloned()
    }

    /// The page that Prometheus scrapes, in its text format 0.0.4; `None` if the builder
    /// was not told [`Builder::prometheus`].
    ///
    /// Serve it at `/metrics` with content type [`prometheus::CONTENT_TYPE`].
    ///
    /// [`prometheus::CONTENT_TYPE`]: crate::prometheus::CONTENT_TYPE
    #[cfg(feature = "prometheus")]
    pub fn prometheus(&self) -> Option<String> {
        self.0
            .prometheus
            .as_ref()
            .map(crate::prometheus::Exporter::page)
    }

    /// Hands on a value at once, to what does not wait for the event.
    #[cfg(feature = "prometheus")]
    pub(crate) fn observe(
        &self,
        metric: &'static crate::definition::Definition,
        key: crate::dimension::Key,
        value: f64,
    ) {
        if let Some(exporter) = &self.0.prometheus {
            exporter.observe(metric, key, value);
        }
    }

    /// How every directive of a line begins.
    pub(crate) fn directive(&self) -> &str {
        &self.0.directive
    }

    /// Whether anybody wants event lines.
    pub(crate) fn writes_lines(&self) -> bool {
        !self.0.sinks.is_empty()
    }

    /// Writes whole lines to every destination.
    pub(crate) fn write(&self, lines: &[u8]) {
        for sink in &self.0.sinks {
            sink.write(lines);
        }
    }
}

/// Metrics were installed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("metrics were installed before: a program does it once, in main")]
pub struct AlreadyInstalled;

/// Milliseconds since the epoch.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis().try_into().unwrap_or(i64::MAX))
}
