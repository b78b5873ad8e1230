//! Invocations of a Lambda function, also those that are not HTTP.
//!
//! [`Invocations`] is a layer around the *runtime*, not around the handler: it sees an
//! event before it is parsed and returns after the response has been posted. So an event
//! that cannot be parsed has telemetry too, and spans are sent while nobody waits: after
//! the answer, before the next event is asked for and the process is frozen.
//!
//! ```no_run
//! use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
//! use serde_json::Value;
//! use telemetry::{catalogue::Service, lambda::{Invocations, failed}};
//! use tower::ServiceExt as _;
//!
//! # async fn run() -> Result<(), Error> {
//! let handler = service_fn(async |event: LambdaEvent<Value>| Ok::<_, Error>(event.payload));
//! Runtime::new(handler.map_err(failed))
//!     .layer(Invocations::of(Service::RunApi))
//!     .run()
//!     .await
//! # }
//! ```

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use lambda_runtime::LambdaInvocation;
use opentelemetry_semantic_conventions::attribute::{
    ERROR_TYPE, FAAS_COLDSTART, FAAS_NAME, FAAS_TRIGGER,
};
use tower::{Layer, Service as TowerService};

use crate::{
    Dimension as _,
    catalogue::{COLD_START, ERROR, FUNCTION, Service},
    event,
    trace::{Provider, current},
};

/// How long before Lambda's deadline what is known is written: time enough for a busy
/// CPU, and short enough that a late answer is still likely to count as one.
const DEADLINE_MARGIN: Duration = Duration::from_millis(100);

/// The name of an error that the handler gave no name, in the same places.
const HANDLER_ERROR: &str = "handler_error";

/// The name of a missed deadline in the property `error` and in `error.type`.
const TIMEOUT: &str = "timeout";

/// Layer around the runtime: one event, and one server span if sampled, an invocation.
#[derive(Clone, Debug)]
pub struct Invocations {
    service: Service,
}

impl Invocations {
    /// The invocations of this function.
    pub const fn of(service: Service) -> Self {
        Self { service }
    }
}

impl<S> Layer<S> for Invocations {
    type Service = Invoked<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Invoked {
            inner,
            service: self.service,
            cold: Arc::new(AtomicBool::new(true)),
        }
    }
}

/// The service that [`Invocations`] makes of the runtime's.
#[derive(Clone, Debug)]
pub struct Invoked<S> {
    inner: S,
    service: Service,
    /// Whether this process has had no invocation yet; shared by concurrent ones.
    cold: Arc<AtomicBool>,
}

impl<S> TowerService<LambdaInvocation> for Invoked<S>
where
    S: TowerService<LambdaInvocation, Response = ()>,
    S::Future: Send + 'static,
{
    type Response = ();
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, event: LambdaInvocation) -> Self::Future {
        let service = self.service;
        let cold = self.cold.swap(false, Ordering::Relaxed);
        let context = &event.context;
        let deadline = context.deadline();
        let name = context.env_config.function_name.clone();
        let header = context.xray_trace_id.as_deref();
        let request = current::Request::from_lambda(&context.request_id, header);
        // The runtime parses the event here and logs what cannot be parsed. What is around the
        // future moves it several times: a pointer is cheaper to move.
        let (request, inner) = current::during(request, || Box::pin(self.inner.call(event)));
        Box::pin(async move {
            let _flush = FlushAtEnd {
                sampled: request.sampled,
            };
            let invocation = async move {
                FUNCTION.set(service.value());
                if cold {
                    COLD_START.increment(service);
                }
                describe(name, cold);
                watch(inner, deadline).await
            };
            current::run(request, service.value(), invocation).await
        })
    }
}

fn describe(function: String, cold: bool) {
    let span = current::span();
    if !span.is_recorded() {
        return;
    }
    span.set(FAAS_NAME, function);
    span.set(FAAS_TRIGGER, "other");
    span.set(FAAS_COLDSTART, cold);
}

/// Says that a schedule, not a request, caused the current invocation.
pub fn scheduled() {
    current::span().set(FAAS_TRIGGER, "timer");
}

/// Marks the current invocation as failed, and hands its error on: what a handler's `Err`
/// goes through on its way to the runtime, which answers it and tells no layer of it.
///
/// The event's `error` and the span's `error.type` are the name that the handler set as
/// [`ERROR`], or else `handler_error`. The runtime logs the error itself, and Lambda counts
/// it in `AWS/Lambda Errors`.
pub fn failed<E>(error: E) -> E {
    let name = event::property(ERROR).unwrap_or_else(|| HANDLER_ERROR.to_owned());
    ERROR.set(&name);
    let span = current::span();
    span.set(ERROR_TYPE, name.clone());
    span.fail(name);
    error
}

/// Waits for the invocation; if the deadline nears first, writes what is known and goes on
/// waiting, since the answer may still come.
async fn watch<F: Future>(invocation: F, deadline: SystemTime) -> F::Output {
    let mut invocation = pin!(invocation);
    let left = deadline.duration_since(SystemTime::now());
    let left = left.unwrap_or_default().saturating_sub(DEADLINE_MARGIN);
    // No time to watch: tests and local emulators give no deadline, or one in the past.
    if !left.is_zero() {
        tokio::select! {
            biased;
            output = &mut invocation => return output,
            () = tokio::time::sleep(left) => write_what_is_known(),
        }
    }
    invocation.await
}

fn write_what_is_known() {
    ERROR.set(TIMEOUT);
    if let Some(unanswered) = current::take_unanswered() {
        unanswered.timed_out();
    }
    tracing::error!("the deadline is near: writing what is known");
    let span = current::span();
    span.set(ERROR_TYPE, TIMEOUT);
    span.fail(TIMEOUT);
    span.end();
    event::flush();
    Provider::installed().flush();
}

/// Sends the spans of an invocation when it has ended, however it has.
struct FlushAtEnd {
    sampled: bool,
}

impl Drop for FlushAtEnd {
    fn drop(&mut self) {
        if self.sampled {
            Provider::installed().flush();
        }
    }
}
