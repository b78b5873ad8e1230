//! Where dashboards are: uids, slugs and variables that the API's links and the
//! dashboards both use.

use telemetry::DashboardLink;

/// One run: what the API's `grafanaUrl` leads to.
pub const SIMULATION_RUN: DashboardLink = DashboardLink {
    uid: "sentori-run",
    slug: "simulation-run",
};
/// All runs.
pub const SIMULATION_RUNS: DashboardLink = DashboardLink {
    uid: "sentori-runs",
    slug: "simulation-runs",
};
/// Golden signals of the API and its functions.
pub const API: DashboardLink = DashboardLink {
    uid: "sentori-api",
    slug: "api-and-functions",
};
/// The tables.
pub const DYNAMODB: DashboardLink = DashboardLink {
    uid: "sentori-dynamodb",
    slug: "dynamodb",
};
/// Objectives, budgets and burn rates.
pub const SLO: DashboardLink = DashboardLink {
    uid: "sentori-slo",
    slug: "slos",
};
/// What the system costs.
pub const COST: DashboardLink = DashboardLink {
    uid: "sentori-cost",
    slug: "cost",
};

/// Variable of [`SIMULATION_RUN`]: the run, or all.
pub const RUN_ID_VARIABLE: &str = "RunId";
/// Variable of every dashboard: the environment. A link without it opens that of the Grafana.
pub const ENVIRONMENT_VARIABLE: &str = "environment";
