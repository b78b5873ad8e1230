//! How many lines an event takes.

use super::*;

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
