//! Rules on panels and their queries.

use telemetry::DashboardLink;

use super::Findings;
use crate::cost::metrics;
use crate::model::logs::{Filter, LogQuery, Shape};
use crate::model::{
    Dashboard, DisplayUnit, Expression, Library, Link, MetricQuery, Panel, Source, TraceQuery,
    Variable, Visual, is_word,
};
use crate::render::widest_search;

/// Longest search expression that CloudWatch takes.
const SEARCH_CHARACTERS: usize = 1_024;
/// Most series that a search returns.
const SEARCH_SERIES: usize = 100;

pub(super) fn check(library: &Library, findings: &mut Findings) {
    for dashboard in &library.dashboards {
        load(dashboard, findings);
        let mut titles = Vec::new();
        for panel in dashboard.panels() {
            let place = format!("{} / {}", dashboard.title, panel.title);
            if titles.contains(&&panel.title) {
                findings.add(
                    "title",
                    &place,
                    "another panel has this title; ids follow from titles",
                );
            }
            titles.push(&panel.title);
            texts(panel, &place, findings);
            units(panel, &place, findings);
            rows(panel, &place, findings);
            variables(dashboard, panel, &place, findings);
            links(library, panel, &place, findings);
            columns(panel, &place, findings);
            for target in &panel.targets {
                shape(panel.visual, &target.source, &place, findings);
                query(library, &target.source, &place, findings);
            }
        }
    }
}

/// Every metric is paid for with each load, and with each refresh.
fn load(dashboard: &Dashboard, findings: &mut Findings) {
    const MOST: usize = 40;
    let asked: usize = dashboard.open_panels().map(metrics).sum();
    if asked > MOST {
        let message = format!("a load asks for {asked} metrics, more than {MOST}: collapse rows");
        findings.add("load", &dashboard.title, message);
    }
    let traces = |panel: &&Panel| {
        let mut targets = panel.targets.iter();
        targets.any(|target| matches!(target.source, Source::Traces(_)))
    };
    if dashboard.open_panels().any(|panel| traces(&panel)) {
        let message = "a trace search scans every trace of the range: put it into a collapsed row";
        findings.add("load", &dashboard.title, message);
    }
}

fn texts(panel: &Panel, place: &str, findings: &mut Findings) {
    if panel.title.is_empty() {
        findings.add("title", place, "give the panel a title");
    }
    if panel.description.is_empty() {
        findings.add(
            "description",
            place,
            "say what it means and what to do about it",
        );
    }
    if panel.targets.is_empty() {
        findings.add("target", place, "draw at least one query");
    }
}

fn units(panel: &Panel, place: &str, findings: &mut Findings) {
    let numeric = matches!(
        panel.visual,
        Visual::TimeSeries | Visual::StackedSeries | Visual::Stat(_)
    );
    if !numeric {
        return;
    }
    if panel.shown_unit() == DisplayUnit::None {
        findings.add("unit", place, "numbers need a unit: `.unit(...)`");
    }
    let mut seen = None;
    for target in &panel.targets {
        let unit = target.source.unit();
        let is_metric = matches!(target.source, Source::Expression(_) | Source::Breakdown(_));
        if is_metric && unit.is_none() {
            findings.add(
                "math-units",
                place,
                "units of this arithmetic do not fit together",
            );
        }
        match (seen, unit) {
            (Some(first), Some(other)) if first != other => {
                let message = format!("`{first}` and `{other}` share an axis: make two panels");
                findings.add("mixed-units", place, message);
            }
            (None, unit) => seen = unit,
            _ => {}
        }
    }
}

/// Log queries return 10,000 rows at most, and do not say that there were more.
fn rows(panel: &Panel, place: &str, findings: &mut Findings) {
    const MOST: u32 = 10_000;
    for target in &panel.targets {
        let Source::Logs(query) = &target.source else {
            continue;
        };
        if query.groups.is_empty() {
            findings.add("log-groups", place, "name the log groups to scan");
        }
        if let Shape::Lines { limit, .. } | Shape::Table { limit, .. } = query.shape
            && !(1..=MOST).contains(&limit)
        {
            let message = format!("a log query returns 1 to {MOST} rows, not {limit}");
            findings.add("log-rows", place, message);
        }
    }
}

fn variables(dashboard: &Dashboard, panel: &Panel, place: &str, findings: &mut Findings) {
    let mut check = |variable: &Variable| {
        if !dashboard.variables.contains(variable) {
            let message = format!("the dashboard has no variable {}", variable.name);
            findings.add("undefined-variable", place, message);
        }
    };
    for target in &panel.targets {
        match &target.source {
            Source::Logs(query) => query.filters.iter().for_each(|filter| {
                if let Filter::Variable(variable) = filter {
                    check(variable);
                }
            }),
            Source::Traces(TraceQuery::Variable { variable, .. }) => check(variable),
            _ => {}
        }
    }
    for target in &panel.targets {
        let Source::Expression(expression) = &target.source else {
            continue;
        };
        expression.visit(&mut |part| {
            if let Expression::Variable(number) = part
                && !dashboard.numbers.contains(number)
            {
                let message = format!("the dashboard has no number {}", number.name);
                findings.add("undefined-variable", place, message);
            }
        });
    }
}

/// A link leads to a dashboard that there is and that has the variable.
fn links(library: &Library, panel: &Panel, place: &str, findings: &mut Findings) {
    for link in &panel.links {
        let Link::Dashboard(to, variable) = link.link else {
            continue;
        };
        let mut dashboards = library.dashboards.iter();
        match dashboards.find(|dashboard| dashboard.link.uid == to.uid) {
            None => findings.add("link", place, no_dashboard(to)),
            Some(dashboard) if !dashboard.variables.contains(&variable) => {
                let message = format!(
                    "the dashboard {} that it leads to has no variable {}",
                    dashboard.title, variable.name
                );
                findings.add("link", place, message);
            }
            Some(_) => {}
        }
    }
}

pub(super) fn no_dashboard(link: DashboardLink) -> String {
    format!("the library has no dashboard with the uid {}", link.uid)
}

/// Columns are named in the query itself.
fn columns(panel: &Panel, place: &str, findings: &mut Findings) {
    for target in &panel.targets {
        let Source::Logs(LogQuery {
            shape: Shape::Table { columns, .. },
            ..
        }) = &target.source
        else {
            continue;
        };
        for (index, column) in columns.iter().enumerate() {
            let name = &column.name;
            if !is_word(name) {
                let message =
                    format!("the column `{name}` has another name than letters, digits and _");
                findings.add("column", place, message);
            }
            if columns[..index].iter().any(|other| other.name == *name) {
                findings.add("column", place, format!("two columns are called `{name}`"));
            }
        }
    }
}

/// What is drawn can be drawn like that.
fn shape(visual: Visual, source: &Source, place: &str, findings: &mut Findings) {
    let fits = match source {
        Source::Expression(_) => !matches!(visual, Visual::Logs | Visual::ServiceMap),
        Source::Breakdown(_) => !matches!(
            visual,
            Visual::Logs | Visual::ServiceMap | Visual::StateTimeline
        ),
        Source::Logs(query) => match query.shape {
            Shape::Lines { .. } => matches!(visual, Visual::Logs | Visual::Table),
            Shape::Graph { .. } => matches!(visual, Visual::TimeSeries | Visual::StackedSeries),
            Shape::Table { .. } => matches!(visual, Visual::Table | Visual::Stat(_)),
        },
        Source::Traces(TraceQuery::ServiceMap) => visual == Visual::ServiceMap,
        Source::Traces(_) => visual == Visual::Table,
    };
    if !fits {
        findings.add(
            "visual",
            place,
            "this kind of panel does not show this kind of query",
        );
    }
}

fn query(library: &Library, source: &Source, place: &str, findings: &mut Findings) {
    match source {
        Source::Expression(expression) => periods(expression, place, findings),
        Source::Breakdown(breakdown) => search(library, &breakdown.0, place, findings),
        Source::Logs(_) | Source::Traces(_) => {}
    }
    for metric in source.metrics() {
        if metric.period.is_some_and(|period| !period.is_allowed()) {
            findings.add(
                "period",
                place,
                "a period is 10, 20, 30 or a multiple of 60 seconds",
            );
        }
    }
}

/// Arithmetic of metrics over different periods means nothing.
pub(super) fn periods(expression: &Expression, place: &str, findings: &mut Findings) {
    let metrics = expression.metrics();
    let mut periods = metrics.iter().map(|metric| metric.period);
    if let Some(first) = periods.next()
        && periods.any(|other| other != first)
    {
        findings.add(
            "math-periods",
            place,
            "all metrics of one expression need the same period",
        );
    }
}

fn search(library: &Library, metric: &MetricQuery, place: &str, findings: &mut Findings) {
    let Some((series, length)) = widest_search(&library.deployment, metric) else {
        return;
    };
    if series > SEARCH_SERIES {
        let message =
            format!("{series} series; CloudWatch returns {SEARCH_SERIES}: split it by less");
        findings.add("fan-out", place, message);
    }
    if length > SEARCH_CHARACTERS {
        let message =
            format!("its search has {length} characters; CloudWatch takes {SEARCH_CHARACTERS}");
        findings.add("search-length", place, message);
    }
}
