//! Work that an invocation hands to other tasks and threads.
//!
//! Events, requests and spans are known to the task that works for them. What is spawned is
//! another task, and on another thread: it takes them along if it is wrapped.
//!
//! ```
//! # use telemetry::{ApplicationNamespace, Destination, Lines, Metrics, event};
//! # telemetry::catalogue! {
//! #     /// Parcels that were weighed.
//! #     PARCEL_WEIGHED: Counter {
//! #         name: "parcel_weighed", unit: Count, by: [[]], sample: Rate { per_minute: 4.0 },
//! #     }
//! # }
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # let lines = Lines::default();
//! # let metrics = Metrics::builder(ApplicationNamespace::new("Shop/dev").unwrap());
//! # let metrics = metrics.emf(Destination::lines(&lines)).build().unwrap();
//! # metrics.scope(async {
//! use telemetry::task::{in_current_context, with_current_context};
//!
//! let task = tokio::spawn(with_current_context(async { PARCEL_WEIGHED.increment(()) }));
//! let thread = std::thread::spawn(in_current_context(|| PARCEL_WEIGHED.increment(())));
//! # task.await.unwrap();
//! # thread.join().unwrap();
//! # }).await;
//! # assert!(lines.text().contains(r#""parcel_weighed":2"#));
//! # assert_eq!(lines.text().lines().count(), 1);
//! # }
//! ```
//!
//! What ends before the invocation does is part of its event; what outlives it becomes an
//! event of its own, with the properties that the invocation's had when it was wrapped. So
//! does what the thousand-and-first task leaves, so that memory stays bounded.

#[cfg(feature = "runtime")]
use crate::context;
use crate::event::{self, EventContext};

/// A future that works for the current invocation wherever it is polled: its metrics and
/// properties, log records and spans belong to that invocation.
pub fn with_current_context<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let event = EventContext::current();
    #[cfg(feature = "runtime")]
    let future = context::with_current_request(future);
    event::run_in(event, future)
}

/// Like [`with_current_context`], for a closure that is handed to a thread, such as that of
/// `spawn_blocking`.
pub fn in_current_context<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let event = EventContext::current();
    #[cfg(feature = "runtime")]
    let work = context::in_current_request(work);
    move || event::run_now_in(event, work)
}
