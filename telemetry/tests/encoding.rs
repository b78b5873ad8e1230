//! Any recording gives valid lines within the limits that parse back to what was recorded.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value};
use shop::{
    DYNAMODB_REQUEST_DURATION, DYNAMODB_RETRY, ORDER_PLACED, ORDERS_OPEN, Operation, PARCELS,
    REQUEST_DURATION, Route, TEMPERATURE, process,
};
use telemetry::{
    Dimension as _, Lines, Property,
    emf::{
        self,
        check::{Check, Rule},
    },
    event,
};

#[derive(Clone, Debug)]
enum Action {
    Started(u32),
    Active(f64),
    Temperature(f64),
    Temperatures(usize),
    Request(Route, f64),
    Dynamo(f64),
    Retry(Operation, u32),
    Property(Property, String),
    Flush,
}

/// Numbers that `serde_json` reads exactly, and some that cannot be sent. That every number
/// is written exactly is shown in emf/json.rs.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => any::<i32>().prop_map(|value| f64::from(value) / 64.0),
        1 => select(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -0.0]),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let operation = || select(Operation::ALL);
    prop_oneof![
        any::<u32>().prop_map(Action::Started),
        number().prop_map(Action::Active),
        number().prop_map(Action::Temperature),
        (90..250usize).prop_map(Action::Temperatures),
        (select(Route::ALL), number()).prop_map(|(route, value)| Action::Request(route, value)),
        number().prop_map(Action::Dynamo),
        (operation(), any::<u32>()).prop_map(|(operation, count)| Action::Retry(operation, count)),
        (select(shop::PROPERTIES), any::<String>())
            .prop_map(|(property, text)| Action::Property(property, text)),
        Just(Action::Flush),
    ]
}

/// Values by metric and dimension value, counters added up.
#[derive(Debug, Default, PartialEq)]
struct Totals {
    observed: BTreeMap<(String, String), Vec<String>>,
    counted: BTreeMap<(String, String), f64>,
    invalid: u64,
}

impl Totals {
    fn observe(&mut self, name: &str, dimension: &str, value: f64) {
        if emf::is_valid(value) {
            let value = (value + 0.0).to_string(); // -0 is written as 0
            let key = (name.to_owned(), dimension.to_owned());
            self.observed.entry(key).or_default().push(value);
        } else {
            self.invalid += 1;
        }
    }

    fn count(&mut self, name: &str, dimension: &str, count: f64) {
        *self
            .counted
            .entry((name.to_owned(), dimension.to_owned()))
            .or_default() += count;
    }

    fn sorted(mut self) -> Self {
        self.observed
            .values_mut()
            .for_each(|values| values.sort_unstable());
        self
    }

    fn read(&mut self, line: &Value) {
        self.invalid += line["invalid_values"].as_u64().unwrap_or_default();
        let none = Vec::new();
        let directives = line["_aws"]["CloudWatchMetrics"]
            .as_array()
            .unwrap_or(&none);
        for directive in directives {
            let finest = directive["Dimensions"].as_array().unwrap().last().unwrap();
            let name = finest.get(0).and_then(Value::as_str);
            let dimension = name.map_or("", |name| line[name].as_str().unwrap());
            for metric in directive["Metrics"].as_array().unwrap() {
                let name = metric["Name"].as_str().unwrap();
                let counts = ["order_placed", "dynamodb_retry"].contains(&name);
                let target = &line[name];
                let values = target.as_array().cloned().unwrap_or(vec![target.clone()]);
                for value in values.iter().map(|value| value.as_f64().unwrap()) {
                    if counts {
                        self.count(name, dimension, value);
                    } else {
                        self.observe(name, dimension, value);
                    }
                }
            }
        }
    }
}

/// How many numbers and texts there are in a value.
fn fields(value: &Value) -> usize {
    match value {
        Value::Array(values) => values.iter().map(fields).sum(),
        Value::Object(members) => members.values().map(fields).sum(),
        _ => 1,
    }
}

fn perform(action: &Action, totals: &mut Totals) {
    match action {
        Action::Started(count) => {
            ORDER_PLACED.add((*count).into(), ());
            totals.count("order_placed", "", (*count).into());
        }
        Action::Active(level) => {
            ORDERS_OPEN.set(*level, ());
            totals.observe("orders_open", "", *level);
        }
        Action::Temperature(value) => {
            TEMPERATURE.record(*value, ());
            totals.observe("temperature", "", *value);
        }
        Action::Temperatures(count) => {
            for value in (0..*count).map(|value| value as f64 / 8.0) {
                TEMPERATURE.record(value, ());
                totals.observe("temperature", "", value);
            }
        }
        Action::Request(route, value) => {
            REQUEST_DURATION.record(*value, *route);
            totals.observe("request_duration", route.value(), *value);
        }
        Action::Dynamo(value) => {
            DYNAMODB_REQUEST_DURATION.record(*value, ());
            totals.observe("dynamodb_request_duration", "", *value);
        }
        Action::Retry(operation, count) => {
            DYNAMODB_RETRY.add((*count).into(), *operation);
            totals.count("dynamodb_retry", operation.value(), (*count).into());
        }
        Action::Property(property, text) => property.set(text),
        Action::Flush => event::flush(),
    }
}

proptest! {
    #[test]
    fn any_recording_gives_valid_lines_that_parse_back(
        events in vec(vec(vec(action(), 0..12), 1..4), 1..4),
    ) {
        let lines = Lines::default();
        let metrics = process::metrics(&lines);
        let mut recorded = Totals::default();
        for items in &events {
            metrics.in_scope(|| event::each(PARCELS, items, |item| {
                item.iter().for_each(|action| perform(action, &mut recorded));
            }));
        }
        let text = lines.text();
        let mut read = Totals::default();
        for line in text.lines() {
            prop_assert!(line.len() <= emf::MAX_LINE_BYTES);
            let line = serde_json::from_str(line).unwrap();
            prop_assert!(fields(&line) <= emf::MAX_FIELDS);
            read.read(&line);
            if let Some(list) = line["parcels"].as_str() {
                prop_assert!(serde_json::from_str::<Vec<Map<String, Value>>>(list).is_ok());
            }
        }
        prop_assert_eq!(read.sorted(), recorded.sorted());

        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
        let check = Check::new(shop::SHOP, now);
        let report = check.read(text.as_bytes()).unwrap();
        let mut findings = report.findings.iter();
        prop_assert!(findings.all(|found| found.rule == Rule::NoEvent), "{report}");
    }
}

#[test]
fn an_event_full_of_long_properties_stays_within_the_limit() {
    let lines = Lines::default();
    let metrics = process::metrics(&lines);
    metrics.in_scope(|| {
        for property in shop::PROPERTIES {
            property.set("\u{1}".repeat(1024 * 1024));
        }
        for route in Route::ALL {
            (0..150).for_each(|_| REQUEST_DURATION.record(std::f64::consts::PI, *route));
        }
    });
    let text = lines.text();
    assert!(text.lines().count() > Route::ALL.len());
    for line in text.lines() {
        assert!(line.len() <= emf::MAX_LINE_BYTES);
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["dropped_properties"].as_u64().unwrap() > 0);
    }
}
