//! Grafana dashboards, for CloudWatch or for Prometheus.

mod cloudwatch;
mod fields;
mod json;
mod prometheus;
mod visual;

use std::borrow::Cow;

use json::{
    Annotation, DashboardLinks, DataSource, GridPos, Listed, Row, Target, TimeRange, Variable,
    VariableQuery,
};
use serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::model::{Cell, Dashboard, Deployment, Panel, Placed, Source, place};
use crate::render::pretty;

/// Where menus and switches of annotations are.
const CONTROLS: &str = "inControlsMenu";

/// Where a dashboard's data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// CloudWatch and X-Ray.
    CloudWatch,
    /// A Prometheus that scrapes the local process: our own metrics only.
    Prometheus,
}

impl Backend {
    /// Whether a panel can be answered.
    pub fn answers(self, panel: &Panel) -> bool {
        match self {
            Self::CloudWatch => true,
            Self::Prometheus => prometheus::answers(panel),
        }
    }
}

/// The dashboard as JSON; `None` if none of its panels can be answered.
///
/// # Errors
/// None that a definition can cause: the JSON is made of text and numbers.
pub fn dashboard(
    deployment: &Deployment,
    dashboard: &Dashboard,
    backend: Backend,
) -> serde_json::Result<Option<String>> {
    let placed = place(dashboard, |panel| backend.answers(panel));
    if placed.is_empty() {
        return Ok(None);
    }
    pretty::text(&document(deployment, dashboard, backend, &placed)).map(Some)
}

fn document<'a>(
    deployment: &'a Deployment,
    dashboard: &'a Dashboard,
    backend: Backend,
    placed: &'a [Placed<'a>],
) -> json::Dashboard<'a> {
    let refreshes = backend == Backend::Prometheus || !dashboard.scans_logs();
    let variables = match backend {
        Backend::CloudWatch => cloudwatch::variables(deployment, dashboard),
        Backend::Prometheus => {
            vec![data_source_variable(
                "datasource",
                "Prometheus",
                "prometheus",
            )]
        }
    };
    json::Dashboard {
        uid: dashboard.link.uid,
        title: &dashboard.title,
        description: &dashboard.description,
        tags: [deployment.prefix],
        timezone: "browser",
        editable: false,
        graph_tooltip: 1,
        time: TimeRange {
            from: format!("now-{}", dashboard.range),
            to: "now",
        },
        refresh: if refreshes { "1m" } else { "" },
        fiscal_year_start_month: 0,
        schema_version: 42,
        links: [menu(deployment)],
        templating: Listed { list: variables },
        annotations: Listed {
            list: annotations(deployment, dashboard, backend),
        },
        panels: Panels {
            deployment,
            backend,
            placed,
        },
    }
}

/// Rows and panels: each is made when it is written, so that they are never all in memory.
#[derive(Debug)]
struct Panels<'a> {
    deployment: &'a Deployment,
    backend: Backend,
    placed: &'a [Placed<'a>],
}

impl Serialize for Panels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.placed.len()))?;
        for placed in self.placed {
            match placed.panel {
                None => list.serialize_element(&heading(placed))?,
                Some(panel) => list.serialize_element(&self.panel(placed, panel))?,
            }
        }
        list.end()
    }
}

impl Panels<'_> {
    fn panel<'a>(&'a self, placed: &Placed<'_>, panel: &'a Panel) -> json::Panel<'a> {
        json::Panel {
            r#type: visual::plugin(panel.visual),
            id: placed.id,
            title: &panel.title,
            description: &panel.description,
            transparent: false,
            datasource: data_source(panel, self.backend),
            grid_pos: grid_pos(placed.cell),
            repeat_direction: "h",
            targets: targets(self.deployment, panel, self.backend),
            field_config: fields::config(panel),
            options: visual::options(panel.visual),
        }
    }
}

fn heading<'a>(placed: &Placed<'a>) -> Row<'a> {
    Row {
        r#type: "row",
        id: placed.id,
        title: &placed.row.title,
        collapsed: false,
        grid_pos: grid_pos(placed.cell),
        panels: [],
    }
}

const fn grid_pos(Cell { x, y, w, h }: Cell) -> GridPos {
    GridPos { x, y, w, h }
}

fn data_source(panel: &Panel, backend: Backend) -> DataSource {
    let traces = |source: &Source| matches!(source, Source::Traces(_));
    match backend {
        Backend::Prometheus => prometheus::PROMETHEUS,
        Backend::CloudWatch if panel.targets.iter().any(|target| traces(&target.source)) => {
            cloudwatch::XRAY
        }
        Backend::CloudWatch => cloudwatch::CLOUDWATCH,
    }
}

fn targets<'a>(deployment: &'a Deployment, panel: &'a Panel, backend: Backend) -> Vec<Target<'a>> {
    match backend {
        Backend::CloudWatch => cloudwatch::targets(deployment, panel),
        Backend::Prometheus => prometheus::targets(panel),
    }
}

fn annotations(
    deployment: &Deployment,
    dashboard: &Dashboard,
    backend: Backend,
) -> Vec<Annotation> {
    let mut annotations = vec![Annotation {
        name: "Annotations & Alerts",
        datasource: DataSource {
            r#type: "grafana",
            uid: "-- Grafana --",
        },
        enable: true,
        hide: true,
        icon_color: "rgba(0, 211, 255, 1)",
        built_in: 1,
        placement: CONTROLS,
        r#type: Some("dashboard"),
        target: None,
    }];
    if backend == Backend::CloudWatch {
        let alarms = dashboard.annotations;
        annotations.extend(alarms.map(|ids| cloudwatch::alarm_annotation(deployment, ids)));
    }
    annotations
}

/// The other dashboards, for the same time.
fn menu(deployment: &Deployment) -> DashboardLinks<'_> {
    DashboardLinks {
        title: "Dashboards",
        r#type: "dashboards",
        icon: "external link",
        tooltip: "",
        url: "",
        tags: [deployment.prefix],
        as_dropdown: true,
        target_blank: false,
        include_vars: false,
        keep_time: true,
        placement: CONTROLS,
    }
}

fn variable<'a>(
    kind: &'static str,
    name: &'a str,
    label: &'a str,
    query: VariableQuery<'a>,
) -> Variable<'a> {
    Variable {
        r#type: kind,
        name,
        label,
        skip_url_sync: false,
        query,
        datasource: None,
        multi: false,
        allow_custom_value: true,
        refresh: None,
        include_all: false,
        all_value: None,
        auto: false,
        auto_min: "10s",
        auto_count: 30,
    }
}

fn data_source_variable<'a>(name: &'a str, label: &'a str, plugin: &'a str) -> Variable<'a> {
    variable(
        "datasource",
        name,
        label,
        VariableQuery::Text(Cow::Borrowed(plugin)),
    )
}

/// `A` to `Z`, then `A1` and so on.
fn ref_id(place: usize) -> Cow<'static, str> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = place % LETTERS.len();
    let letter = &LETTERS[letter..=letter];
    match place / LETTERS.len() {
        0 => letter.into(),
        round => format!("{letter}{round}").into(),
    }
}
