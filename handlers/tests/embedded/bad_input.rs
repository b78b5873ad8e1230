//! The table of bad input in docs/api.md: everything in it is sent, and comes back as it says.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use handlers::{run_api, sensor_api};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{Embedded, post};

const DOCUMENT: &str = include_str!("../../../docs/api.md");

/// The cells of a row: what is sent, then what comes back.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    request: String,
    sent: String,
    status: String,
    error: String,
    says: String,
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
    async fn of(embedded: &Embedded, router: &Router) -> Self {
        let mut started = Vec::new();
        for _ in 0..2 {
            let (_, run) = post("/api/runs/start", json!({})).send(router).await;
            started.push(run["id"].as_str().unwrap().to_owned());
        }
        let [running, ended] = started.try_into().unwrap();
        let finish = post(format!("/api/runs/{ended}/finish"), Value::Null);
        finish.send(router).await;
        let unknown = uuid::Uuid::new_v4().to_string();
        Self {
            running,
            ended,
            unknown,
            now: embedded.clock.now().to_string(),
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

/// The request of a row. Unless it says otherwise, user bob sends JSON.
fn request(row: &Row, runs: &Runs) -> Request<Body> {
    let target = runs.fill(&row.request);
    let (method, path) = target.split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json");
    if row.sent != "without X-User" {
        request = request.header("x-user", "bob");
    }
    let mut request = request.body(Body::empty()).unwrap();
    // Code within backticks is every other piece.
    for code in row.sent.split('`').skip(1).step_by(2) {
        let is_json = code.starts_with(['{', '[']);
        match code.split_once(": ").filter(|_| !is_json) {
            Some((name, value)) => {
                let name: header::HeaderName = name.parse().unwrap();
                request.headers_mut().insert(name, value.parse().unwrap());
            }
            None => *request.body_mut() = Body::from(runs.fill(code)),
        }
    }
    request
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
    let embedded = Embedded::start().await;
    let (run_router, sensor_router) = (run_api(embedded.state()), sensor_api(embedded.state()));
    let runs = Runs::of(&embedded, &run_router).await;
    let mut wrong = Vec::new();
    let rows = rows();
    assert!(rows.len() > 40, "the table is read");
    for row in rows {
        let router = if row.request.contains("/sensors") {
            &sensor_router
        } else {
            &run_router
        };
        let response = router.clone().oneshot(request(&row, &runs)).await.unwrap();
        let status = response.status().as_u16().to_string();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let answered = Row {
            status,
            error: body["error"].as_str().unwrap_or_default().to_owned(),
            says: runs.hide(&says(&body)),
            ..row.clone()
        };
        if answered != row {
            wrong.push(format!(
                "| `{}` | {} | {} | `{}` | {} |",
                answered.request, answered.sent, answered.status, answered.error, answered.says
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "docs/api.md should say:\n{}",
        wrong.join("\n")
    );
}
