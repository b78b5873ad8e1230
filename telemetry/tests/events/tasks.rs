//! What tasks, threads and scopes within record for an event.

use super::*;

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
                event::each(PARCELS, [1.0, 2.0], |value| {
                    PARCEL_ID.set(format!("p-{value}"));
                    TEMPERATURE.record(value, ());
                });
            }));
            task.await.unwrap();
            thread.await.unwrap();
            ORDER_PLACED.increment(());
        })
        .await;
    let [line] = lines.json().try_into().unwrap();
    assert_eq!(
        values(&line),
        json!({ "order_placed": 3, "temperature": [4, 1, 2] })
    );
    let listed = r#"[{"parcel_id":"p-1","temperature":1},{"parcel_id":"p-2","temperature":2}]"#;
    assert_eq!(
        (&line["order_id"], &line["customer"], &line["parcels"]),
        (&json!("s"), &json!("ada"), &json!(listed))
    );
    assert!(line.get("outcome").is_none(), "{line}");
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
