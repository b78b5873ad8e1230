use telemetry::catalogue::{RUN_STARTED, TEMPERATURE};

fn main() {
    RUN_STARTED.record(1.0, ());
    TEMPERATURE.increment(());
}
