"""A program that is not Sentori: a span of a client, one of a server below it, a log record and a
metric, sent by OpenTelemetry's own SDK as OTEL_EXPORTER_OTLP_* say. Prints the trace's id."""

import logging

from opentelemetry import metrics, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

spans = TracerProvider()
spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(spans)
records = LoggerProvider()
records.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
set_logger_provider(records)
meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
metrics.set_meter_provider(meters)
logging.getLogger().addHandler(LoggingHandler(logger_provider=records))

tracer = trace.get_tracer("shop")
with tracer.start_as_current_span("GET /cart", kind=trace.SpanKind.SERVER) as cart:
    cart.set_attribute("http.response.status_code", 500)
    logging.getLogger("shop").error("the cart is on fire")
    metrics.get_meter("shop").create_counter("shop.carts", unit="{cart}").add(3, {"colour": "red"})
    try:
        with tracer.start_as_current_span("SELECT carts", kind=trace.SpanKind.CLIENT) as query:
            query.set_attribute("db.collection.name", "carts")
            raise TimeoutError("no answer")
    except TimeoutError:
        pass
    print(f"{cart.get_span_context().trace_id:032x}")

for provider in (spans, records, meters):
    provider.force_flush()
    provider.shutdown()
