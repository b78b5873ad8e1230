//! The table of bad input in docs/api.md: everything in it is sent, and comes back as it says.

use std::fmt;

use http::Method;
use serde_json::{Value, json};
use system_tests::{Api, Call, System, text};

const DOCUMENT: &str = include_str!("../../docs/api.md");

/// The cells of a row: what is sent, then what comes back.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    request: String,
    sent: String,
    status: String,
    error: String,
    says: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            request,
            sent,
            status,
            error,
            says,
        } = self;
        write!(
            f,
            "| `{request}` | {sent} | {status} | `{error}` | {says} |"
        )
    }
}

fn rows() -> Vec<Row> {
    let (_, section) = DOCUMENT.split_once("## Bad input").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [request, sent, status, error, says] = cells.try_into().unwrap();
        Row {
            request: request.replace('`', ""),
            sent: sent.to_owned(),
            status: status.to_owned(),
            error: error.replace('`', ""),
            says: says.to_owned(),
        }
    })
    .collect()
}

/// What the placeholders of the table stand for.
struct Runs {
    running: String,
    ended: String,
    unknown: String,
    /// The time by the clock of the test.
    now: String,
}

impl Runs {
    /// Starts them, on a clock that stands still.
    async fn of(api: &Api) -> Self {
        let running = api.started("bob").await;
        let ended = api.started("bob").await;
        api.finish(&ended, &json!({})).expect(200).await;
        Self {
            now: text(&api.run(&running).await, "startedAt"),
            running,
            ended,
            unknown: "3fa85f64-5717-4562-b3fc-2c963f66afa7".to_owned(),
        }
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{running}", &self.running)
            .replace("{ended}", &self.ended)
            .replace("{unknown}", &self.unknown)
    }

    fn hide(&self, text: &str) -> String {
        text.replace(&self.running, "{running}")
            .replace(&self.ended, "{ended}")
            .replace(&self.unknown, "{unknown}")
            .replace(&self.now, "{now}")
    }
}

/// The call of a row. Unless it says otherwise, user bob sends JSON.
fn call(api: &Api, row: &Row, runs: &Runs) -> Call {
    let target = runs.fill(&row.request);
    let (method, path) = target.split_once(' ').unwrap();
    let mut call = api.call(Method::from_bytes(method.as_bytes()).unwrap(), path);
    // Code within backticks is every other piece.
    let sent: Vec<&str> = row.sent.split('`').skip(1).step_by(2).collect();
    let (bodies, headers): (Vec<&str>, Vec<&str>) = sent
        .into_iter()
        .partition(|code| code.starts_with(['{', '[']));
    let says = |name: &str| row.sent.contains(name);
    if !says("X-User") {
        call = call.user("bob");
    }
    if !says("Content-Type") {
        call = call.header("content-type", "application/json");
    }
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        call = call.header(name, value);
    }
    match bodies.first() {
        Some(body) => call.raw(runs.fill(body)),
        None => call,
    }
}

/// What an answer says: each problem of an invalid request, or the message.
fn says(body: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let Some(problems) = body["details"].as_array() else {
        return text(&body["message"]);
    };
    let problems = problems.iter().map(|problem| {
        format!(
            "`{}` {}",
            text(&problem["field"]),
            text(&problem["message"])
        )
    });
    problems.collect::<Vec<_>>().join("; ")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_is_answered_as_the_table_says() {
    let system = System::builder().standing_clock().start().await;
    let api = system.api();
    let runs = Runs::of(api).await;
    let rows = rows();
    assert!(rows.len() > 40, "the table is read");
    let mut wrong = Vec::new();
    for row in rows {
        let reply = call(api, &row, &runs).send().await;
        let body = reply.json();
        let answered = Row {
            status: reply.status.as_u16().to_string(),
            error: body["error"].as_str().unwrap_or_default().to_owned(),
            says: runs.hide(&says(&body)),
            ..row.clone()
        };
        if answered != row {
            wrong.push(answered.to_string());
        }
    }
    system.stop().await;
    assert!(
        wrong.is_empty(),
        "docs/api.md should say:\n{}",
        wrong.join("\n")
    );
}
