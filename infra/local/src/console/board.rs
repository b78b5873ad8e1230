//! `/d/{uid}/{slug}`: a dashboard at Grafana's path and with its parameters: `from`, `to`,
//! `var-<name>` for each variable, several times for several values, and `viewPanel` for one
//! panel alone.

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use dashboards::data::{Chosen, Events, answer};
use dashboards::draw;
use dashboards::model::logs::{self, Field};
use dashboards::model::{Dashboard, Panel, Placed, Variable, place};
use dashboards::view::{Cell, TimeRange, View};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::asked::Asked;
use super::format::counted;
use super::live::Live;
use super::page::{Page, Section};
use super::wanted::{Wanted, without_suffix};
use super::{Console, Reader, links, panel, picker};

/// How many values a variable offers, the ones seen last.
const VALUES: u32 = 50;
pub(super) async fn page(
    State(console): State<Console>,
    Path(path): Path<Vec<String>>,
    RawQuery(query): RawQuery,
    wanted: Wanted,
    reader: Reader,
) -> Response {
    let uid = without_suffix(path.first().map(String::as_str).unwrap_or_default());
    let mut all = console.library.dashboards.iter();
    let Some(place) = all.position(|dashboard| dashboard.link.uid == uid) else {
        let reason = format!("There is no dashboard {uid}.");
        return wanted.page(&Page::not_found(Section::Dashboards, &reason));
    };
    let draw = move |console: &Console, wanted: &Wanted| {
        let dashboard = &console.library.dashboards[place];
        let asked = Asked::read(
            dashboard,
            query.as_deref().unwrap_or_default(),
            reader,
            console.recorded,
        );
        wanted.answer(
            || data(console, dashboard, &asked),
            || draw(console, dashboard, &asked),
        )
    };
    console.draw(wanted, Section::Dashboards, draw).await
}

fn draw(console: &Console, dashboard: &Dashboard, asked: &Asked) -> Page {
    let placed = place(dashboard, |_| true);
    let alone = asked.panel.map(|id| {
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
            div.head { h1 { a href=(asked.address(None)) { (dashboard.title) } } }
            (controls(console, dashboard, asked))
            h2.row { (placed.row.title) }
            (panel::body(console, dashboard, placed, asked, &live))
        },
        None => html! {
            (tabs(console, dashboard))
            div.head { h1 { (dashboard.title) } span.detail { (dashboard.description) } }
            (controls(console, dashboard, asked))
            (panels(console, &placed, asked, &live))
        },
    };
    Page::new(Section::Dashboards, dashboard.title.clone(), body)
        .refresh(5, live)
        .script("/assets/charts.js")
}

/// Rows and panels, each panel a part that is sent again when it has changed. Panels that
/// only AWS can fill are folded away, below the others, until something is known of them.
fn panels(console: &Console, placed: &[Placed<'_>], asked: &Asked, live: &Live) -> Markup {
    let events = console.observed.events();
    let chosen = asked.chosen();
    let answered: Vec<(&Placed<'_>, View)> = placed
        .iter()
        .filter_map(|placed| {
            Some((
                placed,
                answer(placed.panel?, &events, asked.known(), &chosen),
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
            (section(row, asked, live))
        }
        @if !elsewhere.is_empty() {
            details.elsewhere #elsewhere {
                summary { (counted(elsewhere.len(), "panel")) " that only AWS can fill" }
                ul { @for (placed, view) in elsewhere {
                    li {
                        a href=(asked.address(Some(placed.id))) { (placed.panel.map(|panel| panel.title.as_ref()).unwrap_or_default()) }
                        @if let View::Unavailable(why) = view { " " span.detail { (why) } }
                    }
                } }
            }
        }
    };
    live.frame("panels", "dashboard", &shown, &content)
}

/// The panels of a row below its heading.
fn section(row: &[&(&Placed<'_>, View)], asked: &Asked, live: &Live) -> Markup {
    let panels = html! {
        @for (placed, view) in row {
            @let drawn = draw::panel(placed, view, asked.range, asked);
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
fn data(console: &Console, dashboard: &Dashboard, asked: &Asked) -> Value {
    let chosen = asked.chosen();
    let placed = place(dashboard, |_| true);
    let wanted = |placed: &&Placed<'_>| asked.panel.is_none_or(|id| id == placed.id);
    let events = console.observed.events();
    let panels = placed.iter().filter(wanted).filter_map(|placed| {
        let panel = placed.panel?;
        let view = answer(panel, &events, asked.known(), &chosen);
        Some(json!({
            "id": placed.id, "row": placed.row.title, "title": panel.title,
            "data": super::views::json(&view),
        }))
    });
    let panels: Vec<Value> = panels.collect();
    let values = asked.variables.iter();
    let values = values.map(|(variable, values)| (variable.name.to_owned(), json!(values)));
    let options = asked.options();
    let options = options.map(|(name, text)| (name.to_owned(), json!([text])));
    let variables: serde_json::Map<String, Value> = values.chain(options).collect();
    json!({
        "uid": dashboard.link.uid, "title": dashboard.title,
        "from": super::format::iso(asked.range.start * 1_000), "to": super::format::iso(asked.range.end * 1_000),
        "variables": variables, "problem": asked.problem, "panels": panels,
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

fn controls(console: &Console, dashboard: &Dashboard, asked: &Asked) -> Markup {
    html! {
        @if let Some(problem) = &asked.problem { p.problem role="alert" { (problem) } }
        div.controls {
            @if !dashboard.variables.is_empty() || !dashboard.numbers.is_empty() {
                (variables(console, asked))
            }
            (picker::range(asked))
        }
    }
}

fn variables(console: &Console, asked: &Asked) -> Markup {
    let events = console.observed.events();
    html! {
        form.variables method="get" action=(asked.path) aria-label="Variables" data-at-once {
            (picker::hidden(asked, &["from", "to", "viewPanel"]))
            @for (variable, chosen) in &asked.variables {
                @let offered = values(&events, *variable, asked.range, chosen);
                (picker::variable(*variable, chosen, &offered))
            }
            @for (variable, place) in &asked.numbers { (picker::number(variable, *place)) }
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
    let unseen = chosen.iter().filter(|one| !values.contains(one));
    let unseen: Vec<String> = unseen.cloned().collect();
    values.splice(0..0, unseen);
    values
}
