//! Simulation runs and what went wrong between them, for previews.

use std::f64::consts::PI;
use std::ops::Range;

use catalogue::{
    Quantity, REQUEST_DURATION, RUN_COMPLETED, RUN_DURATION, RUN_ID, RUN_STARTED, Route,
    RunOutcome, SENSOR_DATA_INGESTED, SENSOR_ID, Service, TEMPERATURE_AVG, USER,
};
use fastrand::Rng;
use telemetry::Dimension as _;
use telemetry::property::{
    DYNAMODB_THROTTLE_REASON, DYNAMODB_THROTTLE_RESOURCE, ERROR, FUNCTION, REQUEST_ID, STATUS,
    TRACE_ID,
};

use dashboards::model::SampleEvent;

const RUNS: i64 = 24;
const USERS: [&str; 3] = ["ada", "grace", "linus"];
const SENSORS: [&str; 3] = ["sensor-1", "sensor-2", "sensor-3"];
/// Seconds between the readings of a sensor.
const INTERVAL: usize = 10;
/// Seconds from the start of a run to its end.
const DURATION: std::ops::RangeInclusive<i64> = 120..=900;
/// One run in so many fails; before it, requests could not reach the table.
const FAILURES: i64 = 6;

/// The events of runs that are spread over the range.
pub(crate) fn events(range: Range<i64>, seed: u64) -> Vec<SampleEvent> {
    let random = &mut Rng::with_seed(seed);
    let apart = (range.end - range.start) / RUNS;
    let mut events = Vec::new();
    for number in 0..RUNS {
        let start = range.start + number * apart + random.i64(0..=apart / 4);
        let mut run = Run {
            id: uuid(random),
            user: USERS[random.usize(..USERS.len())],
            start,
            end: start + random.i64(DURATION),
            random,
        };
        if number % FAILURES == FAILURES / 2 {
            events.extend([run.unavailable(), run.unavailable()]);
            events.extend(run.readings());
            events.extend([run.started(), run.ended(RunOutcome::Failed), run.late()]);
        } else {
            events.extend(run.readings());
            events.extend([run.started(), run.ended(RunOutcome::Completed)]);
        }
    }
    events
}

/// A run; times are in seconds since 1970.
struct Run<'a> {
    id: String,
    user: &'static str,
    start: i64,
    end: i64,
    random: &'a mut Rng,
}

impl Run<'_> {
    /// An event of a request of this run's user.
    fn request(&mut self, second: i64, route: Route, status: u16) -> SampleEvent {
        let trace = uuid(self.random).replace('-', "");
        let function = match route {
            Route::IngestReadings => Service::SensorApi,
            _ => Service::RunApi,
        };
        SampleEvent::new(second * 1_000 + self.random.i64(0..1_000))
            .dimension(route)
            .property(FUNCTION, function.value())
            .property(TRACE_ID, trace)
            .property(REQUEST_ID, uuid(self.random))
            .property(USER, self.user)
            .property(STATUS, status)
            .observe(
                REQUEST_DURATION.definition(),
                5.0 + 20.0 * self.random.f64(),
            )
    }

    /// A reading that came after the run's end.
    fn late(&mut self) -> SampleEvent {
        self.request(self.end + 1, Route::IngestReadings, 409)
            .property(RUN_ID, self.id.as_str())
            .property(ERROR, "run_not_running")
    }

    fn unavailable(&mut self) -> SampleEvent {
        let second = self.start - self.random.i64(1..60);
        self.request(second, Route::StartRun, 503)
            .property(ERROR, "unavailable")
            .property(
                DYNAMODB_THROTTLE_REASON,
                "TableWriteMaxOnDemandThroughputExceeded",
            )
            .property(DYNAMODB_THROTTLE_RESOURCE, "sentori-dev-runs")
    }

    fn started(&mut self) -> SampleEvent {
        self.request(self.start, Route::StartRun, 201)
            .property(RUN_ID, self.id.as_str())
            .observe(RUN_STARTED.definition(), 1.0)
    }

    fn ended(&mut self, outcome: RunOutcome) -> SampleEvent {
        let average = 22.0 + self.random.f64();
        self.request(self.end, Route::FinishRun, 200)
            .property(RUN_ID, self.id.as_str())
            .dimension(outcome)
            .observe(RUN_COMPLETED.definition(), 1.0)
            .observe(RUN_DURATION.definition(), real(self.end - self.start))
            .observe(TEMPERATURE_AVG.definition(), average)
    }

    /// Each sensor measures a wave of its own.
    fn readings(&mut self) -> Vec<SampleEvent> {
        let mut readings = Vec::new();
        for second in (self.start..self.end).step_by(INTERVAL) {
            for (sensor, level) in SENSORS.into_iter().zip([0.0, 1.0, 2.0]) {
                let wave = (PI * real(second - self.start) / 300.0 + level).sin();
                let mut reading = self
                    .request(second, Route::IngestReadings, 201)
                    .property(RUN_ID, self.id.as_str())
                    .property(SENSOR_ID, sensor)
                    .observe(SENSOR_DATA_INGESTED.definition(), 1.0);
                for quantity in Quantity::ALL {
                    let (low, high) = quantity.usual();
                    let swing = (high - low) / 6.0;
                    let value = f64::midpoint(low, high) + swing * (wave + level - 1.0);
                    let value = ((value + self.random.f64()) * 100.0).round() / 100.0;
                    reading = reading.observe(quantity.definition(), value);
                }
                readings.push(reading);
            }
        }
        readings
    }
}

/// A random UUID of version 4.
fn uuid(random: &mut Rng) -> String {
    let bits = random.u128(..);
    let hex = format!("{bits:032x}");
    let (variant, version) = (8 + random.u8(..4), 4);
    format!(
        "{}-{}-{version}{}-{variant:x}{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a run")]
fn real(seconds: i64) -> f64 {
    seconds as f64
}
