//! One event per scope: when it is written, and what it holds.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod lines;
mod tasks;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use shop::{
    CUSTOMER, DELIVERY_DURATION, ORDER_ID, ORDER_PLACED, ORDERS_OPEN, PARCEL_ID, PARCELS,
    REQUEST_DURATION, REQUEST_ERROR, Route, TEMPERATURE, process,
};
use telemetry::{
    Destination, Dimension, Lines, Metrics, event,
    property::{ERROR, STATUS},
    task::{in_current_context, with_current_context},
};

fn metrics() -> (Metrics, Lines) {
    let lines = Lines::default();
    (process::metrics(&lines), lines)
}

/// The metric members of a line.
fn values(line: &Value) -> Value {
    let mut found = serde_json::Map::new();
    for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
        for metric in directive["Metrics"].as_array().unwrap() {
            let name = metric["Name"].as_str().unwrap();
            found.insert(name.to_owned(), line[name].clone());
        }
    }
    found.into()
}

#[tokio::test]
async fn a_scope_is_one_event() {
    let (metrics, lines) = metrics();
    metrics
        .scope(async {
            CUSTOMER.set("a \"quoted\"\nname");
            ORDER_PLACED.increment(());
            tokio::task::yield_now().await;
            ORDERS_OPEN.set(2.0, ());
            REQUEST_DURATION.record(6.25, Route::PlaceOrder);
            STATUS.set(201);
        })
        .await;
    let [line] = lines.json().try_into().unwrap();
    assert!(line["_aws"]["Timestamp"].is_i64());
    assert_eq!(
        line["_aws"]["CloudWatchMetrics"],
        json!([
            {"Namespace": "Shop/test", "Dimensions": [[]], "Metrics": [
                {"Name": "order_placed"}, {"Name": "orders_open"},
            ]},
            {"Namespace": "Shop/test", "Dimensions": [[], ["Route"]], "Metrics": [
                {"Name": "request_duration"},
            ]},
        ])
    );
    assert_eq!(line["Route"], "POST /orders");
    assert_eq!(
        values(&line),
        json!({"order_placed": 1, "orders_open": 2, "request_duration": 6.25})
    );
    assert_eq!(line["customer"], "a \"quoted\"\nname");
    assert_eq!(line["status"], 201);
    assert!(line.get("outcome").is_none());
}

#[tokio::test]
async fn an_event_is_written_when_its_future_fails_panics_or_is_dropped() {
    let (metrics, lines) = metrics();
    let failed: Result<(), &str> = metrics
        .scope(async {
            ORDER_PLACED.increment(());
            Err("no")
        })
        .await;
    assert!(failed.is_err());

    let panicking = metrics.clone();
    let task = tokio::spawn(async move {
        let scope = panicking.scope(async {
            ORDER_PLACED.increment(());
            panic!("on purpose");
        });
        scope.await;
    });
    assert!(task.await.unwrap_err().is_panic());

    let mut dropped = Box::pin(metrics.scope(async {
        ORDER_PLACED.increment(());
        std::future::pending::<()>().await;
    }));
    assert!(futures_poll(dropped.as_mut()).is_pending());
    drop(dropped);

    let lines = lines.json();
    let outcomes: Vec<&Value> = lines.iter().map(|line| &line["outcome"]).collect();
    assert_eq!(
        outcomes,
        [&Value::Null, &json!("panic"), &json!("cancelled")]
    );
    assert!(lines.iter().all(|line| line["order_placed"] == 1));
}

fn futures_poll<F: Future>(future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

#[tokio::test]
async fn what_is_recorded_while_a_future_is_dropped_is_kept() {
    struct OnDrop;
    impl Drop for OnDrop {
        fn drop(&mut self) {
            ORDER_PLACED.increment(());
        }
    }
    let (metrics, lines) = metrics();
    let mut dropped = Box::pin(metrics.scope(async {
        let _guard = OnDrop;
        std::future::pending::<()>().await;
    }));
    assert!(futures_poll(dropped.as_mut()).is_pending());
    drop(dropped);
    assert_eq!(lines.json()[0]["order_placed"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_events_are_kept_apart() {
    let (metrics, lines) = metrics();
    let barrier = Arc::new(tokio::sync::Barrier::new(16));
    let tasks = (0..16u16).map(|number| {
        let (metrics, barrier) = (metrics.clone(), barrier.clone());
        tokio::spawn(async move {
            let recording = async {
                ORDER_ID.set(format!("run-{number}"));
                barrier.wait().await;
                TEMPERATURE.record(number.into(), ());
                barrier.wait().await;
                STATUS.set(number);
            };
            metrics.scope(recording).await;
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let lines = lines.json();
    assert_eq!(lines.len(), 16);
    for line in lines {
        assert_eq!(line["order_id"], format!("run-{}", line["temperature"]));
        assert_eq!(line["status"], line["temperature"]);
    }
}

#[test]
fn properties_do_not_leak_into_the_next_event() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        CUSTOMER.set("ada");
        ORDER_PLACED.increment(());
    });
    metrics.in_scope(|| ORDER_PLACED.increment(()));
    assert_eq!(lines.json()[0]["customer"], "ada");
    assert!(lines.json()[1].get("customer").is_none());
}

#[test]
fn a_flushed_event_continues_in_another_line() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        CUSTOMER.set("ada");
        ORDER_PLACED.increment(());
        event::flush();
        assert_eq!(lines.json().len(), 1);
        event::flush();
        REQUEST_ERROR.increment(Route::PlaceOrder);
        STATUS.set(503);
    });
    let [first, second] = lines.json().try_into().unwrap();
    assert_eq!(first["outcome"], "deadline");
    assert_eq!(values(&first), json!({"order_placed": 1}));
    assert_eq!(values(&second), json!({"request_error": 1}));
    assert_eq!(
        (&second["customer"], &second["status"]),
        (&json!("ada"), &json!(503))
    );
    assert_eq!(second["continuation"], 1);
}

#[test]
fn an_event_is_in_the_namespace_of_its_metrics_whoever_recorded_the_same_before() {
    for environment in ["test", "other", "test"] {
        let lines = Lines::default();
        let metrics = Metrics::builder(shop::namespace(environment));
        let metrics = metrics.emf(Destination::lines(&lines)).build().unwrap();
        metrics.in_scope(|| ORDER_PLACED.increment(()));
        assert_eq!(
            lines.json()[0]["_aws"]["CloudWatchMetrics"][0]["Namespace"],
            format!("Shop/{environment}")
        );
    }
}

#[test]
fn values_that_are_not_numbers_are_counted_and_left_out() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        TEMPERATURE.record(f64::NAN, ());
        TEMPERATURE.record(f64::INFINITY, ());
        TEMPERATURE.record(f64::MAX, ());
        TEMPERATURE.record(21.0, ());
    });
    metrics.in_scope(|| TEMPERATURE.record(f64::NEG_INFINITY, ()));
    let [some, none] = lines.json().try_into().unwrap();
    assert_eq!(
        (&some["temperature"], &some["invalid_values"]),
        (&json!(21), &json!(3))
    );
    assert_eq!(none["invalid_values"], 1);
    assert!(none.get("_aws").is_none());
}

#[test]
fn nested_scopes_are_events_of_their_own_with_the_ids_of_the_enclosing_one() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        CUSTOMER.set("ada");
        ORDER_PLACED.increment(());
        event::in_scope(|| {
            ORDER_ID.set("r");
            REQUEST_ERROR.increment(Route::PlaceOrder);
        });
    });
    let [inner, outer] = lines.json().try_into().unwrap();
    assert_eq!(values(&inner), json!({"request_error": 1}));
    assert_eq!(
        (&inner["customer"], &inner["order_id"]),
        (&json!("ada"), &json!("r"))
    );
    assert_eq!(values(&outer), json!({"order_placed": 1}));
    assert_eq!(
        (&outer["customer"], outer.get("order_id")),
        (&json!("ada"), None)
    );
}

#[test]
fn nothing_recorded_is_nothing_written() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| CUSTOMER.set("ada"));
    assert_eq!(lines.text(), "");
}

#[test]
fn what_went_wrong_is_written_though_nothing_was_measured() {
    let (metrics, lines) = metrics();
    let failing = || {
        CUSTOMER.set("ada");
        ERROR.set("unreadable");
    };
    metrics.in_scope(failing);
    let panicking = || {
        metrics.in_scope(|| {
            CUSTOMER.set("ada");
            panic!("on purpose");
        })
    };
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panicking)).is_err());
    metrics.in_scope(|| {
        CUSTOMER.set("ada");
        event::flush();
        event::flush();
        ERROR.set("late");
    });
    // Told once, by the line that has the metrics.
    metrics.in_scope(|| {
        failing();
        ORDER_PLACED.increment(());
        event::flush();
    });
    let [failed, panicked, hanging, told] = lines.json().try_into().unwrap();
    assert!(failed["timestamp"].is_i64() && failed.get("_aws").is_none());
    assert_eq!(
        (&failed["customer"], &failed["error"]),
        (&json!("ada"), &json!("unreadable"))
    );
    assert_eq!(
        (&panicked["customer"], &panicked["outcome"]),
        (&json!("ada"), &json!("panic"))
    );
    assert_eq!(hanging["outcome"], "deadline");
    assert_eq!(
        (&told["error"], &told["order_placed"]),
        (&json!("unreadable"), &json!(1))
    );
}

#[test]
fn a_duration_is_recorded_in_the_unit_of_its_metric() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        let taken = Duration::from_micros(1_500_250);
        REQUEST_DURATION.record_duration(taken, Route::PlaceOrder);
        DELIVERY_DURATION.record_duration(taken, ());
    });
    let [line] = lines.json().try_into().unwrap();
    assert_eq!(
        (&line["request_duration"], &line["delivery_duration"]),
        (&json!(1500.25), &json!(1.50025))
    );
}

#[test]
fn a_property_may_be_any_whole_number() {
    let (metrics, lines) = metrics();
    for number in [7, u64::MAX] {
        metrics.in_scope(|| {
            ORDER_ID.set(number);
            PARCEL_ID.set(3_usize);
            ORDER_PLACED.increment(());
        });
    }
    let [small, large] = lines.json().try_into().unwrap();
    assert_eq!(
        (&small["order_id"], &small["parcel_id"]),
        (&json!(7), &json!(3))
    );
    assert_eq!(large["order_id"], u64::MAX.to_string());
}
