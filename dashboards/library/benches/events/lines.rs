//! Events of a busy system, as lines; benchmarks of the whole system fill a server with them.

use std::fmt::Write as _;

use catalogue::{
    DYNAMODB_REQUEST_DURATION, REQUEST_DURATION, REQUEST_ERROR, RUN_DURATION, RUN_STARTED,
    SENSOR_DATA_INGESTED, TEMPERATURE,
};
use dashboards::view::TimeRange;
use fastrand::Rng;
use telemetry::Definition;

/// How many there are, spread evenly over a time range.
pub(crate) const EVENTS: usize = 1_000_000;

/// The line of a request as the functions write it: nine of ten ingest a reading of one
/// of 300 runs and 20 sensors, the others look at runs, and one in a hundred starts or
/// ends one; one in five hundred fails.
pub(crate) fn line(number: usize, environment: &str, range: TimeRange, random: &mut Rng) -> String {
    let length = usize::try_from(range.end - range.start).expect("positive");
    let at = range.start * 1_000 + i64::try_from(number * length * 1_000 / EVENTS).expect("small");
    let directive = |dimensions, metrics: &[_]| directive(environment, dimensions, metrics);
    let run = number * 300 / EVENTS;
    let failed = random.usize(..500) == 0;
    let kind = random.usize(..100);
    let duration = 2.0 + 6.0 * random.f64().powi(4) * 8.0;
    let (function, route, own) = match kind {
        0 => (
            "run-api",
            "POST /api/runs/start",
            Some((RUN_STARTED.definition(), 1.0)),
        ),
        1 => (
            "run-api",
            "POST /api/runs/{id}/finish",
            Some((RUN_DURATION.definition(), 60.0)),
        ),
        2..10 => ("run-api", "GET /api/runs/running", None),
        _ => ("sensor-api", "POST /api/sensors/data", None),
    };
    let mut totals = vec![DYNAMODB_REQUEST_DURATION.definition()];
    let mut members = String::new();
    if kind >= 10 && !failed {
        totals.extend([SENSOR_DATA_INGESTED.definition(), TEMPERATURE.definition()]);
        let temperature = f64::from(random.u16(1_800..2_700)) / 100.0;
        let sensor = random.u8(..20);
        let _ = write!(
            members,
            r#","{}":1,"{}":{temperature},"sensor_id":"sensor-{sensor}""#,
            SENSOR_DATA_INGESTED.name(),
            TEMPERATURE.name(),
        );
    }
    if let Some((metric, value)) = own {
        totals.push(metric);
        let _ = write!(members, r#","{}":{value}"#, metric.name);
    }
    if failed {
        members.push_str(r#","error":"unavailable""#);
    }
    let (error, status) = if failed { (1, 503) } else { (0, 201) };
    format!(
        concat!(
            r#"{{"_aws":{{"Timestamp":{at},"CloudWatchMetrics":["#,
            r#"{totals},{requests}]}},"Route":"{route}","#,
            r#""{call_duration}":{dynamo}{members},"#,
            r#""{request_error}":{error},"{request_duration}":{duration},"#,
            r#""function":"{function}","trace_id":"{trace:032x}","request_id":"{id:08x}-{b:04x}-4{c:03x}-8{c:03x}-{d:012x}","run_id":"9b2d2c9e-3a51-4e57-9d3c-{run:012x}","user":"user-{user}","status":{status}}}"#,
        ),
        at = at,
        function = function,
        totals = directive("[[]]", &totals),
        requests = directive(
            r#"[[],["Route"]]"#,
            &[REQUEST_ERROR.definition(), REQUEST_DURATION.definition(),],
        ),
        call_duration = DYNAMODB_REQUEST_DURATION.name(),
        request_error = REQUEST_ERROR.name(),
        request_duration = REQUEST_DURATION.name(),
        route = route,
        dynamo = duration * 0.6,
        members = members,
        error = error,
        duration = duration,
        trace = random.u128(..),
        id = random.u32(..),
        b = random.u16(..),
        c = random.u16(..4_096),
        d = random.u64(..1 << 48),
        run = run,
        user = run % 30,
        status = status,
    )
}

fn directive(environment: &str, dimensions: &str, metrics: &[&Definition]) -> String {
    let named = |metric: &&Definition| format!(r#"{{"Name":"{}"}}"#, metric.name);
    let metrics: Vec<String> = metrics.iter().map(named).collect();
    let metrics = metrics.join(",");
    format!(
        r#"{{"Namespace":"Sentori/{environment}","Dimensions":{dimensions},"Metrics":[{metrics}]}}"#
    )
}
