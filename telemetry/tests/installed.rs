//! What is recorded outside any scope. One test: a process installs metrics once.

use telemetry::{
    AlreadyInstalled, ApplicationNamespace, Destination, Lines, Metrics,
    catalogue::{RUN_STARTED, SENSOR_ID, TEMPERATURE, USER},
    event,
};

#[tokio::test]
async fn recordings_outside_a_scope_are_events_of_their_own() {
    RUN_STARTED.increment(()); // before anything is installed: nowhere to go
    let lines = Lines::default();
    let metrics = Metrics::builder(ApplicationNamespace::of_environment("test").unwrap())
        .emf(Destination::lines(&lines))
        .build()
        .unwrap();
    metrics.clone().install().unwrap();
    assert_eq!(metrics.install(), Err(AlreadyInstalled));

    USER.set("nobody");
    RUN_STARTED.increment(());
    tokio::spawn(async { RUN_STARTED.increment(()) })
        .await
        .unwrap();
    event::each([1.0, 2.0], |value| {
        SENSOR_ID.set("s");
        TEMPERATURE.record(value, ());
    });
    event::scope(async { RUN_STARTED.increment(()) }).await;

    let lines = lines.json();
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line.get("user").is_none()));
    assert_eq!(lines[3]["sensor_id"], "s");
}
