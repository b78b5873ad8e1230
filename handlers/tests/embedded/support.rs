//! An embedded DynamoDB with the two tables, a clock that tests move, and calls to routers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use handlers::{
    AppState, Clock, Config, ManualClock,
    client::{Connection, connect},
    domain::Timestamp,
    routes::Claims,
    store::tables::create_tables,
};
use serde_json::Value;
use telemetry::{Destination, Lines, Metrics};
use tower::ServiceExt;

/// A DynamoDB of its own for one test.
pub(crate) struct Embedded {
    pub(crate) database: dynoxide::Database,
    pub(crate) client: Client,
    pub(crate) config: Config,
    pub(crate) clock: ManualClock,
}

impl Embedded {
    /// Starts it, with empty tables and five places.
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let database = dynoxide::Database::memory().unwrap();
        tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            database.clone(),
            std::future::pending(),
        ));
        let client = connect(&Connection::local(endpoint, "local"));
        let embedded = Self {
            database,
            client,
            config: config(""),
            clock: ManualClock::at(Clock::system().now()),
        };
        create_tables(&embedded.client, &embedded.config)
            .await
            .unwrap();
        embedded
    }

    /// The same DynamoDB with empty tables of other names.
    pub(crate) async fn emptied(&self, suffix: &str) -> Self {
        let emptied = Self {
            database: self.database.clone(),
            client: self.client.clone(),
            config: config(suffix),
            clock: ManualClock::at(self.clock.now()),
        };
        create_tables(&emptied.client, &emptied.config)
            .await
            .unwrap();
        emptied
    }

    /// What a router needs; each state is like another Lambda environment.
    pub(crate) fn state(&self) -> AppState {
        AppState::new(self.config.clone(), self.client.clone(), self.clock.clock())
    }

    /// What the table of runs holds, whatever the store would make of it.
    pub(crate) async fn runs_table(&self) -> RunsTable {
        let mut table = RunsTable::default();
        let items = self
            .client
            .scan()
            .table_name(&self.config.runs_table)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        for item in items.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let id = text(&item, "id");
            if id.starts_with("key-") {
                continue;
            }
            match item.get("leases") {
                Some(leases) => {
                    for (run, end) in leases.as_m().unwrap() {
                        let end = end.as_n().unwrap().parse().unwrap();
                        table.leases.insert(run.clone());
                        table.board.insert(run.clone(), Timestamp::from_millis(end));
                    }
                }
                None => {
                    let end = text(&item, "leaseEndsAt").parse().unwrap();
                    table.statuses.insert(id.clone(), text(&item, "status"));
                    table.ends.insert(id, end);
                }
            }
        }
        table
    }
}

fn config(suffix: &str) -> Config {
    Config::from_lookup(|name| {
        let value = match name {
            "RUNS_TABLE_NAME" => format!("Runs{suffix}"),
            "SENSOR_DATA_TABLE_NAME" => format!("SensorData{suffix}"),
            "GRAFANA_URL" => "http://localhost:3000".into(),
            "ENVIRONMENT" => "test".into(),
            "MAX_CONCURRENT_RUNS" => "5".into(),
            "ALLOWED_ORIGIN" => "http://localhost:4200".into(),
            "LEASE_GRACE_SECONDS" => "120".into(),
            "AUTHENTICATION" => "anonymous".into(),
            _ => return None,
        };
        Some(value)
    })
    .unwrap()
}

fn text(item: &HashMap<String, AttributeValue>, name: &str) -> String {
    item[name].as_s().unwrap().clone()
}

/// The stored status of each run, and the runs that the board holds.
#[derive(Debug, Default)]
pub(crate) struct RunsTable {
    pub(crate) statuses: BTreeMap<String, String>,
    pub(crate) leases: BTreeSet<String>,
    /// The end of each lease, as the board has it.
    board: BTreeMap<String, Timestamp>,
    /// The end of each run's lease, as the run has it.
    ends: BTreeMap<String, Timestamp>,
}

impl RunsTable {
    /// The end of the lease of each running run, on which the board and the run must agree.
    pub(crate) fn lease_ends(&self) -> &BTreeMap<String, Timestamp> {
        for (run, end) in &self.board {
            assert_eq!(self.ends.get(run), Some(end), "run {run}");
        }
        &self.board
    }

    /// The runs with a stored status.
    pub(crate) fn with_status(&self, status: &str) -> BTreeSet<String> {
        let runs = self.statuses.iter();
        runs.filter(|(_, stored)| *stored == status)
            .map(|(id, _)| id.clone())
            .collect()
    }
}

/// A request to a router.
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) user: Option<Vec<u8>>,
    pub(crate) claims: Option<Claims>,
    pub(crate) body: Value,
}

pub(crate) fn get(path: impl Into<String>) -> Call {
    Call {
        method: "GET",
        path: path.into(),
        key: None,
        user: Some("bob".into()),
        claims: None,
        body: Value::Null,
    }
}

pub(crate) fn post(path: impl Into<String>, body: Value) -> Call {
    Call {
        method: "POST",
        body,
        ..get(path)
    }
}

impl Call {
    /// With an `Idempotency-Key`.
    pub(crate) fn key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// By another user than bob, or without a name.
    pub(crate) fn user(mut self, user: Option<&[u8]>) -> Self {
        self.user = user.map(Into::into);
        self
    }

    /// With a token, as an authorizer passes it on.
    pub(crate) fn claims(mut self, claims: Option<Claims>) -> Self {
        self.claims = claims;
        self
    }

    /// Sends it; the status and the JSON of the answer.
    pub(crate) async fn send(self, router: &Router) -> (u16, Value) {
        let mut request = Request::builder().method(self.method).uri(self.path);
        if let Some(user) = self.user {
            request = request.header("x-user", user);
        }
        if let Some(key) = self.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(claims) = self.claims {
            request = request.extension(claims);
        }
        let body = match self.body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        let request = request.body(body).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }
}

/// Metrics that keep their events in memory.
pub(crate) fn recording() -> (Metrics, Lines) {
    let lines = Lines::default();
    let namespace = catalogue::namespace("test").unwrap();
    let metrics = Metrics::builder(namespace)
        .emf(Destination::lines(&lines))
        .build()
        .unwrap();
    (metrics, lines)
}

/// Sum of a counter's values in an event.
pub(crate) fn counted(event: &Value, metric: &str) -> u64 {
    let whole = |value: &Value| value.as_f64().unwrap_or_default() as u64;
    match &event[metric] {
        Value::Array(values) => values.iter().map(whole).sum(),
        Value::Object(values) => {
            let counts = values["Counts"].as_array().unwrap();
            let values = values["Values"].as_array().unwrap();
            values
                .iter()
                .zip(counts)
                .map(|(value, count)| whole(value) * whole(count))
                .sum()
        }
        value => whole(value),
    }
}
