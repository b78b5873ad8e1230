//! Alarms tried on what CloudWatch has, and on the same events from a file.

use std::collections::BTreeSet;

use dashboards::evaluate::{Message, replay};
use dashboards::live::{Environment, History};
use dashboards::model::State;
use dashboards::model::{Alarm, AlarmKind};
use dashboards::preview::Recording;
use library::{DEPLOYMENT, library};
use telemetry::Namespace;

use super::cloudwatch::{MINUTE, loaded, whole_range};
use super::rendered_files::{API_ID, ENVIRONMENT};
use super::simulation;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cloudwatch_has_fires_what_the_events_fire_and_what_only_aws_counts() {
    let Some(cloudwatch) = loaded().await else {
        return;
    };
    // moto answers minute by minute: days of them take it minutes.
    let short = |alarm: &Alarm| {
        let metric = matches!(alarm.kind, AlarmKind::Metric(_));
        metric && alarm.seconds_looked_at() <= 3_600 && History::can_say(alarm)
    };
    let alarms: Vec<_> = library().alarms.into_iter().filter(short).collect();
    let environment = Environment {
        deployment: DEPLOYMENT,
        name: ENVIRONMENT.to_owned(),
        assigned: vec![("http".to_owned(), API_ID.to_owned())],
    };
    let (start, end) = whole_range().await;
    let end = end + 10 * MINUTE;
    let history = History::of(cloudwatch.client(), &alarms, &environment, start, end).await;
    let history = history.unwrap();
    assert!(history.len() > 20, "{} metrics", history.len());
    let there = replay(&alarms, start, end, &|query, window| {
        history.statistic(query, window)
    });
    let fired: BTreeSet<_> = there
        .iter()
        .filter(|heard| heard.state == State::Alarm)
        .map(|heard| heard.alarm.as_str())
        .collect();
    // A value of 1 of each of AWS's metrics, in one minute.
    for one in ["emf-invalid", "page-topic-fails"] {
        assert!(fired.contains(one), "{fired:?}");
    }
    assert!(
        !fired.contains("function-errors"),
        "one bad minute is not two: {fired:?}"
    );

    let lines = simulation::events().await;
    let recording = Recording::read(DEPLOYMENT, lines.as_bytes()).unwrap();
    let here = replay(&alarms, start, end, &|query, window| {
        recording.statistic(query, window)
    });
    let ours: BTreeSet<_> = alarms
        .iter()
        .filter(|alarm| is_ours(alarm))
        .map(|alarm| alarm.id.to_string())
        .collect();
    assert!(ours.len() >= 4, "{ours:?}");
    let is_ours = |heard: &Message| ours.contains(&heard.alarm);
    assert_eq!(
        there
            .iter()
            .filter(|heard| is_ours(heard))
            .collect::<Vec<_>>(),
        here.iter()
            .filter(|heard| is_ours(heard))
            .collect::<Vec<_>>()
    );
}

/// Whether it watches nothing but what the events have.
fn is_ours(alarm: &Alarm) -> bool {
    let AlarmKind::Metric(metric) = &alarm.kind else {
        return false;
    };
    let metrics = metric.expression.metrics();
    metrics
        .iter()
        .all(|query| query.metric.namespace == Namespace::Application)
}
