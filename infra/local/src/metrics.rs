//! Where the server's metrics go: event lines, and `/metrics` for Prometheus.

use std::convert::Infallible;
use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use telemetry::{Destination, Metrics, prometheus};

use crate::{Error, Subject};

/// Where event lines are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emf {
    /// Nowhere.
    Off,
    /// Standard output, as a Lambda function does.
    Stdout,
    /// A file that lines are appended to.
    File(PathBuf),
}

impl FromStr for Emf {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "off" => Self::Off,
            "-" => Self::Stdout,
            path => Self::File(path.into()),
        })
    }
}

/// Metrics for Prometheus and the console and, if asked for, event lines elsewhere.
///
/// # Errors
/// If the file cannot be opened, or the environment's name makes no namespace.
pub fn metrics(
    subject: &Subject,
    environment: &str,
    emf: &Emf,
    stdout: impl Write + Send + 'static,
    console: Destination,
) -> Result<Metrics, Error> {
    let builder = Metrics::builder(subject.namespace(environment)?)
        .prometheus(subject.library.catalogue)
        .emf(console);
    let builder = match emf {
        Emf::Off => builder,
        Emf::Stdout => builder.emf(Destination::writer("stdout", stdout)),
        Emf::File(path) => builder.emf(Destination::file(path)),
    };
    Ok(builder.build()?)
}

/// Metrics that go nowhere, for work that is not the API's.
///
/// # Errors
/// Never: nothing is opened.
pub(crate) fn silent(subject: &Subject) -> Result<Metrics, Error> {
    Ok(Metrics::builder(subject.namespace("console")?).build()?)
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
    use super::Emf;

    #[test]
    fn a_destination_is_a_word_or_a_path() {
        assert_eq!("off".parse(), Ok(Emf::Off));
        assert_eq!("-".parse(), Ok(Emf::Stdout));
        assert_eq!("a/b".parse(), Ok(Emf::File("a/b".into())));
    }
}
