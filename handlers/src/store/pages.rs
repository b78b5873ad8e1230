//! Reading readings: of a run, of a sensor, or of all runs, run by run. There is no Scan.

use std::time::Duration;

use uuid::Uuid;

use super::{
    Page, ReadingsPage, Store,
    items::{Item, string, to_reading},
    page::{PageKey, Position},
    runs::position_of,
    tables::{Index, READINGS_BY_RUN, READINGS_BY_SENSOR},
};
use crate::{
    Deadline, Error, Result,
    domain::{Reading, ReadingsQuery, Timestamp},
};

/// Time that a page may take: a filter that matches little, or many runs without readings, give
/// a short page and the key of the next one.
const PAGE_BUDGET: Duration = Duration::from_secs(3);
/// Runs that a walk looks up at a time.
const RUNS_AT_ONCE: usize = 25;

impl Store {
    /// A page of readings, newest first; without a run or a sensor, of the newest run first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a page key that is not one of this query, [`Error::Unavailable`]
    /// if the store does not answer in time.
    pub async fn list_readings(
        &self,
        deadline: Deadline,
        query: &ReadingsQuery,
    ) -> Result<ReadingsPage> {
        let bound_to = binding(query);
        let key = query
            .last_key
            .as_deref()
            .map(|text| PageKey::decode(text, &bound_to))
            .transpose()?;
        let soft = deadline.min(Deadline::after(PAGE_BUDGET));
        let budgets = Budgets {
            hard: deadline,
            soft,
        };
        if let Some(selection) = Selection::of(query) {
            let after = match key {
                Some(PageKey::After(position)) => Some(position),
                None => None,
                Some(PageKey::Walk { .. }) => {
                    return Err(Error::invalid("lastKey", "belongs to another query"));
                }
            };
            let found = self.select(budgets, &selection, after, query.limit).await?;
            let next_key = found
                .rest
                .map(|position| PageKey::After(position).encode(&bound_to));
            return Ok(Page {
                items: found.readings,
                next_key,
            });
        }
        let (run, reading) = match key {
            Some(PageKey::Walk { run, reading }) => (Some(run), reading),
            None => (None, None),
            Some(PageKey::After(_)) => {
                return Err(Error::invalid("lastKey", "belongs to another query"));
            }
        };
        let (items, next) = self.walk(budgets, query, run, reading).await?;
        Ok(Page {
            items,
            next_key: next.map(|key| key.encode(&bound_to)),
        })
    }

    /// When the newest reading of a run was measured.
    pub(super) async fn newest_reading(
        &self,
        deadline: Deadline,
        run: Uuid,
    ) -> Result<Option<Timestamp>> {
        let request = self
            .client
            .query()
            .table_name(&self.sensor_data_table)
            .index_name(READINGS_BY_RUN.name)
            .key_condition_expression("runId = :run")
            .expression_attribute_values(":run", string(run))
            .scan_index_forward(false)
            .limit(1);
        let call = self.on_readings("Query");
        let items = call.make(deadline, request.send()).await?.items;
        let newest = items.unwrap_or_default().first().map(to_reading);
        Ok(newest.transpose()?.map(|reading| reading.timestamp))
    }

    /// The newest readings of a selection after a position.
    async fn select(
        &self,
        budgets: Budgets,
        selection: &Selection,
        mut after: Option<Position>,
        limit: usize,
    ) -> Result<PartialPage> {
        let mut readings: Vec<Reading> = Vec::new();
        loop {
            let request = selection.request(self, after, limit + 1 - readings.len());
            let call = self.on_readings("Query");
            let answer = call.make(budgets.hard, request.send()).await?;
            for item in answer.items.unwrap_or_default() {
                readings.push(to_reading(&item)?);
            }
            if readings.len() > limit {
                readings.truncate(limit);
                let rest = readings.last().map(position_of_reading);
                return Ok(PartialPage { readings, rest });
            }
            // With a filter, the last item that was looked at is not one that was found.
            after = answer
                .last_evaluated_key
                .as_ref()
                .map(position_of_key)
                .transpose()?;
            if after.is_none() || budgets.soft.has_passed() {
                return Ok(PartialPage {
                    readings,
                    rest: after,
                });
            }
        }
    }

    /// Readings of the newest runs, run by run: `run` and `reading` say where to go on.
    async fn walk(
        &self,
        budgets: Budgets,
        query: &ReadingsQuery,
        mut run: Option<Position>,
        mut reading: Option<Position>,
    ) -> Result<(Vec<Reading>, Option<PageKey>)> {
        let mut readings = Vec::new();
        let mut resumed = run.filter(|_| reading.is_some());
        loop {
            let positions: Vec<Position> = match resumed.take() {
                Some(position) => vec![position],
                None => self
                    .runs_after(budgets.hard, run, RUNS_AT_ONCE)
                    .await?
                    .iter()
                    .map(position_of)
                    .collect(),
            };
            if positions.is_empty() {
                return Ok((readings, None));
            }
            for position in positions {
                let wanted = query.limit - readings.len();
                if wanted == 0 || budgets.soft.has_passed() {
                    return Ok((
                        readings,
                        run.map(|run| PageKey::Walk { run, reading: None }),
                    ));
                }
                let selection = Selection::of_run(position.id, query);
                let found = self
                    .select(budgets, &selection, reading.take(), wanted)
                    .await?;
                readings.extend(found.readings);
                run = Some(position);
                if let Some(rest) = found.rest {
                    return Ok((
                        readings,
                        Some(PageKey::Walk {
                            run: position,
                            reading: Some(rest),
                        }),
                    ));
                }
            }
        }
    }
}

/// Until when a page may be filled, and until when it must be answered.
#[derive(Clone, Copy)]
struct Budgets {
    soft: Deadline,
    hard: Deadline,
}

/// Readings that were found, and where to go on if there may be more.
struct PartialPage {
    readings: Vec<Reading>,
    rest: Option<Position>,
}

/// Readings that share one key of an index, within a span of time.
struct Selection {
    index: Index,
    value: String,
    sensor: Option<String>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

impl Selection {
    /// The selection that answers a query, if it names a run or a sensor.
    fn of(query: &ReadingsQuery) -> Option<Self> {
        match (query.run_id, &query.sensor_id) {
            (Some(run_id), sensor) => Some(Self {
                sensor: sensor.clone(),
                ..Self::of_run(run_id, query)
            }),
            (None, Some(sensor)) => Some(Self {
                index: READINGS_BY_SENSOR,
                value: sensor.clone(),
                sensor: None,
                start: query.start,
                end: query.end,
            }),
            (None, None) => None,
        }
    }

    /// The readings of a run within a query's span of time.
    fn of_run(run_id: Uuid, query: &ReadingsQuery) -> Self {
        Self {
            index: READINGS_BY_RUN,
            value: run_id.to_string(),
            sensor: None,
            start: query.start,
            end: query.end,
        }
    }

    fn request(
        &self,
        store: &Store,
        after: Option<Position>,
        limit: usize,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        // Any moment sorts between these two: digits, then letters.
        let start = self
            .start
            .map_or_else(|| "0".to_owned(), |start| start.to_string());
        let end = self
            .end
            .map_or_else(|| "9999".to_owned(), |end| end.to_string());
        let mut request = store
            .client
            .query()
            .table_name(&store.sensor_data_table)
            .index_name(self.index.name)
            .key_condition_expression("#key = :key AND #time BETWEEN :start AND :end")
            .expression_attribute_names("#key", self.index.partition_key)
            .expression_attribute_names("#time", self.index.sort_key)
            .expression_attribute_values(":key", string(&self.value))
            .expression_attribute_values(":start", string(start))
            .expression_attribute_values(":end", string(end))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(after.map(|position| self.start_key(position)));
        if let Some(sensor) = &self.sensor {
            request = request
                .filter_expression("sensorId = :sensor")
                .expression_attribute_values(":sensor", string(sensor))
                // Few may match: look at many at a time, and cut what is too much.
                .limit(1_000);
        }
        request
    }

    fn start_key(&self, position: Position) -> Item {
        Item::from([
            ("id".into(), string(position.id)),
            ("timestamp".into(), string(position.time.to_string())),
            (self.index.partition_key.into(), string(&self.value)),
        ])
    }
}

/// What a page key is bound to: everything of the query but the limit and the key itself.
fn binding(query: &ReadingsQuery) -> String {
    format!(
        "readings {:?} {:?} {:?} {:?}",
        query.run_id, query.sensor_id, query.start, query.end
    )
}

fn position_of_reading(reading: &Reading) -> Position {
    Position {
        time: reading.timestamp,
        id: reading.id,
    }
}

fn position_of_key(key: &Item) -> Result<Position> {
    let text = |name: &str| key.get(name).and_then(|value| value.as_s().ok());
    let id = text("id").and_then(|id| id.parse().ok());
    let time = text("timestamp").and_then(|time| time.parse().ok());
    let position = id.zip(time).map(|(id, time)| Position { time, id });
    position.ok_or_else(|| Error::defect("a page of readings ended at a key of another form"))
}
