//! The body of a start.

use serde_json::{Map, Value};

use super::{
    limits,
    object::{Object, sensor_id},
    params,
    problem::Problems,
};

/// What a start asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct StartRequest {
    /// Planned duration in seconds.
    pub duration: u32,
    /// Time between two readings of a sensor, in seconds.
    pub interval: u32,
    /// What the client sent along, with `sensorIds`, `duration` and `interval`.
    pub params: Map<String, Value>,
}

impl StartRequest {
    /// Reads a body: `{"sensorIds","duration","interval"}`, the same within `{"params":{...}}`,
    /// both (the outer member counts), or nothing at all. Whatever else it holds is kept in
    /// `params`.
    ///
    /// # Errors
    /// [`Problems`], every field that breaks a limit.
    pub fn from_body(body: Option<&Value>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let empty = Value::Object(Map::new());
        let body = body.filter(|body| !body.is_null());
        let request = read(body.unwrap_or(&empty), &mut problems);
        problems.finish(request)
    }
}

fn read(body: &Value, problems: &mut Problems) -> Option<StartRequest> {
    let outer = Object::new(body, "", problems)?;
    let given = outer.get("params");
    let mut params = match given {
        Some(Value::Object(given)) => {
            let mut kept = given.clone();
            kept.retain(|name, _| !["sensorIds", "duration", "interval"].contains(&name.as_str()));
            params::check(&Value::Object(kept), problems).unwrap_or_default()
        }
        Some(other) => params::check(other, problems).unwrap_or_default(),
        None => Map::new(),
    };
    let others: Map<String, Value> = outer
        .others(&["params", "sensorIds", "duration", "interval"])
        .collect();
    if !others.is_empty() {
        let others = params::check(&Value::Object(others), problems).unwrap_or_default();
        params.extend(others);
        params::check_size(&params, problems);
    }
    let inner = given
        .filter(|given| given.is_object())
        .and_then(|given| Object::new(given, "params", problems));
    // The last of them counts, and what does not count must be right all the same.
    let (mut duration, mut interval, mut sensors) = (None, None, None);
    for object in inner.iter().chain([&outer]) {
        let seconds = object.seconds("duration", &limits::DURATION_SECONDS, problems);
        duration = seconds.or(duration);
        let seconds = object.seconds("interval", &limits::INTERVAL_SECONDS, problems);
        interval = seconds.or(interval);
        sensors = sensor_ids(object, problems).or(sensors);
    }
    let duration = duration.unwrap_or(limits::DEFAULT_DURATION_SECONDS);
    let interval = interval.unwrap_or(limits::DEFAULT_INTERVAL_SECONDS);
    let sensors = sensors.unwrap_or_default();
    params.insert("sensorIds".into(), sensors.into());
    params.insert("duration".into(), duration.into());
    params.insert("interval".into(), interval.into());
    Some(StartRequest {
        duration,
        interval,
        params,
    })
}

fn sensor_ids(object: &Object<'_>, problems: &mut Problems) -> Option<Vec<String>> {
    let field = object.field("sensorIds");
    let value = object.get("sensorIds")?;
    let (fewest, most) = (limits::SENSORS.start(), limits::SENSORS.end());
    let Some(list) = value
        .as_array()
        .filter(|list| limits::SENSORS.contains(&list.len()))
    else {
        problems.add(
            field,
            format!("must be a list of {fewest} to {most} sensor ids"),
        );
        return None;
    };
    let mut ids: Vec<String> = Vec::with_capacity(list.len());
    for (n, value) in list.iter().enumerate() {
        let field = format!("{field}[{n}]");
        match sensor_id(value, field.clone(), problems) {
            Some(id) if ids.contains(&id) => problems.add(field, format!("must not repeat {id}")),
            Some(id) => ids.push(id),
            None => {}
        }
    }
    Some(ids)
}

#[cfg(test)]
#[expect(
    clippy::needless_pass_by_value,
    reason = "json! literals read best as arguments"
)]
mod tests {
    use super::*;
    use serde_json::json;

    fn start(body: Value) -> StartRequest {
        StartRequest::from_body(Some(&body)).unwrap()
    }

    fn fields(body: Value) -> Vec<String> {
        match StartRequest::from_body(Some(&body)) {
            Err(problems) => {
                let problems = problems.0.into_iter();
                problems.map(|problem| problem.field).collect()
            }
            other => panic!("{body} gave {other:?}"),
        }
    }

    #[test]
    fn takes_the_frontends_shape() {
        let request =
            start(json!({"sensorIds": ["sensor-1", "sensor-2"], "duration": 2, "interval": 1}));
        assert_eq!((request.duration, request.interval), (2, 1));
        assert_eq!(
            Value::Object(request.params),
            json!({"sensorIds": ["sensor-1", "sensor-2"], "duration": 2, "interval": 1})
        );
    }

    #[test]
    fn takes_params_and_keeps_what_else_is_in_them() {
        let request =
            start(json!({"params": {"duration": 7.2, "place": {"room": "attic"}, "scale": 1.0}}));
        assert_eq!((request.duration, request.interval), (8, 5));
        assert_eq!(
            Value::Object(request.params),
            json!({"sensorIds": [], "duration": 8, "interval": 5, "place": {"room": "attic"}, "scale": 1})
        );
    }

    #[test]
    fn takes_nothing_and_an_empty_object() {
        for body in [None, Some(json!({})), Some(json!({"params": null}))] {
            let request = StartRequest::from_body(body.as_ref()).unwrap();
            assert_eq!((request.duration, request.interval), (60, 5));
        }
    }

    #[test]
    fn rounds_seconds_up() {
        assert_eq!(start(json!({"duration": 0.2})).duration, 1);
        assert_eq!(start(json!({"duration": 86_399.5})).duration, 86_400);
    }

    #[test]
    fn names_every_bad_field() {
        let body = json!({"duration": 86_400.5, "interval": "1 s", "sensorIds": ["ok", "", "a\nb", "ok", 7]});
        assert_eq!(
            fields(body),
            [
                "duration",
                "interval",
                "sensorIds[1]",
                "sensorIds[2]",
                "sensorIds[3]",
                "sensorIds[4]"
            ]
        );
        assert_eq!(
            fields(json!({"params": {"duration": -1, "sensorIds": []}})),
            ["params.duration", "params.sensorIds"]
        );
        assert_eq!(
            fields(json!({"duration": 5, "params": {"duration": -1}})),
            ["params.duration"]
        );
        assert_eq!(fields(json!({"duration": 0})), ["duration"]);
        assert_eq!(fields(json!({"duration": 1e300})), ["duration"]);
        assert_eq!(fields(json!([])), ["body"]);
        assert_eq!(fields(json!({"params": []})), ["params"]);
        assert_eq!(fields(json!({"sensorIds": vec!["a"; 101]})), ["sensorIds"]);
    }

    #[test]
    fn bounds_params() {
        let long = "x".repeat(1_001);
        assert_eq!(fields(json!({"params": {"text": long}})), ["params.text"]);
        assert_eq!(fields(json!({"params": {"n": 1e300}})), ["params.n"]);
        assert_eq!(
            fields(json!({"params": {"n": [1, 1e-300]}})),
            ["params.n[1]"]
        );
        assert_eq!(fields(json!({"params": {"": 1}})), ["params"]);
        assert_eq!(
            fields(json!({"params": {"list": vec![0; 101]}})),
            ["params.list"]
        );
        let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(
            fields(json!({"params": {"a": nested(31)}})),
            [format!("params.a{}", "[0]".repeat(30))]
        );
        start(json!({"params": {"a": nested(30)}}));
        let wide: Map<String, Value> = (0..60)
            .map(|n| (n.to_string(), "x".repeat(100).into()))
            .collect();
        assert_eq!(fields(json!({"params": wide})), ["params"]);
    }
}
