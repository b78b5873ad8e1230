use telemetry::{CatalogueEntry, Labels, Metric, PublishedBy};
use telemetry_compile_fail::{Ending, REQUEST_DURATION, Route};

fn query<K, M: CatalogueEntry + PublishedBy<L>, L: Labels>(_metric: Metric<K, M>, _by: L) {}

fn main() {
    query(REQUEST_DURATION, Route::PlaceOrder);
    query(REQUEST_DURATION, ());
    query(REQUEST_DURATION, Ending::Cancelled);
}
