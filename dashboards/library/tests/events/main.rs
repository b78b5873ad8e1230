//! The event store answers like a slow, obvious model that keeps every event.
#![expect(clippy::expect_used, reason = "tests report by failing")]

mod items;
mod log;
mod metrics;
mod recorder;
mod samples;
mod store;
mod variables;

use catalogue::Service;
use dashboards::data::{Events, Limits};
use library::DEPLOYMENT;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use telemetry::Dimension as _;

/// 2027-01-15, a whole number of hours.
const START: i64 = 1_800_000_000;
const ROUTES: [&str; 3] = [
    "POST /api/runs/start",
    "POST /api/sensors/data",
    "GET /api/runs/{id}",
];

/// An event as the functions write it; values are eighths, so that sums are exact.
#[derive(Clone, Debug)]
struct Event {
    /// Milliseconds since 1970.
    at: i64,
    route: usize,
    failed: bool,
    durations: Vec<f64>,
    /// How often each duration occurred, if the event says so.
    counts: Option<Vec<f64>>,
    temperature: Option<f64>,
    run: Option<u8>,
    user: Option<u8>,
    function: Option<Service>,
}

impl Event {
    /// Its durations, and how often each occurred.
    fn durations(&self) -> Vec<(f64, f64)> {
        let counts = self.counts.clone().unwrap_or(vec![1.0; 3]);
        self.durations.iter().copied().zip(counts).collect()
    }

    /// The members but for `_aws`.
    fn fields(&self) -> Map<String, Value> {
        let duration = match (&self.counts, self.durations.as_slice()) {
            (Some(counts), values) => json!({"Values": values, "Counts": counts}),
            (None, [one]) => json!(one),
            (None, several) => json!(several),
        };
        let mut fields = Map::new();
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        set("Route", json!(ROUTES[self.route]));
        set("request_error", json!(u8::from(self.failed)));
        set("request_duration", duration);
        set("status", json!(if self.failed { 503 } else { 201 }));
        if let Some(temperature) = self.temperature {
            set("temperature", json!(temperature));
        }
        if let Some(run) = self.run {
            set("run_id", json!(format!("run \"{run}\"")));
        }
        if let Some(user) = self.user {
            set("user", json!(user.to_string()));
        }
        if let Some(function) = self.function {
            set("function", json!(function.value()));
        }
        fields
    }

    fn line(&self) -> String {
        let mut directives = json!([{
            "Namespace": "Sentori/test",
            "Dimensions": [[], ["Route"]],
            "Metrics": [{"Name": "request_error", "Unit": "Count"},
                        {"Name": "request_duration", "Unit": "Milliseconds"}],
        }]);
        if self.temperature.is_some() {
            let also = json!({"Namespace": "Sentori/test", "Dimensions": [[]],
                              "Metrics": [{"Name": "temperature"}]});
            directives.as_array_mut().expect("an array").push(also);
        }
        let mut line = self.fields();
        let aws = json!({"Timestamp": self.at, "CloudWatchMetrics": directives});
        line.insert("_aws".to_owned(), aws);
        Value::Object(line).to_string()
    }
}

fn eighths(range: std::ops::Range<i16>) -> impl Strategy<Value = f64> {
    range.prop_map(|eighths| f64::from(eighths) / 8.0)
}

prop_compose! {
    /// An event of a quarter of an hour, not in order.
    fn event()(
        at in 0..900_000_i64,
        (route, failed) in (0..3_usize, prop::bool::weighted(0.2)),
        durations in prop::collection::vec(eighths(0..400), 1..4),
        counts in prop::option::weighted(0.2, prop::collection::vec(1..5_u8, 3)),
        temperature in prop::option::of(eighths(-80..300)),
        run in prop::option::of(0..4_u8),
        user in prop::option::of(0..3_u8),
        function in prop::option::weighted(0.9, prop::sample::select(Service::ALL)),
    ) -> Event {
        let counts = counts.map(|counts| {
            counts.into_iter().take(durations.len()).map(f64::from).collect()
        });
        let at = START * 1_000 + at;
        Event { at, route, failed, durations, counts, temperature, run, user, function }
    }
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(event(), 0..300)
}

/// A store in which some hundred events fill several segments.
fn store(events: &[Event]) -> Events {
    let limits = Limits {
        metrics: 1 << 24,
        log: 1 << 20,
    };
    let mut store = Events::new(DEPLOYMENT, "test", limits);
    for event in events {
        store.record(event.line().as_bytes()).expect("well formed");
    }
    assert_eq!(store.len(), events.len());
    store
}
