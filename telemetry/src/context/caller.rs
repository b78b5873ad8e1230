//! Who called: ids and sampling decision, from W3C's `traceparent` or X-Ray's header.
//!
//! On Lambda, Lambda's own header is the parent and its decision counts, whatever the
//! client sent: the segment it names is the one that our subsegment belongs to. Elsewhere
//! `traceparent` comes first, then `x-amzn-trace-id`.

use http::HeaderMap;
use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator as _},
    trace::{SpanContext, TraceContextExt as _, TraceFlags},
};
use opentelemetry_aws::trace::xray_propagator::span_context_from_str;
use opentelemetry_sdk::propagation::TraceContextPropagator;

const XRAY_HEADER: &str = "x-amzn-trace-id";

/// X-Ray's `Sampled=?`, or no `Sampled` at all: the callee decides.
const UNDECIDED: TraceFlags = TraceFlags::new(0x02);

/// The caller's span, from `lambda-runtime-trace-id`.
pub(crate) fn from_lambda(header: &str) -> Option<SpanContext> {
    span_context_from_str(header)
}

/// The caller's span, from the headers of an HTTP request.
pub(crate) fn from_headers(headers: &HeaderMap) -> Option<SpanContext> {
    w3c(headers).or_else(|| xray(headers))
}

fn w3c(headers: &HeaderMap) -> Option<SpanContext> {
    headers.get("traceparent")?;
    let extracted =
        TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(headers));
    let caller = extracted.span().span_context().clone();
    caller.is_valid().then_some(caller)
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

fn xray(headers: &HeaderMap) -> Option<SpanContext> {
    let caller = span_context_from_str(headers.get(XRAY_HEADER)?.to_str().ok()?)?;
    let flags = match caller.trace_flags() {
        UNDECIDED => TraceFlags::SAMPLED,
        decided => decided,
    };
    Some(SpanContext::new(
        caller.trace_id(),
        caller.span_id(),
        flags,
        true,
        caller.trace_state().clone(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().copied();
        pairs
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    const TRACEPARENT: (&str, &str) = (
        "traceparent",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    );
    const XRAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8";

    #[test]
    fn lambda_s_header_gives_ids_and_decision() {
        let sampled =
            from_lambda(&format!("{XRAY};Sampled=1;Lineage=a87bd80c:1|68fd508a:5")).unwrap();
        assert_eq!(
            sampled.trace_id().to_string(),
            "5759e988bd862e3fe1be46a994272793"
        );
        assert_eq!(sampled.span_id().to_string(), "53995c3f42cd8ad8");
        assert!(sampled.is_sampled());
        assert!(
            !from_lambda(&format!("{XRAY};Sampled=0"))
                .unwrap()
                .is_sampled()
        );
        assert!(!from_lambda(XRAY).unwrap().is_sampled());
        assert!(from_lambda("").is_none());
        assert!(from_lambda("Root=nonsense;Sampled=1").is_none());
    }

    #[test]
    fn traceparent_comes_before_the_xray_header() {
        let caller = from_headers(&headers(&[TRACEPARENT, (XRAY_HEADER, XRAY)])).unwrap();
        assert_eq!(caller.span_id().to_string(), "00f067aa0ba902b7");
        assert!(caller.is_sampled());
    }

    #[test]
    fn the_xray_header_serves_where_traceparent_is_missing_or_broken() {
        let broken = ("traceparent", "00-nonsense-01");
        for sent in [
            headers(&[(XRAY_HEADER, XRAY)]),
            headers(&[broken, (XRAY_HEADER, XRAY)]),
        ] {
            let caller = from_headers(&sent).unwrap();
            assert_eq!(caller.span_id().to_string(), "53995c3f42cd8ad8");
            assert!(caller.is_sampled(), "undecided: the callee samples");
        }
        assert!(from_headers(&headers(&[broken])).is_none());
    }
}
