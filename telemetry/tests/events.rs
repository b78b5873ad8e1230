//! One event per scope: when it is written, and what it holds.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use shop::{
    CUSTOMER, DELIVERY_DURATION, ORDER_ID, ORDER_PLACED, ORDERS_OPEN, PARCEL_ID, REQUEST_DURATION,
    REQUEST_ERROR, Route, TEMPERATURE,
};
use telemetry::{
    Destination, Dimension, Lines, Metrics, event,
    property::{ERROR, STATUS},
    task::{in_current_context, with_current_context},
};

fn metrics() -> (Metrics, Lines) {
    let lines = Lines::default();
    let namespace = shop::namespace("test");
    let metrics = Metrics::builder(namespace)
        .emf(Destination::lines(&lines))
        .build()
        .unwrap();
    (metrics, lines)
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
fn each_item_of_a_batch_is_an_event() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        ORDER_ID.set("r");
        event::each([20.5, 21.5, 22.5], |temperature| {
            PARCEL_ID.set(format!("parcel-{temperature}"));
            if temperature > 21.0 {
                ERROR.set("warm");
            }
            TEMPERATURE.record(temperature, ());
        });
        REQUEST_ERROR.increment(Route::PickOrders);
        STATUS.set(201);
    });
    let lines = lines.json();
    let temperatures: Vec<&Value> = lines.iter().map(|line| &line["temperature"]).collect();
    assert_eq!(temperatures, [20.5, 21.5, 22.5].map(Value::from).each_ref());
    assert_eq!(
        values(&lines[0]),
        json!({"temperature": 20.5, "request_error": 1})
    );
    assert_eq!(values(&lines[1]), json!({"temperature": 21.5}));
    for line in &lines {
        assert_eq!(line["parcel_id"], format!("parcel-{}", line["temperature"]));
        assert_eq!(
            (&line["order_id"], &line["status"]),
            (&json!("r"), &json!(201))
        );
        assert!(line.get("continuation").is_none());
    }
    assert!(lines[0].get("error").is_none());
    assert_eq!(lines[2]["error"], "warm");
}

/// The encoder keeps openings of lines; a new one takes the place of the oldest.
#[test]
fn items_of_many_kinds_keep_their_own_dimensions() {
    let (metrics, lines) = metrics();
    let value = |route: &Route| Route::DEFINITION.values[route.index()];
    for kinds in 1..Route::ALL.len() {
        let (known, new) = (&Route::ALL[..kinds], Route::ALL[kinds]);
        let routes = [known, &[known[0], new, new]].concat();
        lines.clear();
        metrics.in_scope(|| event::each(&routes, |route| REQUEST_ERROR.increment(*route)));
        let expected: Vec<&str> = routes.iter().map(value).collect();
        let lines = lines.json();
        let written: Vec<&Value> = lines.iter().map(|line| &line["Route"]).collect();
        assert_eq!(written, expected);
    }
}

#[test]
fn a_panic_in_one_item_leaves_the_event_usable() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        let panicking = || {
            event::each([1.0, 2.0], |value| {
                TEMPERATURE.record(value, ());
                PARCEL_ID.set("s");
                assert!(value < 2.0, "on purpose");
            });
        };
        assert!(std::panic::catch_unwind(panicking).is_err());
        CUSTOMER.set("ada");
        ORDER_PLACED.increment(());
    });
    let lines = lines.json();
    assert_eq!(
        values(&lines[0]),
        json!({"temperature": 1, "order_placed": 1})
    );
    assert_eq!(values(&lines[1]), json!({"temperature": 2}));
    assert!(lines.iter().all(|line| line["customer"] == "ada"));
}

#[test]
fn one_metric_with_two_dimension_values_takes_two_lines() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        ORDER_ID.set("r");
        REQUEST_DURATION.record(1.5, Route::PlaceOrder);
        REQUEST_DURATION.record(2.5, Route::PickOrders);
        REQUEST_DURATION.record(3.5, Route::PlaceOrder);
        ORDER_PLACED.increment(());
        ORDER_PLACED.increment(());
    });
    let [first, second] = lines.json().try_into().unwrap();
    assert_eq!(first["Route"], Route::PlaceOrder.value());
    assert_eq!(
        values(&first),
        json!({"request_duration": [1.5, 3.5], "order_placed": 2})
    );
    assert_eq!(second["Route"], Route::PickOrders.value());
    assert_eq!(values(&second), json!({"request_duration": 2.5}));
    assert_eq!(
        (&second["order_id"], &second["continuation"]),
        (&json!("r"), &json!(1))
    );
}

#[test]
fn two_metrics_with_different_values_of_a_dimension_take_two_lines() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        REQUEST_DURATION.record(1.5, Route::PlaceOrder);
        REQUEST_ERROR.increment(Route::PickOrders);
        REQUEST_ERROR.increment(Route::PlaceOrder);
    });
    let [first, second] = lines.json().try_into().unwrap();
    assert_eq!(first["Route"], Route::PlaceOrder.value());
    assert_eq!(
        values(&first),
        json!({"request_duration": 1.5, "request_error": 1})
    );
    assert_eq!(second["Route"], Route::PickOrders.value());
    assert_eq!(values(&second), json!({"request_error": 1}));
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
fn an_event_of_ten_thousand_values_is_written_early() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        (1..10_000).for_each(|_| ORDER_PLACED.increment(()));
        assert_eq!(lines.text(), "");
        ORDER_PLACED.increment(());
        ORDER_PLACED.increment(());
    });
    let [early, rest] = lines.json().try_into().unwrap();
    assert_eq!(early["order_placed"], 10_000);
    assert_eq!(early.get("outcome"), None);
    assert_eq!(
        (&rest["order_placed"], &rest["continuation"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn more_than_a_hundred_values_take_several_lines() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| (0..250u16).for_each(|value| TEMPERATURE.record(value.into(), ())));
    let lines = lines.json();
    let arrays: Vec<_> = lines
        .iter()
        .map(|line| line["temperature"].as_array().unwrap())
        .collect();
    assert_eq!(
        arrays.iter().map(|array| array.len()).collect::<Vec<_>>(),
        [100, 100, 50]
    );
    let all: Vec<_> = arrays
        .into_iter()
        .flatten()
        .map(|value| value.as_i64().unwrap())
        .collect();
    assert_eq!(all, (0..250).collect::<Vec<_>>());
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

/// What hangs at the deadline is what somebody looks for.
#[tokio::test]
async fn a_flush_writes_what_scopes_tasks_and_threads_within_know() {
    let (metrics, lines) = metrics();
    let known = metrics.scope(async {
        ORDER_ID.set("r");
        tokio::spawn(with_current_context(async { ORDER_PLACED.increment(()) }))
            .await
            .unwrap();
        let scope = event::scope(async {
            PARCEL_ID.set("in a scope");
            in_current_context(|| TEMPERATURE.record(3.0, ()))();
            let task = async {
                PARCEL_ID.set("in a task of a scope");
                TEMPERATURE.record(4.0, ());
                std::future::pending::<()>().await;
            };
            tokio::join!(with_current_context(task), std::future::pending::<()>());
        });
        let task = tokio::spawn(with_current_context(async {
            PARCEL_ID.set("in a task");
            TEMPERATURE.record(5.0, ());
            std::future::pending::<()>().await;
        }));
        let mut scope = std::pin::pin!(scope);
        assert!(futures_util::poll!(&mut scope).is_pending());
        tokio::task::yield_now().await;
        event::flush();
        task.abort();
        lines.json()
    });
    let [whole, task, scope, task_of_scope] = known.await.try_into().unwrap();
    assert_eq!(
        (&whole["order_placed"], whole.get("parcel_id")),
        (&json!(1), None)
    );
    for (line, place, temperature) in [
        (task, "in a task", 5),
        (scope, "in a scope", 3),
        (task_of_scope, "in a task of a scope", 4),
    ] {
        assert_eq!(
            (&line["parcel_id"], &line["temperature"]),
            (&json!(place), &json!(temperature))
        );
        assert_eq!(
            (&line["order_id"], &line["outcome"]),
            (&json!("r"), &json!("deadline"))
        );
    }
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_carried_to_tasks_and_threads_is_part_of_the_event() {
    let (metrics, lines) = metrics();
    metrics
        .scope(async {
            ORDER_ID.set("r");
            let task = tokio::spawn(with_current_context(async {
                ORDER_PLACED.increment(());
                tokio::task::yield_now().await;
                CUSTOMER.set("ada");
                let nested = in_current_context(|| ORDER_PLACED.increment(()));
                tokio::task::spawn_blocking(nested).await.unwrap();
            }));
            // Set meanwhile: what the task inherited is older.
            ORDER_ID.set("s");
            let thread = tokio::task::spawn_blocking(in_current_context(|| {
                TEMPERATURE.record(4.0, ());
                event::each([1.0, 2.0], |value| {
                    PARCEL_ID.set(format!("p-{value}"));
                    TEMPERATURE.record(value, ());
                });
            }));
            task.await.unwrap();
            thread.await.unwrap();
            ORDER_PLACED.increment(());
        })
        .await;
    let lines = lines.json();
    assert_eq!(lines[0]["order_placed"], 3, "{lines:#?}");
    let temperatures: Vec<_> = lines.iter().map(|line| &line["temperature"]).collect();
    assert_eq!(temperatures, [&Value::Null, &json!([4, 1]), &json!(2)]);
    for line in &lines {
        assert_eq!(
            (&line["order_id"], &line["customer"]),
            (&json!("s"), &json!("ada"))
        );
        assert!(line.get("outcome").is_none(), "{line}");
    }
}

#[tokio::test]
async fn what_outlives_its_event_is_an_event_of_its_own_with_the_same_ids() {
    let (metrics, lines) = metrics();
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let mut task = None;
    metrics
        .scope(async {
            ORDER_ID.set("r");
            ORDER_PLACED.increment(());
            task = Some(tokio::spawn(with_current_context(async {
                gone.await.unwrap();
                TEMPERATURE.record(4.0, ());
                CUSTOMER.set("ada");
            })));
        })
        .await;
    go.send(()).unwrap();
    task.unwrap().await.unwrap();
    let [event, late] = lines.json().try_into().unwrap();
    assert_eq!(
        (&event["order_placed"], event.get("customer")),
        (&json!(1), None)
    );
    assert_eq!(
        (&late["temperature"], &late["order_id"]),
        (&json!(4), &json!("r"))
    );
    assert_eq!(late["customer"], "ada");
}

#[test]
fn what_cannot_be_sent_is_counted_wherever_it_was_recorded() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        TEMPERATURE.record(f64::NAN, ());
        in_current_context(|| TEMPERATURE.record(f64::NAN, ()))();
    });
    assert_eq!(lines.json()[0]["invalid_values"], 2);
}

#[test]
fn what_a_thousand_tasks_leave_is_one_event_and_the_next_one_has_its_own() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        ORDER_ID.set("r");
        for _ in 0..1_001 {
            in_current_context(|| ORDER_PLACED.increment(()))();
        }
    });
    let lines = lines.json();
    let placed: Vec<&Value> = lines.iter().map(|line| &line["order_placed"]).collect();
    assert_eq!(placed, [1, 1_000]);
    assert!(lines.iter().all(|line| line["order_id"] == "r"));
}

#[tokio::test]
async fn without_an_event_carried_work_is_as_it_is() {
    let carried = with_current_context(async { 1 });
    assert_eq!(carried.await + in_current_context(|| 2)(), 3);
}
