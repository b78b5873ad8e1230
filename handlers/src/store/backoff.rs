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
        pause.map_err(|error| Error::Unavailable(call.deadline_exceeded(error, None)))?;
        Ok(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_a_second_and_end_with_the_deadline() {
        let call = Call::new("BatchWriteItem", "SensorData");
        let mut backoff = Backoff::new();
        let mut longest = FIRST;
        for _ in 0..8 {
            let began = tokio::time::Instant::now();
            let deadline = Deadline::after(LONGEST * 2);
            assert!(backoff.pause(call, deadline).await.is_ok());
            // The timer counts whole milliseconds.
            assert!(began.elapsed() <= longest + Duration::from_millis(1));
            longest = LONGEST.min(longest * 2);
            assert_eq!(backoff.0, longest);
        }
        assert_eq!(longest, LONGEST);
        assert!(
            backoff
                .pause(call, Deadline::after(Duration::ZERO))
                .await
                .is_err()
        );
    }
}
