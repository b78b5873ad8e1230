//! `/d/{uid}/{slug}`: a dashboard at Grafana's path and with its parameters: `from`, `to`,
//! `var-<name>` for each variable, and `viewPanel` for one panel alone.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use dashboards::data::{Chosen, Events, answer};
use dashboards::draw::{self, Links};
use dashboards::model::logs::{self, Field};
use dashboards::model::{Dashboard, Link, Panel, Variable, place};
use dashboards::view::{Cell, TimeRange, View};
use maud::{Markup, html};

use super::page::{Page, Section};
use super::{Console, links, panel, range};

/// How many values a variable offers, the ones seen last.
const VALUES: u32 = 50;
/// Ranges to choose from, in Grafana's notation.
const RANGES: [&str; 7] = ["15m", "1h", "3h", "6h", "1d", "7d", "30d"];

/// What the address asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    path: String,
    pub(super) range: TimeRange,
    from: String,
    to: String,
    pub(super) variables: Vec<(Variable, String)>,
    panel: Option<u32>,
    problem: Option<String>,
}

pub(super) async fn page(
    State(console): State<Console>,
    Path(path): Path<Vec<String>>,
    RawQuery(query): RawQuery,
) -> Response {
    let uid = path.first().map(String::as_str).unwrap_or_default();
    let mut all = console.library.dashboards.iter();
    let Some(place) = all.position(|dashboard| dashboard.link.uid == uid) else {
        let reason = format!("There is no dashboard {uid}.");
        return Page::not_found(Section::Dashboards, &reason).into_response();
    };
    let draw = move |console: &Console| {
        let dashboard = &console.library.dashboards[place];
        let asked = Asked::read(dashboard, query.as_deref().unwrap_or_default());
        draw(console, dashboard, &asked)
    };
    console.draw(Section::Dashboards, draw).await
}

fn draw(console: &Console, dashboard: &Dashboard, asked: &Asked) -> Page {
    let placed = place(dashboard, |_| true);
    let alone = asked.panel.map(|id| {
        let mut panels = placed.iter().filter(|placed| placed.panel.is_some());
        panels.find(|placed| placed.id == id)
    });
    let body = match alone {
        Some(None) => {
            let reason = format!("{} has no such panel.", dashboard.title);
            return Page::not_found(Section::Dashboards, &reason);
        }
        Some(Some(placed)) => html! {
            p.trail { a href=(asked.address(None, &asked.from)) { (dashboard.title) } }
            (controls(console, dashboard, asked))
            (panel::body(console, dashboard, placed, asked))
        },
        None => html! {
            (tabs(console, dashboard))
            div.head { h1 { (dashboard.title) } span.detail { (dashboard.description) } }
            (controls(console, dashboard, asked))
            div #panels data-live { (panels(&console.observed.events(), dashboard, asked)) }
        },
    };
    Page::new(Section::Dashboards, dashboard.title.clone(), body)
        .refresh(5)
        .script("/assets/hover.js")
}

fn panels(events: &Events, dashboard: &Dashboard, asked: &Asked) -> Markup {
    let chosen = asked.chosen();
    let views: Vec<View> = dashboard
        .panels()
        .map(|panel| answer(panel, events, asked.range, &chosen))
        .collect();
    draw::dashboard(dashboard, &views, asked.range, asked)
}

fn tabs(console: &Console, current: &Dashboard) -> Markup {
    html! {
        nav.tabs aria-label="Dashboards" { ul {
            @for dashboard in &console.library.dashboards {
                li { a href=(links::dashboard(dashboard.link))
                    aria-current=[(dashboard.link == current.link).then_some("page")] { (dashboard.title) } }
            }
        } }
    }
}

fn controls(console: &Console, dashboard: &Dashboard, asked: &Asked) -> Markup {
    let moving = asked.to == "now" && asked.from.starts_with("now-");
    html! {
        @if let Some(problem) = &asked.problem { p.problem role="alert" { (problem) } }
        div.controls {
            @if !dashboard.variables.is_empty() { (variables(console, asked)) }
            nav.ranges aria-label="Time range" { ul {
                @for length in RANGES {
                    @let from = format!("now-{length}");
                    li { a href=(asked.address(asked.panel, &from))
                        aria-current=[(moving && asked.from == from).then_some("true")] { (length) } }
                }
                @if !moving { li { span.detail { (written(&asked.from)) " to " (written(&asked.to)) } } }
            } }
        }
    }
}

/// A moment in Grafana's notation, for people.
fn written(moment: &str) -> String {
    moment
        .parse()
        .map_or_else(|_| moment.to_owned(), draw::moment)
}

fn variables(console: &Console, asked: &Asked) -> Markup {
    let events = console.observed.events();
    html! {
        form.variables method="get" action=(asked.path) aria-label="Variables" {
            input type="hidden" name="from" value=(asked.from);
            input type="hidden" name="to" value=(asked.to);
            @if let Some(id) = asked.panel { input type="hidden" name="viewPanel" value=(id); }
            @for (variable, value) in &asked.variables {
                @let name = format!("var-{}", variable.name);
                div {
                    label for=(name) { (variable.label) }
                    select id=(name) name=(name) {
                        option value="" { "All" }
                        @for one in values(&events, *variable, asked.range, value) {
                            option value=(one) selected[one == *value] { (one) }
                        }
                    }
                }
            }
            button type="submit" { "Show" }
        }
    }
}

/// The values that were seen last, and the one that is chosen.
fn values(events: &Events, variable: Variable, range: TimeRange, chosen: &str) -> Vec<String> {
    let query = logs::everywhere()
        .having(variable.property)
        .table([("seen", logs::maximum(Field::Timestamp))], VALUES)
        .by(variable.property);
    let panel = Panel::table(variable.label).draw("", query);
    let mut values = match answer(&panel, events, range, &Chosen::default()) {
        View::Table(table) => {
            let column = table
                .columns
                .iter()
                .position(|name| name == variable.property.name());
            let cells = table.rows.into_iter();
            let texts = cells.filter_map(|mut row| match row.swap_remove(column?) {
                Cell::Text(text) => Some(text),
                _ => None,
            });
            texts.collect()
        }
        _ => Vec::new(),
    };
    if !chosen.is_empty() && !values.iter().any(|value| value == chosen) {
        values.insert(0, chosen.to_owned());
    }
    values
}

impl Asked {
    fn read(dashboard: &Dashboard, query: &str) -> Self {
        let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let get = |name: &str| {
            let found = parameters.iter().rev().find(|(known, _)| known == name);
            found
                .map(|(_, value)| value.as_str())
                .filter(|value| !value.is_empty())
        };
        let default = range::default_from(dashboard.range);
        let (mut from, mut to) = (get("from").unwrap_or(&default), get("to").unwrap_or("now"));
        let mut problem = None;
        let range = range::parse(from, to).unwrap_or_else(|reason| {
            problem = Some(reason);
            (from, to) = (&default, "now");
            let end = super::format::now_millis() / 1_000;
            let start = end - i64::from(dashboard.range.as_seconds());
            TimeRange { start, end }
        });
        let chosen = |variable: &Variable| {
            let value = get(&format!("var-{}", variable.name)).unwrap_or_default();
            // What Grafana writes for all values.
            let value = if value == "$__all" { "" } else { value };
            (*variable, value.to_owned())
        };
        Self {
            path: links::dashboard(dashboard.link),
            range,
            from: from.to_owned(),
            to: to.to_owned(),
            variables: dashboard.variables.iter().map(chosen).collect(),
            // Grafana writes `panel-12` as well.
            panel: get("viewPanel").and_then(|id| id.trim_start_matches("panel-").parse().ok()),
            problem,
        }
    }

    pub(super) fn chosen(&self) -> Chosen {
        let set = self.variables.iter().filter(|(_, value)| !value.is_empty());
        set.map(|(variable, value)| (variable.name, value.as_str()))
            .collect()
    }

    /// The same dashboard with another panel or range.
    fn address(&self, panel: Option<u32>, from: &str) -> String {
        let to = if from == self.from { &self.to } else { "now" };
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (variable, value) in &self.variables {
            if !value.is_empty() {
                query.append_pair(&format!("var-{}", variable.name), value);
            }
        }
        query.append_pair("from", from).append_pair("to", to);
        if let Some(id) = panel {
            query.append_pair("viewPanel", &id.to_string());
        }
        format!("{}?{}", self.path, query.finish())
    }
}

impl Links for Asked {
    fn cell(&self, link: Link, value: &str) -> Option<String> {
        Some(match link {
            Link::Dashboard(to, variable) => links::chosen(to, variable.name, value),
            Link::Trace => links::trace(value),
        })
    }

    fn panel(&self, id: u32) -> Option<String> {
        Some(self.address(Some(id), &self.from))
    }
}
