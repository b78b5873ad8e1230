//! The table "Who may do what" in docs/api.md: each of its cells is tried.

use std::collections::HashMap;

use handlers::{
    config::{Authentication, INTERRUPT_SCOPE, TokenRules, USER_CLAIM},
    routes::Claims,
    run_api, sensor_api,
};
use serde_json::{Value, json};

use crate::support::{Call, Embedded, get, post};

const DOCUMENT: &str = include_str!("../../../docs/api.md");

/// A request and its statuses, column by column.
fn rows() -> Vec<(String, Vec<u16>)> {
    let (_, section) = DOCUMENT.split_once("## Who may do what").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        let request = cells.next().unwrap().replace('`', "");
        let statuses = cells.map(|cell| cell.split(' ').next().unwrap().parse().unwrap());
        (request, statuses.collect())
    })
    .collect()
}

fn token(claims: &[(&str, &str)]) -> Option<Claims> {
    let claims = claims
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()));
    Some(Claims(claims.collect::<HashMap<_, _>>()))
}

/// Whether the column is of anonymous mode, the token, and whether the run is the caller's.
fn columns() -> [(bool, Option<Claims>, bool); 6] {
    let ada = (USER_CLAIM, "ada");
    [
        (true, None, false),
        (false, None, false),
        (false, token(&[("sub", "ada")]), true),
        (false, token(&[ada]), true),
        (false, token(&[ada, ("scope", "openid")]), false),
        (false, token(&[ada, ("scope", INTERRUPT_SCOPE)]), false),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_may_do_what_the_table_says() {
    let embedded = Embedded::start().await;
    let rows = rows();
    assert!(rows.len() >= 8, "the table is read");
    for (number, (request, statuses)) in rows.iter().enumerate() {
        for (column, (anonymous, claims, own)) in columns().into_iter().enumerate() {
            let mut embedded = embedded.emptied(&format!("-{number}-{column}")).await;
            let owner = if own { "ada" } else { "eve" };
            let started = post("/api/runs/start", json!({})).user(Some(owner.as_bytes()));
            let (_, run) = started.send(&run_api(embedded.state())).await;
            if !anonymous {
                embedded.config.authentication = Authentication::Jwt(TokenRules {
                    user_claim: USER_CLAIM.into(),
                    interrupt_scope: INTERRUPT_SCOPE.into(),
                });
            }
            let id = run["id"].as_str().unwrap();
            let (method, path) = request.split_once(' ').unwrap();
            let path = path.replace("{id}", id);
            let body = if path.ends_with("/data") {
                json!({ "runId": id, "sensorId": "s", "temperature": 20 })
            } else {
                Value::Null
            };
            let call = if method == "GET" {
                get(path.as_str())
            } else {
                post(path.as_str(), body)
            };
            // Whoever has a token may write what they like into the header.
            let call: Call = call.user(Some(b"mallory")).claims(claims);
            let state = embedded.state();
            let router = if path.starts_with("/api/sensors") {
                sensor_api(state)
            } else {
                run_api(state)
            };
            let (status, answer) = call.send(&router).await;
            assert_eq!(
                status, statuses[column],
                "{request}, column {column}: {answer}"
            );
            let expected = if anonymous { "mallory" } else { "ada" };
            if status == 201 {
                assert_eq!(answer["username"], expected, "{request}, column {column}");
            }
        }
    }
}
