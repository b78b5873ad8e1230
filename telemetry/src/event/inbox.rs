//! Where other tasks and threads leave what they recorded for an event.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::open::Event;

/// Most events that are kept, so that memory stays bounded however many tasks are spawned.
const MAX_EVENTS: usize = 1_000;

/// Events as they were left: an event is large and its box is handed on.
type Events = Vec<Box<Event>>;

/// Open until the event ends.
#[derive(Clone, Debug)]
pub(super) struct Inbox(Arc<Mutex<Option<Events>>>);

impl Default for Inbox {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(Vec::new()))))
    }
}

impl Inbox {
    /// Leaves an event here, or gives it back if it comes too late or there are too many.
    pub(super) fn put(&self, event: Box<Event>) -> Option<Box<Event>> {
        match self.locked().as_mut() {
            Some(events) if events.len() < MAX_EVENTS => events.push(event),
            _ => return Some(event),
        }
        None
    }

    /// Takes what was left here; what comes later is too late.
    pub(super) fn close(&self) -> Events {
        self.locked().take().unwrap_or_default()
    }

    fn locked(&self) -> MutexGuard<'_, Option<Events>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
