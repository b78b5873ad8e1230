//! How many lines an event takes.

use super::*;

/// The items of a list, parsed as a log query does.
fn listed(line: &Value) -> Value {
    let text = line["parcels"].as_str().unwrap();
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_batch_is_one_event_that_lists_its_items() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        ORDER_ID.set("r");
        event::each(PARCELS, [20.5, 21.5, 22.5], |temperature| {
            PARCEL_ID.set(format!("parcel \"{temperature}\""));
            assert_eq!(
                event::property(PARCEL_ID).unwrap(),
                format!("parcel \"{temperature}\"")
            );
            if temperature > 21.0 {
                ERROR.set("warm");
            }
            ORDER_PLACED.increment(());
            TEMPERATURE.record(temperature - 10.0, ());
            TEMPERATURE.record(temperature, ());
            TEMPERATURE.record(f64::NAN, ());
        });
        assert_eq!(event::property(PARCEL_ID), None);
        STATUS.set(201);
    });
    let [line] = lines.json().try_into().unwrap();
    assert_eq!(
        values(&line),
        json!({ "order_placed": 3, "temperature": [10.5, 20.5, 11.5, 21.5, 12.5, 22.5] })
    );
    assert_eq!(
        listed(&line),
        json!([
            { "parcel_id": "parcel \"20.5\"", "temperature": 20.5 },
            { "parcel_id": "parcel \"21.5\"", "error": "warm", "temperature": 21.5 },
            { "parcel_id": "parcel \"22.5\"", "error": "warm", "temperature": 22.5 },
        ])
    );
    assert_eq!(
        (&line["order_id"], &line["status"], &line["invalid_values"]),
        (&json!("r"), &json!(201), &json!(3))
    );
    assert!(line.get("error").is_none() && line.get("parcel_id").is_none());
}

#[test]
fn a_list_is_written_once_and_what_comes_later_continues_it() {
    let (metrics, lines) = metrics();
    let list = |value: u8| {
        event::each(PARCELS, [value], |value| {
            TEMPERATURE.record(value.into(), ());
        });
    };
    metrics.in_scope(|| {
        list(1);
        list(2);
        event::flush();
        list(3);
    });
    let [first, second] = lines.json().try_into().unwrap();
    let of = |value: u8| json!({ "temperature": value });
    assert_eq!(listed(&first), json!([of(1), of(2)]));
    assert_eq!(listed(&second), json!([of(3)]));
    assert_eq!(second["continuation"], 1);
}

#[test]
fn items_within_an_item_are_listed_in_the_event() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        event::each(PARCELS, ["a"], |id| {
            PARCEL_ID.set(id);
            event::each(PARCELS, ["b"], |id| PARCEL_ID.set(id));
            TEMPERATURE.record(1.0, ());
        });
    });
    let [line] = lines.json().try_into().unwrap();
    assert_eq!(
        listed(&line),
        json!([{ "parcel_id": "b" }, { "parcel_id": "a", "temperature": 1 }])
    );
}

#[test]
fn a_batch_of_a_hundred_is_one_line_and_its_list_in_the_first_if_more_are_needed() {
    let (metrics, lines) = metrics();
    for (count, expected) in [(100, 1), (200, 2)] {
        lines.clear();
        metrics.in_scope(|| {
            event::each(PARCELS, 0..count, |n| {
                PARCEL_ID.set(n);
                TEMPERATURE.record(n.into(), ());
            });
        });
        let lines = lines.json();
        assert_eq!(lines.len(), expected);
        assert_eq!(
            listed(&lines[0]).as_array().map(Vec::len),
            Some(count as usize)
        );
        assert!(lines[1..].iter().all(|line| line.get("parcels").is_none()));
    }
}

#[test]
fn items_without_room_are_counted() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        event::each(PARCELS, 0..3, |_| PARCEL_ID.set("x".repeat(4_000)));
        event::each(PARCELS, 0..10, |_| {
            PARCEL_ID.set("\\".repeat(4_000));
            TEMPERATURE.record(1.0, ());
        });
    });
    let [line] = lines.json().try_into().unwrap();
    assert_eq!(listed(&line).as_array().map(Vec::len), Some(4));
    assert_eq!(line["dropped_properties"], 9);
}

#[test]
fn a_panic_in_one_item_leaves_the_event_usable() {
    let (metrics, lines) = metrics();
    metrics.in_scope(|| {
        let panicking = || {
            event::each(PARCELS, [1.0, 2.0], |value| {
                TEMPERATURE.record(value, ());
                PARCEL_ID.set("s");
                assert!(value < 2.0, "on purpose");
            });
        };
        assert!(std::panic::catch_unwind(panicking).is_err());
        CUSTOMER.set("ada");
        ORDER_PLACED.increment(());
    });
    let [line] = lines.json().try_into().unwrap();
    assert_eq!(
        values(&line),
        json!({ "temperature": [1, 2], "order_placed": 1 })
    );
    assert_eq!(line["customer"], "ada");
    let item = |value: u8| json!({ "parcel_id": "s", "temperature": value });
    assert_eq!(listed(&line), json!([item(1), item(2)]));
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
