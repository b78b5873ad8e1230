//! `/`: where things stand, and where to look; for curl, the API in a few lines.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use dashboards::model::alarm::State as AlarmState;
use http::{HeaderMap, header};
use maud::{Markup, html};

use super::page::{Page, Section};
use super::{Console, boards, runs};
use crate::requests::Request;

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
pub(super) async fn page(State(console): State<Console>, headers: HeaderMap) -> Response {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let answer = if accept.is_some_and(|types| types.contains("text/html")) {
        let running = runs::running(&console).await.map(|runs| runs.len());
        let draw = move |console: &Console| {
            Page::new(Section::Overview, "Overview", body(console, running)).refresh(5)
        };
        console.draw(Section::Overview, draw).await
    } else {
        TEXT.replace("{base}", &base(&console)).into_response()
    };
    ([(header::VARY, "accept")], answer).into_response()
}

fn base(console: &Console) -> String {
    format!("http://{}", console.addr)
}

fn body(console: &Console, running: Option<usize>) -> Markup {
    html! {
        div.head { h1 { "Overview" } }
        div.tiles #now data-live {
            (tile("/alarms", "Alarms", alarms(console)))
            (tile("/runs", "Runs", places(running, console.state.store().max_running())))
            (tile("/requests", "Requests", requests(console)))
        }
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
    let watched = console.alarms.watched();
    let firing: Vec<&str> = watched
        .iter()
        .filter(|(_, status)| {
            status
                .as_ref()
                .is_some_and(|one| one.state == AlarmState::Alarm)
        })
        .map(|(alarm, _)| alarm.id.as_ref())
        .collect();
    match firing.as_slice() {
        [] => (
            "ok",
            "OK".to_owned(),
            format!("{} alarms watched", watched.len()),
        ),
        _ => ("alarm", firing.len().to_string(), firing.join(", ")),
    }
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
    const NEWEST: usize = 100;
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
