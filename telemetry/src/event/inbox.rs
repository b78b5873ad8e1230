//! Where other tasks, threads and scopes within leave what they recorded for an event, and how
//! the event finds those that are still at work.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::{DEADLINE, open::Event};

/// Most events that are kept or found, so that memory stays bounded however many tasks are
/// spawned.
const MAX_EVENTS: usize = 1_000;

/// Open until the event ends.
#[derive(Clone, Debug)]
pub(super) struct Inbox(Arc<Mutex<Option<Contents>>>);

/// Events as they were left: an event is large and its box is handed on.
type Events = Vec<Box<Event>>;

#[derive(Debug, Default)]
struct Contents {
    left: Events,
    at_work: Vec<Weak<Shared>>,
}

/// An event that somebody else works for, who may hang when the deadline nears.
#[derive(Debug)]
pub(super) struct Shared {
    event: Mutex<Option<Box<Event>>>,
    /// Where those leave something who in turn work for this event, if it is a scope's.
    inbox: Option<Inbox>,
}

impl Default for Inbox {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(Contents::default()))))
    }
}

impl Inbox {
    /// Shares an event with the one that the inbox is of; `inbox` is its own.
    pub(super) fn share(&self, event: Box<Event>, inbox: Option<Self>) -> Arc<Shared> {
        let shared = Arc::new(Shared {
            event: Mutex::new(Some(event)),
            inbox,
        });
        if let Some(Contents { at_work, .. }) = locked(&self.0).as_mut() {
            if at_work.len() == MAX_EVENTS {
                at_work.retain(|one| one.strong_count() > 0);
            }
            if at_work.len() < MAX_EVENTS {
                at_work.push(Arc::downgrade(&shared));
            }
        }
        shared
    }

    /// Leaves an event here, or gives it back if it comes too late or there are too many.
    pub(super) fn put(&self, event: Box<Event>) -> Option<Box<Event>> {
        match locked(&self.0).as_mut() {
            Some(contents) if contents.left.len() < MAX_EVENTS => contents.left.push(event),
            _ => return Some(event),
        }
        None
    }

    /// Moves what was left here into the event.
    pub(super) fn empty_into(&self, event: &mut Event) {
        let left = locked(&self.0)
            .as_mut()
            .map(|contents| mem::take(&mut contents.left));
        left.into_iter()
            .flatten()
            .for_each(|other| event.absorb(other));
    }

    /// The same, for the last time: what comes later is too late.
    pub(super) fn close_into(&self, event: &mut Event) {
        let contents = locked(&self.0).take().unwrap_or_default();
        contents
            .left
            .into_iter()
            .for_each(|other| event.absorb(other));
    }

    /// Writes what is known to those who are still at work.
    pub(super) fn write_others(&self) {
        let at_work = locked(&self.0)
            .as_ref()
            .map(|contents| contents.at_work.clone());
        let at_work = at_work.into_iter().flatten();
        at_work
            .filter_map(|one| one.upgrade())
            .for_each(|one| one.write());
    }
}

impl Shared {
    /// The event, unless it has ended.
    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Box<Event>>> {
        locked(&self.event)
    }

    pub(super) fn take(&self) -> Option<Box<Event>> {
        locked(&self.event).take()
    }

    fn write(&self) {
        if let Some(event) = self.lock().as_mut() {
            if let Some(inbox) = &self.inbox {
                inbox.empty_into(event);
            }
            event.write(Some(DEADLINE));
        }
        if let Some(inbox) = &self.inbox {
            inbox.write_others();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
