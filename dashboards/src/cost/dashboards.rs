//! What looking at dashboards costs: every refresh asks for every metric of every panel.

use serde::Serialize;

use super::prices::{
    FREE_TRACES_RETRIEVED, QUERIED_METRIC, SCANNED_GIGABYTE, SECONDS_PER_MONTH, TRACE_RETRIEVED,
};
use super::system::Month;
use super::{Item, to_float};
use crate::model::{Dashboard, Library, Panel, Period, Source};

/// Loads in an hour by the viewers themselves, who open pages and choose times.
const LOADS_PER_HOUR: f64 = 12.0;
/// Days of a month.
const DAYS: f64 = 30.0;

/// The price of one dashboard, were it the only one that is looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DashboardCost {
    /// The dashboard.
    pub slug: &'static str,
    /// Metrics that one load asks CloudWatch for.
    pub metrics_per_load: usize,
    /// Gigabytes of logs that one load scans.
    pub gigabytes_per_load: f64,
    /// Traces that one load scans.
    pub traces_per_load: f64,
    /// Loads of a month.
    pub loads: f64,
    /// USD a month for its metrics.
    pub query_dollars: f64,
    /// USD a month for its log scans.
    pub scan_dollars: f64,
    /// USD a month for its traces, free ones not taken off.
    pub trace_dollars: f64,
}

/// The price of each dashboard.
pub(super) fn costs(library: &Library, month: &Month<'_>) -> Vec<DashboardCost> {
    let of = |dashboard| cost(dashboard, month);
    library.dashboards.iter().map(of).collect()
}

fn cost(dashboard: &Dashboard, month: &Month<'_>) -> DashboardCost {
    let refreshes = |every: Period| 3_600.0 / f64::from(every.as_seconds());
    let per_hour = dashboard.refresh.map_or(0.0, refreshes).max(LOADS_PER_HOUR);
    let assumptions = month.assumptions;
    let loads = per_hour * assumptions.hours * DAYS * assumptions.viewers;
    let metrics = dashboard.open_panels().map(metrics).sum();
    let share_of_month = f64::from(dashboard.range.as_seconds()) / SECONDS_PER_MONTH;
    let (mut gigabytes, mut traces) = (0.0, 0.0);
    for target in dashboard.open_panels().flat_map(|panel| &panel.targets) {
        match &target.source {
            Source::Logs(query) => gigabytes += share_of_month * month.scanned_gigabytes(query),
            Source::Traces(_) => traces += share_of_month * month.traces(),
            Source::Expression(_) | Source::Breakdown(_) => {}
        }
    }
    DashboardCost {
        slug: dashboard.link.slug,
        metrics_per_load: metrics,
        gigabytes_per_load: gigabytes,
        traces_per_load: traces,
        loads,
        query_dollars: loads * to_float(metrics) * QUERIED_METRIC,
        scan_dollars: loads * gigabytes * SCANNED_GIGABYTE,
        trace_dollars: loads * traces * TRACE_RETRIEVED,
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
pub(super) fn items(costs: &[DashboardCost]) -> [Item; 3] {
    let share = 1.0 / to_float(costs.len().max(1));
    let all = |of_load: fn(&DashboardCost) -> f64| {
        let of_month = costs.iter().map(|cost| cost.loads * of_load(cost));
        of_month.sum::<f64>() * share
    };
    let metrics = all(|cost| to_float(cost.metrics_per_load));
    let scanned = all(|cost| cost.gigabytes_per_load);
    let traces = all(|cost| cost.traces_per_load);
    [
        Item::observability("Dashboard queries", metrics, "metrics", QUERIED_METRIC),
        Item::observability("Log scans", scanned, "GB", SCANNED_GIGABYTE),
        Item::observability("Traces retrieved", traces, "traces", TRACE_RETRIEVED)
            .free(FREE_TRACES_RETRIEVED),
    ]
}
