use telemetry_compile_fail::{REQUEST, ORDER_PLACED, Ending, Route};

fn main() {
    REQUEST.increment(Ending::Cancelled);
    REQUEST.increment(());
    ORDER_PLACED.increment(Route::PlaceOrder);
}
