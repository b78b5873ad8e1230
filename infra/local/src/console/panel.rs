//! One panel alone: large, with its queries as Grafana sends them and their price.

use dashboards::cost::{self, Assumptions};
use dashboards::data::answer;
use dashboards::draw;
use dashboards::model::{COLUMNS, Cell, Dashboard, GridItem, Library, Panel, Row};
use dashboards::render::grafana::{self, Backend};
use maud::{Markup, html};
use serde_json::Value;

use super::Console;
use super::live::Live;
use super::selection::Selection;

/// The data sources, and how people call their query languages.
const BACKENDS: [(Backend, &str); 2] = [
    (Backend::CloudWatch, "CloudWatch"),
    (Backend::Prometheus, "Prometheus"),
];

pub(super) fn body(
    console: &Console,
    dashboard: &Dashboard,
    placed: &GridItem<'_>,
    selection: &Selection,
    live: &Live,
) -> Markup {
    let Some(panel) = placed.panel else {
        return html! {};
    };
    let large = GridItem {
        cell: Cell {
            w: COLUMNS,
            ..placed.cell
        },
        ..*placed
    };
    let view = answer(
        panel,
        &console.observed.events(),
        selection.known(),
        &selection.chosen(),
    );
    let alone = alone(dashboard, panel);
    let drawn = draw::panel(&large, &view, selection.range, selection);
    html! {
        (live.part("panel", "alone", &drawn))
        p { (panel.description) }
        div.columns {
            @for (backend, name) in BACKENDS {
                section { h2 { (name) } (queries(console, &alone, backend)) }
            }
        }
        section { h2 { "Price" } (price(&console.library, &alone)) }
    }
}

/// A dashboard with nothing but this panel.
fn alone(dashboard: &Dashboard, panel: &Panel) -> Dashboard {
    let row = Row {
        title: panel.title.clone(),
        panels: vec![panel.clone()],
        collapsed: false,
    };
    Dashboard {
        rows: vec![row],
        ..dashboard.clone()
    }
}

/// What Grafana asks the data source for, from the very JSON that is provisioned.
fn queries(console: &Console, alone: &Dashboard, backend: Backend) -> Markup {
    let json = grafana::dashboard(&console.library.deployment, alone, backend);
    let Some(json) = json.ok().flatten() else {
        return html! { p.empty { "This data source cannot answer it." } };
    };
    let parsed: Value = serde_json::from_str(&json).unwrap_or_default();
    let panels = parsed["panels"].as_array().into_iter().flatten();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let texts: Vec<String> = targets.map(text).collect();
    html! { pre tabindex="0" { code { (texts.join("\n")) } } }
}

/// A target of Grafana's JSON as a line of text.
fn text(target: &Value) -> String {
    let member = |name: &str| target[name].as_str().unwrap_or_default();
    if !member("expr").is_empty() {
        return member("expr").to_owned();
    }
    let id = match member("id") {
        "" => String::new(),
        id => format!("{id} = "),
    };
    match (member("expression"), member("metricName")) {
        ("", "") => format!("{id}{}", member("query")),
        ("", metric) => {
            let dimensions = &target["dimensions"];
            let period = match member("period") {
                "" => "auto",
                period => period,
            };
            let statistic = member("statistic");
            format!(
                "{id}{statistic}({} {metric} {dimensions}), period {period}",
                member("namespace")
            )
        }
        (expression, _) => format!("{id}{expression}"),
    }
}

fn price(library: &Library, alone: &Dashboard) -> Markup {
    let assumptions = Assumptions::default();
    let only = Library {
        dashboards: vec![alone.clone()],
        ..library.clone()
    };
    let estimate = cost::estimate(&only, &assumptions);
    let Some(cost) = estimate.dashboards.first() else {
        return html! {};
    };
    let month = cost.query_dollars + cost.scan_dollars + cost.trace_dollars;
    html! {
        p {
            "$" (format!("{month:.2}")) " a month on CloudWatch if one person has it open "
            (assumptions.hours) " hours a day (" (format!("{:.0}", cost.loads)) " loads)."
        }
        dl.facts {
            dt { "Metrics asked for by a load" } dd { (cost.metrics_per_load) }
            @if cost.gigabytes_per_load > 0.0 {
                dt { "Log data scanned by a load" } dd { (format!("{:.2} MB", cost.gigabytes_per_load * 1_000.0)) }
            }
            dt { "Prices as of" } dd { (estimate.prices_as_of) }
        }
    }
}
