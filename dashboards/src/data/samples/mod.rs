//! Plausible events, for previews without a system that runs: the same for the same seed.

mod curves;

use super::{Events, Limits, period};
use crate::model::{Dashboard, Library};
use crate::view::TimeRange;

/// Events of a time range: each metric of the catalogue and of AWS in the shape that its
/// [`Sample`](telemetry::Sample) describes, and, if log queries ask for them, the library's
/// [own events](Library::samples).
///
/// Metrics have a point in each [`period`](super::period) of the range.
pub fn samples(library: &Library, range: TimeRange, seed: u64) -> Events {
    let environment = library.deployment.environments.first().copied();
    let limits = Limits::default();
    let mut events = Events::new(library.deployment, environment.unwrap_or_default(), limits);
    let step = i64::from(period(range).as_seconds());
    for metric in library.catalogue.metrics.iter().chain(&library.published) {
        curves::draw(metric, &mut events, range, step, seed);
    }
    if library.dashboards.iter().any(Dashboard::scans_logs) {
        let namespace = events.scope.namespace(telemetry::Namespace::Application);
        let mut made = (library.samples)(range.start..range.end, seed);
        made.retain(|event| (range.start * 1_000..range.end * 1_000).contains(&event.at));
        made.sort_by_key(|event| event.at);
        for event in made {
            // What is made up is well formed: there is no line to complain about.
            let _ = events.record(event.line(&namespace).as_bytes());
        }
    }
    events
}
