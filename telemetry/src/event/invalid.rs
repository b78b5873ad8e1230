//! Says once for each metric that it was given a value which cannot be sent.

use std::sync::{Mutex, PoisonError};

static WARNED: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// The event itself counts such values; the log names the metric, once in a process.
#[cold]
pub(super) fn warn_once(metric: &'static str) {
    let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
    if !warned.contains(&metric) {
        warned.push(metric);
        drop(warned);
        tracing::warn!(
            metric,
            "a value that is NaN, infinite or beyond 2^360 was left out"
        );
    }
}
