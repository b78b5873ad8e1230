//! `/d/{uid}/{slug}`: a dashboard at Grafana's path and with its parameters: `from`, `to`,
//! `var-<name>` for each variable, several times for several values, and `viewPanel` for one
//! panel alone.

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use dashboards::data::{Events, VariableValues, answer};
use dashboards::draw;
use dashboards::model::logs::{self, Field};
use dashboards::model::{Dashboard, GridItem, Panel, Variable, place};
use dashboards::view::{Cell, TimeRange, View};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::accept::{Accept, without_suffix};
use super::format::counted;
use super::live::Live;
use super::page::{Page, Section};
use super::selection::Selection;
use super::{Console, Reader, links, panel, picker};

/// How many values a variable offers, the ones seen last.
const VALUES: u32 = 50;
pub(super) async fn page(
    State(console): State<Console>,
    Path(path): Path<Vec<String>>,
    RawQuery(query): RawQuery,
    accept: Accept,
    reader: Reader,
) -> Response {
    let uid = without_suffix(path.first().map(String::as_str).unwrap_or_default());
    let mut all = console.library.dashboards.iter();
    let Some(place) = all.position(|dashboard| dashboard.link.uid == uid) else {
        let reason = format!("There is no dashboard {uid}.");
        return accept.page(&Page::not_found(Section::Dashboards, &reason));
    };
    let draw = move |console: &Console, accept: &Accept| {
        let dashboard = &console.library.dashboards[place];
        let selection = Selection::read(
            dashboard,
            query.as_deref().unwrap_or_default(),
            reader,
            console.recorded,
        );
        accept.answer(
            || data(console, dashboard, &selection),
            || draw(console, dashboard, &selection),
        )
    };
    console.draw(accept, Section::Dashboards, draw).await
}

fn draw(console: &Console, dashboard: &Dashboard, selection: &Selection) -> Page {
    let placed = place(dashboard, |_| true);
    let alone = selection.panel.map(|id| {
        let mut panels = placed.iter().filter(|placed| placed.panel.is_some());
        panels.find(|placed| placed.id == id)
    });
    let live = Live::default();
    let body = match alone {
        Some(None) => {
            let reason = format!("{} has no such panel.", dashboard.title);
            return Page::not_found(Section::Dashboards, &reason);
        }
        Some(Some(placed)) => html! {
            div.head { h1 { a href=(selection.address(None)) { (dashboard.title) } } }
            (controls(console, dashboard, selection))
            h2.row { (placed.row.title) }
            (panel::body(console, dashboard, placed, selection, &live))
        },
        None => html! {
            (tabs(console, dashboard))
            div.head { h1 { (dashboard.title) } span.detail { (dashboard.description) } }
            (controls(console, dashboard, selection))
            (panels(console, &placed, selection, &live))
        },
    };
    Page::new(Section::Dashboards, dashboard.title.clone(), body)
        .refresh(5, live)
        .script("/assets/charts.js")
}

/// Rows and panels, each panel a part that is sent again when it has changed. Panels that
/// only AWS can fill are folded away, below the others, until something is known of them.
fn panels(
    console: &Console,
    placed: &[GridItem<'_>],
    selection: &Selection,
    live: &Live,
) -> Markup {
    let events = console.observed.events();
    let chosen = selection.chosen();
    let answered: Vec<(&GridItem<'_>, View)> = placed
        .iter()
        .filter_map(|placed| {
            Some((
                placed,
                answer(placed.panel?, &events, selection.known(), &chosen),
            ))
        })
        .collect();
    drop(events);
    let (elsewhere, here): (Vec<_>, Vec<_>) = answered
        .iter()
        .partition(|(_, view)| matches!(view, View::Unavailable(_)));
    let shown: Vec<u32> = here.iter().map(|(placed, _)| placed.id).collect();
    let content = html! {
        @for row in here.chunk_by(|(one, _), (other, _)| std::ptr::eq(one.row, other.row)) {
            (section(row, selection, live))
        }
        @if !elsewhere.is_empty() {
            details.elsewhere #elsewhere {
                summary { (counted(elsewhere.len(), "panel")) " that only AWS can fill" }
                ul { @for (placed, view) in elsewhere {
                    li {
                        a href=(selection.address(Some(placed.id))) { (placed.panel.map(|panel| panel.title.as_ref()).unwrap_or_default()) }
                        @if let View::Unavailable(why) = view { " " span.detail { (why) } }
                    }
                } }
            }
        }
    };
    live.frame("panels", "dashboard", &shown, &content)
}

/// The panels of a row below its heading.
fn section(row: &[&(&GridItem<'_>, View)], selection: &Selection, live: &Live) -> Markup {
    let panels = html! {
        @for (placed, view) in row {
            @let drawn = draw::panel(placed, view, selection.range, selection);
            (live.panel(placed, &drawn))
        }
    };
    html! {
        @if let Some((first, _)) = row.first() {
            @if first.row.collapsed {
                details.collapsed id={ "row-" (first.id) } { summary { h2.row { (first.row.title) } } div { (panels) } }
            } @else {
                h2.row { (first.row.title) }
                (panels)
            }
        }
    }
}

/// What the panels show, as JSON.
fn data(console: &Console, dashboard: &Dashboard, selection: &Selection) -> Value {
    let chosen = selection.chosen();
    let placed = place(dashboard, |_| true);
    let shown = |placed: &&GridItem<'_>| selection.panel.is_none_or(|id| id == placed.id);
    let events = console.observed.events();
    let panels = placed.iter().filter(shown).filter_map(|placed| {
        let panel = placed.panel?;
        let view = answer(panel, &events, selection.known(), &chosen);
        Some(json!({
            "id": placed.id, "row": placed.row.title, "title": panel.title,
            "data": super::views::json(&view),
        }))
    });
    let panels: Vec<Value> = panels.collect();
    let values = selection.variables.iter();
    let values = values.map(|(variable, values)| (variable.name.to_owned(), json!(values)));
    let options = selection.options();
    let options = options.map(|(name, text)| (name.to_owned(), json!([text])));
    let variables: serde_json::Map<String, Value> = values.chain(options).collect();
    json!({
        "uid": dashboard.link.uid, "title": dashboard.title,
        "from": super::format::iso(selection.range.start * 1_000), "to": super::format::iso(selection.range.end * 1_000),
        "variables": variables, "problem": selection.problem, "panels": panels,
    })
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

fn controls(console: &Console, dashboard: &Dashboard, selection: &Selection) -> Markup {
    html! {
        @if let Some(problem) = &selection.problem { p.problem role="alert" { (problem) } }
        div.controls {
            @if !dashboard.variables.is_empty() || !dashboard.numbers.is_empty() {
                (variables(console, selection))
            }
            (picker::range(selection))
        }
    }
}

fn variables(console: &Console, selection: &Selection) -> Markup {
    let events = console.observed.events();
    html! {
        form.variables method="get" action=(selection.path) aria-label="Variables" data-at-once {
            (picker::hidden(selection, &["from", "to", "viewPanel"]))
            @for (variable, chosen) in &selection.variables {
                @let offered = values(&events, *variable, selection.range, chosen);
                (picker::variable(*variable, chosen, &offered))
            }
            @for (variable, place) in &selection.numbers { (picker::number(variable, *place)) }
            noscript { button type="submit" { "Show" } }
        }
    }
}

/// The values that were seen last, and those that are chosen.
fn values(events: &Events, variable: Variable, range: TimeRange, chosen: &[String]) -> Vec<String> {
    let query = logs::everywhere()
        .having(variable.property)
        .table([("seen", logs::maximum(Field::Timestamp))], VALUES)
        .by(variable.property);
    let panel = Panel::table(variable.label).draw("", query);
    let mut values = match answer(&panel, events, range, &VariableValues::default()) {
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
    let unseen = chosen.iter().filter(|one| !values.contains(one));
    let unseen: Vec<String> = unseen.cloned().collect();
    values.splice(0..0, unseen);
    values
}
