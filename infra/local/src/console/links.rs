//! Where things are in the console.

use catalogue::links::{RUN_ID_VARIABLE, SIMULATION_RUN};
use telemetry::DashboardLink;

/// A dashboard, at Grafana's path.
pub(super) fn dashboard(link: DashboardLink) -> String {
    format!("/d/{}/{}", link.uid, link.slug)
}

/// A path with parameters.
pub(super) fn query<N: AsRef<str>, V: AsRef<str>>(path: &str, parameters: &[(N, V)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    format!("{path}?{}", query.finish())
}

/// A dashboard with a value for one of its variables.
pub(super) fn chosen(link: DashboardLink, variable: &str, value: &str) -> String {
    query(&dashboard(link), &[(format!("var-{variable}"), value)])
}

/// The dashboard of a run of which only the id is known.
pub(super) fn run(id: &str) -> String {
    chosen(SIMULATION_RUN, RUN_ID_VARIABLE, id)
}

/// The requests of a trace.
pub(super) fn trace(id: &str) -> String {
    query("/requests", &[("trace", id)])
}
