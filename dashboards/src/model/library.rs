//! Everything about one service's dashboards and alarms, as one value.

use std::ops::Range;

use telemetry::{Catalogue, Definition};

use super::{
    Alarm, AlarmKind, Dashboard, Deployment, Objective, SampleEvent, Visual, Workload, place,
};

/// Everything that is rendered, checked and priced together.
///
/// The command line, the preview and a console take it as a value: nothing in this crate
/// knows which service it is.
#[derive(Clone, Debug)]
pub struct Library {
    /// How names depend on the environment.
    pub deployment: Deployment,
    /// Where things are in the service's repository.
    pub places: Places,
    /// What the application measures.
    pub catalogue: Catalogue,
    /// Metrics that AWS publishes about its resources.
    pub published: Vec<&'static Definition>,
    /// Metrics of the catalogue that have no data unless something happens.
    pub rare: Vec<&'static Definition>,
    /// The dashboards, in the order of their menu.
    pub dashboards: Vec<Dashboard>,
    /// The objectives, which some of the alarms and dashboards are about.
    pub objectives: Vec<Objective>,
    /// The alarms, every composite after its children.
    pub alarms: Vec<Alarm>,
    /// Findings of the lint that are accepted.
    pub exclusions: &'static [Exclusion],
    /// Alarms that AWS recommends and that there are not, and why.
    pub recommended: &'static [Exemption],
    /// What a month of use takes of AWS.
    pub workload: Workload,
    /// The tables of the page on cost.
    pub tables: &'static [Table],
    /// Events for previews, of a range of seconds since 1970 and for a seed.
    pub samples: fn(Range<i64>, u64) -> Vec<SampleEvent>,
}

/// A table of a page by the name of its place there.
pub type Table = (&'static str, fn(&Library) -> String);

/// Where things are, from the root of the repository.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// How people there call the command line.
    pub command: &'static str,
    /// The source of the catalogue.
    pub catalogue: &'static str,
    /// The folder of the rendered files.
    pub rendered: &'static str,
    /// The folder of the alarms' runbooks.
    pub runbooks: &'static str,
    /// The folder of the alarms' scenarios.
    pub scenarios: &'static str,
    /// The page with the [tables](Library::tables); not read if there are none.
    pub page: &'static str,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            command: "dashboards",
            catalogue: "src/catalogue.rs",
            rendered: "rendered",
            runbooks: "runbooks",
            scenarios: "scenarios",
            page: "cost.md",
        }
    }
}

/// A finding of the lint that is accepted.
#[derive(Clone, Copy, Debug)]
pub struct Exclusion {
    /// The rule.
    pub rule: &'static str,
    /// The place, as findings name it.
    pub place: &'static str,
    /// Why it is accepted.
    pub reason: &'static str,
}

/// An alarm that AWS recommends and that there is not.
#[derive(Clone, Copy, Debug)]
pub struct Exemption {
    /// The namespace of the metric.
    pub namespace: &'static str,
    /// The metric.
    pub metric: &'static str,
    /// What stands in for it, or why it is not needed.
    pub reason: &'static str,
}

impl Exemption {
    /// Of the alarm on this metric, for this reason.
    pub const fn new(namespace: &'static str, metric: &'static str, reason: &'static str) -> Self {
        Self {
            namespace,
            metric,
            reason,
        }
    }
}

impl Library {
    /// A library without dashboards and alarms, of a service whose files are in the usual
    /// [`Places`] and that answers one request for each of what it does.
    pub fn new(deployment: Deployment, catalogue: Catalogue) -> Self {
        Self {
            deployment,
            places: Places::default(),
            catalogue,
            published: Vec::new(),
            rare: Vec::new(),
            dashboards: Vec::new(),
            objectives: Vec::new(),
            alarms: Vec::new(),
            exclusions: &[],
            recommended: &[],
            workload: Workload::default(),
            tables: &[],
            samples: |_, _| Vec::new(),
        }
    }

    /// The alarm with this id.
    pub fn alarm(&self, id: &str) -> Option<&Alarm> {
        self.alarms.iter().find(|alarm| alarm.id == id)
    }

    /// The id of the panel that shows what an alarm watches, on the alarm's own dashboard: one
    /// that draws one of its metrics beside its threshold, or else the bars of conditions, those
    /// with its own if there are any.
    pub fn panel_of(&self, alarm: &Alarm) -> Option<u32> {
        let mut dashboards = self.dashboards.iter();
        let dashboard = dashboards.find(|one| one.link == alarm.dashboard)?;
        let placed = place(dashboard, |_| true);
        let panels = || placed.iter().filter_map(|one| Some((one.id, one.panel?)));
        let graph = match &alarm.kind {
            AlarmKind::Metric(watch) => panels().find(|(_, panel)| panel.shows(watch)),
            AlarmKind::Composite(_) => None,
        };
        let bars = || panels().filter(|(_, panel)| panel.visual == Visual::StateTimeline);
        let own =
            || bars().find(|(_, panel)| panel.targets.iter().any(|one| one.label == alarm.id));
        let found = graph.or_else(own).or_else(|| bars().next());
        found.map(|(id, _)| id)
    }

    /// The dashboard with this slug.
    pub fn dashboard(&self, slug: &str) -> Option<&Dashboard> {
        self.dashboards
            .iter()
            .find(|dashboard| dashboard.link.slug == slug)
    }
}
