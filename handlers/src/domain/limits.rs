//! Every limit on what a client may send, in one place; that of a measurement is its quantity's.
//!
//! The numbers are wide enough for any simulation and small enough that one request cannot
//! hurt: a run stays far below DynamoDB's 400 KB item, the longest list below
//! Lambda's 6 MB answer.

use std::{ops::RangeInclusive, time::Duration};

/// Length of a run, in seconds.
pub const DURATION_SECONDS: RangeInclusive<u32> = 1..=86_400;
/// Duration of a run that names none, in seconds.
pub const DEFAULT_DURATION_SECONDS: u32 = 60;
/// Time between two readings of a sensor, in seconds.
pub const INTERVAL_SECONDS: RangeInclusive<u32> = 1..=3_600;
/// Interval of a run that names none, in seconds.
pub const DEFAULT_INTERVAL_SECONDS: u32 = 5;
/// Intervals for which a run may be silent, if that is longer than [`SILENCE`].
pub const SILENT_INTERVALS: u32 = 4;
/// Time for which any run may be silent: a browser lets the timers of a hidden page run once a
/// minute, so this is five of them.
pub const SILENCE: Duration = Duration::from_secs(300);
/// Time between two renewals of a run's lease.
pub const RENEWAL: Duration = Duration::from_secs(60);
/// Sensors of a run, when it lists them.
pub const SENSORS: RangeInclusive<usize> = 1..=100;
/// Characters of the name of a user and of the id of a sensor.
pub const NAME_LENGTH: RangeInclusive<usize> = 1..=64;
/// Characters of an idempotency key.
pub const IDEMPOTENCY_KEY_LENGTH: RangeInclusive<usize> = 1..=255;
/// Time after which an idempotency key starts another run.
pub const IDEMPOTENCY_KEY_LASTS: Duration = Duration::from_secs(86_400);
/// Characters of an error message.
pub const ERROR_MESSAGE_LENGTH: usize = 1_000;

/// Levels of objects and lists within `params`: DynamoDB holds 32, of which the item is one.
pub const PARAMS_DEPTH: usize = 31;
/// Bytes of `params`, as compact JSON.
pub const PARAMS_BYTES: usize = 4_096;
/// Members of one object and items of one list within `params`.
pub const PARAMS_MEMBERS: usize = 100;
/// Characters of a string or a member's name within `params`.
pub const PARAMS_STRING_LENGTH: usize = 1_000;
/// Largest magnitude of a number within `params`; its inverse is the smallest but zero.
/// DynamoDB's numbers reach further, to 10^125, but not as far as a double.
pub const PARAMS_MAGNITUDE: f64 = 1e15;

/// Smallest magnitude of a measurement that is not zero: below it, DynamoDB refuses a number.
pub const SMALLEST: f64 = 1e-130;
/// Readings of one batch.
pub const BATCH: RangeInclusive<usize> = 1..=100;
/// How far a client's timestamp may lie in the past: CloudWatch takes no older events either.
pub const TIMESTAMP_AGE: Duration = Duration::from_secs(14 * 86_400);
/// How far a client's timestamp may lie ahead, for clocks that are a little fast.
pub const TIMESTAMP_AHEAD: Duration = Duration::from_secs(300);

/// Runs of a page; the second is what a request without `limit` gets.
pub const RUNS_PAGE: (RangeInclusive<usize>, usize) = (1..=100, 50);
/// Readings of a page; the second is what a request without `limit` gets.
pub const READINGS_PAGE: (RangeInclusive<usize>, usize) = (1..=1_000, 100);
/// Runs that `/api/runs/all` returns at most.
pub const ALL_RUNS: usize = 500;
/// Bytes that these runs may take within Lambda's answer, which is 6 MB at most and a JSON text
/// that holds the body as a string. The rest is for headers and the shape around it.
pub const ALL_RUNS_BYTES: usize = 5_500_000;

/// Bytes of a body sent to the run API.
pub const RUN_BODY_BYTES: usize = 64 * 1024;
/// Bytes of a body sent to the sensor API.
pub const SENSOR_BODY_BYTES: usize = 256 * 1024;
