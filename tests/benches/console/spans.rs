//! Spans of another program, as its SDK exports them: protobuf, in batches.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use system_tests::{Api, at_rate};

/// A second.
pub(crate) const SPANS: u32 = 1_000;
const EXPORTS: u32 = 10;
/// In a trace: an entry and what it calls.
const IN_A_TRACE: u32 = 5;

/// Exports at this rate for so long.
pub(crate) async fn come_in(api: &Api, time: Duration) {
    let api = api.clone();
    at_rate(EXPORTS, time, move |number| {
        let body = export(number).encode_to_vec();
        let call = api.post("/v1/traces");
        let call = call
            .header("content-type", "application/x-protobuf")
            .raw(body);
        async move { assert_eq!(call.send().await.status, 200) }
    })
    .await;
}

fn export(number: u32) -> ExportTraceServiceRequest {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = u64::try_from(now.expect("after 1970").as_nanos()).expect("this century");
    let spans = (0..SPANS / EXPORTS).map(|place| span(now, number, place));
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            scope_spans: vec![ScopeSpans {
                spans: spans.collect(),
                ..ScopeSpans::default()
            }],
            ..ResourceSpans::default()
        }],
    }
}

fn span(now: u64, export: u32, place: u32) -> Span {
    let trace = u128::from(now) << 32 | u128::from(place / IN_A_TRACE);
    let id = |place: u32| {
        (u64::from(export + 1) << 32 | u64::from(place))
            .to_be_bytes()
            .to_vec()
    };
    let entry = place / IN_A_TRACE * IN_A_TRACE;
    let is_entry = place == entry;
    Span {
        trace_id: trace.to_be_bytes().to_vec(),
        span_id: id(place),
        parent_span_id: if is_entry { Vec::new() } else { id(entry) },
        name: if is_entry {
            "GET /cart"
        } else {
            "SELECT carts"
        }
        .to_owned(),
        kind: if is_entry { 2 } else { 3 },
        start_time_unix_nano: now - 5_000_000,
        end_time_unix_nano: now,
        ..Span::default()
    }
}
