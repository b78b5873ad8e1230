//! `/system`: the running system as a picture: programs, what they call, and how often, how
//! fast and how well, from the newest spans; and the metrics that other programs send.
//!
//! It is of the minutes up to the newest of these spans, so that it is the same until there are
//! others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::extract::State;
use axum::response::Response;
use dashboards::draw::{self, NoLinks};
use dashboards::model::{Cell, GridItem, Panel, Row};
use dashboards::view::{Number, Point, TimeRange, View};
use maud::{Markup, html};
use opentelemetry::trace::SpanId;
use serde_json::{Value, json};

use super::accept::Accept;
use super::format::{date, duration, iso, number};
use super::live::Live;
use super::page::{Page, Section};
use super::{Console, links};
use crate::otlp::metrics::{Key, Series};
use crate::requests::Request;

/// The time that the picture is of, in milliseconds.
const WINDOW: i64 = 5 * 60_000;
/// Who calls without being a program that sends spans.
const CALLERS: &str = "callers";

/// What goes from one program to another, or to a store.
#[derive(Clone, Debug, Default)]
struct Edge {
    count: usize,
    failed: usize,
    /// Milliseconds each.
    durations: Vec<f64>,
}

impl Edge {
    fn add(&mut self, failed: bool, took: f64) {
        self.count += 1;
        self.failed += usize::from(failed);
        self.durations.push(took);
    }

    /// The duration that this share of them does not exceed.
    fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.durations.clone();
        sorted.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank"
        )]
        let rank = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
        sorted.get(rank).copied().unwrap_or_default()
    }
}

/// The edges of the newest minutes, from the first request to the last one.
struct Picture {
    edges: BTreeMap<(String, String), Edge>,
    /// Milliseconds since 1970; nothing without requests.
    between: Option<(i64, i64)>,
}

impl Picture {
    fn of(console: &Console) -> Self {
        let observed = &console.observed.requests;
        let newest = observed.newest(1, Request::is_complete);
        let start = match console.recorded {
            Some(range) => range.start * 1_000,
            None => (newest.first().and_then(Request::at)).map_or(0, |last| last - WINDOW),
        };
        let within =
            |request: &Request| request.at().is_some_and(|at| at >= start) && request.is_complete();
        let requests = observed.newest(usize::MAX, within);
        let mut callers: HashMap<SpanId, &str> = HashMap::new();
        let mut entered: HashMap<SpanId, &str> = HashMap::new();
        for request in &requests {
            let service = request.service().unwrap_or_default();
            callers.extend(request.spans.iter().map(|span| (span.id, service)));
            entered.extend(request.spans.first().map(|own| (own.parent, service)));
        }
        let mut edges: BTreeMap<(String, String), Edge> = BTreeMap::new();
        for request in &requests {
            let service = request.service().unwrap_or_default().to_owned();
            let own = request.spans.first();
            let caller = own
                .and_then(|own| callers.get(&own.parent))
                .copied()
                .unwrap_or(CALLERS);
            let took = request.duration().unwrap_or_default();
            edges
                .entry((caller.to_owned(), service.clone()))
                .or_default()
                .add(request.has_failed(), took);
            for call in request
                .calls()
                .filter(|call| !entered.contains_key(&call.id))
            {
                let to = call.peer().unwrap_or(&call.name).to_owned();
                let took = call.duration.as_secs_f64() * 1_000.0;
                edges
                    .entry((service.clone(), to))
                    .or_default()
                    .add(call.error.is_some(), took);
            }
        }
        let moments = || requests.iter().filter_map(Request::at);
        let between = moments().min().zip(moments().max());
        Self { edges, between }
    }

    /// The time that it is of: a second at least, so that one call is not many a second.
    fn seconds(&self) -> f64 {
        let length = self.between.map_or(0, |(first, last)| last - first);
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let millis = length.max(1_000) as f64;
        millis / 1_000.0
    }

    fn rate(&self, edge: &Edge) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let count = edge.count as f64;
        count / self.seconds()
    }

    /// Programs and stores in columns: who calls stands left of what is called.
    fn columns(&self) -> Vec<Vec<&str>> {
        let names: BTreeSet<&str> = self
            .edges
            .keys()
            .flat_map(|(from, to)| [from.as_str(), to])
            .collect();
        let mut depth: BTreeMap<&str, usize> = names.iter().map(|name| (*name, 0)).collect();
        // As often as there are names is enough, whoever calls whom in a circle.
        for _ in &names {
            for (from, to) in self.edges.keys().filter(|(from, to)| from != to) {
                let least = (depth[from.as_str()] + 1).min(names.len());
                let known = depth.entry(to).or_default();
                *known = (*known).max(least);
            }
        }
        let mut columns: Vec<Vec<&str>> = Vec::new();
        for (name, depth) in depth {
            if columns.len() <= depth {
                columns.resize(depth + 1, Vec::new());
            }
            columns[depth].push(name);
        }
        columns.retain(|column| !column.is_empty());
        columns
    }
}

pub(super) async fn page(State(console): State<Console>, accept: Accept) -> Response {
    let draw = |console: &Console, accept: &Accept| {
        let picture = Picture::of(console);
        accept.answer(|| data(console, &picture), || draw_page(console, &picture))
    };
    console.draw(accept, Section::System, draw).await
}

fn data(console: &Console, picture: &Picture) -> Value {
    let edge = |((from, to), edge): (&(String, String), &Edge)| {
        json!({
            "from": from, "to": to, "perSecond": picture.rate(edge), "count": edge.count, "failed": edge.failed,
            "p50Ms": edge.percentile(0.5), "p99Ms": edge.percentile(0.99),
        })
    };
    let metric = |(key, series): (&Key, &Series)| {
        json!({
            "service": key.service, "name": key.name, "unit": series.unit,
            "attributes": serde_json::from_str::<Value>(&key.attributes).unwrap_or_default(),
            "points": series.points.iter().map(|(at, value)| json!([iso(*at), value])).collect::<Vec<_>>(),
        })
    };
    json!({
        "seconds": picture.seconds(), "edges": picture.edges.iter().map(edge).collect::<Vec<_>>(),
        "metrics": console.observed.received().all().map(metric).collect::<Vec<_>>(),
    })
}

fn draw_page(console: &Console, picture: &Picture) -> Page {
    let live = Live::default();
    let endpoint = format!("http://{}", console.addr);
    let body = html! {
        div.head { h1 { "System" } (live.part("between", "detail", &between(picture))) }
        (live.region("picture", "wide", "Picture of the system", &drawing(picture)))
        section aria-labelledby="edges" {
            h2 #edges { "Who calls whom" }
            (live.region("calls", "wide", "Calls, as a table", &table(picture)))
        }
        section aria-labelledby="metrics" {
            h2 #metrics { "Metrics of other programs" }
            (live.part("received", "received", &metrics(console)))
        }
        section aria-labelledby="send" {
            h2 #send { "Send signals here" }
            p { "Any program with an OpenTelemetry SDK shows its traces, logs and metrics in this console:" }
            pre tabindex="0" { code { "OTEL_EXPORTER_OTLP_ENDPOINT=" (endpoint) " OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf your-program" } }
        }
    };
    Page::new(Section::System, "System", body)
        .refresh(5, live)
        .script("/assets/charts.js")
}

fn between(picture: &Picture) -> Markup {
    html! {
        @if let Some((first, last)) = picture.between { "spans from " (date(first)) " to " (date(last)) }
    }
}

const WIDTH: usize = 180;
const HEIGHT: usize = 44;
const ACROSS: usize = 400;
const DOWN: usize = 96;

/// The picture; the table below it says the same.
fn drawing(picture: &Picture) -> Markup {
    if picture.edges.is_empty() {
        return html! { p.empty { "Nothing has been called yet." } };
    }
    let columns = picture.columns();
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(1);
    let places: BTreeMap<&str, (usize, usize)> = columns
        .iter()
        .enumerate()
        .flat_map(|(column, names)| {
            let top = (tallest - names.len()) * DOWN / 2;
            names
                .iter()
                .enumerate()
                .map(move |(row, name)| (*name, (column * ACROSS + 8, top + row * DOWN + 28)))
        })
        .collect();
    let (width, height) = ((columns.len() - 1) * ACROSS + WIDTH + 16, tallest * DOWN);
    html! {
        svg.system width=(width) height=(height) aria-hidden="true" {
            @for ((from, to), edge) in &picture.edges {
                @if let (Some(from), Some(to)) = (places.get(from.as_str()), places.get(to.as_str())) {
                    (arrow(picture, *from, *to, edge))
                }
            }
            @for (name, (x, y)) in &places {
                g.node { rect x=(x) y=(y) width=(WIDTH) height=(HEIGHT) rx="6" {}
                    text x=(x + WIDTH / 2) y=(y + HEIGHT / 2 + 4) text-anchor="middle" { (shortened(name)) } }
            }
        }
    }
}

fn shortened(name: &str) -> String {
    const LONGEST: usize = 24;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

fn arrow(picture: &Picture, from: (usize, usize), to: (usize, usize), edge: &Edge) -> Markup {
    let (x1, y1) = (from.0 + WIDTH, from.1 + HEIGHT / 2);
    let (x2, y2) = (to.0, to.1 + HEIGHT / 2);
    let middle = usize::midpoint(x1, x2);
    // Past the middle of the curve, where those that cross are apart.
    let (x, y) = (x1 + (x2 - x1) * 6 / 10, (y1 * 30 + y2 * 70) / 100);
    html! {
        g.edge.failed[edge.failed > 0] {
            path d={ "M" (x1) " " (y1) " C" (middle) " " (y1) " " (middle) " " (y2) " " (x2) " " (y2) } {}
            text x=(x) y=(y.saturating_sub(6)) text-anchor="middle" {
                (number(round(picture.rate(edge)))) "/s · " (duration(edge.percentile(0.5)))
                @if edge.failed > 0 { " · " (edge.failed) " failed" }
            }
        }
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn table(picture: &Picture) -> Markup {
    html! {
        table {
            thead { tr { @for name in ["From", "To", "Calls", "Rate", "Failed", "p50", "p99"] { th scope="col" { (name) } } } }
            tbody { @for ((from, to), edge) in &picture.edges {
                tr id={ "edge-" (from) "-" (to) } {
                    td data-label="From" { (from) }
                    td.main { a href=(links::query("/requests", &[("service", if edge_is_program(picture, to) { to } else { from })])) { (to) } }
                    td.number data-label="Calls" { (edge.count) }
                    td.number data-label="Rate" { (number(round(picture.rate(edge)))) "/s" }
                    td.number data-label="Failed" { (edge.failed) }
                    td.number data-label="p50" { (duration(edge.percentile(0.5))) }
                    td.number data-label="p99" { (duration(edge.percentile(0.99))) }
                }
            } }
        }
    }
}

/// Whether something calls others, or is called from outside: it sends spans itself.
fn edge_is_program(picture: &Picture, name: &str) -> bool {
    picture
        .edges
        .keys()
        .any(|(from, to)| from == name || (from == CALLERS && to == name))
}

/// A small panel each.
fn metrics(console: &Console) -> Markup {
    const SHOWN: usize = 60;
    let received = console.observed.received();
    let count = received.all().count();
    html! {
        @if count == 0 { p.empty { "No other program has sent any." } }
        @for (place, (key, series)) in received.all().take(SHOWN).enumerate() { (metric(place, key, series)) }
        @if count > SHOWN { p.note { (count - SHOWN) " more are in " a href="/system.json" { "/system.json" } "." } }
    }
}

fn metric(place: usize, key: &Key, series: &Series) -> Markup {
    let points: Vec<Point> = series
        .points
        .iter()
        .map(|(at, value)| Point {
            at: at / 1_000,
            value: Some(*value),
        })
        .collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return html! {};
    };
    let range = TimeRange {
        start: first.at,
        end: last.at.max(first.at) + 1,
    };
    let panel = Panel::stat(key.name.clone());
    let row = Row {
        title: key.service.clone().into(),
        panels: Vec::new(),
        collapsed: false,
    };
    let cell = Cell {
        x: 0,
        y: 0,
        w: 6,
        h: 4,
    };
    let placed = GridItem {
        id: u32::try_from(place).unwrap_or_default(),
        cell,
        row: &row,
        panel: Some(&panel),
    };
    let value = last.value;
    html! {
        figure #{ "metric-" (place) } {
            (draw::panel(&placed, &View::Number(Number { value, points }), range, &NoLinks))
            figcaption {
                (key.service) @if !series.unit.is_empty() { ", in " code { (series.unit) } }
                @if key.attributes != "{}" { " " code { (key.attributes) } }
            }
        }
    }
}
