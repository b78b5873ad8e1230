//! The local server shows the service that it is told, by that one's catalogue and library.

use dashboards::model::{
    Alarm, Dashboard, Deployment, Library, MissingData, Narrow, Panel, Threshold,
};
use sentori::metrics::{Emf, metrics};
use sentori::{Config, Fields, Observations, Subject};
use serde_json::Value;
use shop::{CUSTOMER, ORDER_ID, ORDER_PLACED, PARCEL_ID, PARCELS, REQUEST_DURATION, Route, SHOP};
use system_tests::FrontDoor;
use telemetry::property::REQUEST_ID;
use telemetry::{DashboardLink, Dimension as _};

/// A service with one dashboard and one alarm, as a console is to show it.
fn subject() -> Subject {
    let deployment = Deployment {
        namespace: "Shop",
        prefix: "shop",
        environments: &["dev"],
        resources: &[],
    };
    let orders = DashboardLink::new("shop-orders", "orders");
    let placed = || ORDER_PLACED.total().sum();
    let taken = Panel::time_series("Orders taken").draw("taken", placed());
    let none = Threshold::at_least(1.0);
    let alarm = Alarm::metric("orders-taken", placed(), none, MissingData::NotBreaching);
    let library = Library {
        dashboards: vec![Dashboard::new(orders, "Orders").row("Orders", [taken])],
        alarms: vec![alarm.ticket(orders, "Somebody orders.")],
        ..Library::new(deployment, SHOP)
    };
    Subject {
        library: library.into(),
        fields: Fields {
            duration: REQUEST_DURATION.definition().name,
            route: Route::DEFINITION.name,
            retries: shop::DYNAMODB_RETRY.definition().name,
            throttles: shop::DYNAMODB_THROTTLE.definition().name,
            user: CUSTOMER.name(),
            run: ORDER_ID.name(),
            sensor: PARCEL_ID.name(),
            readings: PARCELS.name(),
        },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_and_its_metrics_are_whosesoever_they_are_told() {
    let subject = subject();
    let (observed, feed) = Observations::start(&subject, "dev", None).unwrap();
    let metrics = metrics(&subject, "dev", &Emf::Off, std::io::sink(), feed.lines());
    let metrics = metrics.unwrap();
    metrics.in_scope(|| {
        REQUEST_ID.set("7");
        ORDER_ID.set("1017");
        ORDER_PLACED.increment(());
        REQUEST_DURATION.record(4.5, Route::PlaceOrder);
    });
    let door = FrontDoor::open(Config {
        metrics: Some(metrics),
        observed,
        ..Config::in_memory(&subject)
    })
    .await;
    let get = |path: &'static str| door.api().get(path).expect(200);
    let dashboards = get("/dashboards.json").await;
    let uids = dashboards["dashboards"].as_array().unwrap();
    let uids: Vec<&Value> = uids.iter().map(|one| &one["uid"]).collect();
    assert_eq!(uids, ["shop-orders"]);
    let orders = get("/d/shop-orders.json").await;
    assert_eq!(orders["panels"][0]["title"], "Orders taken");
    let alarms = get("/alarms.json").await.to_string();
    assert!(
        alarms.contains("orders-taken") && !alarms.contains("heartbeat"),
        "{alarms}"
    );
    let requests = get("/requests.json?run=1017").await;
    assert_eq!(
        requests["requests"][0]["route"], "POST /orders",
        "{requests}"
    );
    let page = door.api().get("/metrics").send().await.body;
    let page = String::from_utf8_lossy(&page);
    assert!(page.contains("\norder_placed_total 1\n"), "{page}");
    assert!(!page.contains("run_started"), "{page}");
    door.close().await;
}
