//! What looking at dashboards costs: every refresh asks for every metric of every panel.

use serde::Serialize;

use super::prices::{QUERIED_METRIC, SCANNED_GIGABYTE, SECONDS_PER_MONTH};
use super::{Assumptions, Item, to_float};
use crate::model::{Dashboard, Library, Panel, Source};

/// Loads of a dashboard that refreshes by itself, in an hour.
const REFRESHES_PER_HOUR: f64 = 60.0;
/// Loads of one that does not.
const LOADS_PER_HOUR: f64 = 12.0;
/// Days of a month.
const DAYS: f64 = 30.0;

/// The price of one dashboard, were it the only one that is looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DashboardCost {
    /// The dashboard.
    pub slug: &'static str,
    /// Metrics that one load asks CloudWatch for.
    pub metrics_per_load: usize,
    /// Gigabytes that one load scans.
    pub gigabytes_per_load: f64,
    /// Loads of a month.
    pub loads: f64,
    /// USD a month for its metrics.
    pub query_dollars: f64,
    /// USD a month for its log scans.
    pub scan_dollars: f64,
}

/// The price of each dashboard.
pub(super) fn costs(library: &Library, assumptions: &Assumptions) -> Vec<DashboardCost> {
    let of = |dashboard| cost(dashboard, assumptions);
    library.dashboards.iter().map(of).collect()
}

fn cost(dashboard: &Dashboard, assumptions: &Assumptions) -> DashboardCost {
    let scans = dashboard.scans_logs();
    let per_hour = if scans {
        LOADS_PER_HOUR
    } else {
        REFRESHES_PER_HOUR
    };
    let loads = per_hour * assumptions.hours * DAYS * assumptions.viewers;
    let metrics = dashboard.panels().map(metrics).sum();
    let share_of_month = f64::from(dashboard.range.as_seconds()) / SECONDS_PER_MONTH;
    let scanned = to_float(
        dashboard
            .panels()
            .filter(|panel| panel.scans_logs())
            .count(),
    ) * share_of_month
        * assumptions.log_gigabytes();
    DashboardCost {
        slug: dashboard.link.slug,
        metrics_per_load: metrics,
        gigabytes_per_load: scanned,
        loads,
        query_dollars: loads * to_float(metrics) * QUERIED_METRIC,
        scan_dollars: loads * scanned * SCANNED_GIGABYTE,
    }
}

/// Metrics that a panel asks for: each once, every series of a breakdown.
pub(crate) fn metrics(panel: &Panel) -> usize {
    let targets = panel.targets.iter().map(|target| &target.source);
    let mut asked: Vec<_> = targets.flat_map(Source::metrics).collect();
    let mut total = 0;
    while let Some(metric) = asked.pop() {
        if !asked.contains(&metric) {
            total += metric.series();
        }
    }
    total
}

/// The viewers' time, spread evenly over the dashboards.
pub(super) fn items(costs: &[DashboardCost]) -> [Item; 2] {
    let share = 1.0 / to_float(costs.len().max(1));
    let metrics: f64 = costs
        .iter()
        .map(|cost| cost.loads * to_float(cost.metrics_per_load))
        .sum();
    let scanned: f64 = costs
        .iter()
        .map(|cost| cost.loads * cost.gigabytes_per_load)
        .sum();
    [
        Item::observability(
            "Dashboard queries",
            metrics * share,
            "metrics",
            QUERIED_METRIC,
        ),
        Item::observability("Log scans", scanned * share, "GB", SCANNED_GIGABYTE),
    ]
}
