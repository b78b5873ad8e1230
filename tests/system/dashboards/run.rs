//! The page of a run, from a run: what was sent to the API is what each panel shows, and nothing of
//! the run beside it.

use std::collections::BTreeMap;

use dashboards::data::{Events, Limits, VariableValues, answer};
use dashboards::view::{Cell, Series, Table, TimeRange, View};
use library::{DEPLOYMENT, run};
use rustix::process::Signal;
use serde_json::{Value, json};
use system_tests::{Api, LocalServer, text};

/// The environment of `sentori serve`.
const ENVIRONMENT: &str = "local";
const ID: &str = "0d1f8f1e-7d63-4e51-9f0e-2f9d7a3c1b11";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_panel_shows_what_the_run_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events");
    let served = LocalServer::start_with_events(&folder.path().join("tables"), &path).await;
    let other = served.api().started("eve").await;
    served
        .api()
        .record("eve", &other, "sensor-1", 99.0)
        .expect(201)
        .await;
    let id = run_of(served.api()).await;
    served.signal(Signal::TERM);
    served.ended().await;

    let page = Page::of(&std::fs::read_to_string(&path).unwrap(), &id);
    let run = page.table("Run");
    let shown = |column| cell(&run, 0, column);
    assert_eq!(run.rows.len(), 1, "{run:?}");
    assert_eq!(shown("run_id"), Cell::Text(id.clone()));
    assert_eq!(shown("state"), Cell::Text("COMPLETED".to_owned()));
    assert_eq!(shown("user"), Cell::Text("ada".to_owned()));
    for (column, value) in [
        ("readings", 7.0),
        ("rejected", 1.0),
        ("average_temperature", 22.4),
        ("failed_requests", 0.0),
    ] {
        assert_eq!(shown(column), Cell::Number(value), "{column}");
    }

    let by_sensor = |title| page.values(title);
    let of = |sensor: &str, value: f64| (sensor.to_owned(), value);
    assert_eq!(
        by_sensor("Temperature by sensor"),
        BTreeMap::from([
            of("sensor-1", 21.0),
            of("sensor-2", 30.0),
            of("sensor-4", 20.0),
        ])
    );
    assert_eq!(
        by_sensor("Humidity by sensor"),
        BTreeMap::from([of("sensor-3", 40.0), of("sensor-5", 50.0)])
    );
    assert_eq!(
        by_sensor("Pressure by sensor"),
        BTreeMap::from([of("sensor-3", 1_013.25)])
    );

    let requests = page.table("Requests of the run");
    let rows = (0..requests.rows.len()).map(|row| {
        let text = |column| format!("{:?}", cell(&requests, row, column));
        (
            text("Route"),
            text("status"),
            cell(&requests, row, "requests"),
        )
    });
    let request = |route: &str, status: f64, count| {
        let (route, status) = (Cell::Text(route.to_owned()), Cell::Number(status));
        (
            format!("{route:?}"),
            format!("{status:?}"),
            Cell::Number(count),
        )
    };
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    assert_eq!(
        rows,
        [
            request("GET /api/runs/{id}", 200.0, 2.0),
            request("POST /api/runs/start", 201.0, 1.0),
            request("POST /api/runs/{id}/finish", 200.0, 1.0),
            request("POST /api/sensors/data", 201.0, 5.0),
            request("POST /api/sensors/data", 409.0, 1.0),
        ]
    );

    let errors = page.table("Errors of the run");
    assert_eq!(errors.rows.len(), 1, "{errors:?}");
    let error = Cell::Text("reading_conflict".to_owned());
    assert_eq!(cell(&errors, 0, "error"), error);
    assert_eq!(cell(&errors, 0, "events"), Cell::Number(1.0));

    let View::Lines(lines) = page.view("Events of the run") else {
        panic!("log lines are shown as lines");
    };
    assert_eq!(lines.len(), 10, "one for each request");
    assert!(
        lines.iter().all(|line| line.message.contains(&id)),
        "{lines:#?}"
    );
}

/// A run of known readings that ends well, with a reading that contradicts another, and somebody
/// who looks at it afterwards.
async fn run_of(api: &Api) -> String {
    let id = api.started("ada").await;
    let at = text(&api.run(&id).await, "startedAt");
    for value in [21.0, 21.0] {
        api.record("ada", &id, "sensor-1", value).expect(201).await;
    }
    let send = |body: &Value| api.post("/api/sensors/data").user("ada").json(body);
    let mut own = json!({
        "id": ID, "timestamp": at, "runId": id, "sensorId": "sensor-2", "temperature": 30.0,
    });
    send(&own).expect(201).await;
    own["temperature"] = json!(50.0);
    send(&own).expect_error(409, "reading_conflict").await;
    let air = json!({ "runId": id, "sensorId": "sensor-3", "humidity": 40, "pressure": 1013.25 });
    send(&air).expect(201).await;
    let batch = json!([
        { "runId": id, "sensorId": "sensor-4", "temperature": 20 },
        { "runId": id, "sensorId": "sensor-4", "temperature": 20 },
        { "runId": id, "sensorId": "sensor-5", "humidity": 50 },
    ]);
    send(&batch).expect(201).await;
    let ended = json!({ "status": "SUCCESS" });
    api.finish(&id, &ended).expect(200).await;
    api.run(&id).await;
    id
}

fn cell(table: &Table, row: usize, column: &str) -> Cell {
    let place = table.columns.iter().position(|name| name == column);
    table.rows[row][place.unwrap()].clone()
}

/// The page of one run over all that was recorded.
struct Page {
    events: Events,
    range: TimeRange,
    chosen: VariableValues,
}

impl Page {
    fn of(lines: &str, run: &str) -> Self {
        let mut events = Events::new(DEPLOYMENT, ENVIRONMENT, Limits::default());
        for line in lines.lines() {
            events.record(line.as_bytes()).unwrap();
        }
        Self {
            range: events.span().unwrap(),
            chosen: [(run::RUN.name, run.to_owned())].into_iter().collect(),
            events,
        }
    }

    fn view(&self, title: &str) -> View {
        let page = run::dashboard();
        let panel = page.panels().find(|panel| panel.title == title);
        answer(panel.unwrap(), &self.events, self.range, &self.chosen)
    }

    fn table(&self, title: &str) -> Table {
        match self.view(title) {
            View::Table(table) => table,
            other => panic!("{title}: {other:?}"),
        }
    }

    /// The only value of each series.
    fn values(&self, title: &str) -> BTreeMap<String, f64> {
        let View::Series(series) = self.view(title) else {
            panic!("{title} is no graph");
        };
        let value = |one: Series| {
            let mut values: Vec<_> = one.points.iter().filter_map(|point| point.value).collect();
            values.dedup();
            let [value] = values[..] else {
                panic!("{title}: {one:?}")
            };
            (one.label, value)
        };
        series.into_iter().map(value).collect()
    }
}
