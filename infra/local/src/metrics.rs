//! This server's metrics: events as lines, and the page that Prometheus scrapes.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use telemetry::{ApplicationNamespace, Destination, Metrics, catalogue, prometheus};

use crate::Error;

/// Where events go as lines in CloudWatch's Embedded Metric Format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmfOutput {
    /// Nowhere.
    Off,
    /// Standard output, as on Lambda.
    Stdout,
    /// The end of a file.
    File(PathBuf),
}

/// `off`, `-` for standard output, or the path of a file.
impl FromStr for EmfOutput {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "off" => Self::Off,
            "-" => Self::Stdout,
            path => Self::File(path.into()),
        })
    }
}

/// Metrics of this process: for Prometheus, and as lines for `emf`.
///
/// # Errors
/// If the environment's name does not fit into a namespace, or the file cannot be opened.
pub fn metrics(environment: &str, emf: EmfOutput) -> Result<Metrics, Error> {
    let namespace = ApplicationNamespace::of_environment(environment).map_err(Error::telemetry)?;
    let builder = Metrics::builder(namespace).prometheus(catalogue::ALL);
    let builder = match emf {
        EmfOutput::Off => builder,
        EmfOutput::Stdout => builder.emf(Destination::stdout()),
        EmfOutput::File(path) => builder.emf(Destination::file(path)),
    };
    builder.build().map_err(Error::telemetry)
}

/// Serves `/metrics`.
pub(crate) fn router(metrics: Metrics) -> Router {
    let page = async move || {
        let page = metrics.prometheus().unwrap_or_default();
        ([(CONTENT_TYPE, prometheus::CONTENT_TYPE)], page).into_response()
    };
    Router::new().route("/metrics", get(page))
}

#[cfg(test)]
mod tests {
    use super::EmfOutput;

    #[test]
    fn outputs_are_off_standard_output_or_a_path() {
        assert_eq!("off".parse(), Ok(EmfOutput::Off));
        assert_eq!("-".parse(), Ok(EmfOutput::Stdout));
        assert_eq!(
            "events.emf".parse(),
            Ok(EmfOutput::File("events.emf".into()))
        );
    }
}
