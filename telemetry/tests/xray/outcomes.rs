//! Invocations that panic, fail, run side by side, make large spans or near their deadline.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use lambda_runtime::LambdaInvocation;
use serde_json::Value;
use shop::{Function, ORDER_ID, ORDER_PLACED, PRESSURE};
use telemetry::{
    lambda::{Invocations, failed},
    property::ERROR,
    task::with_current_context,
};
use tower::{Layer as _, Service as _, ServiceExt as _};
use tracing::Instrument as _;

use crate::{
    environment::{Error, LAMBDA_SEGMENT, Outcome, PROCESS, event, named, received, run},
    function::invoke,
};

#[tokio::test]
async fn a_panic_loses_nothing() {
    let outcome = invoke("POST", "/orders", true).await;
    let server = named(&outcome.segments, "POST /orders");
    assert_eq!(server["http"]["response"]["status"], 500);
    assert_eq!(server["annotations"]["error_type"], "panic");
    let event = &outcome.events[0];
    assert_eq!(event["order_placed"], 1);
    assert_eq!(event["request_error"], 1);
    assert_eq!(event["error"], "panic");
    assert_eq!(event["outcome"], "panic");
    let [record] = outcome.records.as_slice() else {
        panic!("not one record: {:#?}", outcome.records)
    };
    assert_eq!(record["level"], "ERROR");
    assert_eq!(record["trace_id"], outcome.trace.as_str());
    assert!(
        record["message"]
            .as_str()
            .unwrap()
            .contains("out of luck\n")
    );
}

/// An invocation whose handler records, may name its error, and fails. The runtime answers
/// the error itself, so that its layers see a success.
async fn failing(name: Option<&'static str>) -> Outcome {
    let handler = tower::service_fn(move |_: LambdaInvocation| async move {
        ORDER_PLACED.increment(());
        if let Some(name) = name {
            ERROR.set(name);
        }
        Err::<(), Error>("no such event".into())
    });
    let runtime = handler.map_err(failed).then(async |answer| {
        assert!(answer.is_err());
        Ok::<(), Error>(())
    });
    run(runtime, true).await
}

#[tokio::test]
async fn an_error_of_the_handler_marks_event_and_span() {
    for (set, name) in [
        (None, "handler_error"),
        (Some("unknown_event"), "unknown_event"),
    ] {
        let outcome = failing(set).await;
        assert_eq!(outcome.events[0]["order_placed"], 1);
        assert_eq!(outcome.events[0]["error"], name);
        let server = named(&outcome.segments, "orders");
        assert_eq!(server["parent_id"], LAMBDA_SEGMENT);
        assert_eq!(server["annotations"]["error_type"], name);
        assert_eq!(server["fault"], true, "{server}");
    }
}

#[tokio::test]
#[expect(
    clippy::await_holding_lock,
    reason = "each test has a runtime and a thread of its own"
)]
async fn concurrent_invocations_are_kept_apart() {
    let barrier = Arc::new(tokio::sync::Barrier::new(2));
    let runtime = tower::service_fn(move |event: LambdaInvocation| {
        let barrier = barrier.clone();
        async move {
            ORDER_ID.set(&event.context.request_id);
            barrier.wait().await;
            tracing::info!("placing");
            ORDER_PLACED.increment(());
            barrier.wait().await;
            Ok::<(), Error>(())
        }
    });
    let function = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    function.lines.clear();
    let mut service = Invocations::of(Function::Orders).layer(runtime);
    let [one, other] = ["one", "other"].map(|id| {
        let (mut invocation, _) = event(false);
        invocation.context.request_id = id.to_owned();
        service.call(invocation)
    });
    let _ = tokio::join!(one, other);
    let lines = function.lines.json();
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert_eq!(line["request_id"], line["order_id"]);
        assert_eq!(line["order_placed"], 1);
    }
    let cold = lines.iter().filter(|line| line["cold_start"] == 1);
    assert_eq!(cold.count(), 1, "one environment, one cold start");
}

#[tokio::test]
async fn an_event_has_the_request_s_id_if_that_finds_something() {
    for (logs, sampled) in [(false, false), (true, false), (false, true)] {
        let runtime = tower::service_fn(move |_: LambdaInvocation| async move {
            if logs {
                tracing::info!("placing");
            }
            ORDER_PLACED.increment(());
            Ok::<(), Error>(())
        });
        let outcome = run(runtime, sampled).await;
        let has_one = outcome.events[0].get("request_id").is_some();
        assert_eq!(has_one, logs || sampled, "{:#?}", outcome.events);
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_sent_is_logged_with_its_event_s_ids() {
    let runtime = tower::service_fn(|_: LambdaInvocation| async {
        ORDER_ID.set("r-1");
        PRESSURE.record(f64::NAN, ());
        tracing::info!(pressure = f64::NAN, "weighed");
        Ok::<(), Error>(())
    });
    let outcome = run(runtime, false).await;
    let [warning, record] = outcome.records.as_slice() else {
        panic!("not two: {:#?}", outcome.records)
    };
    assert_eq!(warning["fields"]["metric"], "pressure");
    assert_eq!(warning["order_id"], "r-1");
    assert_eq!(outcome.events[0]["invalid_values"], 1);
    assert_eq!(record["fields"]["pressure"], "NaN");
}

#[tokio::test]
async fn a_span_that_no_datagram_holds_takes_no_other_with_it() {
    let runtime = tower::service_fn(|_: LambdaInvocation| async {
        drop(tracing::info_span!("small").entered());
        drop(tracing::info_span!("large", text = "x".repeat(100_000)).entered());
        drop(tracing::info_span!("small").entered());
        Ok::<(), Error>(())
    });
    let outcome = run(runtime, true).await;
    let names: Vec<_> = outcome.segments.iter().map(|s| &s["name"]).collect();
    assert_eq!(names, ["small", "small", "orders"]);
    let said = outcome.records[0]["message"].as_str().unwrap();
    assert!(said.contains("spans do not arrive"), "{said}");
}

#[tokio::test]
async fn an_event_that_cannot_be_parsed_is_logged_with_its_ids() {
    // The runtime parses before it makes a future.
    let runtime = tower::service_fn(|_: LambdaInvocation| {
        tracing::error!("no such shape");
        std::future::ready(Ok::<(), Error>(()))
    });
    let outcome = run(runtime, true).await;
    let record = &outcome.records[0];
    assert_eq!(record["trace_id"], outcome.trace.as_str(), "{record}");
    assert!(record["request_id"].is_string(), "{record}");
}

#[tokio::test]
async fn spans_are_sent_after_the_response_was_posted() {
    let daemon = {
        let function = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::new(function.daemon.try_clone().unwrap())
    };
    let runtime = tower::service_fn(move |_: LambdaInvocation| {
        let daemon = daemon.clone();
        async move {
            drop(tracing::info_span!("work").entered());
            // The answer is posted here; whoever waits for it does not wait for spans.
            assert_eq!(received(&daemon), Vec::<Value>::new());
            Ok::<(), Error>(())
        }
    });
    let outcome = run(runtime, true).await;
    assert_eq!(outcome.segments.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_nears_writes_what_is_known_and_the_rest_later() {
    let runtime = tower::service_fn(async |_: LambdaInvocation| {
        ORDER_PLACED.increment(());
        tokio::time::sleep(Duration::from_secs(60)).await;
        ORDER_PLACED.increment(());
        Ok::<(), Error>(())
    });
    let outcome = run(runtime, true).await;
    let [known, rest] = outcome.events.as_slice() else {
        panic!("not two events: {:#?}", outcome.events)
    };
    assert_eq!(known["order_placed"], 1);
    assert_eq!(known["error"], "timeout");
    assert_eq!(rest["order_placed"], 1);
    let server = named(&outcome.segments, "orders");
    assert_eq!(server["annotations"]["error_type"], "timeout");
    assert_eq!(outcome.segments.len(), 1, "sent once, though it went on");
}

/// As a batch's: the span has one value of a name.
#[tokio::test(start_paused = true)]
async fn a_record_of_a_batch_has_an_event_of_its_own_also_if_it_hangs_at_the_deadline() {
    let runtime = tower::service_fn(async |_: LambdaInvocation| {
        ORDER_ID.set("batch");
        for record in ["first", "second"] {
            let pass_on = async {
                ORDER_ID.set(record);
                if record == "second" {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
                ORDER_PLACED.increment(());
            };
            telemetry::event::scope(pass_on).await;
        }
        Ok::<(), Error>(())
    });
    let outcome = run(runtime, true).await;
    let ids: Vec<_> = outcome
        .events
        .iter()
        .map(|event| &event["order_id"])
        .collect();
    assert_eq!(
        ids,
        ["first", "batch", "second", "second"],
        "{:#?}",
        outcome.events
    );
    for event in &outcome.events {
        assert_eq!(event["trace_id"], outcome.trace.as_str(), "{event}");
    }
    let [_, _, hangs, ends] = &outcome.events[..] else {
        panic!("not four events")
    };
    assert_eq!(
        (&hangs["outcome"], hangs.get("_aws")),
        (&"deadline".into(), None)
    );
    assert_eq!(
        (&ends["order_placed"], &ends["continuation"]),
        (&1.into(), &1.into())
    );
    let server = named(&outcome.segments, "orders");
    assert_eq!(server["annotations"]["order_id"], "batch");
}

#[tokio::test(start_paused = true)]
async fn spans_that_hang_at_the_deadline_are_sent_unfinished() {
    let runtime = tower::service_fn(move |_: LambdaInvocation| async move {
        drop(tracing::info_span!("done").entered());
        let task = std::future::pending::<()>().instrument(tracing::info_span!("task"));
        tokio::spawn(with_current_context(task));
        let call = tokio::time::sleep(Duration::from_secs(60));
        let call = call.instrument(tracing::info_span!("call"));
        call.instrument(tracing::info_span!("work")).await;
        Ok::<(), Error>(())
    });
    let outcome = run(runtime, true).await;
    let names: Vec<_> = outcome.segments.iter().map(|s| &s["name"]).collect();
    assert_eq!(names, ["done", "work", "call", "task", "orders"]);
    let [done, hanging @ ..] = &outcome.segments[..] else {
        panic!("no segments")
    };
    assert_eq!(done.get("fault"), None, "{done}");
    for segment in hanging {
        assert_eq!(segment["annotations"]["error_type"], "timeout", "{segment}");
        assert_eq!(segment["metadata"]["outcome"], "deadline", "{segment}");
        assert_eq!(segment["fault"], true, "{segment}");
    }
}
