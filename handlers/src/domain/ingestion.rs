//! The body of an ingestion: a reading, or a batch of one run.

use catalogue::Quantity;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Measurements, NewReading, Timestamp, limits,
    object::{Object, sensor_id},
    problem::Problems,
};

/// One or more readings of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Ingestion {
    /// The run.
    pub run_id: Uuid,
    /// The readings, in the order in which they were sent.
    pub readings: Vec<NewReading>,
    /// True if a list was sent, so a list is answered.
    pub is_batch: bool,
}

impl Ingestion {
    /// Reads a body: a reading `{"runId","sensorId"}` with a member for each quantity, the
    /// frontend's `{"sensorId","reading","type"}` with the run in a header, or a list of either.
    ///
    /// # Errors
    /// [`Problems`], every bad field of every reading.
    pub fn from_body(
        body: &Value,
        run_header: Option<Uuid>,
        now: Timestamp,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let ingestion = read(body, run_header, now, &mut problems);
        problems.finish(ingestion)
    }
}

fn read(
    body: &Value,
    run_header: Option<Uuid>,
    now: Timestamp,
    problems: &mut Problems,
) -> Option<Ingestion> {
    let (items, is_batch) = match body {
        Value::Array(items) => (items.as_slice(), true),
        single => (std::slice::from_ref(single), false),
    };
    if !limits::BATCH.contains(&items.len()) {
        let (fewest, most) = (limits::BATCH.start(), limits::BATCH.end());
        problems.add(
            "body",
            format!(
                "must be a list of {fewest} to {most} readings, not {}",
                items.len()
            ),
        );
        return None;
    }
    let mut batch = Batch {
        run_id: run_header,
        now,
        readings: Vec::with_capacity(items.len()),
    };
    for (n, item) in items.iter().enumerate() {
        let path = if is_batch {
            format!("[{n}]")
        } else {
            String::new()
        };
        let reading =
            Object::new(item, path, problems).and_then(|object| batch.reading(&object, problems));
        batch.readings.extend(reading);
    }
    Some(Ingestion {
        run_id: batch.run_id?,
        readings: batch.readings,
        is_batch,
    })
}

/// What the readings of one body share, and those read so far.
struct Batch {
    run_id: Option<Uuid>,
    now: Timestamp,
    readings: Vec<NewReading>,
}

impl Batch {
    fn reading(&mut self, object: &Object<'_>, problems: &mut Problems) -> Option<NewReading> {
        self.check_run(object, problems);
        let (own_id, timestamp) = self.identity(object, problems);
        let sensor_id = match object.get("sensorId") {
            Some(value) => sensor_id(value, object.field("sensorId"), problems),
            None => {
                problems.add(
                    object.field("sensorId"),
                    "is missing: send the id of the sensor",
                );
                None
            }
        };
        let measurements = measurements(object, problems);
        Some(NewReading {
            own_id,
            timestamp,
            sensor_id: sensor_id?,
            measurements,
        })
    }

    fn check_run(&mut self, object: &Object<'_>, problems: &mut Problems) {
        let field = object.field("runId");
        match (object.get("runId"), self.run_id) {
            (None, None) => problems.add(
                field,
                "is missing: send the id of the run here or in the header X-Run-Id",
            ),
            (None, Some(_)) => {}
            (Some(_), known) => match (object.uuid("runId", problems), known) {
                (Some(own), Some(known)) if own != known => {
                    problems.add(
                        field,
                        format!("must be {known}: all readings of a request belong to one run"),
                    );
                }
                (own, known) => self.run_id = known.or(own),
            },
        }
    }

    /// The client's own id and timestamp. An id needs a timestamp: together they are the key by
    /// which a repeated reading is recognised.
    fn identity(
        &self,
        object: &Object<'_>,
        problems: &mut Problems,
    ) -> (Option<Uuid>, Option<Timestamp>) {
        let id = object.uuid("id", problems);
        let timestamp = object.timestamp("timestamp", problems);
        if let Some(timestamp) = timestamp
            && (timestamp + limits::TIMESTAMP_AGE < self.now
                || timestamp > self.now + limits::TIMESTAMP_AHEAD)
        {
            let (days, minutes) = (
                limits::TIMESTAMP_AGE.as_secs() / 86_400,
                limits::TIMESTAMP_AHEAD.as_secs() / 60,
            );
            problems.add(
                object.field("timestamp"),
                format!(
                    "must be at most {days} days old and at most {minutes} minutes ahead of {}",
                    self.now
                ),
            );
        }
        if id.is_some() && object.get("timestamp").is_none() {
            problems.add(
                object.field("timestamp"),
                "is missing: a reading with its own id needs its own timestamp too",
            );
        }
        let repeats = |reading: &NewReading| reading.own_id == id && reading.timestamp == timestamp;
        if id.is_some() && timestamp.is_some() && self.readings.iter().any(repeats) {
            problems.add(
                object.field("id"),
                "must not repeat the id and timestamp of another reading of the batch",
            );
        }
        (id, timestamp)
    }
}

/// The value of each quantity; at least one must be there.
fn measurements(object: &Object<'_>, problems: &mut Problems) -> Measurements {
    let mut values = Measurements::default();
    let mut read = |field, quantity: Quantity, problems: &mut Problems| {
        let value = object.number(field, &quantity.range(), quantity.unit(), problems);
        values.set(quantity, value);
    };
    for quantity in Quantity::ALL {
        read(quantity.name(), quantity, problems);
    }
    let is_sent = |quantity: Quantity| object.get(quantity.name()).is_some();
    if object.get("reading").is_some() {
        let typed = object.get("type").and_then(Value::as_str);
        match typed.and_then(Quantity::from_name) {
            Some(quantity) if is_sent(quantity) => {
                let name = quantity.name();
                let problem = format!("must not be sent together with {name}");
                problems.add(object.field("reading"), problem);
            }
            Some(quantity) => read("reading", quantity, problems),
            None => {
                let problem = format!("must be {}", Quantity::names("or"));
                problems.add(object.field("type"), problem);
            }
        }
    } else if !Quantity::ALL.into_iter().any(is_sent) {
        let names = Quantity::names("and");
        let problem = format!("is missing: send at least one of {names}, or reading and type");
        problems.add(object.field(Quantity::ALL[0].name()), problem);
    }
    values
}

#[cfg(test)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "json! literals read best as arguments"
)]
mod tests {
    use super::*;
    use serde_json::json;

    const RUN: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    const OTHER: &str = "0e37df36-f698-11e6-8dd4-cb9ced3df976";

    fn now() -> Timestamp {
        "2026-11-24T21:00:00Z".parse().unwrap()
    }

    fn read(body: Value) -> Result<Ingestion, Problems> {
        Ingestion::from_body(&body, None, now())
    }

    fn fields(body: Value) -> Vec<String> {
        match read(body.clone()) {
            Err(problems) => {
                let problems = problems.0.into_iter();
                problems.map(|problem| problem.field).collect()
            }
            other => panic!("{body} gave {other:?}"),
        }
    }

    #[test]
    fn takes_the_documented_shape() {
        let ingestion = read(json!({"runId": RUN, "sensorId": "s", "temperature": 22.5, "humidity": null, "pressure": 1013})).unwrap();
        assert_eq!(ingestion.run_id.to_string(), RUN);
        let reading = &ingestion.readings[0];
        assert_eq!(
            serde_json::to_value(reading.measurements).unwrap(),
            json!({"temperature": 22.5, "pressure": 1013.0})
        );
        assert!(!ingestion.is_batch);
    }

    #[test]
    fn takes_the_frontends_shape() {
        for kind in ["temperature", "humidity", "pressure"] {
            let body = json!({"sensorId": "sensor-1", "reading": 22.5, "type": kind});
            let ingestion = Ingestion::from_body(&body, RUN.parse().ok(), now()).unwrap();
            let reading = &ingestion.readings[0];
            let measurements = serde_json::to_value(reading.measurements).unwrap();
            assert_eq!(measurements, json!({kind: 22.5}));
        }
    }

    #[test]
    fn a_batch_is_of_one_run() {
        let item = |run: &str| json!({"runId": run, "sensorId": "s", "temperature": 1});
        assert_eq!(
            read(json!([item(RUN), item(RUN)])).unwrap().readings.len(),
            2
        );
        assert_eq!(fields(json!([item(RUN), item(OTHER)])), ["[1].runId"]);
        assert_eq!(fields(json!([])), ["body"]);
        assert_eq!(fields(Value::Array(vec![item(RUN); 101])), ["body"]);
        let header_only = json!([{"sensorId": "s", "temperature": 1}]);
        assert!(
            Ingestion::from_body(&header_only, RUN.parse().ok(), now())
                .unwrap()
                .is_batch
        );
    }

    #[test]
    fn names_every_bad_field_of_every_reading() {
        let body = json!([
            {"runId": RUN, "sensorId": "s", "temperature": "22 C"},
            {"runId": "x", "sensorId": "a\nb", "humidity": 101, "pressure": -1},
            7,
            {"runId": RUN},
        ]);
        assert_eq!(
            fields(body),
            [
                "[0].temperature",
                "[1].runId",
                "[1].sensorId",
                "[1].humidity",
                "[1].pressure",
                "[2]",
                "[3].sensorId",
                "[3].temperature"
            ]
        );
        assert_eq!(
            fields(json!({"sensorId": "s", "temperature": 1})),
            ["runId"]
        );
        assert_eq!(
            fields(json!({"runId": RUN, "sensorId": "s", "reading": 1})),
            ["type"]
        );
        assert_eq!(
            fields(json!({"runId": RUN, "sensorId": "s", "reading": 1, "type": "light"})),
            ["type"]
        );
        assert_eq!(
            fields(
                json!({"runId": RUN, "sensorId": "s", "reading": 1, "type": "temperature", "temperature": 2})
            ),
            ["reading"]
        );
        assert_eq!(
            fields(json!({"runId": RUN, "sensorId": "s", "reading": -300, "type": "temperature"})),
            ["reading"]
        );
        assert_eq!(
            fields(json!({"runId": RUN, "sensorId": "s", "temperature": "NaN"})),
            ["temperature"]
        );
    }

    #[test]
    fn an_id_needs_a_timestamp_near_now() {
        let body = |timestamp: &str| json!({"id": OTHER, "timestamp": timestamp, "runId": RUN, "sensorId": "s", "temperature": 1});
        let reading = read(body("2026-11-24T20:59:59.5Z"))
            .unwrap()
            .readings
            .remove(0);
        assert_eq!(reading.own_id.unwrap().to_string(), OTHER);
        for good in ["2026-11-24T21:05:00Z", "2026-11-10T21:00:00Z"] {
            assert!(read(body(good)).is_ok(), "{good}");
        }
        let problems = read(body("2026-11-10T20:59:59Z")).unwrap_err();
        let message = &problems.0[0].message;
        assert!(
            message.contains("at most 14 days old and at most 5 minutes ahead"),
            "{message}"
        );
        for bad in [
            "2026-11-24T21:05:01Z",
            "2026-11-10T20:59:59Z",
            "now",
            "1900-01-01T00:00:00Z",
        ] {
            assert_eq!(fields(body(bad)), ["timestamp"], "{bad}");
        }
        assert_eq!(
            fields(json!({"id": OTHER, "runId": RUN, "sensorId": "s", "temperature": 1})),
            ["timestamp"]
        );
        let twice = body("2026-11-24T20:59:59.5Z");
        assert_eq!(fields(json!([twice, twice])), ["[1].id"]);
    }

    #[test]
    fn readings_of_a_batch_may_share_an_id_or_a_timestamp_but_not_both() {
        let reading = |id: Option<&str>, second: u32| json!({"id": id, "timestamp": format!("2026-11-24T20:59:{second}Z"), "runId": RUN, "sensorId": "s", "temperature": 1});
        for (one, other) in [
            (reading(Some(OTHER), 10), reading(Some(OTHER), 11)),
            (reading(Some(OTHER), 10), reading(Some(RUN), 10)),
            (reading(None, 10), reading(None, 10)),
        ] {
            assert!(read(json!([one, other])).is_ok(), "{one} {other}");
        }
    }
}
