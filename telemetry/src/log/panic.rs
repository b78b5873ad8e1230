//! Panics as records, and as the error of the request they end.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
};

use crate::{context, event, property::ERROR};

/// The name of a panic in the property `error`, in `error.type` and in error bodies.
pub(crate) const PANIC: &str = "panic";

/// Logs panics from now on. The hook runs where the panic happens, so that the record has
/// the request's ids, the event its `error` and the server span its status, whoever
/// catches the panic later.
pub(crate) fn log_panics() {
    panic::set_hook(Box::new(|info| {
        ERROR.set(PANIC);
        let span = context::span();
        span.set(
            opentelemetry_semantic_conventions::attribute::ERROR_TYPE,
            PANIC,
        );
        span.fail(PANIC);
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        event::panicked();
        // There if RUST_BACKTRACE asks for it.
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            tracing::error!(location, %backtrace, "panic: {}", message(info));
        } else {
            tracing::error!(location, "panic: {}", message(info));
        }
    }));
}

fn message<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    info.payload_as_str().unwrap_or("no message")
}
