//! A destination that fails never fails a request.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    io::{self, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use shop::{DELIVERY_DURATION, ORDER_PLACED, PRESSURE};
use telemetry::{Destination, Lines, Metrics};

fn builder() -> telemetry::Builder {
    Metrics::builder(shop::namespace("test"))
}

/// A disk that is full, and then not.
#[derive(Clone, Default)]
struct FullDisk {
    attempts: Arc<AtomicUsize>,
}

impl Write for FullDisk {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        self.attempts.fetch_add(1, Relaxed);
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps the log records of errors and warnings.
#[derive(Clone, Default)]
struct Complaints(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Complaints {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        self.0.lock().unwrap().push(format!("{event:?}"));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_full_disk_is_said_once_and_the_other_destination_goes_on() {
    let (disk, lines) = (FullDisk::default(), Lines::default());
    let complaints = Complaints::default();
    let metrics = builder()
        .emf(Destination::writer("full disk", disk.clone()))
        .emf(Destination::lines(&lines))
        .build()
        .unwrap();
    tracing::subscriber::with_default(complaints.clone(), || {
        (0..3).for_each(|_| metrics.in_scope(|| ORDER_PLACED.increment(())));
    });
    assert_eq!(disk.attempts.load(Relaxed), 3);
    assert_eq!(lines.json().len(), 3);
    assert_eq!(complaints.0.lock().unwrap().len(), 1);
}

#[test]
fn a_value_that_cannot_be_sent_is_said_once_for_each_metric() {
    let (lines, complaints) = (Lines::default(), Complaints::default());
    let metrics = builder().emf(Destination::lines(&lines)).build().unwrap();
    tracing::subscriber::with_default(complaints.clone(), || {
        for _ in 0..2 {
            metrics.in_scope(|| {
                PRESSURE.record(f64::NAN, ());
                DELIVERY_DURATION.record(f64::INFINITY, ());
            });
        }
    });
    let said = complaints.0.lock().unwrap();
    assert_eq!(said.len(), 2, "{said:?}");
    for (record, metric) in said.iter().zip(["pressure", "delivery_duration"]) {
        assert!(record.contains(metric), "{record}");
    }
}

#[test]
fn a_file_is_appended_to_and_one_that_cannot_be_opened_is_named() {
    let directory = std::env::temp_dir().join(format!("telemetry-sinks-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("events.jsonl");
    for _ in 0..2 {
        let metrics = builder().emf(Destination::file(&path)).build().unwrap();
        metrics.in_scope(|| ORDER_PLACED.increment(()));
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
    let error = builder()
        .emf(Destination::file(&directory))
        .build()
        .unwrap_err();
    assert!(error.to_string().contains("telemetry-sinks-"), "{error}");
    std::fs::remove_dir_all(&directory).unwrap();
}
