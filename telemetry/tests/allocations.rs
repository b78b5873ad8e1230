//! Recording and writing an event takes no memory beyond what the first ones took.

use shop::{
    CUSTOMER, ORDER_ID, PARCEL_ID, PARCELS, REQUEST_DURATION, REQUEST_ERROR, Route, TEMPERATURE,
};
use telemetry::{Destination, Metrics, event, property::STATUS};

#[test]
fn an_event_allocates_nothing() {
    let namespace = shop::namespace("test");
    let metrics = Metrics::builder(namespace)
        .emf(Destination::writer("nowhere", std::io::sink()))
        .build()
        .unwrap();
    let invocation = || {
        metrics.in_scope(|| {
            ORDER_ID.set("9b2d2c9e-3a51-4e57-9d3c-0d7f2c4f6a11");
            CUSTOMER.set("a \"quoted\" name");
            TEMPERATURE.record(21.125, ());
            TEMPERATURE.record(21.25, ());
            REQUEST_ERROR.increment(Route::PickOrders);
            REQUEST_DURATION.record(6.5, Route::PickOrders);
            STATUS.set(201);
            event::each(PARCELS, [20.5, 21.5], |temperature| {
                PARCEL_ID.set("a \"quoted\" one");
                TEMPERATURE.record(temperature, ());
            });
        });
    };
    invocation();
    let allocations = allocation_counter::measure(|| (0..100).for_each(|_| invocation()));
    assert_eq!(allocations.count_total, 0);
}
