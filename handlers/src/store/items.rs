//! Runs and readings as DynamoDB items, with the attribute names of the API.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use catalogue::Quantity;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    Error, Result,
    domain::{Measurements, Reading, Run, Stats, Status, Timestamp, limits},
};

/// An item.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Key of the board in the table of runs; no run has it, since a run's id is a UUID.
pub(super) const BOARD: &str = "board";

/// The constant partition of the listing of runs.
pub(super) const LISTING: &str = "RUN";

pub(super) fn string(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(super) fn number(number: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(format!("{number}"))
}

/// The value of a time-to-live attribute: whole seconds since 1970.
pub(super) fn expiry(from: Timestamp, retention: Duration) -> AttributeValue {
    number(seconds(from + retention))
}

/// A moment as a time-to-live attribute has it.
pub(super) fn seconds(moment: Timestamp) -> i64 {
    moment.as_millis() / 1_000
}

/// The key of a run.
pub(super) fn run_key(id: Uuid) -> Item {
    Item::from([("id".into(), string(id))])
}

/// The key of the item that says which run an idempotency key has started.
pub(super) fn idempotency_key(key: Uuid) -> Item {
    Item::from([("id".into(), string(format!("key-{key}")))])
}

/// The item that says which run an idempotency key has started, and until when.
pub(super) fn from_key(key: Uuid, run: &Run) -> Item {
    let mut item = idempotency_key(key);
    let expires_at = expiry(run.started_at, limits::IDEMPOTENCY_KEY_LASTS);
    item.insert("runId".into(), string(run.id));
    item.insert("expiresAt".into(), expires_at);
    item
}

/// The run that an idempotency key has started, and the second in which the key ends.
pub(super) fn key_item(item: &Item) -> Result<(Uuid, i64)> {
    let item = Attributes(item);
    let expires_at = item.number("expiresAt")?;
    Ok((
        item.parsed("runId")?,
        expires_at.ok_or_else(|| malformed("expiresAt"))?,
    ))
}

/// A run that has just been started.
pub(super) fn from_run(run: &Run) -> Item {
    Item::from([
        ("id".into(), string(run.id)),
        ("listing".into(), string(LISTING)),
        ("username".into(), string(&run.username)),
        ("status".into(), string(run.status.as_str())),
        ("startedAt".into(), string(run.started_at.to_string())),
        ("duration".into(), number(run.duration)),
        ("interval".into(), number(run.interval)),
        (
            "params".into(),
            from_json(&Value::Object(run.params.clone())),
        ),
        ("leaseEndsAt".into(), string(run.lease_ends_at.to_string())),
    ])
}

/// The run that an item holds.
pub(super) fn to_run(item: &Item) -> Result<Run> {
    let item = Attributes(item);
    let params = match item.0.get("params").map(to_json).transpose()? {
        Some(Value::Object(params)) => params,
        _ => Map::new(),
    };
    Ok(Run {
        id: item.parsed("id")?,
        username: item.string("username")?.to_owned(),
        status: Status::from_name(item.string("status")?).ok_or_else(|| malformed("status"))?,
        started_at: item.parsed("startedAt")?,
        finished_at: item.optional("finishedAt")?,
        duration: item
            .number("duration")?
            .ok_or_else(|| malformed("duration"))?,
        interval: item
            .number("interval")?
            .ok_or_else(|| malformed("interval"))?,
        params,
        error_message: item.string("errorMessage").ok().map(ToOwned::to_owned),
        stats: item
            .0
            .get("stats")
            .and_then(|stats| stats.as_m().ok())
            .map(to_stats)
            .transpose()?,
        lease_ends_at: item.parsed("leaseEndsAt")?,
    })
}

/// Statistics as the map that a run holds.
pub(super) fn from_stats(stats: &Stats) -> AttributeValue {
    let mut map = Item::from([
        ("count".into(), number(stats.count)),
        ("complete".into(), AttributeValue::Bool(stats.complete)),
        ("asOf".into(), string(stats.as_of.to_string())),
    ]);
    let values = [
        ("average", stats.average),
        ("minimum", stats.minimum),
        ("maximum", stats.maximum),
    ];
    map.extend(
        values
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), number(value?)))),
    );
    AttributeValue::M(map)
}

fn to_stats(item: &Item) -> Result<Stats> {
    let item = Attributes(item);
    Ok(Stats {
        count: item.number("count")?.ok_or_else(|| malformed("count"))?,
        average: item.number("average")?,
        minimum: item.number("minimum")?,
        maximum: item.number("maximum")?,
        complete: matches!(item.0.get("complete"), Some(AttributeValue::Bool(true))),
        as_of: item.parsed("asOf")?,
    })
}

/// A reading, with its time to live if readings are not kept for ever.
pub(super) fn from_reading(reading: &Reading, expires_at: Option<AttributeValue>) -> Item {
    let mut item = Item::with_capacity(9);
    item.insert("id".into(), string(reading.id));
    item.insert("timestamp".into(), string(reading.timestamp.to_string()));
    item.insert("runId".into(), string(reading.run_id));
    item.insert("username".into(), string(&reading.username));
    item.insert("sensorId".into(), string(&reading.sensor_id));
    let values = reading.measurements.iter();
    item.extend(values.map(|(quantity, value)| (quantity.name().to_owned(), number(value))));
    item.extend(expires_at.map(|value| ("expiresAt".to_owned(), value)));
    item
}

/// The reading that an item holds.
pub(super) fn to_reading(item: &Item) -> Result<Reading> {
    let item = Attributes(item);
    let mut measurements = Measurements::default();
    for quantity in Quantity::ALL {
        measurements.set(quantity, item.number(quantity.name())?);
    }
    Ok(Reading {
        id: item.parsed("id")?,
        run_id: item.parsed("runId")?,
        username: item.string("username")?.to_owned(),
        sensor_id: item.string("sensorId")?.to_owned(),
        timestamp: item.parsed("timestamp")?,
        measurements,
    })
}

/// The attributes of an item, by type.
struct Attributes<'a>(&'a Item);

impl<'a> Attributes<'a> {
    fn string(&self, name: &str) -> Result<&'a str> {
        self.0
            .get(name)
            .and_then(|value| value.as_s().ok())
            .map(String::as_str)
            .ok_or_else(|| malformed(name))
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<T> {
        self.string(name)?.parse().map_err(|_| malformed(name))
    }

    fn optional<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>> {
        if self.0.contains_key(name) {
            self.parsed(name).map(Some)
        } else {
            Ok(None)
        }
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        value
            .as_n()
            .ok()
            .and_then(|number| number.parse().ok())
            .map(Some)
            .ok_or_else(|| malformed(name))
    }
}

/// An item that these handlers would not have written.
fn malformed(attribute: &str) -> Error {
    Error::defect(format!(
        "an item's attribute {attribute} is missing or of another form"
    ))
}

fn from_json(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(value) => AttributeValue::Bool(*value),
        Value::Number(value) => number(value),
        Value::String(value) => string(value),
        Value::Array(items) => AttributeValue::L(items.iter().map(from_json).collect()),
        Value::Object(members) => AttributeValue::M(
            members
                .iter()
                .map(|(name, member)| (name.clone(), from_json(member)))
                .collect(),
        ),
    }
}

fn to_json(value: &AttributeValue) -> Result<Value> {
    Ok(match value {
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::Bool(value) => Value::Bool(*value),
        AttributeValue::S(value) => Value::String(value.clone()),
        AttributeValue::N(value) => value
            .parse()
            .map(Value::Number)
            .map_err(|_| malformed("params"))?,
        AttributeValue::L(items) => Value::Array(items.iter().map(to_json).collect::<Result<_>>()?),
        AttributeValue::M(members) => {
            // A map has no order; a fixed one makes the same run the same text.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            let members = members
                .into_iter()
                .map(|(name, member)| Ok((name.clone(), to_json(member)?)));
            Value::Object(members.collect::<Result<_>>()?)
        }
        _ => return Err(malformed("params")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn run() -> Run {
        Run {
            id: Uuid::from_u128(1),
            username: "bob".into(),
            status: Status::Running,
            started_at: Timestamp::from_millis(1_800_000_000_000),
            finished_at: None,
            duration: 60,
            interval: 5,
            params: json!({"b": [1, 2.5, null, true], "a": {"text": "x"}, "sensorIds": ["s"]})
                .as_object()
                .cloned()
                .unwrap_or_default(),
            error_message: None,
            stats: None,
            lease_ends_at: Timestamp::from_millis(1_800_000_180_000),
        }
    }

    #[test]
    fn a_time_to_live_is_in_whole_seconds() {
        let from = Timestamp::from_millis(1_800_000_000_999);
        let expected = AttributeValue::N("1800000060".into());
        assert_eq!(expiry(from, Duration::from_secs(60)), expected);
    }

    #[test]
    fn a_run_round_trips() {
        assert_eq!(to_run(&from_run(&run())).unwrap(), run());
    }

    #[test]
    fn an_item_of_another_form_is_an_error_not_a_panic() {
        for name in [
            "id",
            "username",
            "status",
            "startedAt",
            "duration",
            "leaseEndsAt",
        ] {
            let mut item = from_run(&run());
            item.insert(name.into(), AttributeValue::Bool(true));
            assert!(
                matches!(to_run(&item), Err(Error::Internal(failure)) if failure.to_string().contains(name)),
                "{name}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_reading_round_trips(
            values in proptest::array::uniform(proptest::option::of(0.0..100.0f64)),
            millis in 946_684_800_000i64..4_102_444_799_999,
            id: u128,
        ) {
            let values: [_; Quantity::ALL.len()] = values;
            let mut measurements = Measurements::default();
            for (quantity, value) in Quantity::ALL.into_iter().zip(values) {
                measurements.set(quantity, value);
            }
            let reading = Reading {
                id: Uuid::from_u128(id),
                run_id: Uuid::from_u128(2),
                username: "bob".into(),
                sensor_id: "sensor-1".into(),
                timestamp: Timestamp::from_millis(millis),
                measurements,
            };
            prop_assert_eq!(to_reading(&from_reading(&reading, None)).unwrap(), reading);
        }

        #[test]
        fn statistics_round_trip(count: u32, average in proptest::option::of(-273.15..2000.0f64), complete: bool) {
            let stats = Stats { count: count.into(), average, minimum: average, maximum: average, complete, as_of: Timestamp::from_millis(1_800_000_000_000) };
            let AttributeValue::M(map) = from_stats(&stats) else { panic!("a map") };
            prop_assert_eq!(to_stats(&map).unwrap(), stats);
        }
    }
}
