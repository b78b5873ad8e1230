//! What Sentori takes of AWS, as it was measured (BENCHMARKS.md).

use catalogue::{Route, Service};
use dashboards::model::Workload;
use telemetry::Dimension as _;

/// Routes beside that of the readings and what is no route; API Gateway throttles each by itself.
pub const OTHER_ROUTES: usize = Route::DEFINITION.values.len() - 2;
/// Bytes of a reading in the table, and as many in each index.
pub(crate) const READING_BYTES: f64 = 250.0;
/// Bytes that each further reading of a batch adds to its event.
pub const LISTED_BYTES: f64 = 48.0;

/// The share of each function's requests that is traced, unless Terraform is told others.
pub const TRACED: [(Service, f64); 2] = [(Service::RunApi, 0.05), (Service::SensorApi, 0.005)];

/// A reading is a request of its own; polling, starting and finishing add a tenth. The tick
/// runs once a minute and writes `runs_active`, `runs_available`,
/// `sensor_data_due`, `heartbeat` and the duration of its reads. A reading is below 1 KB on the table and on two indexes.
pub const WORKLOAD: Workload = Workload {
    units: "readings",
    requests: 1.1,
    ticks: 43_200.0,
    tick_metrics: 5,
    seconds: 0.010,
    gigabytes: 0.5,
    writes: 3.0,
    reads: 4.0,
    log_bytes: 450.0,
    units_logged_by: Some(Service::DEFINITION.values[Service::SensorApi as usize]),
    access_log_bytes: 49.0,
    traced: (0.1 * TRACED[0].1 + TRACED[1].1) / 1.1,
};
