//! `/runs`: start, watch, finish and interrupt runs.
//!
//! The page's script calls the real API, as the frontend does: it starts a run, sends a
//! reading of each sensor in every interval while the page is open, and finishes it.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use catalogue::Quantity;
use handlers::Deadline;
use handlers::domain::{Run, RunsQuery, Status, limits};
use handlers::routes::grafana_url;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::Console;
use super::accept::Accept;
use super::format::{date, duration, iso, now_millis, number};
use super::live::Live;
use super::page::{Page, Section};

/// How many runs are listed.
const LISTED: usize = 25;
/// A page says that the store does not answer rather than wait longer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn page(State(console): State<Console>, accept: Accept) -> Response {
    let (running, newest) = (running(&console).await, newest(&console).await);
    accept.answer(
        || json!({ "running": running.as_deref().map(all), "newest": newest.as_deref().map(all) }),
        || draw(&console, running.as_deref(), newest.as_deref()),
    )
}

fn draw(console: &Console, running: Option<&[Run]>, newest: Option<&[Run]>) -> Page {
    let live = Live::default();
    let body = html! {
        div.head { h1 { "Runs" } }
        div.columns {
            section aria-labelledby="start" { h2 #start { "Start a run" } (start_form()) }
            section aria-labelledby="running" {
                h2 #running { "Running now" }
                (live.part("going", "", &going(console, running)))
                p.note { "A run that nobody finishes ends by itself, some time after its duration." }
            }
        }
        section aria-labelledby="latest" {
            h2 #latest { "Latest runs" }
            (live.region("ended", "wide", "Runs, the newest first", &table(newest)))
        }
    };
    Page::new(Section::Runs, "Runs", body)
        .refresh(2, live)
        .script("/assets/runs.js")
}

/// Runs as the API tells them, in short.
fn all(runs: &[Run]) -> Vec<Value> {
    let one = |run: &Run| {
        json!({
            "id": run.id, "username": run.username, "status": run.status,
            "startedAt": iso(run.started_at.as_millis()),
            "finishedAt": run.finished_at.map(|at| iso(at.as_millis())),
            "duration": run.duration, "errorMessage": run.error_message, "stats": run.stats,
        })
    };
    runs.iter().map(one).collect()
}

/// The runs that are going on; none if the store does not answer.
pub(super) async fn running(console: &Console) -> Option<Vec<Run>> {
    let store = console.state.store();
    let reading = store.running(Deadline::after(PATIENCE));
    console.silent.scope(reading).await.ok()
}

async fn newest(console: &Console) -> Option<Vec<Run>> {
    let query = RunsQuery {
        limit: LISTED,
        last_key: None,
    };
    let store = console.state.store();
    let reading = store.list_runs(Deadline::after(PATIENCE), &query);
    let page = console.silent.scope(reading).await.ok()?;
    Some(page.items)
}

/// What the page's sensors measure in turn: names and usual values.
fn quantities() -> String {
    let quantities = Quantity::ALL.map(|quantity| (quantity.name(), quantity.usual()));
    serde_json::json!(quantities).to_string()
}

fn start_form() -> Markup {
    let (sensors, names) = (limits::SENSORS, limits::NAME_LENGTH);
    html! {
        form.fields #start-run data-quantities=(quantities()) {
            label for="user" { "User" }
            input #user name="user" value="ada" required autocomplete="username"
                minlength=(names.start()) maxlength=(names.end()) aria-describedby="user-hint";
            p.hint #user-hint {
                (names.start()) " to " (names.end()) " characters"
            }
            label for="sensors" { "Sensors" }
            input #sensors name="sensors" value="sensor-1, sensor-2, sensor-3" required
                aria-describedby="sensors-hint";
            p.hint #sensors-hint { "Ids with commas between them, at most " (sensors.end()) }
            div.pair {
                div {
                    label for="duration" { "Duration (s)" }
                    input #duration name="duration" type="number" value="60" required
                        min=(limits::DURATION_SECONDS.start()) max=(limits::DURATION_SECONDS.end());
                }
                div {
                    label for="interval" { "Interval (s)" }
                    input #interval name="interval" type="number" value="1" required
                        min=(limits::INTERVAL_SECONDS.start()) max=(limits::INTERVAL_SECONDS.end());
                }
            }
            label.check {
                input name="simulate" type="checkbox" checked;
                "Send readings while this page is open, then finish"
            }
            button.primary type="submit" { "Start" }
        }
        div #answer role="status" aria-live="polite" {}
        noscript { p.note { "Starting and finishing call the API, which needs JavaScript." } }
    }
}

fn going(console: &Console, runs: Option<&[Run]>) -> Markup {
    let limit = console.state.store().max_running();
    let Some(runs) = runs else {
        return unavailable();
    };
    html! {
        p { strong { (runs.len()) } " of at most " (limit) }
        ul.runs { @for run in runs { (running_run(run)) } }
        @if !runs.is_empty() {
            details #interrupt {
                summary { "Interrupt all" }
                button.danger type="button" data-call="/api/runs/interrupt-all" {
                    "Interrupt " (runs.len()) @if runs.len() == 1 { " run" } @else { " runs" }
                }
            }
        }
    }
}

fn running_run(run: &Run) -> Markup {
    let planned = f64::from(run.duration) * 1_000.0;
    #[expect(clippy::cast_precision_loss, reason = "a length to draw")]
    let passed = (now_millis() - run.started_at.as_millis()).max(0) as f64;
    let id = run.id.to_string();
    let finish = format!("/api/runs/{id}/finish");
    html! {
        li {
            div.line { a href=(dashboard(run)) { (short(&id)) } " " (run.username) " · " (sensors(run)) }
            progress max="100" value=(number((passed / planned * 100.0).min(100.0)))
                aria-label={ "Progress of run " (short(&id)) } {}
            div.line {
                span.detail {
                    (duration((passed / 1_000.0).floor() * 1_000.0)) " of " (duration(planned))
                    @if passed > planned { ", overdue" }
                }
                span.buttons {
                    button type="button" id={ "finish-" (id) } data-call=(finish)
                        data-body=r#"{"status":"SUCCESS","message":"Finished in the console"}"# { "Finish" }
                    button type="button" id={ "fail-" (id) } data-call=(finish)
                        data-body=r#"{"status":"FAILED","message":"Failed in the console"}"# { "Fail" }
                }
            }
        }
    }
}

fn table(runs: Option<&[Run]>) -> Markup {
    let Some(runs) = runs else {
        return unavailable();
    };
    html! {
        @if runs.is_empty() { p.empty { "No run has been started yet." } }
        @else {
            table {
                thead { tr {
                    @for name in ["Run", "User", "Status", "Started", "Took", "Sensors", "Temperature", "Message"] {
                        th scope="col" { (name) }
                    }
                } }
                tbody { @for run in runs { (row(run)) } }
            }
        }
    }
}

fn row(run: &Run) -> Markup {
    let id = run.id.to_string();
    html! {
        tr id={ "run-" (id) } {
            td.main { a href=(dashboard(run)) title=(id) { (short(&id)) } }
            td { (run.username) }
            td.state { (status(run.status)) }
            td { (date(run.started_at.as_millis())) }
            td.number { @if let Some(end) = run.finished_at {
                (duration(f64::from(u32::try_from(end.since(run.started_at).as_millis()).unwrap_or(u32::MAX))))
            } }
            td.number { (sensors(run)) }
            td.number { @if let Some(average) = run.stats.as_ref().and_then(|stats| stats.average) {
                (format!("{average:.1} °C"))
            } }
            td.message { (run.error_message.as_deref().unwrap_or_default()) }
        }
    }
}

fn status(status: Status) -> Markup {
    let class = match status {
        Status::Running => "busy",
        Status::Completed => "ok",
        Status::Failed => "alarm",
        Status::Interrupted => "warn",
    };
    html! { span.chip.(class) { (status) } }
}

fn sensors(run: &Run) -> String {
    let ids = run.params.get("sensorIds").and_then(|ids| ids.as_array());
    match ids.map_or(0, Vec::len) {
        1 => "1 sensor".to_owned(),
        many => format!("{many} sensors"),
    }
}

/// The run's dashboard on this server, where the API's `grafanaUrl` leads as well.
fn dashboard(run: &Run) -> String {
    grafana_url("", crate::config::LOCAL, run)
}

/// As much of an id as tells runs apart on a page.
pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

fn unavailable() -> Markup {
    html! { p.problem { "The store does not answer." } }
}
