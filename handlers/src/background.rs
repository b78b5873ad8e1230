//! Work that goes on after an answer.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::task::JoinSet;
use tracing::Instrument;

/// Tasks that no answer waits for. A clone is the same set.
#[derive(Clone, Debug, Default)]
pub(crate) struct BackgroundTasks(Arc<Mutex<JoinSet<()>>>);

impl BackgroundTasks {
    /// Starts a task, which belongs to the request that is being answered.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work.in_current_span());
    }

    /// Waits until every task has ended. Lambda stops a process between two events, so it must
    /// not ask for the next one before.
    pub(crate) async fn join(&self) {
        let mut tasks = {
            let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            mem::take(&mut *tasks)
        };
        while tasks.join_next().await.is_some() {}
    }
}
