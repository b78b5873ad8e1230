use dashboards::model::Narrow;
use telemetry::catalogue::{REQUEST, RUNS_ACTIVE, TEMPERATURE};

fn main() {
    REQUEST.total().percentile(99.0);
    RUNS_ACTIVE.total().rate();
    TEMPERATURE.total().rate();
}
