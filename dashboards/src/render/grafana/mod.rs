//! Grafana dashboards, for CloudWatch or for Prometheus.

mod cloudwatch;
mod fields;
mod json;
mod prometheus;
mod visual;

use std::borrow::Cow;

use json::{
    Annotation, DashboardLinks, DataSource, Element, GridPos, List, Row, Target, TimeRange,
    Timepicker, Variable, VariableQuery,
};

use crate::model::{
    BINS, Cell, Dashboard, Deployment, GridItem, LOG_GAP, Panel, Period, Source, place,
};

/// Where menus and switches of annotations are.
const CONTROLS: &str = "inControlsMenu";
/// How far before now a range ends that ends now: the newest minute must be over, and what it
/// wrote must be where it is read. Without it, a sum by the minute starts near 0 with each one.
const DELAY: Period = Period::minutes(2);

/// Where a dashboard's data comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    crate::render::json(&document(deployment, dashboard, backend, &placed)).map(Some)
}

fn document<'a>(
    deployment: &'a Deployment,
    dashboard: &'a Dashboard,
    backend: Backend,
    placed: &'a [GridItem<'a>],
) -> json::Dashboard<'a> {
    let page = Page {
        deployment,
        backend,
        range: dashboard.range,
    };
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
        timepicker: Timepicker {
            now_delay: DELAY.to_string(),
        },
        refresh: dashboard
            .refresh
            .map_or("".into(), |every| every.to_string().into()),
        fiscal_year_start_month: 0,
        schema_version: 42,
        links: [menu(deployment)],
        templating: List { list: variables },
        annotations: List {
            list: vec![annotations()],
        },
        panels: elements(&page, placed),
    }
}

/// Rows and panels; the panels of a collapsed row are within it.
fn elements<'a>(page: &Page<'a>, placed: &'a [GridItem<'a>]) -> Vec<Element<'a>> {
    let mut elements = Vec::with_capacity(placed.len());
    for placed in placed {
        match placed.panel {
            None => elements.push(Element::Row(heading(placed))),
            Some(panel) => match elements.last_mut() {
                Some(Element::Row(row)) if row.collapsed => {
                    row.panels.push(page.panel(placed, panel));
                }
                _ => elements.push(Element::Panel(Box::new(page.panel(placed, panel)))),
            },
        }
    }
    elements
}

/// What every panel of a dashboard is rendered for.
struct Page<'a> {
    deployment: &'a Deployment,
    backend: Backend,
    range: Period,
}

impl<'a> Page<'a> {
    fn panel(&self, placed: &GridItem<'_>, panel: &'a Panel) -> json::Panel<'a> {
        let bin = panel.least_bin();
        json::Panel {
            r#type: visual::plugin(panel.visual),
            id: placed.id,
            title: &panel.title,
            description: &panel.description,
            transparent: false,
            datasource: data_source(panel, self.backend),
            grid_pos: grid_pos(placed.cell),
            repeat_direction: "h",
            max_data_points: bin.map(|_| BINS),
            interval: bin.map(|bin| bin.to_string()),
            targets: targets(self.deployment, panel, self.backend),
            field_config: fields::config(panel, self.gap(panel)),
            options: visual::options(panel.visual),
        }
    }

    /// How far apart two points may be that are joined: a period, as Grafana chooses it for the
    /// dashboard's range. CloudWatch's data source does not say; that of Prometheus does.
    fn gap(&self, panel: &Panel) -> Option<Period> {
        let own = panel
            .targets
            .iter()
            .filter_map(|target| target.source.period());
        match self.backend {
            Backend::Prometheus => None,
            Backend::CloudWatch if panel.scans_logs() => Some(LOG_GAP),
            Backend::CloudWatch => Some(own.max().unwrap_or_else(|| self.range.step())),
        }
    }
}

fn heading<'a>(placed: &GridItem<'a>) -> Row<'a> {
    Row {
        r#type: "row",
        id: placed.id,
        title: &placed.row.title,
        collapsed: placed.row.collapsed,
        grid_pos: grid_pos(placed.cell),
        panels: Vec::new(),
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

/// What people mark in Grafana itself. Changes of alarms are a table: the data source's
/// annotations know neither composites nor alarms on arithmetic.
const fn annotations() -> Annotation {
    Annotation {
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
        r#type: "dashboard",
    }
}

/// The other dashboards, for the same time and the same choices.
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
        include_vars: true,
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
        current: None,
        query,
        regex: None,
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
