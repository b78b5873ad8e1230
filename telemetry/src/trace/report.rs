//! Says once that spans do not arrive.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};

use super::attributes::keep_last_values;

/// An exporter whose first failure is logged; later ones would say the same.
#[derive(Debug)]
pub(crate) struct ReportingExporter<E> {
    exporter: E,
    target: String,
    failed: AtomicBool,
}

impl<E> ReportingExporter<E> {
    /// `target` is where the spans should arrive.
    pub(crate) fn new(exporter: E, target: String) -> Self {
        Self {
            exporter,
            target,
            failed: AtomicBool::new(false),
        }
    }
}

impl<E: SpanExporter> SpanExporter for ReportingExporter<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        batch.iter_mut().for_each(keep_last_values);
        let spans = batch.len();
        let result = self.exporter.export(batch).await;
        if let Err(error) = &result
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                target = self.target,
                spans,
                %error,
                "spans do not arrive; requests go on without, and this is not said again"
            );
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
