//! `/`: where things stand, and where to look; for curl, the API in a few lines.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::accept::{Accept, media_types};
use super::live::Live;
use super::page::{Page, Section};
use super::{Console, boards, runs};
use crate::alarms::notifies;
use crate::requests::Request;

/// How many requests are counted.
const NEWEST: usize = 100;

const TEXT: &str = include_str!("assets/overview.txt");

/// What the API's paths are for; the OpenAPI document says the rest.
const CALLS: [(&str, &str); 6] = [
    ("POST /api/runs/start", "Starts a run, if a place is free"),
    ("POST /api/runs/{id}/finish", "Finishes it"),
    (
        "POST /api/runs/interrupt-all",
        "Interrupts every run that is going on",
    ),
    ("GET /api/runs/{id}", "One run"),
    ("POST /api/sensors/data", "Records a reading, or up to 100"),
    (
        "GET /api/sensors/data?runId=&sensorId=",
        "Readings, newest first, by page",
    ),
];

/// What the server answers without a page.
const ANSWERS: [(&str, &str); 4] = [
    ("/api/openapi.json", "OpenAPI: every path, field and error"),
    ("/metrics", "Metrics, for Prometheus"),
    ("/healthz", "Does the store answer?"),
    ("/api/runs", "All runs, as the API lists them"),
];

/// HTML where the client asks for it by name, else text.
pub(super) async fn page(
    State(console): State<Console>,
    accept: Accept,
    headers: HeaderMap,
) -> Response {
    let html = media_types(&headers).contains("text/html");
    let answer = if html || accept == Accept::Json {
        let running = runs::running(&console).await.map(|runs| runs.len());
        let draw = move |console: &Console, accept: &Accept| {
            accept.answer(|| data(console, running), || draw(console, running))
        };
        console.draw(accept, Section::Overview, draw).await
    } else {
        TEXT.replace("{base}", &base(&console)).into_response()
    };
    ([(header::VARY, "accept")], answer).into_response()
}

fn data(console: &Console, running: Option<usize>) -> Value {
    let newest = console
        .observed
        .requests
        .newest(NEWEST, Request::is_complete);
    let failed = newest.iter().filter(|request| request.has_failed()).count();
    json!({
        "alarms": { "watched": console.alarms.whole().len(), "firing": firing(console) },
        "runs": { "running": running, "atMost": console.state.store().max_running() },
        "requests": { "newest": newest.len(), "failed": failed },
    })
}

fn draw(console: &Console, running: Option<usize>) -> Page {
    let live = Live::default();
    let body = body(console, running, &live);
    Page::new(Section::Overview, "Overview", body).refresh(5, live)
}

fn base(console: &Console) -> String {
    format!("http://{}", console.addr)
}

fn body(console: &Console, running: Option<usize>, live: &Live) -> Markup {
    let tiles = html! {
        (tile("/alarms", "Alarms", alarms(console)))
        (tile("/runs", "Runs", places(running, console.state.store().max_running())))
        (tile("/requests", "Requests", requests(console)))
    };
    html! {
        div.head { h1 { "Overview" } }
        (live.part("now", "tiles", &tiles))
        section aria-labelledby="dashboards" {
            h2 #dashboards { "Dashboards" }
            (boards::list(console))
        }
        section aria-labelledby="api" {
            h2 #api { "API" }
            div.columns {
                dl.calls {
                    @for (call, what) in CALLS { dt { code { (call) } } dd { (what) } }
                }
                div {
                    pre tabindex="0" { code { (example(console)) } }
                    ul.plain {
                        @for (path, what) in ANSWERS { li { a href=(path) { (what) } } }
                    }
                }
            }
        }
    }
}

fn example(console: &Console) -> String {
    let base = base(console);
    format!(
        "curl -X POST {base}/api/runs/start \\\n  -H 'X-User: ada' \\\n  \
         -H 'content-type: application/json' -d '{{}}'\n\nsentori simulate --url {base}"
    )
}

/// A number that says how it is, and the page that says why.
fn tile(href: &str, name: &str, (class, value, detail): (&str, String, String)) -> Markup {
    html! {
        a.tile.(class) href=(href) {
            span.name { (name) }
            strong { (value) }
            span.detail { (detail) }
        }
    }
}

fn alarms(console: &Console) -> (&'static str, String, String) {
    let firing = firing(console);
    match firing.as_slice() {
        [] => (
            "ok",
            "OK".to_owned(),
            format!("{} alarms watched", console.alarms.whole().len()),
        ),
        _ => ("alarm", firing.len().to_string(), firing.join(", ")),
    }
}

/// The alarms that somebody hears of now.
fn firing(console: &Console) -> Vec<String> {
    let whole = console.alarms.whole();
    let firing = whole
        .iter()
        .filter(|(_, status)| status.as_ref().is_some_and(notifies));
    firing.map(|(alarm, _)| alarm.id.to_string()).collect()
}

fn places(running: Option<usize>, limit: usize) -> (&'static str, String, String) {
    let Some(running) = running else {
        return (
            "alarm",
            "?".to_owned(),
            "the store does not answer".to_owned(),
        );
    };
    let class = if running >= limit { "warn" } else { "" };
    (
        class,
        running.to_string(),
        format!("running, of at most {limit}"),
    )
}

fn requests(console: &Console) -> (&'static str, String, String) {
    let newest = console
        .observed
        .requests
        .newest(NEWEST, Request::is_complete);
    let failed = newest.iter().filter(|request| request.has_failed()).count();
    let class = if failed > 0 { "warn" } else { "" };
    (
        class,
        format!("{failed} failed"),
        format!("of the newest {}", newest.len()),
    )
}
