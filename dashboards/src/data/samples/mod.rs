//! Plausible events, for previews without a system that runs: the same for the same seed.

mod curves;
mod line;
mod runs;

use super::{Events, Limits, period};
use crate::aws;
use crate::model::{Dashboard, Library};
use crate::view::TimeRange;

/// Events of a time range: each metric of the catalogue and of AWS in the shape that its
/// [`Sample`](telemetry::Sample) describes, and, if log queries ask for them, the events
/// of some simulation runs.
///
/// Metrics have a point in each [`period`](super::period) of the range.
pub fn samples(library: &Library, range: TimeRange, seed: u64) -> Events {
    let environment = library.deployment.environments.first().copied();
    let limits = Limits::default();
    let mut events = Events::new(library.deployment, environment.unwrap_or_default(), limits);
    let step = i64::from(period(range).as_seconds());
    for metric in library.catalogue.iter().copied().chain(aws::all()) {
        curves::draw(metric, &mut events, range, step, seed);
    }
    if library.dashboards.iter().any(Dashboard::scans_logs) {
        let namespace = events.scope.namespace(telemetry::Namespace::Application);
        let mut random = fastrand::Rng::with_seed(seed);
        for line in runs::lines(&namespace, range, &mut random) {
            // It is made here, and a test shows that it is well formed.
            let _ = events.record(line.as_bytes());
        }
    }
    events
}
