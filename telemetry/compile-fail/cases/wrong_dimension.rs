use telemetry_compile_fail::{REQUEST_ERROR, ORDER_PLACED, Ending, Route};

fn main() {
    REQUEST_ERROR.increment(Ending::Cancelled);
    REQUEST_ERROR.increment(());
    ORDER_PLACED.increment(Route::PlaceOrder);
}
