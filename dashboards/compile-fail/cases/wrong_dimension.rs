use dashboards::model::{Narrow, Panel};
use catalogue::{COLD_START, REQUEST, RunOutcome};

fn main() {
    Panel::time_series("Requests").draw("", REQUEST.by::<RunOutcome>().sum());
    Panel::time_series("Failed requests").draw("", REQUEST.of(RunOutcome::Failed).sum());
    Panel::time_series("Cold starts").draw("all", COLD_START.total().sum());
}
