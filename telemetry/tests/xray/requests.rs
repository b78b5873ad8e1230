//! Requests: what their segments, events and records hold.

use serde_json::Value;

use crate::{
    environment::{LAMBDA_SEGMENT, named},
    function::{CLIENT, invoke},
};

#[tokio::test]
async fn an_invocation_is_a_subsegment_of_lambda_s_own_segment() {
    let outcome = invoke("GET", "/orders/17", true).await;
    let server = named(&outcome.segments, "GET /orders/:id");
    assert_eq!(server["type"], "subsegment");
    assert_eq!(server["parent_id"], LAMBDA_SEGMENT);
    assert_eq!(server["trace_id"], outcome.trace.as_str());
    assert_eq!(server["http"]["request"]["method"], "GET");
    assert_eq!(server["http"]["response"]["status"], 404);
    assert_eq!(server["annotations"]["http_route"], "/orders/{id}");
    assert_eq!(server["annotations"]["faas_trigger"], "http");
    let metadata = &server["metadata"]["default"];
    let metadata = if metadata.is_null() {
        &server["metadata"]
    } else {
        metadata
    };
    assert_eq!(metadata["faas.coldstart"], true);
    assert_eq!(
        metadata["faas.invocation_id"],
        "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    );
    assert_eq!(server.get("fault"), None, "404 is the client's error");
    assert_eq!(
        server["http"]["request"]["url"],
        "https://shop.example:8443/orders/17"
    );
}

#[tokio::test]
async fn a_property_that_is_annotated_is_in_the_segment_s_index() {
    let outcome = invoke("GET", "/orders/17", true).await;
    let server = named(&outcome.segments, "GET /orders/:id");
    assert_eq!(server["annotations"]["order_id"], "r-1");
    assert_eq!(server["annotations"]["customer"], "ada");
    assert!(
        !server.to_string().contains("parcel_id"),
        "not traced: {server}"
    );
    assert!(!server.to_string().contains("aws.xray"), "{server}");
}

#[tokio::test]
async fn the_client_s_own_trace_is_kept_as_a_link() {
    let outcome = invoke("GET", "/orders/17", true).await;
    let server = named(&outcome.segments, "GET /orders/:id");
    assert_eq!(server["trace_id"], outcome.trace.as_str());
    assert!(server["metadata"].to_string().contains(CLIENT), "{server}");
}

#[tokio::test]
async fn an_event_names_its_trace_if_that_is_recorded() {
    for sampled in [true, false] {
        let outcome = invoke("GET", "/orders/17", sampled).await;
        assert_eq!(outcome.events[0].get("trace_id").is_some(), sampled);
        assert_eq!(outcome.segments.is_empty(), !sampled);
    }
}

#[tokio::test]
async fn dynamodb_calls_are_aws_subsegments_of_the_invocation() {
    let outcome = invoke("GET", "/orders/17", true).await;
    let server = named(&outcome.segments, "GET /orders/:id");
    let calls = outcome.segments.iter().filter(|s| s["name"] == "DynamoDB");
    let calls: Vec<_> = calls.collect();
    assert_eq!(calls.len(), 2, "{:#?}", outcome.segments);
    for call in &calls {
        assert_eq!(call["parent_id"], server["id"]);
        assert_eq!(call["trace_id"], outcome.trace.as_str());
        assert_eq!(call["namespace"], "aws");
        assert_eq!(call["aws"]["table_name"], "Runs");
        assert!(call["aws"]["request_id"].is_string(), "{call:#}");
    }
    let of = |operation| {
        let found = calls
            .iter()
            .find(|call| call["aws"]["operation"] == operation);
        *found.unwrap()
    };
    let consumed = of("GetItem").to_string();
    assert!(consumed.contains("CapacityUnits"), "{consumed}");
    let refused = of("PutItem");
    assert_eq!(
        refused["annotations"]["error_type"],
        "ConditionalCheckFailedException"
    );
}

#[tokio::test]
async fn segments_event_and_records_share_their_ids() {
    let outcome = invoke("GET", "/orders/17", true).await;
    let [event] = outcome.events.as_slice() else {
        panic!("not one event of one line: {:#?}", outcome.events)
    };
    assert_eq!(event["trace_id"], outcome.trace.as_str());
    assert_eq!(event["status"], 404);
    assert_eq!(event["cold_start"], 1);
    assert_eq!(event["Function"], "orders");
    let record = outcome
        .records
        .iter()
        .find(|r| r["message"] == "reading")
        .unwrap();
    for id in ["trace_id", "request_id", "order_id"] {
        assert!(record[id].is_string(), "{record}");
        assert_eq!(record[id], event[id]);
    }
    assert_eq!(
        record.get("customer"),
        None,
        "a property that is not logged"
    );
    assert_eq!(record["level"], "INFO");
    assert_eq!(record["fields"]["sensors"], 3);
    let timestamp = record["timestamp"].as_str().unwrap();
    assert!(
        timestamp.ends_with('Z') && timestamp.len() == 24,
        "{timestamp}"
    );
}

#[tokio::test]
async fn dynamodb_calls_are_measured() {
    let outcome = invoke("GET", "/orders/17", true).await;
    let durations = outcome.events[0]["dynamodb_request_duration"].as_array();
    assert_eq!(durations.map(Vec::len), Some(2), "{:#?}", outcome.events);
}

/// What is left out of a line is left out of every line of its time but one.
#[tokio::test]
async fn a_request_says_once_in_ten_seconds_what_others_have_said_unless_it_is_traced() {
    const REQUESTS: usize = 8;
    let mut in_detail = 0;
    for _ in 0..REQUESTS {
        let outcome = invoke("GET", "/orders/17", false).await;
        let event = &outcome.events[0];
        assert!(event["request_duration"].is_number(), "{event}");
        assert_eq!(event["status"], 404, "{event}");
        let said = ["request_error", "dynamodb_request_duration"]
            .map(|name| !event[name].is_null())
            .map(usize::from);
        assert_eq!(said[0], said[1], "{event}");
        in_detail += said[0];
    }
    // More if ten seconds go by in between, which is not between each two.
    assert!(in_detail < REQUESTS / 2, "{in_detail}");
    for _ in 0..2 {
        let traced = invoke("GET", "/orders/17", true).await;
        assert_eq!(traced.events[0]["request_error"], 0);
        let failed = invoke("POST", "/orders", false).await;
        assert_eq!(failed.events[0]["request_error"], 1, "{:#?}", failed.events);
    }
}

#[tokio::test]
async fn what_is_not_sampled_is_not_sent_and_keeps_its_ids() {
    let outcome = invoke("GET", "/orders/17", false).await;
    assert_eq!(outcome.segments, Vec::<Value>::new());
    assert_eq!(outcome.records[0]["trace_id"], outcome.trace.as_str());
}
