//! What is recorded outside any scope. One test: a process installs metrics once.

use shop::{CUSTOMER, ORDER_PLACED, PARCEL_ID, PARCELS, TEMPERATURE};
use telemetry::{AlreadyInstalled, Destination, Lines, Metrics, event};

#[tokio::test]
async fn recordings_outside_a_scope_are_events_of_their_own() {
    ORDER_PLACED.increment(()); // before anything is installed: nowhere to go
    let lines = Lines::default();
    let metrics = Metrics::builder(shop::namespace("test"))
        .emf(Destination::lines(&lines))
        .build()
        .unwrap();
    metrics.clone().install().unwrap();
    assert_eq!(metrics.install(), Err(AlreadyInstalled));

    CUSTOMER.set("nobody");
    ORDER_PLACED.increment(());
    tokio::spawn(async { ORDER_PLACED.increment(()) })
        .await
        .unwrap();
    event::each(PARCELS, [1.0, 2.0], |value| {
        PARCEL_ID.set("s");
        TEMPERATURE.record(value, ());
    });
    event::scope(async { ORDER_PLACED.increment(()) }).await;

    let lines = lines.json();
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|line| line.get("customer").is_none()));
    let listed = r#"[{"parcel_id":"s","temperature":1},{"parcel_id":"s","temperature":2}]"#;
    assert_eq!(lines[2]["parcels"], listed);
}
