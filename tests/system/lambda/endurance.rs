//! Thousands of invocations with faults between them: no line is lost or doubled, and memory
//! stays flat. `INVOCATIONS` says how many.

use std::collections::HashSet;

use catalogue::Service;
use serde_json::Value;
use system_tests::lambda::{Deployment, Format, Invocation, Outcome};
use system_tests::{FaultProxy, seeded};

use super::{Client, events, get, reading, requests, started_run, total};

/// Resident memory may grow by this much after the first tenth: in 10,000 invocations a leak of 30
/// bytes shows. What `lambda_runtime`'s own loop leaks is 144.
const GROWTH_KIB: u64 = 256;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_and_memory_stays_flat() {
    let count = std::env::var("INVOCATIONS")
        .map_or(1_000, |text| text.parse().expect("INVOCATIONS is a number"));
    let deployment = Deployment::start().await;
    let run = started_run(&deployment).await;
    let proxy = FaultProxy::start(deployment.store_url(), seeded(7, 3))
        .await
        .expect("a proxy");
    let config = deployment
        .function(Service::SensorApi)
        .env("AWS_ENDPOINT_URL_DYNAMODB", proxy.url());
    let mut client = Client::new(config);
    let mut tally = Tally::default();
    let mut settled = 0;
    for number in 0..count {
        client.format = if number % 2 == 0 {
            Format::Http
        } else {
            Format::Rest
        };
        let kind = Kind::of(number);
        let invocation = client.invoke(kind.event(client.format, &run)).await;
        tally.add(kind, &invocation);
        if number == count / 10 {
            settled = client.resident_kib();
        }
    }
    let resident = client.resident_kib();
    assert!(
        resident <= settled + GROWTH_KIB,
        "{settled} KiB, then {resident} KiB"
    );
    let exit = client
        .function
        .stop()
        .await
        .unwrap()
        .expect("an environment");
    assert!(
        events(&exit.log).is_empty() && exit.segments.is_empty(),
        "{exit:#?}"
    );
    assert_eq!(tally.invocations.len(), count);
}

impl Client {
    fn resident_kib(&self) -> u64 {
        self.function
            .memory()
            .unwrap()
            .expect("an environment")
            .resident_kib
    }
}

/// What an invocation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Reading,
    Invalid,
    Unmatched,
    NotARequest,
}

impl Kind {
    fn of(number: usize) -> Self {
        match number % 10 {
            3 => Self::Invalid,
            5 => Self::Unmatched,
            7 => Self::NotARequest,
            _ => Self::Reading,
        }
    }

    fn event(self, format: Format, run: &str) -> String {
        let request = match self {
            Self::Reading => reading(run, 21.5),
            Self::Invalid => reading(run, 1e9),
            Self::Unmatched => get("/api/nothing"),
            Self::NotARequest => return r#"{"source":"nobody"}"#.to_owned(),
        };
        format.event(&request).to_string()
    }
}

/// What was seen so far.
#[derive(Default)]
struct Tally {
    invocations: HashSet<String>,
}

impl Tally {
    /// Checks that the invocation wrote its event, once, and nobody else's.
    fn add(&mut self, kind: Kind, invocation: &Invocation) {
        assert!(self.invocations.insert(invocation.request_id.clone()));
        let events = events(&invocation.log);
        let ids: HashSet<_> = events
            .iter()
            .map(|event| event["request_id"].as_str())
            .collect();
        assert!(
            ids.iter().all(|id| *id == Some(&invocation.request_id)),
            "{events:#?}"
        );
        let segments = &invocation.segments;
        let root = invocation
            .trace_header
            .strip_prefix("Root=")
            .and_then(|rest| rest.split(';').next());
        assert!(
            segments
                .iter()
                .all(|segment| segment["trace_id"].as_str() == root),
            "{segments:#?}"
        );
        if kind == Kind::NotARequest {
            assert!(
                matches!(invocation.outcome, Outcome::Error(_)),
                "{invocation:#?}"
            );
            assert_eq!(requests(&events), 0);
            return;
        }
        assert_eq!(requests(&events), 1, "{invocation:#?}");
        assert_eq!(
            total(&events, "sensor_data_ingested"),
            ingested(invocation),
            "{invocation:#?}"
        );
        assert!(!segments.is_empty());
    }
}

/// 1 if the invocation acknowledged a reading.
fn ingested(invocation: &Invocation) -> f64 {
    let Outcome::Response(answer) = &invocation.outcome else {
        return 0.0;
    };
    let answer: Value = serde_json::from_slice(answer).unwrap();
    if answer["statusCode"] == 201 {
        1.0
    } else {
        0.0
    }
}
