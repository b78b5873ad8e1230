//! X-Ray on Lambda: segments in UDP datagrams, sent between two invocations.
//!
//! Where Lambda has sampled an invocation it writes its segment itself; what a function adds
//! are subsegments whose parent is that segment. Where the function has sampled it, its server
//! span is the segment. opentelemetry-aws would make every server span a segment, refuses names
//! with braces (and with them the span), and does not know that a DynamoDB span is a call to
//! an AWS service: [`SegmentExporter`] says these three things in the words the exporter understands.
//!
//! [`BufferingProcessor`] keeps spans until [`Provider::flush`](super::Provider::flush), which is
//! after the response was posted. A send to the daemon's socket does not block and waits
//! for no answer, so a daemon that is not there costs nothing but the spans.

use std::{
    mem,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::FutureExt as _;
use opentelemetry::{
    Array, Context, KeyValue, Value,
    trace::{SpanContext, SpanId, SpanKind},
};
use opentelemetry_aws::xray_exporter::{
    SegmentTranslator, XrayExporter, daemon_client::XrayDaemonClient,
};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{Span, SpanData, SpanExporter, SpanProcessor},
};
use opentelemetry_semantic_conventions::attribute::{
    DB_OPERATION_NAME, DB_SYSTEM_NAME, ERROR_TYPE, FAAS_TRIGGER, HTTP_ROUTE, SERVER_ADDRESS,
    SERVER_PORT,
};

use crate::context::{ANNOTATIONS, DYNAMODB};

/// The attributes of every service that X-Ray lets a person search by, beside those of its
/// catalogue; all others are kept as metadata.
const INDEXED: [&str; 3] = [ERROR_TYPE, FAAS_TRIGGER, HTTP_ROUTE];

/// Spans kept for one flush; what an invocation makes beyond is dropped and counted.
const MOST_SPANS: usize = 1024;

/// Sends segments to the X-Ray daemon.
pub(crate) fn exporter(daemon: SocketAddr) -> std::io::Result<impl SpanExporter> {
    let translator = SegmentTranslator::new()
        .with_indexed_attrs(INDEXED.map(str::to_owned))
        .metadata_all_attrs();
    let client = XrayDaemonClient::new(daemon)?;
    Ok(SegmentExporter(
        XrayExporter::new(client).with_translator(translator),
    ))
}

/// Says in X-Ray's words what the spans mean.
#[derive(Debug)]
struct SegmentExporter<E>(E);

impl<E: SpanExporter> SpanExporter for SegmentExporter<E> {
    /// One by one: a span that no datagram holds takes no other with it.
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut all = Ok(());
        for mut span in batch {
            adapt(&mut span);
            let sent = self.0.export(vec![span]).await;
            all = all.and(sent);
        }
        all
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn adapt(span: &mut SpanData) {
    if span.span_kind == SpanKind::Server && span.parent_span_id != SpanId::INVALID {
        span.span_kind = SpanKind::Internal;
        // The URL of a span that is not a server's is made of these.
        copy(span, SERVER_ADDRESS, "url.domain");
        copy(span, SERVER_PORT, "url.port");
    }
    span.name = segment_name(&span.name).into();
    annotate(span);
    let links: Vec<_> = span
        .links
        .iter()
        .map(|link| traceparent(&link.span_context))
        .collect();
    span.attributes.extend(
        links
            .into_iter()
            .map(|link| KeyValue::new("linked.traceparent", link)),
    );
    if attribute(span, DB_SYSTEM_NAME).is_some_and(|system| system.as_str() == DYNAMODB) {
        let operation = attribute(span, DB_OPERATION_NAME).cloned();
        span.attributes
            .push(KeyValue::new("aws.service", "DynamoDB"));
        span.attributes
            .extend(operation.map(|name| KeyValue::new("aws.operation", name)));
    }
}

fn copy(span: &mut SpanData, from: &str, to: &'static str) {
    let value = attribute(span, from).cloned();
    span.attributes
        .extend(value.map(|value| KeyValue::new(to, value)));
}

/// Says of the attributes that are named in [`ANNOTATIONS`] that X-Ray is to index them, as
/// the exporter reads it.
fn annotate(span: &mut SpanData) {
    let Some(Value::Array(Array::String(names))) = attribute(span, ANNOTATIONS).cloned() else {
        return;
    };
    span.attributes
        .retain(|attribute| attribute.key.as_str() != ANNOTATIONS);
    for attribute in &mut span.attributes {
        if names
            .iter()
            .any(|name| name.as_str() == attribute.key.as_str())
        {
            attribute.key = format!("annotation.{}", attribute.key).into();
        }
    }
}

/// A span of another trace as W3C writes it: X-Ray's segments have no links.
fn traceparent(span: &SpanContext) -> String {
    let (trace, id) = (span.trace_id(), span.span_id());
    format!("00-{trace}-{id}-{:02x}", span.trace_flags().to_u8())
}

fn attribute<'a>(span: &'a SpanData, key: &str) -> Option<&'a Value> {
    let found = span.attributes.iter().find(|a| a.key.as_str() == key);
    found.map(|attribute| &attribute.value)
}

/// A name that X-Ray takes: at most 200 letters, digits, blanks and `_.:/%&#=+-@`;
/// a path parameter `{id}` becomes `:id`.
fn segment_name(name: &str) -> String {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/%&#=+-@".contains(c);
    let mut text = String::with_capacity(name.len());
    for c in name.chars().filter(|c| *c != '}') {
        let c = match c {
            '{' => ':',
            c if allowed(c) => c,
            _ => '_',
        };
        if text.len() + c.len_utf8() > 200 {
            break;
        }
        text.push(c);
    }
    if text.is_empty() {
        "_".to_owned()
    } else {
        text
    }
}

/// Keeps the spans that have ended until somebody flushes.
#[derive(Debug)]
pub(crate) struct BufferingProcessor<E> {
    exporter: E,
    buffer: Mutex<Buffer>,
}

#[derive(Debug, Default)]
struct Buffer {
    spans: Vec<SpanData>,
    dropped: usize,
}

impl<E: SpanExporter> BufferingProcessor<E> {
    pub(crate) fn new(exporter: E) -> Self {
        Self {
            exporter,
            buffer: Mutex::default(),
        }
    }

    fn take(&self) -> Buffer {
        mem::take(&mut *self.buffer.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<E: SpanExporter + 'static> SpanProcessor for BufferingProcessor<E> {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if !span.span_context.is_sampled() {
            return;
        }
        let mut buffer = self.buffer.lock().unwrap_or_else(PoisonError::into_inner);
        if buffer.spans.len() < MOST_SPANS {
            buffer.spans.push(span);
        } else {
            buffer.dropped += 1;
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        let Buffer { spans, dropped } = self.take();
        if dropped > 0 {
            tracing::warn!(dropped, "an invocation made more spans than are kept");
        }
        if spans.is_empty() {
            return Ok(());
        }
        // The daemon's client sends without waiting, so its future is ready at once.
        let sent = self.exporter.export(spans).now_or_never();
        sent.unwrap_or_else(|| Err(OTelSdkError::InternalFailure("the exporter waits".into())))
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let flushed = self.force_flush();
        self.exporter.shutdown_with_timeout(timeout)?;
        flushed
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use shop::process::Records;
    use tracing_subscriber::{fmt, layer::SubscriberExt as _};

    use super::*;
    use crate::log::Format;

    /// Keeps how many spans each export had.
    #[derive(Clone, Debug, Default)]
    struct Exports(Arc<Mutex<Vec<usize>>>);

    impl SpanExporter for Exports {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().unwrap().push(batch.len());
            Ok(())
        }
    }

    #[test]
    fn spans_wait_for_a_flush_and_no_more_of_them_than_are_kept() {
        let exports = Exports::default();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BufferingProcessor::new(exports.clone()))
            .build();
        let tracer = provider.tracer("test");
        for _ in 0..MOST_SPANS + 2 {
            drop(tracer.start("work"));
        }
        assert_eq!(*exports.0.lock().unwrap(), [0; 0]);
        let records = Records::default();
        let layer = fmt::layer().event_format(Format::Json);
        let subscriber = tracing_subscriber::registry().with(layer.with_writer(records.writer()));
        tracing::subscriber::with_default(subscriber, || {
            provider.force_flush().unwrap();
            provider.force_flush().unwrap();
        });
        let said = records.json();
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0]["fields"]["dropped"], 2);
        drop(tracer.start("work"));
        provider.shutdown().unwrap();
        assert_eq!(*exports.0.lock().unwrap(), [MOST_SPANS, 1]);
    }

    #[test]
    fn names_are_made_of_what_xray_takes() {
        assert_eq!(
            segment_name("POST /api/runs/{id}/finish"),
            "POST /api/runs/:id/finish"
        );
        assert_eq!(segment_name("a\n<b>"), "a__b_");
        assert_eq!(segment_name("}"), "_");
        assert_eq!(segment_name(&"é".repeat(200)).len(), 200);
    }
}
