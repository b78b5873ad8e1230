//! The API as tests speak to it: any server that answers at a base URL.
#![expect(clippy::expect_used, clippy::panic, reason = "tests report by failing")]

use std::collections::HashMap;

use http::Method;
use sentori::client::Client;
use serde_json::{Value, json};

use crate::{Call, Transcript};

/// The API at one base URL. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    transcript: Transcript,
}

impl Api {
    /// The API at `base`.
    ///
    /// # Panics
    /// If `base` is not a URL.
    #[must_use]
    pub fn at(base: &str) -> Self {
        Self {
            client: Client::new(base).expect("a URL"),
            transcript: Transcript::default(),
        }
    }

    /// Any call.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call::new(&self.client, self.transcript.clone(), method, path)
    }

    /// What was asked and answered so far.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// A GET.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// A POST.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// A start by `user`, as the frontend sends it.
    pub fn start(&self, user: &str, duration: u32) -> Call {
        let body =
            json!({ "sensorIds": ["sensor-1", "sensor-2"], "duration": duration, "interval": 1 });
        self.post("/api/runs/start").user(user).json(&body)
    }

    /// The id of a run that is now going on.
    pub async fn started(&self, user: &str) -> String {
        let run = self.start(user, 60).expect(201).await;
        run["id"].as_str().expect("an id").to_owned()
    }

    /// A reading of one sensor, as the frontend sends it.
    pub fn record(&self, user: &str, run: &str, sensor: &str, value: f64) -> Call {
        let body = json!({ "sensorId": sensor, "reading": value, "type": "temperature" });
        self.post("/api/sensors/data")
            .user(user)
            .header("x-run-id", run)
            .json(&body)
    }

    /// A finish.
    pub fn finish(&self, run: &str, body: &Value) -> Call {
        self.post(&format!("/api/runs/{run}/finish")).json(body)
    }

    /// One run.
    pub async fn run(&self, id: &str) -> Value {
        self.get(&format!("/api/runs/{id}")).expect(200).await
    }

    /// Every item of a paged list, page by page; `path` has a query.
    ///
    /// # Panics
    /// If a page cannot be read or its `count` is wrong.
    pub async fn pages(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = String::new();
        loop {
            let page = self.get(&format!("{path}{next}")).expect(200).await;
            let here = page["items"].as_array().expect("items");
            assert_eq!(page["count"], here.len(), "{page}");
            items.extend(here.iter().cloned());
            match page["nextKey"].as_str() {
                Some(key) => next = format!("&lastKey={key}"),
                None => return items,
            }
        }
    }

    /// Every stored reading of a run, by id.
    pub async fn readings(&self, run: &str) -> HashMap<String, Value> {
        let items = self
            .pages(&format!("/api/sensors/data?runId={run}&limit=1000"))
            .await;
        let count = items.len();
        let by_id: HashMap<String, Value> = items
            .into_iter()
            .map(|item| (text(&item, "id"), item))
            .collect();
        assert_eq!(by_id.len(), count, "a reading is listed twice");
        by_id
    }
}

/// A member that is a string.
///
/// # Panics
/// If it is anything else.
#[must_use]
pub fn text(value: &Value, member: &str) -> String {
    value[member]
        .as_str()
        .unwrap_or_else(|| panic!("no text {member} in {value}"))
        .to_owned()
}
