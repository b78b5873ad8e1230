//! What CloudWatch knows of a stretch of time, minute by minute.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};

use super::client::AwsError;
use super::environment::Environment;
use super::series::{key, series};
use crate::evaluate::Window;
use crate::model::{Alarm, AlarmKind, MetricQuery, Statistic};
use crate::render::names::statistic;

/// Seconds of a point, the shortest that an alarm of ours looks at.
const MINUTE: i32 = 60;
/// Most queries of one `GetMetricData`.
const QUERIES: usize = 500;

/// A metric by its name, and a statistic by its.
type StatisticKey = (String, String);
/// Values by the second that their minute begins with.
type Minutes = HashMap<StatisticKey, BTreeMap<i64, f64>>;

/// The values of metrics in each minute of a stretch of time.
///
/// Minutes, because an alarm's window ends at any of them: sums, counts, extremes and ranks of
/// minutes give those of every window exactly.
#[derive(Debug, Default)]
pub struct History {
    environment: Option<Environment>,
    minutes: Minutes,
}

impl History {
    /// Asks for all that `alarms` watch from `start` up to `end`, in seconds since 1970.
    ///
    /// # Errors
    /// [`AwsError`] if `GetMetricData` fails.
    pub async fn of(
        client: &Client,
        alarms: &[Alarm],
        environment: &Environment,
        start: i64,
        end: i64,
    ) -> Result<Self, AwsError> {
        let mut wanted: BTreeMap<StatisticKey, Metric> = BTreeMap::new();
        for query in alarms.iter().flat_map(queries) {
            for needed in parts(query.statistic).into_iter().flatten() {
                let all = series(query, environment).unwrap_or_default();
                let key = (key(query, environment), statistic(needed).into_owned());
                wanted.extend(all.into_iter().map(|metric| (key.clone(), metric)));
            }
        }
        let wanted: Vec<_> = wanted.into_iter().collect();
        let mut minutes = Minutes::new();
        for chunk in wanted.chunks(QUERIES) {
            ask(client, chunk, start, end, &mut minutes).await?;
        }
        Ok(Self {
            environment: Some(environment.clone()),
            minutes,
        })
    }

    /// How many metrics had a value, counted once for each statistic.
    pub fn len(&self) -> usize {
        self.minutes
            .values()
            .filter(|values| !values.is_empty())
            .count()
    }

    /// Whether nothing had a value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The statistic that a query asks for in a window; `None` where there was no observation.
    pub fn statistic(&self, query: &MetricQuery, window: Window) -> Option<f64> {
        let name = key(query, self.environment.as_ref()?);
        let values = |of: Statistic| {
            let asked = (name.clone(), statistic(of).into_owned());
            let minutes = self.minutes.get(&asked);
            minutes
                .into_iter()
                .flat_map(move |minutes| minutes.range(window.start..window.end))
        };
        let sum = |of| {
            values(of)
                .map(|(_, value)| *value)
                .reduce(|sum, value| sum + value)
        };
        match query.statistic {
            Statistic::Sum | Statistic::SampleCount => sum(query.statistic),
            Statistic::Average => Some(sum(Statistic::Sum)? / sum(Statistic::SampleCount)?),
            Statistic::Minimum => values(query.statistic)
                .map(|(_, value)| *value)
                .reduce(f64::min),
            Statistic::Maximum => values(query.statistic)
                .map(|(_, value)| *value)
                .reduce(f64::max),
            Statistic::PercentileRank(_) => {
                let ranks: BTreeMap<i64, f64> = values(query.statistic)
                    .map(|(at, rank)| (*at, *rank))
                    .collect();
                let within = values(Statistic::SampleCount)
                    .map(|(at, count)| count * ranks.get(at).unwrap_or(&0.0));
                Some(within.sum::<f64>() / sum(Statistic::SampleCount)?)
            }
            Statistic::Percentile(_) => None,
        }
    }

    /// Whether minutes say what an alarm watches: they do not make a percentile of an hour.
    pub fn can_say(alarm: &Alarm) -> bool {
        queries(alarm)
            .into_iter()
            .all(|query| parts(query.statistic)[0].is_some())
    }
}

/// Adds what CloudWatch answers to at most [`QUERIES`] queries.
async fn ask(
    client: &Client,
    wanted: &[(StatisticKey, Metric)],
    start: i64,
    end: i64,
    minutes: &mut Minutes,
) -> Result<(), AwsError> {
    let queries = wanted.iter().enumerate().map(query).collect();
    let mut pages = client
        .get_metric_data()
        .set_metric_data_queries(Some(queries))
        .start_time(DateTime::from_secs(start))
        .end_time(DateTime::from_secs(end))
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new("GetMetricData", error))?;
        for result in page.metric_data_results() {
            let id = result.id().and_then(|id| id.strip_prefix('m'));
            let place = id.and_then(|place| place.parse().ok());
            let Some((key, _)) = place.and_then(|place: usize| wanted.get(place)) else {
                continue;
            };
            let times = result.timestamps().iter().map(DateTime::secs);
            let points = times.zip(result.values().iter().copied());
            minutes.entry(key.clone()).or_default().extend(points);
        }
    }
    Ok(())
}

/// The metrics that an alarm watches itself.
fn queries(alarm: &Alarm) -> Vec<&MetricQuery> {
    match &alarm.kind {
        AlarmKind::Metric(metric) => metric.expression.metrics(),
        AlarmKind::Composite(_) => Vec::new(),
    }
}

/// The statistics of minutes of which this one of a longer time is made.
const fn parts(of: Statistic) -> [Option<Statistic>; 2] {
    match of {
        Statistic::Average => [Some(Statistic::Sum), Some(Statistic::SampleCount)],
        Statistic::PercentileRank(_) => [Some(of), Some(Statistic::SampleCount)],
        Statistic::Percentile(_) => [None, None],
        _ => [Some(of), None],
    }
}

fn query((place, ((_, statistic), metric)): (usize, &(StatisticKey, Metric))) -> MetricDataQuery {
    let stat = MetricStat::builder()
        .metric(metric.clone())
        .period(MINUTE)
        .stat(statistic);
    let query = MetricDataQuery::builder().id(format!("m{place}"));
    query.metric_stat(stat.build()).build()
}

#[cfg(test)]
mod tests {
    use shop::{REQUEST_DURATION, REQUEST_ERROR};

    use super::*;
    use crate::fixture::DEPLOYMENT;
    use crate::model::{Expression, Narrow, Period};

    #[test]
    fn minutes_make_every_window() {
        let environment = Environment {
            deployment: DEPLOYMENT,
            name: "prod".into(),
            assigned: vec![],
        };
        let queries = [
            REQUEST_ERROR.total().sum(),
            REQUEST_DURATION.total().average(),
            REQUEST_DURATION.total().maximum(),
            REQUEST_DURATION.total().percent_within(300.0),
            REQUEST_DURATION.total().percentile(99.0),
            REQUEST_DURATION.total().samples(),
        ];
        let queries = queries.map(|expression| match expression {
            Expression::Metric(query) => query,
            other => panic!("{other:?}"),
        });
        let mut history = History {
            environment: Some(environment.clone()),
            ..History::default()
        };
        let mut put = |query: &MetricQuery, of, values: [f64; 2]| {
            let asked = (key(query, &environment), statistic(of).into_owned());
            history
                .minutes
                .insert(asked, [60, 120].into_iter().zip(values).collect());
        };
        put(&queries[0], Statistic::Sum, [3.0, 5.0]);
        put(&queries[1], Statistic::Sum, [100.0, 500.0]);
        put(&queries[1], Statistic::SampleCount, [1.0, 3.0]);
        put(&queries[2], Statistic::Maximum, [100.0, 400.0]);
        put(&queries[3], queries[3].statistic, [100.0, 60.0]);
        let of = |start| {
            let window = Window { start, end: 180 };
            queries
                .each_ref()
                .map(|query| history.statistic(query, window))
        };
        assert_eq!(
            of(60),
            [
                Some(8.0),
                Some(150.0),
                Some(400.0),
                Some(70.0),
                None,
                Some(4.0)
            ]
        );
        assert_eq!(of(120)[0], Some(5.0));
        let window = Window::ending(60, Period::minutes(1));
        assert_eq!(
            history.statistic(&queries[0], window),
            None,
            "no minute, no value"
        );
    }
}
