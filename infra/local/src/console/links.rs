//! Where things are in the console.

use catalogue::links::{RUN_ID_VARIABLE, SIMULATION_RUN};
use telemetry::DashboardLink;

/// A dashboard, at Grafana's path.
pub(super) fn dashboard(link: DashboardLink) -> String {
    format!("/d/{}/{}", link.uid, link.slug)
}

/// A dashboard with a value for one of its variables.
pub(super) fn chosen(link: DashboardLink, variable: &str, value: &str) -> String {
    let name = format!("var-{variable}");
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(&name, value)
        .finish();
    format!("{}?{query}", dashboard(link))
}

/// The dashboard of a run of which only the id is known.
pub(super) fn run(id: &str) -> String {
    chosen(SIMULATION_RUN, RUN_ID_VARIABLE, id)
}

/// The requests of a trace.
pub(super) fn trace(id: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("trace", id)
        .finish();
    format!("/requests?{query}")
}
