//! The event of an invocation: what was recorded in it, written as one when it ends.
//!
//! Run a future in [`scope`], and everything it records goes into one event: metrics and
//! properties that belong together are found together. The event is written when the
//! future is done, fails, panics or is dropped. Events of concurrent futures are kept
//! apart, and nothing of one is seen in the next.
//!
//! What is recorded outside any scope is written at once, as an event of its own. What a
//! spawned task records is outside its parent's scope, unless it is
//! [handed on](crate::task) there.

mod inbox;
mod invalid;
mod open;
mod recording;

use std::{cell::RefCell, mem, sync::Arc};

use crate::{
    dimension::Key,
    emf::Fragments,
    pipeline::Metrics,
    property::{Property, Value},
};
use inbox::{Inbox, Shared};
use open::{Around, Event};

/// The [`outcome`](crate::property::OUTCOME) of what was written shortly before its deadline.
pub(crate) const DEADLINE: &str = "deadline";

tokio::task_local! {
    static CURRENT: Current;
}

/// The event of a scope; writes it when it is dropped.
struct Current(RefCell<State>);

struct State {
    event: Held,
    /// Where other tasks and threads leave what they recorded for this event, once there are any.
    inbox: Option<Inbox>,
    /// Whether this is such a task or thread itself: its event goes into the inbox.
    is_spawned: bool,
    /// Whether the scope's future ran to its end.
    completed: bool,
}

/// An event, until it is taken.
enum Held {
    Own(Box<Event>),
    /// One that another event knows of.
    Shared(Arc<Shared>),
    Taken,
}

impl Held {
    fn with<T>(&mut self, action: impl FnOnce(&mut Event) -> T) -> Option<T> {
        let mut guard;
        let event = match self {
            Self::Own(event) => event,
            Self::Shared(shared) => {
                guard = shared.lock();
                guard.as_mut()?
            }
            Self::Taken => return None,
        };
        Some(action(event))
    }

    fn take(&mut self) -> Option<Box<Event>> {
        match mem::replace(self, Self::Taken) {
            Self::Own(event) => Some(event),
            Self::Shared(event) => event.take(),
            Self::Taken => None,
        }
    }
}

impl Current {
    fn begin(metrics: Option<Metrics>) -> Self {
        Self::of(Held::Own(Event::begin(metrics)), None, false)
    }

    /// An event within the current one, if there is one: it has that one's properties.
    fn within() -> Self {
        let within = CURRENT.try_with(|current| {
            let mut state = current.0.try_borrow_mut().ok()?;
            let event = state.event.with(|event| event.within())?;
            let inbox = Inbox::default();
            let around = state.inbox.get_or_insert_default();
            let shared = around.share(event, Some(inbox.clone()));
            Some(Self::of(Held::Shared(shared), Some(inbox), false))
        });
        let begin = || Self::begin(Metrics::installed());
        within.ok().flatten().unwrap_or_else(begin)
    }

    fn of(event: Held, inbox: Option<Inbox>, is_spawned: bool) -> Self {
        Self(RefCell::new(State {
            event,
            inbox,
            is_spawned,
            completed: false,
        }))
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        let state = self.0.get_mut();
        let outcome = match state.completed {
            true => None,
            false if std::thread::panicking() => Some("panic"),
            false => Some("cancelled"),
        };
        let Some(mut event) = state.event.take() else {
            return;
        };
        match &state.inbox {
            Some(inbox) if state.is_spawned => {
                if let Some(returned) = inbox.put(event) {
                    returned.end(outcome);
                }
            }
            Some(inbox) => {
                inbox.close_into(&mut event);
                event.end(outcome);
            }
            None => event.end(outcome),
        }
    }
}

/// Runs a future in an event of its own, written to the [installed](Metrics::install)
/// metrics, or to those of the enclosing scope if there is one.
///
/// Within another scope, such as a Lambda invocation, the event also has the properties that
/// the enclosing one has when it begins, `request_id` among them: each record
/// of a queue's or a stream's batch may be such an event. What is set within is of this event
/// alone and not of the request's span.
///
/// If the future panics or is dropped before its end, the event says so in the property
/// [`outcome`](crate::property::OUTCOME); also if a panic within was caught, where
/// telemetry was started by `Config::init`.
///
/// ```
/// # use telemetry::{Destination, Lines, ApplicationNamespace, Metrics, event};
/// # telemetry::properties! {
/// #     /// Name of the customer.
/// #     CUSTOMER as "customer";
/// # }
/// # telemetry::catalogue! {
/// #     /// Orders that were placed.
/// #     ORDER_PLACED: Counter {
/// #         name: "order_placed", unit: Count, by: [[]], sample: Rate { per_minute: 4.0 },
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let lines = Lines::default();
/// # let metrics = Metrics::builder(ApplicationNamespace::new("Shop/dev").unwrap());
/// # metrics.emf(Destination::lines(&lines)).build().unwrap().install().unwrap();
/// event::scope(async {
///     CUSTOMER.set("ada");
///     ORDER_PLACED.increment(());
/// })
/// .await;
/// assert!(lines.text().contains(r#""order_placed":1,"customer":"ada"}"#));
/// # }
/// ```
pub async fn scope<F: Future>(future: F) -> F::Output {
    CURRENT.scope(Current::within(), completing(future)).await
}

/// Like [`scope`], for code that does not wait.
pub fn in_scope<T>(work: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(Current::within(), || completed(work))
}

/// Runs a future in the event of an invocation, which has nothing of the enclosing scope's but
/// where it is written to.
#[cfg(any(feature = "lambda", feature = "http"))]
pub(crate) async fn of_invocation<F: Future>(future: F) -> F::Output {
    let metrics = with_event(|event| event.metrics.clone()).unwrap_or_else(Metrics::installed);
    run(metrics, future).await
}

impl Metrics {
    /// Like [`event::scope`](scope), written to these metrics; scopes within follow suit.
    ///
    /// Tests use it to see the events of one case and no other.
    pub async fn scope<F: Future>(&self, future: F) -> F::Output {
        run(Some(self.clone()), future).await
    }

    /// Like [`event::in_scope`](in_scope), written to these metrics.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(Current::begin(Some(self.clone())), || completed(work))
    }
}

async fn run<F: Future>(metrics: Option<Metrics>, future: F) -> F::Output {
    CURRENT
        .scope(Current::begin(metrics), completing(future))
        .await
}

/// What a spawned task or thread takes along of the current event.
pub(crate) struct EventContext {
    event: Arc<Shared>,
    inbox: Inbox,
}

impl EventContext {
    /// That of the current event, if there is one.
    pub(crate) fn current() -> Option<Self> {
        let context = CURRENT.try_with(|current| {
            let mut state = current.0.try_borrow_mut().ok()?;
            let event = state.event.with(|event| event.another())?;
            let inbox = state.inbox.get_or_insert_default().clone();
            let event = inbox.share(event, None);
            Some(Self { event, inbox })
        });
        context.ok().flatten()
    }

    fn scope(self) -> Current {
        Current::of(Held::Shared(self.event), Some(self.inbox), true)
    }
}

/// Runs a future for the event that the context is of; without one, as it is.
pub(crate) async fn run_in<F: Future>(context: Option<EventContext>, future: F) -> F::Output {
    let Some(context) = context else {
        return future.await;
    };
    CURRENT.scope(context.scope(), completing(future)).await
}

/// The same for a closure.
pub(crate) fn run_now_in<T>(context: Option<EventContext>, work: impl FnOnce() -> T) -> T {
    let Some(context) = context else {
        return work();
    };
    CURRENT.sync_scope(context.scope(), || completed(work))
}

/// The future, which says when it has run to its end.
async fn completing<F: Future>(future: F) -> F::Output {
    let output = future.await;
    complete();
    output
}

/// The same for a closure.
fn completed<T>(work: impl FnOnce() -> T) -> T {
    let output = work();
    complete();
    output
}

fn complete() {
    CURRENT.with(|current| current.0.borrow_mut().completed = true);
}

/// Does something with the current event, if there is one.
fn with_event<T>(action: impl FnOnce(&mut Event) -> T) -> Option<T> {
    let in_scope = CURRENT.try_with(|current| {
        let mut state = current.0.try_borrow_mut().ok()?;
        state.event.with(action)
    });
    in_scope.ok().flatten()
}

/// Writes what the current event knows, shortly before something may end the process
/// without warning, such as Lambda's deadline; also what the scopes, tasks and threads
/// within know that are still at work.
///
/// What is recorded later goes into another line, marked as a
/// [continuation](crate::property::CONTINUATION); nothing is lost, and nothing written twice.
pub fn flush() {
    let current = CURRENT.try_with(|current| {
        let mut state = current.0.try_borrow_mut().ok()?;
        let inbox = state.inbox.clone().filter(|_| !state.is_spawned);
        state.event.with(|event| {
            if let Some(inbox) = &inbox {
                inbox.empty_into(event);
            }
            event.write(Some(DEADLINE));
        });
        inbox
    });
    if let Some(inbox) = current.ok().flatten() {
        inbox.write_others();
    }
}

/// Says of the current event that something in it panicked, whoever catches the panic.
#[cfg(feature = "runtime")]
pub(crate) fn panicked() {
    with_event(|event| event.outcome = Some("panic"));
}

/// Adds a value to the current event; `Metric`'s methods are the typed way in.
pub(crate) fn record(metric: &'static Fragments, key: Key, value: f64) {
    let in_event = with_event(|event| event.record(metric, key, value));
    let sent = in_event.unwrap_or_else(|| {
        let mut event = Event::begin(Metrics::installed());
        let sent = event.record(metric, key, value);
        event.end(None);
        sent
    });
    // The warning looks at the event for its ids.
    if !sent {
        invalid::warn_once(metric.metric.name);
    }
}

/// Sets a property of the current event and, if it is traced, of the request's span: a
/// span has one value of a name, so it gets none of the items of a batch.
pub(crate) fn set_property(property: Property, value: &Value<'_>) {
    let of_item = with_event(|event| event.set_property(property, value));
    #[cfg(feature = "runtime")]
    if property.is_traced() && of_item != Some(true) {
        crate::context::set_attribute(property, value);
    }
    #[cfg(not(feature = "runtime"))]
    let _ = of_item;
}

/// A text that was set as a property of the current event, such as the run's id.
pub fn property(property: Property) -> Option<String> {
    with_event(|event| event.property(property)).flatten()
}

/// The properties of the current event that log records have, as members of a JSON object,
/// each with a comma before it.
#[cfg(feature = "runtime")]
pub(crate) fn logged_properties() -> String {
    with_event(|event| event.logged_properties()).unwrap_or_default()
}

/// Records several things in the current event, and lists them there: of a batch of readings,
/// CloudWatch takes every value, and a log query finds every reading.
///
/// What an item records counts for the event, as always. What is set for it, and what it
/// measured, is its own: a gauge or a distribution, of which the last value is listed. Items are
/// objects in the text of the property, up to 32 KiB of it; what has no room is counted in
/// [`dropped_properties`](crate::property::DROPPED_PROPERTIES). Logs Insights makes rows of them:
///
/// ```text
/// filter ispresent(parcels) | fields jsonParse(parcels) as list | unnest list into parcel
///   | stats avg(parcel.temperature) by parcel.parcel_id
/// ```
///
/// Things that fail by themselves, such as a queue's messages, are better each in a [`scope`].
///
/// ```
/// # use telemetry::{Destination, Lines, ApplicationNamespace, Metrics, event};
/// # telemetry::properties! {
/// #     /// Parcels of a batch.
/// #     PARCELS as "parcels";
/// #     /// Id of the parcel.
/// #     PARCEL_ID as "parcel_id";
/// # }
/// # telemetry::catalogue! {
/// #     /// Temperature of a parcel.
/// #     TEMPERATURE: Distribution {
/// #         name: "temperature", unit: None, by: [[]], sample: Wave { low: 2.0, high: 8.0 },
/// #     }
/// # }
/// # let lines = Lines::default();
/// # let metrics = Metrics::builder(ApplicationNamespace::new("Shop/dev").unwrap());
/// # metrics.emf(Destination::lines(&lines)).build().unwrap().in_scope(|| {
/// event::each(PARCELS, [("a", 4.5), ("b", 5.5)], |(id, temperature)| {
///     PARCEL_ID.set(id);
///     TEMPERATURE.record(temperature, ());
/// });
/// # });
/// # let text = lines.text();
/// # assert!(text.contains(r#""temperature":[4.5,5.5],"#), "{text}");
/// # assert!(text.contains(r#""parcels":"[{\"parcel_id\":\"a\",\"temperature\":4.5},{"#), "{text}");
/// ```
pub fn each<T>(list: Property, items: impl IntoIterator<Item = T>, mut record: impl FnMut(T)) {
    if with_event(|_| ()).is_none() {
        return in_scope(|| each(list, items, record));
    }
    for item in items {
        let around = with_event(Event::begin_item);
        let _listed = ItemGuard { list, around };
        record(item);
    }
}

/// Lists an item when it ends, also if recording it panics.
struct ItemGuard {
    list: Property,
    around: Option<Around>,
}

impl Drop for ItemGuard {
    fn drop(&mut self) {
        if let Some(around) = self.around.take() {
            with_event(|event| event.end_item(self.list, around));
        }
    }
}
