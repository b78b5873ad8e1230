//! Spans: OTLP's, and the console's.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanId, SpanKind, TraceId};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1 as otlp;
use otlp::span::SpanKind as Kind;
use otlp::status::StatusCode;
use serde_json::Value;

use super::Rejections;
use super::value::{attribute, json, resource, service};
use crate::requests::{Moment, Span};

const NO_ID: &str = "a span needs a trace id of 16 bytes and a span id of 8";

/// The spans of an export that make sense.
pub(crate) fn read(export: &ExportTraceServiceRequest) -> (Vec<Span>, Rejections) {
    let mut spans = Vec::new();
    let mut rejected = Rejections::default();
    for of in &export.resource_spans {
        let service: Arc<str> = service(of.resource.as_ref()).into();
        for span in of.scope_spans.iter().flat_map(|scope| &scope.spans) {
            match one(span, &service) {
                Some(span) => spans.push(span),
                None => rejected.add(NO_ID),
            }
        }
    }
    (spans, rejected)
}

fn one(span: &otlp::Span, service: &Arc<str>) -> Option<Span> {
    let trace = TraceId::from_bytes(span.trace_id.as_slice().try_into().ok()?);
    let id = SpanId::from_bytes(span.span_id.as_slice().try_into().ok()?);
    let parent = match span.parent_span_id.as_slice() {
        [] => SpanId::INVALID,
        bytes => SpanId::from_bytes(bytes.try_into().ok()?),
    };
    if trace == TraceId::INVALID || id == SpanId::INVALID {
        return None;
    }
    let start = moment(span.start_time_unix_nano);
    let end = moment(span.end_time_unix_nano);
    let attributes = span.attributes.iter();
    Some(Span {
        trace,
        id,
        parent,
        service: Arc::clone(service),
        name: span.name.clone(),
        kind: kind(span.kind()),
        start,
        duration: end.duration_since(start).unwrap_or_default(),
        attributes: attributes
            .map(|one| (one.key.clone(), json(one.value.as_ref())))
            .collect(),
        moments: span.events.iter().map(event).collect(),
        error: error(span),
    })
}

fn error(span: &otlp::Span) -> Option<String> {
    let status = span.status.as_ref()?;
    (status.code() == StatusCode::Error).then(|| status.message.clone())
}

fn event(event: &otlp::span::Event) -> Moment {
    let attributes = event.attributes.iter();
    Moment {
        at: moment(event.time_unix_nano),
        name: event.name.clone(),
        attributes: attributes
            .map(|one| (one.key.clone(), json(one.value.as_ref())))
            .collect(),
    }
}

fn moment(nanos: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(nanos)
}

fn nanos(at: SystemTime) -> u64 {
    let since = at
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

fn kind(kind: Kind) -> SpanKind {
    match kind {
        Kind::Client => SpanKind::Client,
        Kind::Server => SpanKind::Server,
        Kind::Producer => SpanKind::Producer,
        Kind::Consumer => SpanKind::Consumer,
        Kind::Internal | Kind::Unspecified => SpanKind::Internal,
    }
}

/// Spans as an export: of each program those that stand beside each other.
pub(crate) fn write<'a>(spans: impl IntoIterator<Item = &'a Span>) -> ExportTraceServiceRequest {
    let mut resource_spans: Vec<otlp::ResourceSpans> = Vec::new();
    let mut last: Option<&str> = None;
    for span in spans {
        if last != Some(&span.service) {
            last = Some(&span.service);
            resource_spans.push(otlp::ResourceSpans {
                resource: Some(resource(&span.service)),
                scope_spans: vec![otlp::ScopeSpans::default()],
                ..otlp::ResourceSpans::default()
            });
        }
        if let Some(scope) = resource_spans
            .last_mut()
            .and_then(|of| of.scope_spans.last_mut())
        {
            scope.spans.push(written(span));
        }
    }
    ExportTraceServiceRequest { resource_spans }
}

fn written(span: &Span) -> otlp::Span {
    let parent = span.parent;
    let status = span.error.as_ref().map(|message| otlp::Status {
        code: StatusCode::Error.into(),
        message: message.clone(),
    });
    let attributes = |all: &[(String, Value)]| {
        all.iter()
            .map(|(key, value)| attribute(key, value))
            .collect()
    };
    otlp::Span {
        trace_id: span.trace.to_bytes().to_vec(),
        span_id: span.id.to_bytes().to_vec(),
        parent_span_id: if parent == SpanId::INVALID {
            Vec::new()
        } else {
            parent.to_bytes().to_vec()
        },
        name: span.name.clone(),
        kind: match span.kind {
            SpanKind::Client => Kind::Client,
            SpanKind::Server => Kind::Server,
            SpanKind::Producer => Kind::Producer,
            SpanKind::Consumer => Kind::Consumer,
            SpanKind::Internal => Kind::Internal,
        }
        .into(),
        start_time_unix_nano: nanos(span.start),
        end_time_unix_nano: nanos(span.start + span.duration),
        attributes: attributes(&span.attributes),
        events: (span.moments.iter())
            .map(|moment| otlp::span::Event {
                time_unix_nano: nanos(moment.at),
                name: moment.name.clone(),
                attributes: attributes(&moment.attributes),
                ..otlp::span::Event::default()
            })
            .collect(),
        status,
        ..otlp::Span::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn span() -> Span {
        let at = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_800_000_000_123_456_789);
        Span {
            trace: TraceId::from(7),
            id: SpanId::from(8),
            parent: SpanId::from(9),
            service: "shop".into(),
            name: "GET /cart".to_owned(),
            kind: SpanKind::Server,
            start: at,
            duration: Duration::from_micros(1_500),
            attributes: vec![
                ("http.response.status_code".to_owned(), json!(500)),
                ("a".to_owned(), json!(["b", 0.5])),
            ],
            moments: vec![Moment {
                at,
                name: "exception".to_owned(),
                attributes: vec![("exception.type".to_owned(), json!("E"))],
            }],
            error: Some("boom".to_owned()),
        }
    }

    #[test]
    fn a_span_survives_being_written_as_json() {
        let text = serde_json::to_string(&write([&span()])).unwrap();
        assert!(
            text.contains(r#""traceId":"00000000000000000000000000000007""#),
            "{text}"
        );
        let (read, rejected) = read(&serde_json::from_str(&text).unwrap());
        assert_eq!((read, rejected), (vec![span()], Rejections::default()));
    }

    #[test]
    fn a_span_at_the_top_has_no_parent_s_id() {
        let top = Span {
            parent: SpanId::INVALID,
            ..span()
        };
        assert!(written(&top).parent_span_id.is_empty());
        assert_eq!(read(&write([&top])).0, [top]);
    }

    #[test]
    fn every_kind_of_span_comes_back_and_a_good_one_has_no_error() {
        for kind in [
            SpanKind::Client,
            SpanKind::Server,
            SpanKind::Producer,
            SpanKind::Consumer,
            SpanKind::Internal,
        ] {
            let one = Span {
                kind,
                error: None,
                ..span()
            };
            assert_eq!(read(&write([&one])).0, [one]);
        }
        let ok = otlp::Status {
            code: StatusCode::Ok.into(),
            message: "fine".to_owned(),
        };
        let one = otlp::Span {
            status: Some(ok),
            ..otlp::Span::default()
        };
        assert_eq!(error(&one), None);
    }

    #[test]
    fn spans_of_a_program_stand_beside_each_other() {
        let of = |service: &str| Span {
            service: service.into(),
            ..span()
        };
        let spans = [of("a"), of("a"), of("b"), of("a")];
        let export = write(&spans);
        let sizes = export.resource_spans.iter();
        let sizes: Vec<usize> = sizes.map(|of| of.scope_spans[0].spans.len()).collect();
        assert_eq!((sizes, read(&export).0), (vec![2, 1, 1], spans.to_vec()));
    }

    #[test]
    fn a_span_without_an_id_is_rejected_and_the_others_are_taken() {
        let mut export = write(&vec![span(); 4]);
        let spans = &mut export.resource_spans[0].scope_spans[0].spans;
        spans[0].span_id.clear();
        // What is all zeros is no id.
        spans[1].span_id.fill(0);
        spans[2].trace_id.fill(0);
        let (read, rejected) = read(&export);
        assert_eq!((read.len(), rejected.count()), (1, 3));
    }
}
