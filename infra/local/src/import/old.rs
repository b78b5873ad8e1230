//! The items of the old tables, as the Python handlers wrote them over the years: some names
//! changed, numbers may be text, and times may lack their offset, which was UTC.

use aws_sdk_dynamodb::types::AttributeValue;
use catalogue::Quantity;
use handlers::domain::{Measurements, Reading, Run, Status, Timestamp};
use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::Item;

const DURATION: u32 = 60;
const INTERVAL: u32 = 5;

/// The ended run that an item holds.
pub(super) fn run(item: &Item) -> Result<Run, String> {
    let params = match item.get("params").map(json) {
        Some(Value::Object(params)) => params,
        _ => Map::new(),
    };
    let started_at = time(item, "startedAt")?.ok_or("startedAt is missing")?;
    let finished_at = time(item, "finishedAt")?.unwrap_or(started_at);
    let status = text(item, &["status"]).unwrap_or_default();
    let whole = |name: &str, default: u32| {
        let value = item
            .get(name)
            .map(json)
            .or_else(|| params.get(name).cloned());
        let value = value.and_then(|value| Some(value.as_f64()?.ceil()));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float becomes the nearest number of this type"
        )]
        value.map_or(default, |value| (value as u32).max(1))
    };
    let (duration, interval) = (whole("duration", DURATION), whole("interval", INTERVAL));
    Ok(Run {
        id: id(item, &["id", "runId"])?,
        username: text(item, &["username", "user"])
            .unwrap_or("unknown")
            .to_owned(),
        // Without a lease, a run that was never finished can't go on here.
        status: match status {
            "COMPLETED" | "SUCCESS" => Status::Completed,
            "FAILED" => Status::Failed,
            _ => Status::Interrupted,
        },
        started_at,
        finished_at: Some(finished_at.max(started_at)),
        duration,
        interval,
        params,
        error_message: text(item, &["errorMessage"]).map(str::to_owned),
        stats: None,
        lease_ends_at: finished_at.max(started_at),
    })
}

/// The reading that an item holds.
pub(super) fn reading(item: &Item) -> Result<Reading, String> {
    let number = |name: &str| item.get(name).map(json).and_then(|value| value.as_f64());
    let mut measurements = Measurements::default();
    for quantity in Quantity::ALL {
        measurements.set(quantity, number(quantity.name()));
    }
    let kind = text(item, &["type"]).unwrap_or("temperature");
    if let (Some(value), Some(quantity)) = (number("reading"), Quantity::from_name(kind)) {
        let own = measurements.get(quantity);
        measurements.set(quantity, own.or(Some(value)));
    }
    if measurements.iter().next().is_none() {
        return Err(format!("it has no {}", Quantity::names("or")));
    }
    Ok(Reading {
        id: id(item, &["id"])?,
        run_id: id(item, &["runId"])?,
        username: text(item, &["username", "user"])
            .unwrap_or("unknown")
            .to_owned(),
        sensor_id: text(item, &["sensorId"])
            .ok_or("sensorId is missing")?
            .to_owned(),
        timestamp: time(item, "timestamp")?.ok_or("timestamp is missing")?,
        measurements,
    })
}

fn text<'a>(item: &'a Item, names: &[&str]) -> Option<&'a str> {
    let mut values = names.iter().filter_map(|name| item.get(*name)?.as_s().ok());
    values
        .next()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
}

fn id(item: &Item, names: &[&str]) -> Result<Uuid, String> {
    let id = text(item, names).ok_or_else(|| format!("{} is missing", names[0]))?;
    id.parse()
        .map_err(|_| format!("{} is not a UUID: {id}", names[0]))
}

fn time(item: &Item, name: &str) -> Result<Option<Timestamp>, String> {
    let Some(text) = text(item, &[name]) else {
        return Ok(None);
    };
    let parsed = text.parse().or_else(|_| format!("{text}Z").parse());
    parsed
        .map(Some)
        .map_err(|error: String| format!("{name} {error}"))
}

fn json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Bool(value) => Value::Bool(*value),
        AttributeValue::N(text) => text.parse::<Number>().map_or(Value::Null, Value::Number),
        AttributeValue::S(text) => match text.parse::<Number>() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::String(text.clone()),
        },
        AttributeValue::L(items) => items.iter().map(json).collect(),
        AttributeValue::M(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), json(value)));
            Value::Object(members.collect())
        }
        _ => Value::Null,
    }
}
