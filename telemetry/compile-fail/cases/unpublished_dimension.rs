use telemetry::{
    Declared, Labels, Metric, PublishedBy,
    catalogue::{REQUEST_DURATION, RunOutcome, Route},
};

fn query<K, M: Declared + PublishedBy<L>, L: Labels>(_metric: Metric<K, M>, _by: L) {}

fn main() {
    query(REQUEST_DURATION, Route::StartRun);
    query(REQUEST_DURATION, ());
    query(REQUEST_DURATION, RunOutcome::Failed);
}
