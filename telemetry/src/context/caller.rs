//! Who called: ids and sampling decision, from W3C's `traceparent` or X-Ray's header.
//!
//! On Lambda, Lambda's own header is the parent and its decision counts, whatever the
//! client sent: the segment it names is the one that our subsegment belongs to. Elsewhere
//! `traceparent` comes first, then `x-amzn-trace-id`.
//!
//! What is malformed is no caller: it neither joins a trace that nobody began nor costs the
//! request the one it has. Rules: [Trace Context][w3c], [X-Ray's tracing header][xray].
//!
//! [w3c]: https://www.w3.org/TR/trace-context/#traceparent-header
//! [xray]: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader

use http::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

const XRAY_HEADER: &str = "x-amzn-trace-id";

/// What a caller says of the trace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caller {
    pub(crate) trace_id: TraceId,
    /// The caller's span; X-Ray's header may come without.
    pub(crate) span: Option<SpanContext>,
    /// The decision; without one the callee decides.
    pub(crate) sampled: Option<bool>,
}

/// The caller, from `lambda-runtime-trace-id`.
#[cfg(any(test, feature = "lambda"))]
pub(super) fn from_lambda(header: &str) -> Option<Caller> {
    xray(header)
}

/// The caller, from the headers of an HTTP request.
pub(super) fn from_headers(headers: &HeaderMap) -> Option<Caller> {
    let from_w3c = || {
        let span = w3c(headers)?;
        Some(Caller {
            trace_id: span.trace_id(),
            sampled: Some(span.is_sampled()),
            span: Some(span),
        })
    };
    from_w3c().or_else(|| xray(headers.get(XRAY_HEADER)?.to_str().ok()?))
}

/// The caller's span, from `traceparent` and `tracestate`.
pub(crate) fn w3c(headers: &HeaderMap) -> Option<SpanContext> {
    let mut parents = headers.get_all("traceparent").iter();
    // Two of them say two things.
    let (Some(parent), None) = (parents.next(), parents.next()) else {
        return None;
    };
    let mut fields = parent.to_str().ok()?.trim().split('-');
    let mut field = |digits: usize| fields.next().filter(|field| is_hex(field, digits));
    let (version, trace, span, flags) = (field(2)?, field(32)?, field(16)?, field(2)?);
    let more = fields.next().is_some();
    // A later version may have more fields; 255 is none.
    if version == "ff" || (version == "00" && more) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let state = state(headers).unwrap_or_default();
    context(trace, span, flags, state)
}

fn state(headers: &HeaderMap) -> Option<TraceState> {
    let all = headers.get_all("tracestate").iter();
    let all: Vec<&str> = all.map(|one| one.to_str().ok()).collect::<Option<_>>()?;
    all.join(",").parse().ok()
}

/// `Root=1-<8>-<24>;Parent=<16>;Sampled=0|1|?`, with whatever else in between. Proxies put
/// two headers into one with a comma; the first value counts.
fn xray(header: &str) -> Option<Caller> {
    let (mut root, mut parent, mut sampled) = (None, None, None);
    for field in header.split([';', ',']) {
        match field.trim().split_once('=') {
            Some(("Root", value)) => root = root.or(Some(value)),
            Some(("Parent", value)) => parent = parent.or(Some(value)),
            Some(("Sampled", value)) => sampled = sampled.or(Some(value)),
            _ => {}
        }
    }
    let (time, unique) = root?.strip_prefix("1-")?.split_once('-')?;
    if !is_hex(time, 8) || !is_hex(unique, 24) {
        return None;
    }
    let trace = format!("{time}{unique}");
    let trace_id = TraceId::from_hex(&trace).ok()?;
    let sampled = match sampled {
        Some("1") => Some(true),
        Some("0") => Some(false),
        _ => None,
    };
    let flags = match sampled {
        Some(true) => TraceFlags::SAMPLED,
        _ => TraceFlags::NOT_SAMPLED,
    };
    let parent = parent.filter(|parent| is_hex(parent, 16));
    let span = parent.and_then(|parent| context(&trace, parent, flags, TraceState::NONE));
    (trace_id != TraceId::INVALID).then_some(Caller {
        trace_id,
        span,
        sampled,
    })
}

/// A span elsewhere, unless one of its ids is all zeros.
fn context(trace: &str, span: &str, flags: TraceFlags, state: TraceState) -> Option<SpanContext> {
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, state);
    context.is_valid().then_some(context)
}

fn is_hex(text: &str, digits: usize) -> bool {
    let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == digits && text.bytes().all(lower)
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
    const XRAY_TRACE: &str = "5759e988bd862e3fe1be46a994272793";

    fn span_id(caller: &Caller) -> String {
        caller.span.as_ref().unwrap().span_id().to_string()
    }

    #[test]
    fn lambda_s_header_gives_ids_and_decision() {
        let sampled =
            from_lambda(&format!("{XRAY};Sampled=1;Lineage=a87bd80c:1|68fd508a:5")).unwrap();
        assert_eq!(sampled.trace_id.to_string(), XRAY_TRACE);
        assert_eq!(span_id(&sampled), "53995c3f42cd8ad8");
        assert_eq!(sampled.sampled, Some(true));
        let decided = |text: &str| from_lambda(&format!("{XRAY}{text}")).unwrap().sampled;
        assert_eq!(decided(";Sampled=0"), Some(false));
        assert_eq!(decided(";Sampled=?"), None);
        assert_eq!(decided(""), None);
    }

    #[test]
    fn a_strange_field_costs_no_trace() {
        for strange in [
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
            "Self=1-6789-a;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1;Lineage=a:1|b=2,c",
            "Root=1-5759e988-bd862e3fe1be46a994272793; Sampled=1, Root=1-00000001-bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=zzz;Sampled=1",
            "Sampled=1;;=;Root=1-5759e988-bd862e3fe1be46a994272793",
        ] {
            let caller = from_lambda(strange).unwrap();
            assert_eq!(caller.trace_id.to_string(), XRAY_TRACE, "{strange}");
            assert_eq!(caller.sampled, Some(true), "{strange}");
            assert_eq!(caller.span, None, "{strange}");
        }
    }

    #[test]
    fn what_is_malformed_begins_no_trace() {
        for wrong in [
            "",
            "Root=nonsense;Sampled=1",
            "Root=1-5759e98-bd862e3fe1be46a994272793;Sampled=1",
            "Root=1-00000000-000000000000000000000000;Sampled=1",
            "Root=2-5759e988-bd862e3fe1be46a994272793",
        ] {
            assert_eq!(from_lambda(wrong), None, "{wrong}");
        }
        for wrong in [
            "00-1-1-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "",
        ] {
            assert_eq!(
                from_headers(&headers(&[("traceparent", wrong)])),
                None,
                "{wrong}"
            );
        }
        assert_eq!(from_headers(&headers(&[TRACEPARENT, TRACEPARENT])), None);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff-more";
        let caller = from_headers(&headers(&[("traceparent", later)])).unwrap();
        assert_eq!(span_id(&caller), "00f067aa0ba902b7");
        assert_eq!(caller.sampled, Some(true));
    }

    #[test]
    fn traceparent_comes_before_the_xray_header() {
        let sent = [
            TRACEPARENT,
            ("tracestate", "a=1"),
            ("tracestate", "b=2"),
            (XRAY_HEADER, XRAY),
        ];
        let caller = from_headers(&headers(&sent)).unwrap();
        assert_eq!(span_id(&caller), "00f067aa0ba902b7");
        assert_eq!(caller.sampled, Some(true));
        assert_eq!(caller.span.unwrap().trace_state().header(), "a=1,b=2");
    }

    #[test]
    fn the_xray_header_serves_where_traceparent_is_missing_or_broken() {
        let broken = ("traceparent", "00-nonsense-01");
        for sent in [
            headers(&[(XRAY_HEADER, XRAY)]),
            headers(&[broken, (XRAY_HEADER, XRAY)]),
        ] {
            let caller = from_headers(&sent).unwrap();
            assert_eq!(span_id(&caller), "53995c3f42cd8ad8");
            assert_eq!(caller.sampled, None, "the callee decides");
        }
        assert_eq!(from_headers(&headers(&[broken])), None);
    }
}
