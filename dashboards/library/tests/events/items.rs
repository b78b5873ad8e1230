//! The items of lists answer what events of their own would.

use catalogue::{HUMIDITY, READINGS, RUN_ID, SENSOR_ID, Service, TEMPERATURE, namespace};
use dashboards::data::{Events, Limits, answer};
use dashboards::model::logs::{self, LogQuery, Search};
use dashboards::model::{Panel, Period};
use dashboards::view::{TimeRange, View};
use library::DEPLOYMENT;
use library::run::RUN;
use proptest::prelude::*;
use serde_json::{Value, json};
use telemetry::property::FUNCTION;
use telemetry::{Destination, Dimension as _, Lines, Metrics, event};

use crate::{START, eighths};

/// A sensor and its temperature, or else it has a humidity only.
type Reading = (u8, Option<f64>);

/// What was sent together: the second, the run, and the readings.
type Batch = (i64, u8, Vec<Reading>);

/// A store of what telemetry writes for these batches.
fn store(batches: &[Batch], record: impl Fn(&[Reading])) -> Events {
    let mut events = Events::new(DEPLOYMENT, "test", Limits::default());
    for (second, run, readings) in batches {
        let lines = Lines::default();
        let metrics = Metrics::builder(namespace("test").expect("valid"));
        let metrics = metrics.emf(Destination::lines(&lines)).build();
        metrics.expect("opens").in_scope(|| {
            FUNCTION.set(Service::SensorApi.value());
            RUN_ID.set(run_id(*run));
            record(readings);
        });
        for line in lines.text().lines() {
            let mut line: Value = serde_json::from_str(line).expect("JSON");
            line["_aws"]["Timestamp"] = json!((START + second) * 1_000);
            events.record(line.to_string().as_bytes()).expect("a line");
        }
    }
    events
}

fn run_id(run: u8) -> String {
    format!("run \"{run}\"")
}

fn record((sensor, temperature): &Reading) {
    SENSOR_ID.set(format!("sensor\\{sensor}"));
    match temperature {
        Some(temperature) => TEMPERATURE.record(*temperature, ()),
        None => HUMIDITY.record(50.0, ()),
    }
}

fn shown(events: &Events, query: LogQuery, run: u8) -> View {
    let panel = Panel::time_series("Temperature by sensor").draw("", query.by(SENSOR_ID));
    let range = TimeRange {
        start: START + 10,
        end: START + 90,
    };
    let chosen = [(RUN.name, run_id(run))].into_iter().collect();
    answer(&panel, events, range, &chosen)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn items_answer_what_events_would(
        batches in prop::collection::vec(
            (0..100_i64, 0..2_u8, prop::collection::vec((0..4_u8, prop::option::of(eighths(0..400))), 1..150)),
            0..40,
        ),
    ) {
        let singles = store(&batches, |readings| {
            readings.iter().for_each(|reading| event::in_scope(|| record(reading)));
        });
        let lists = store(&batches, |readings| event::each(READINGS, readings, record));
        let search = || -> Search { logs::search([library::aws::LogGroup(Service::SensorApi)]).chosen(RUN) };
        let (mean, bin) = (logs::average(TEMPERATURE), Period::seconds(10));
        let of_events = shown(&singles, search().having(TEMPERATURE).graph(mean, bin), 1);
        let of_items = search().items_of(READINGS).having(TEMPERATURE).graph(mean, bin);
        let of_items = shown(&lists, of_items, 1);
        prop_assert_eq!(format!("{of_items:?}"), format!("{of_events:?}"));
    }
}

#[test]
fn what_is_no_list_has_no_items() {
    let lists = store(&[(20, 1, Vec::new())], |_| {
        READINGS.set("[{\"sensor_id\":");
        TEMPERATURE.record(1.0, ());
    });
    let search = logs::search([library::aws::LogGroup(Service::SensorApi)]);
    let items = search.items_of(READINGS);
    let items = items.graph(logs::average(TEMPERATURE), Period::seconds(10));
    let View::Series(series) = shown(&lists, items, 1) else {
        panic!("a graph has series");
    };
    assert!(series.is_empty());
}
