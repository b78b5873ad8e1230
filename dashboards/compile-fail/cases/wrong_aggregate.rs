use dashboards::model::Narrow;
use catalogue::{REQUEST, RUNS_ACTIVE, TEMPERATURE};

fn main() {
    REQUEST.total().percentile(99.0);
    RUNS_ACTIVE.total().rate();
    RUNS_ACTIVE.total().sum();
    RUNS_ACTIVE.total().percentile(99.0);
    TEMPERATURE.total().rate();
    REQUEST.total().average();
}
