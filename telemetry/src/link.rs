//! Addresses of dashboards.

/// The address of a dashboard within Grafana: `/d/<uid>/<slug>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DashboardLink {
    /// Stable id, at most 40 characters.
    pub uid: &'static str,
    /// The readable part of the path.
    pub slug: &'static str,
}
