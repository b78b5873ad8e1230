//! One thread that draws the console's pages, which takes a processor for long.
//!
//! It draws one at a time and steps back for every other thread, so that the API is as fast
//! with the console open as without.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use thread_priority::ThreadPriority;
#[cfg(target_os = "linux")]
use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// The thread, which ends with the last clone.
#[derive(Clone, Debug)]
pub(crate) struct Background(mpsc::Sender<Job>);

impl Background {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub(crate) fn start() -> io::Result<Self> {
        let (jobs, given) = mpsc::channel::<Job>();
        thread::Builder::new()
            .name("background".to_owned())
            .spawn(move || {
                step_back();
                for job in given {
                    // A panic has been reported where it happened.
                    let _ = catch_unwind(AssertUnwindSafe(job));
                }
            })?;
        Ok(Self(jobs))
    }

    /// Does some work when everything before it is done, unless nobody waits for it any
    /// more; nothing if it panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (done, result) = oneshot::channel();
        let job = move || {
            if !done.is_closed() {
                let _ = done.send(work());
            }
        };
        self.0.send(Box::new(job)).ok()?;
        result.await.ok()
    }
}

/// Lets this thread run when no other has to. On Linux a low priority would not do: such a
/// thread keeps its processor for a moment when another one wakes.
fn step_back() {
    #[cfg(target_os = "linux")]
    let done = thread_priority::set_thread_priority_and_policy(
        thread_priority::thread_native_id(),
        ThreadPriority::Min,
        ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle),
    );
    #[cfg(not(target_os = "linux"))]
    let done = thread_priority::set_current_thread_priority(ThreadPriority::Min);
    if let Err(error) = done {
        tracing::debug!(?error, "the console's thread keeps its priority");
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn work_that_panics_is_nothing_and_the_next_is_done() {
        let background = Background::start().unwrap();
        assert_eq!(background.run(|| panic!("on purpose")).await, None::<()>);
        assert_eq!(background.run(|| 1).await, Some(1));
    }

    #[tokio::test]
    async fn nobody_s_work_is_left_out() {
        let background = Background::start().unwrap();
        let (release, held) = mpsc::channel::<()>();
        let mut first = pin!(background.run(move || held.recv().is_ok()));
        assert!(timeout(Duration::ZERO, &mut first).await.is_err());
        let (told, asked) = mpsc::channel();
        let gone = background.run(move || told.send(()));
        assert!(timeout(Duration::ZERO, gone).await.is_err());
        release.send(()).unwrap();
        assert_eq!(first.await, Some(true));
        assert_eq!(background.run(|| 2).await, Some(2));
        assert!(asked.try_recv().is_err());
    }
}
