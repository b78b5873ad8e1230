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
//! use telemetry::lambda::{Invocations, failed};
//! use tower::ServiceExt as _;
//!
//! telemetry::dimension! {
//!     /// The shop's functions.
//!     pub enum Function as "Function" {
//!         /// Picks what was ordered.
//!         Picker = "picker",
//!     }
//! }
//! telemetry::catalogue! {
//!     lambda by Function;
//! }
//!
//! async fn pick(table: &str, event: LambdaEvent<Value>) -> Result<Value, Error> {
//!     tracing::info!(table, "picked");
//!     Ok(event.payload)
//! }
//!
//! # async fn run() -> Result<(), Error> {
//! // A handler may borrow what `main` has made, such as the client of a table.
//! let table = std::env::var("TABLE_NAME")?;
//! let handler = service_fn(|event| pick(&table, event));
//! Runtime::new(handler.map_err(failed))
//!     .layer(Invocations::of(Function::Picker))
//!     .run()
//!     .await
//! # }
//! ```

use std::{
    marker::PhantomData,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use lambda_runtime::LambdaInvocation;
use opentelemetry_semantic_conventions::attribute::{
    ERROR_TYPE, FAAS_COLDSTART, FAAS_NAME, FAAS_TRIGGER,
};
use tower::{Layer, Service};

use crate::{
    context, event, invocation, property::ERROR, signals::ServiceSignals, trace::Provider,
};

/// How long before Lambda's deadline what is known is written: time enough for a busy
/// CPU, and short enough that a late answer is still likely to count as one.
const DEADLINE_MARGIN: Duration = Duration::from_millis(100);

/// The name of an error that the handler gave no name, in the same places.
const HANDLER_ERROR: &str = "handler_error";

/// The name of a missed deadline in the property `error` and in `error.type`.
const TIMEOUT: &str = "timeout";

/// Layer around the runtime: one event, and one server span if sampled, an invocation.
///
/// The handler may borrow: `'a` is for how long.
#[derive(Clone, Debug)]
pub struct Invocations<'a, D> {
    function: D,
    borrowed: PhantomData<fn() -> &'a ()>,
}

impl<D: ServiceSignals> Invocations<'_, D> {
    /// The invocations of this function.
    pub const fn of(function: D) -> Self {
        Self {
            function,
            borrowed: PhantomData,
        }
    }
}

impl<'a, S, D: ServiceSignals> Layer<S> for Invocations<'a, D> {
    type Service = InvocationService<'a, S, D>;

    fn layer(&self, inner: S) -> Self::Service {
        InvocationService {
            inner,
            function: self.function,
            first: Arc::new(AtomicBool::new(true)),
            borrowed: PhantomData,
        }
    }
}

/// The service that [`Invocations`] makes of the runtime's.
#[derive(Clone, Debug)]
pub struct InvocationService<'a, S, D> {
    inner: S,
    function: D,
    /// Whether this process has had no invocation yet; shared by concurrent ones.
    first: Arc<AtomicBool>,
    borrowed: PhantomData<fn() -> &'a ()>,
}

impl<'a, S, D: ServiceSignals> Service<LambdaInvocation> for InvocationService<'a, S, D>
where
    S: Service<LambdaInvocation, Response = ()>,
    S::Future: Send + 'a,
    S::Error: 'a,
{
    type Response = ();
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), S::Error>> + Send + 'a>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, event: LambdaInvocation) -> Self::Future {
        let function = self.function;
        let first = self.first.swap(false, Ordering::Relaxed);
        let context = &event.context;
        let deadline = context.deadline();
        let name = context.env_config.function_name.clone();
        let header = context.xray_trace_id.as_deref();
        let request = context::Request::from_lambda(&context.request_id, header);
        // The runtime parses the event here and logs what cannot be parsed. What is around the
        // future moves it several times: a pointer is cheaper to move.
        let (request, inner) = in_request(request, || Box::pin(self.inner.call(event)));
        Box::pin(async move {
            let _flush = FlushGuard {
                sampled: request.sampled,
            };
            let invocation = async move {
                let cold = first && !context::Tracing::installed().started_ahead;
                if first {
                    D::COLD_START.add(cold.into(), function);
                }
                describe(name, cold);
                watch(inner, deadline).await
            };
            invocation::run(request, function.value(), invocation).await
        })
    }
}

/// Does something that waits for nothing as this request, before it runs.
fn in_request<T>(request: context::Request, work: impl FnOnce() -> T) -> (context::Request, T) {
    let mut scope = pin!(context::CURRENT.scope(request, async { work() }));
    let done = scope.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let (Poll::Ready(output), Some(request)) = (done, scope.take_value()) else {
        unreachable!("nothing here waits, and the request stays");
    };
    (request, output)
}

fn describe(function: String, cold: bool) {
    let span = context::span();
    if !span.is_recorded() {
        return;
    }
    span.set(FAAS_NAME, function);
    span.set(FAAS_TRIGGER, "other");
    span.set(FAAS_COLDSTART, cold);
}

/// Says that a schedule, not a request, caused the current invocation.
pub fn scheduled() {
    context::span().set(FAAS_TRIGGER, "timer");
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
    let span = context::span();
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
    // Nobody will get an answer.
    if let Some(pending) = context::take_pending() {
        pending.record(true);
    }
    tracing::error!("the deadline is near: writing what is known");
    if let Some(spans) = context::with(|request| request.open_spans.clone()).flatten() {
        spans.end(TIMEOUT, event::DEADLINE);
    }
    event::flush();
    Provider::installed().flush();
}

/// Sends the spans of an invocation when it has ended, however it has.
struct FlushGuard {
    sampled: bool,
}

impl Drop for FlushGuard {
    fn drop(&mut self) {
        if self.sampled {
            Provider::installed().flush();
        }
    }
}
