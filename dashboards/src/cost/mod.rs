//! What a library and the system it watches cost in a month.
//!
//! Prices are in [`prices`]; everything that is assumed is in [`Assumptions`] and is
//! listed with the result.

mod dashboards;
pub mod page;
pub mod prices;
mod report;
mod system;

pub use dashboards::DashboardCost;
pub(crate) use dashboards::metrics;

use serde::Serialize;

use crate::model::{self, Alarm, AlarmKind, Library, Profile};
use prices::{ALARM_METRIC, COMPOSITE_ALARM};
use prices::{CUSTOM_METRIC, FREE_ALARM_METRICS, FREE_CUSTOM_METRICS};
use system::Month;

/// What is assumed of a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Assumptions {
    /// People who have a dashboard open.
    pub viewers: f64,
    /// Hours of a day that they have, and that the system is in use.
    pub hours: f64,
    /// How many of the workload's [units](crate::model::Workload::units), each in a request
    /// of its own.
    pub units: f64,
    /// Which alarms there are.
    pub profile: Profile,
    /// How Grafana is hosted.
    pub grafana: Grafana,
    /// Whether its task is on Fargate Spot.
    pub spot: bool,
}

/// How Grafana is hosted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Grafana {
    /// Not at all, or elsewhere.
    None,
    /// A task with a public address, reached through a tunnel.
    Task,
    /// The same behind an HTTP API, which finds it by Cloud Map.
    Https,
    /// A task behind a load balancer with two addresses.
    LoadBalanced,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            viewers: 1.0,
            hours: 2.0,
            units: 100_000.0,
            profile: Profile::Prod,
            grafana: Grafana::None,
            spot: false,
        }
    }
}

/// A line of the bill.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Whether the system or its observability needs it.
    pub area: Area,
    /// What is paid for.
    pub name: &'static str,
    /// How much of it is used.
    pub used: f64,
    /// How much of it is always free.
    pub free: f64,
    /// What the quantities count.
    pub unit: &'static str,
    /// USD for one.
    pub price: f64,
    /// USD a month.
    pub dollars: f64,
}

/// What a line of the bill is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Area {
    /// Serving the API.
    System,
    /// Seeing what it does.
    Observability,
}

/// What alarms of one objective cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectiveCost {
    /// The objective.
    pub id: &'static str,
    /// Metrics that its alarms watch.
    pub alarm_metrics: usize,
    /// Its composite alarms.
    pub composites: usize,
    /// USD a month, free alarms not taken off.
    pub dollars: f64,
}

/// The price of a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// When the prices were looked up.
    pub prices_as_of: &'static str,
    /// What is assumed, in words.
    pub assumptions: Vec<String>,
    /// The lines of the bill.
    pub items: Vec<Item>,
    /// The part of each dashboard in the queries.
    pub dashboards: Vec<DashboardCost>,
    /// The part of each objective in the alarms.
    pub objectives: Vec<ObjectiveCost>,
    /// USD a month for serving the API.
    pub system: f64,
    /// USD a month for seeing what it does.
    pub observability: f64,
    /// USD a month.
    pub total: f64,
}

/// Prices a month of a library.
pub fn estimate(library: &Library, assumptions: &Assumptions) -> Estimate {
    let month = Month {
        workload: &library.workload,
        assumptions,
    };
    let dashboards = dashboards::costs(library, &month);
    let mut items = month.items();
    items.extend([
        custom_metrics(library, assumptions),
        alarms(library, assumptions),
        composites(library, assumptions),
    ]);
    items.extend(dashboards::items(&dashboards));
    items.extend(month.observability());
    items.extend(system::grafana(assumptions));
    let of = |area| {
        let of_area = items.iter().filter(|item| item.area == area);
        of_area.map(|item| item.dollars).sum::<f64>()
    };
    Estimate {
        prices_as_of: prices::AS_OF,
        assumptions: month.describe(),
        system: of(Area::System),
        observability: of(Area::Observability),
        total: items.iter().map(|item| item.dollars).sum(),
        items,
        dashboards,
        objectives: objectives(library),
    }
}

/// Metrics are billed by the hour in which they have data: those of the schedule always, the
/// others while the system is in use.
fn custom_metrics(library: &Library, assumptions: &Assumptions) -> Item {
    let declared = library
        .catalogue
        .metrics
        .iter()
        .map(|metric| metric.billed_metrics());
    let always = library.workload.tick_metrics;
    let in_use = to_float(declared.sum::<usize>().saturating_sub(always));
    let metric_months = to_float(always) + in_use * assumptions.hours / 24.0;
    Item::observability(
        "Custom metrics",
        metric_months,
        "metric-months",
        CUSTOM_METRIC,
    )
    .free(to_float(FREE_CUSTOM_METRICS))
}

fn alarms(library: &Library, assumptions: &Assumptions) -> Item {
    let watched = deployed(library, assumptions).filter_map(Alarm::billed_metrics);
    let metrics = to_float(watched.sum());
    Item::observability("Alarms", metrics, "metrics", ALARM_METRIC)
        .free(to_float(FREE_ALARM_METRICS))
}

fn composites(library: &Library, assumptions: &Assumptions) -> Item {
    let composites = deployed(library, assumptions)
        .filter(|alarm| matches!(alarm.kind, AlarmKind::Composite(_)))
        .count();
    Item::observability(
        "Composite alarms",
        to_float(composites),
        "alarms",
        COMPOSITE_ALARM,
    )
}

/// The alarms of the profile; those of other modules are there with Grafana.
fn deployed<'a>(
    library: &'a Library,
    assumptions: &Assumptions,
) -> impl Iterator<Item = &'a Alarm> + use<'a> {
    let (profile, grafana) = (assumptions.profile, assumptions.grafana != Grafana::None);
    let alarms = library.alarms.iter();
    alarms.filter(move |alarm| {
        alarm.profile <= profile && (alarm.module == model::alarm::MODULE || grafana)
    })
}

/// An objective's alarms are those it makes itself.
fn objectives(library: &Library) -> Vec<ObjectiveCost> {
    let cost = |objective: &model::Objective| {
        let ids = objective.alarm_ids();
        let alarms = library.alarms.iter();
        let own = || alarms.clone().filter(|alarm| ids.contains(&alarm.id));
        let alarm_metrics = own().filter_map(Alarm::billed_metrics).sum();
        let composites = own()
            .filter(|alarm| alarm.billed_metrics().is_none())
            .count();
        ObjectiveCost {
            id: objective.id,
            alarm_metrics,
            composites,
            dollars: to_float(alarm_metrics) * ALARM_METRIC
                + to_float(composites) * COMPOSITE_ALARM,
        }
    };
    library.objectives.iter().map(cost).collect()
}

impl Item {
    fn observability(name: &'static str, used: f64, unit: &'static str, price: f64) -> Self {
        Self::new(Area::Observability, name, used, unit, price)
    }

    fn new(area: Area, name: &'static str, used: f64, unit: &'static str, price: f64) -> Self {
        Self {
            area,
            name,
            used,
            free: 0.0,
            unit,
            price,
            dollars: used * price,
        }
    }

    /// Takes off what is always free.
    fn free(mut self, allowance: f64) -> Self {
        self.free = allowance;
        self.dollars = (self.used - allowance).max(0.0) * self.price;
        self
    }
}

/// Counts of definitions are far below the 2^53 that a double holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub const fn to_float(count: usize) -> f64 {
    count as f64
}
