use telemetry_compile_fail::{ORDER_PLACED, TEMPERATURE};

fn main() {
    ORDER_PLACED.record(1.0, ());
    TEMPERATURE.increment(());
}
