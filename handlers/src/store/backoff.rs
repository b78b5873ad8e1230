//! Pauses between repetitions of what DynamoDB left undone in an otherwise good answer.

use std::time::Duration;

use super::failure::Call;
use crate::{Deadline, Error, Result};

const FIRST: Duration = Duration::from_millis(25);
const LONGEST: Duration = Duration::from_secs(1);

/// Pauses that double, each a random share of its length.
pub(super) struct Backoff(Duration);

impl Backoff {
    pub(super) const fn new() -> Self {
        Self(FIRST)
    }

    /// Waits once; then the rest of this call is sent by the one that it answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error::Unavailable) if the deadline comes first.
    pub(super) async fn pause<'a>(
        &mut self,
        call: Call<'a>,
        deadline: Deadline,
    ) -> Result<Call<'a>> {
        let call = call.repeated();
        let length = self.0.mul_f64(fastrand::f64());
        self.0 = (self.0 * 2).min(LONGEST);
        let pause = deadline.limit(tokio::time::sleep(length)).await;
        pause.map_err(|late| Error::Unavailable(call.late(late, None)))?;
        Ok(call)
    }
}
