//! Statistics of an ended run: counted once, by a paged Query within a time budget.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::AttributeValue};
use catalogue::TEMPERATURE_AVG;
use uuid::Uuid;

use super::{
    Store,
    items::{from_stats, run_key, string},
    tables::READINGS_BY_RUN,
};
use crate::{
    Deadline, Result,
    domain::{Run, Stats, Status, limits},
};

/// Time for counting; what was counted by then is written, marked as incomplete.
const COUNT_BUDGET: Duration = Duration::from_secs(4);
/// Time that statistics leave of the request's budget for answering.
const RESERVE: Duration = Duration::from_secs(1);

impl Store {
    /// Counts the readings of an ended run and writes the statistics, once.
    ///
    /// Nothing of this may fail what it follows: without statistics the run is as well, and the
    /// next tick counts again.
    pub async fn add_stats(&self, deadline: Deadline, run: &mut Run) {
        match self.count_and_write(deadline.before(RESERVE), run).await {
            Ok(Some(stats)) => run.stats = Some(stats),
            Ok(None) => {}
            Err(error) => error.log("the statistics are not counted yet", Some(run.id)),
        }
    }

    /// The statistics, if this call wrote them.
    async fn count_and_write(&self, deadline: Deadline, run: &Run) -> Result<Option<Stats>> {
        let stats = self.count(deadline, run.id).await?;
        let request = self
            .client
            .update_item()
            .table_name(&self.runs_table)
            .set_key(Some(run_key(run.id)))
            .update_expression("SET stats = :stats")
            .condition_expression(
                "attribute_exists(id) AND attribute_not_exists(stats) AND #status <> :running",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":running", string(Status::Running.as_str()))
            .expression_attribute_values(":stats", from_stats(&stats));
        let call = self.on_runs("UpdateItem");
        match call.answer(deadline, request.send()).await? {
            Ok(_) => {}
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(call.error(error)),
        }
        if let Some(average) = stats.average.filter(|_| run.status != Status::Interrupted) {
            TEMPERATURE_AVG.record(average, ());
        }
        Ok(Some(stats))
    }

    async fn count(&self, deadline: Deadline, id: Uuid) -> Result<Stats> {
        let until = deadline.min(Deadline::after(COUNT_BUDGET));
        let mut counted = Accumulator::default();
        let as_of = self.clock.now();
        let mut start: Option<HashMap<String, AttributeValue>> = None;
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.sensor_data_table)
                .index_name(READINGS_BY_RUN.name)
                .key_condition_expression("runId = :run")
                .projection_expression("temperature")
                .expression_attribute_values(":run", string(id))
                .set_exclusive_start_key(start);
            let call = self.on_readings("Query");
            let answer = call.make(deadline, request.send()).await?;
            answer
                .items
                .into_iter()
                .flatten()
                .filter_map(|item| temperature(&item))
                .for_each(|value| counted.add(value));
            start = answer.last_evaluated_key;
            if start.is_none() || until.has_passed() {
                return Ok(counted.stats(start.is_none(), as_of));
            }
        }
    }
}

fn temperature(item: &HashMap<String, AttributeValue>) -> Option<f64> {
    item.get("temperature")?.as_n().ok()?.parse().ok()
}

/// What was counted so far.
#[derive(Default)]
struct Accumulator {
    count: u64,
    sum: f64,
    minimum: Option<f64>,
    maximum: Option<f64>,
}

impl Accumulator {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.minimum = Some(self.minimum.map_or(value, |minimum| minimum.min(value)));
        self.maximum = Some(self.maximum.map_or(value, |maximum| maximum.max(value)));
    }

    fn stats(&self, complete: bool, as_of: crate::domain::Timestamp) -> Stats {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a run has less than 2^53 readings"
        )]
        let average = (self.count > 0).then(|| self.sum / self.count as f64);
        // Of readings that can be stored, the average may be too small for that.
        let average = average.map(|average| {
            if average.abs() < limits::SMALLEST {
                0.0
            } else {
                average
            }
        });
        Stats {
            count: self.count,
            average,
            minimum: self.minimum,
            maximum: self.maximum,
            complete,
            as_of,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn stats(values: &[f64]) -> (u64, Option<f64>, Option<f64>, Option<f64>) {
        let mut sum = Accumulator::default();
        values.iter().for_each(|value| sum.add(*value));
        let stats = sum.stats(true, Timestamp::from_millis(0));
        (stats.count, stats.average, stats.minimum, stats.maximum)
    }

    #[test]
    fn temperatures_come_to_their_mean_and_their_extremes() {
        assert_eq!(stats(&[]), (0, None, None, None));
        assert_eq!(
            stats(&[6.0, -2.0, 2.0]),
            (3, Some(2.0), Some(-2.0), Some(6.0))
        );
    }

    #[test]
    fn a_mean_that_is_too_small_to_be_stored_is_zero() {
        let smallest = limits::SMALLEST;
        assert_eq!(stats(&[smallest]).1, Some(smallest));
        assert_eq!(stats(&[smallest, 0.0]).1, Some(0.0));
        assert_eq!(stats(&[-smallest]).1, Some(-smallest));
    }
}
