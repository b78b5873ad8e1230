use crate::fixture;
use shop::{REQUEST_DURATION, REQUEST_ERROR};

use super::*;
use crate::model::alarm::MissingData;
use crate::model::{Expression, MetricQuery, Narrow, Rule, Threshold};

fn errors() -> Expression {
    REQUEST_ERROR.total().sum()
}

fn too_many(id: &'static str, missing: MissingData) -> Alarm {
    Alarm::metric(id, errors(), Threshold::above(2.0), missing)
        .points(2, 3)
        .ticket(fixture::API, "Requests fail.")
}

/// Evaluates once a minute with one point a minute, and gives the states of `id`.
fn states(
    monitor: &mut Monitor,
    alarms: &[Alarm],
    minutes: &[Option<f64>],
    id: &str,
) -> Vec<State> {
    let lookup = |_: &MetricQuery, window: Window| {
        let minute = usize::try_from(window.start / 60).ok()?;
        minutes.get(minute).copied().flatten()
    };
    let ends = (1..).take(minutes.len()).map(|minute| minute * 60);
    ends.map(|now| {
        monitor.evaluate(alarms, now, &lookup);
        monitor.state(id)
    })
    .collect()
}

#[test]
fn a_metric_alarm_fires_recovers_and_remembers() {
    use State::{Alarm, Ok};
    let alarms = [too_many("errors", MissingData::NotBreaching)];
    let mut monitor = Monitor::default();
    let minutes = [0.0, 5.0, 5.0, 0.0, 0.0].map(Some);
    assert_eq!(
        states(&mut monitor, &alarms, &minutes, "errors"),
        [Ok, Ok, Alarm, Alarm, Ok]
    );
    let status = monitor.status("errors").expect("evaluated");
    let history: Vec<_> = status
        .history
        .iter()
        .map(|change| (change.at, change.to))
        .collect();
    assert_eq!(history, [(60, Ok), (180, Alarm), (300, Ok)]);
    assert_eq!(
        status.history[1].reason,
        "2 of the last 3 points [0, 5, 5] were above 2 (to alarm: 2 of 3)"
    );
}

#[test]
fn the_history_is_bounded() {
    let alarms = [Alarm::metric(
        "errors",
        errors(),
        Threshold::above(2.0),
        MissingData::Missing,
    )
    .ticket(fixture::API, "")];
    let mut monitor = Monitor::default();
    let minutes: Vec<_> = (0..300)
        .map(|minute| Some(f64::from(minute % 2) * 5.0))
        .collect();
    states(&mut monitor, &alarms, &minutes, "errors");
    assert_eq!(
        monitor.status("errors").expect("evaluated").history.len(),
        HISTORY
    );
}

#[test]
fn a_composite_follows_its_children_and_its_suppressor() {
    let quiet = Alarm::metric(
        "quiet",
        REQUEST_DURATION.total().samples(),
        Threshold::below(1.0),
        MissingData::Breaching,
    )
    .ticket(fixture::API, "Nobody calls.");
    let rule = Rule::And(vec![
        Rule::alarm("errors"),
        Rule::Not(Box::new(Rule::Constant(false))),
    ]);
    let composite = Alarm::composite("both", rule)
        .suppressed_by("quiet", Period::minutes(1), Period::minutes(1))
        .page(fixture::API, "");
    let alarms = [too_many("errors", MissingData::Breaching), composite, quiet];
    let mut monitor = Monitor::default();
    monitor.evaluate(&alarms, 60, &|_, _| None);
    let status = monitor.status("both").expect("evaluated");
    assert_eq!(
        (status.state, status.suppressed_by),
        (State::Alarm, Some(SuppressedBy::Alarm))
    );
    assert_eq!(status.reason, "errors is ALARM");
    let mut held = |now| {
        monitor.evaluate(&alarms, now, &|_, _| Some(9.0));
        monitor.status("both").expect("evaluated").suppressed_by
    };
    assert_eq!(held(120), Some(SuppressedBy::ExtensionPeriod));
    assert_eq!(held(180), None);
}

#[test]
fn a_percentile_of_few_samples_keeps_the_state() {
    let slow = REQUEST_DURATION.total().percentile(99.0);
    let alarms = [Alarm::metric(
        "slow",
        slow,
        Threshold::above(500.0),
        MissingData::NotBreaching,
    )
    .points(2, 2)
    .ignore_low_samples()
    .ticket(fixture::API, "Requests are slow.")];
    let mut monitor = Monitor::default();
    let mut state = |now, samples, p99| {
        let lookup = move |query: &MetricQuery, _: Window| match query.statistic {
            Statistic::SampleCount => Some(samples),
            _ => Some(p99),
        };
        monitor.evaluate(&alarms, now, &lookup);
        monitor.state("slow")
    };
    assert_eq!(state(60, 999.0, 900.0), State::InsufficientData);
    assert_eq!(state(120, 1_000.0, 900.0), State::Alarm);
    assert_eq!(state(180, 10.0, 1.0), State::Alarm);
    assert_eq!(state(240, 1_000.0, 1.0), State::Ok);
}
