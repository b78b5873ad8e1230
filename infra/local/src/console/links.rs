//! Where things are in the console.

use dashboards::model::Dashboard;
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

/// The dashboard on which one can choose a value of a property, with this one chosen.
pub(super) fn of(dashboards: &[Dashboard], property: &str, value: &str) -> Option<String> {
    dashboards.iter().find_map(|dashboard| {
        let mut variables = dashboard.variables.iter();
        let variable = variables.find(|one| one.property.name() == property)?;
        Some(chosen(dashboard.link, variable.name, value))
    })
}

/// The requests of a trace.
pub(super) fn trace(id: &str) -> String {
    query("/requests", &[("trace", id)])
}
