//! How long a request may take.

use std::{future::Future, time::Duration};

use tokio::time::Instant;

/// The time within which every request is answered. API Gateway gives up after 30 s;
/// answering well before leaves the client time to try again.
pub const REQUEST_BUDGET: Duration = Duration::from_secs(10);

/// The moment by which a request must be answered.
///
/// The routers set it to [`REQUEST_BUDGET`] from the request's arrival. A server that knows
/// an earlier one, such as the end of a Lambda invocation, puts a `Deadline` into
/// the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// A deadline this far from now.
    pub fn after(budget: Duration) -> Self {
        Self(Instant::now() + budget)
    }

    /// The deadline of work that must leave `reserve` of this deadline for what follows.
    #[must_use]
    pub fn before(self, reserve: Duration) -> Self {
        Self(self.0.checked_sub(reserve).unwrap_or(self.0))
    }

    /// True when the time is up.
    pub fn has_passed(self) -> bool {
        Instant::now() >= self.0
    }

    /// Runs `work`, giving up at the deadline.
    ///
    /// # Errors
    /// [`DeadlineExceeded`] when the deadline passes first.
    pub async fn limit<T>(self, work: impl Future<Output = T>) -> Result<T, DeadlineExceeded> {
        tokio::time::timeout_at(self.0, work)
            .await
            .map_err(|_| DeadlineExceeded)
    }
}

/// The deadline passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time is up")]
pub struct DeadlineExceeded;
