//! What the handlers of a router share.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use aws_sdk_dynamodb::Client;
use catalogue::{RUNS_ACTIVE, RUNS_AVAILABLE};

use crate::{Clock, Config, store::Store};

/// Configuration and store of a router. A clone is the same state.
///
/// Each of the two functions has its own, so that they share nothing but the tables.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: Config,
    store: Store,
    /// Runs that held a place when somebody last looked.
    running: AtomicUsize,
}

impl AppState {
    /// The state for a configuration, a client (see [`crate::client::connect`]) and a clock.
    pub fn new(config: Config, client: Client, clock: Clock) -> Self {
        let store = Store::new(&config, client, clock);
        Self(Arc::new(Shared {
            config,
            store,
            running: AtomicUsize::new(0),
        }))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Waits until nothing is going on any more that no answer waits for.
    pub async fn join_background_tasks(&self) {
        self.store().join_background_tasks().await;
    }

    /// How many runs held a place when this router last looked.
    pub(crate) fn last_running(&self) -> usize {
        self.0.running.load(Ordering::Relaxed)
    }

    /// Records how many runs hold a place, and how many places are left.
    #[expect(clippy::cast_precision_loss, reason = "there are at most 50 places")]
    pub(crate) fn observe_running(&self, runs: usize) {
        self.0.running.store(runs, Ordering::Relaxed);
        RUNS_ACTIVE.set(runs as f64, ());
        let available = self.store().max_running().saturating_sub(runs);
        RUNS_AVAILABLE.set(available as f64, ());
    }
}
