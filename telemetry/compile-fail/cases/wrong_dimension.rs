use telemetry::catalogue::{REQUEST, RUN_STARTED, RunOutcome, Route};

fn main() {
    REQUEST.increment(RunOutcome::Failed);
    REQUEST.increment(());
    RUN_STARTED.increment(Route::StartRun);
}
