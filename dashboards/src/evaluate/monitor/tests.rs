use crate::fixture;
use shop::{REQUEST_DURATION, REQUEST_ERROR};

use super::*;
use crate::model::alarm::{MissingData, Watch};
use crate::model::{Expression, MetricQuery, Narrow, Rule, Threshold};

fn errors() -> Expression {
    REQUEST_ERROR.total().sum()
}

fn too_many(id: &'static str, missing: MissingData) -> Alarm {
    Alarm::metric(id, errors(), Threshold::above(2.0), missing)
        .points(2, 3)
        .ticket(fixture::API, "Requests fail.")
}

/// Any number of errors in a minute is one too many.
fn any(missing: MissingData) -> Watch {
    Alarm::metric("errors", errors(), Threshold::above(0.0), missing)
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
fn the_newest_changes_and_actions_are_kept() {
    let alarms = [any(MissingData::Missing).ticket(fixture::API, "")];
    let mut monitor = Monitor::default();
    let minutes: Vec<_> = (0..300).map(|minute| Some(f64::from(minute % 2))).collect();
    states(&mut monitor, &alarms, &minutes, "errors");
    let status = monitor.status("errors").expect("evaluated");
    let changes: Vec<_> = status.history.iter().map(|change| change.at).collect();
    let actions: Vec<_> = status.notifications.iter().map(|one| one.at).collect();
    let newest: Vec<i64> = (201..=300).map(|minute| minute * 60).collect();
    assert_eq!(changes, newest);
    assert_eq!(actions, newest);
}

#[test]
fn an_alarm_acts_on_each_change_to_alarm_or_ok() {
    use State::{Alarm, Ok};
    let alarms = [any(MissingData::Missing).ticket(fixture::API, "")];
    let mut monitor = Monitor::default();
    // With one point to look at, three gaps in a row are too many.
    let mut minutes = vec![None, Some(1.0), Some(1.0)];
    minutes.extend([None; 3]);
    minutes.extend([1.0, 0.0, 0.0].map(Some));
    states(&mut monitor, &alarms, &minutes, "errors");
    let status = monitor.status("errors").expect("evaluated");
    let actions = status.notifications.iter();
    let actions: Vec<_> = actions.map(|one| (one.at / 60, one.state)).collect();
    assert_eq!(actions, [(2, Alarm), (7, Alarm), (8, Ok)]);
}

#[test]
fn a_muted_alarm_changes_its_state_and_acts_when_it_is_muted_no_longer() {
    let alarms = [any(MissingData::Missing).ticket(fixture::API, "")];
    let mut monitor = Monitor::default();
    let mut evaluate = |now, muted| {
        monitor.mute(muted);
        monitor.evaluate(&alarms, now, &|_, _| Some(1.0));
        let status = monitor.status("errors").expect("evaluated");
        assert_eq!(status.state, State::Alarm);
        status.notifications.back().map(|last| last.at)
    };
    assert_eq!(evaluate(60, true), None);
    assert_eq!(evaluate(120, false), Some(120));
    assert_eq!(evaluate(180, false), Some(120));
}

/// The minutes in which an alarm on `of` hours is evaluated, in two hours and a half.
fn evaluations(of: u32) -> Vec<i64> {
    let alarm = any(MissingData::Missing)
        .every(Period::hours(1))
        .points(1, of);
    let alarms = [alarm.ticket(fixture::API, "")];
    let mut monitor = Monitor::default();
    let minutes = (1..=150).filter(|minute| {
        monitor.evaluate(&alarms, minute * 60, &|_, _| Some(0.0));
        let status = monitor.status("errors").expect("evaluated");
        status.evaluated == Some(minute * 60)
    });
    minutes.collect()
}

#[test]
fn an_alarm_on_more_than_a_day_is_evaluated_once_an_hour() {
    assert_eq!(evaluations(24), (1..=150).collect::<Vec<_>>());
    assert_eq!(evaluations(25), [1, 61, 121]);
}

#[test]
fn a_warm_up_is_over_once_no_point_is_missing() {
    use State::{Alarm, InsufficientData};
    let watch = any(MissingData::Breaching).points(3, 3);
    let alarms = [watch.warm_up(Period::hours(1)).ticket(fixture::API, "")];
    let mut monitor = Monitor::default();
    // What is missing later does not begin another one.
    let minutes = [Some(1.0), Some(1.0), Some(1.0), None, None];
    assert_eq!(
        states(&mut monitor, &alarms, &minutes, "errors"),
        [InsufficientData, InsufficientData, Alarm, Alarm, Alarm]
    );
}

#[test]
fn a_warm_up_is_over_when_its_time_is() {
    use State::{Alarm, InsufficientData};
    let watch = any(MissingData::Breaching).points(3, 3);
    let alarms = [watch.warm_up(Period::minutes(3)).ticket(fixture::API, "")];
    let mut monitor = Monitor::default();
    let minutes = [None; 5];
    assert_eq!(
        states(&mut monitor, &alarms, &minutes, "errors"),
        [
            InsufficientData,
            InsufficientData,
            InsufficientData,
            Alarm,
            Alarm
        ]
    );
    let status = monitor.status("errors").expect("evaluated");
    assert_eq!(status.history[0].at, 240, "three minutes after the first");
}

#[test]
fn what_is_remembered_is_judged_anew() {
    let alarms = [any(MissingData::Missing).ticket(fixture::API, "")];
    let mut monitor = Monitor::default();
    monitor.evaluate(&alarms, 60, &|_, _| Some(0.0));
    let change = Transition {
        at: 60,
        from: State::Ok,
        to: State::Alarm,
        reason: "of another time".into(),
    };
    monitor.remember("errors", change);
    assert_eq!(monitor.state("errors"), State::Alarm);
    monitor.evaluate(&alarms, 120, &|_, _| Some(0.0));
    assert_eq!(monitor.state("errors"), State::Ok);
}

#[test]
fn an_alarm_speaks_for_itself_where_a_composite_wants_it_out_of_alarm() {
    let rule = Rule::Not(Box::new(Rule::alarm("errors")));
    let composite = Alarm::composite("quiet", rule).page(fixture::API, "");
    let alarms = [too_many("errors", MissingData::Breaching), composite];
    let mut monitor = Monitor::default();
    monitor.evaluate(&alarms, 60, &|_, _| None);
    let status = monitor.status("errors").expect("evaluated");
    assert_eq!(status.notifications.len(), 1);
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
    let actions = |id| &monitor.status(id).expect("evaluated").notifications;
    let (at, state) = (180, State::Alarm);
    assert_eq!(*actions("both"), [Notification { at, state }]);
    assert_eq!(*actions("errors"), [], "a part speaks through its whole");
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
    let mut status = |now, samples, p99| {
        let lookup = move |query: &MetricQuery, _: Window| match query.statistic {
            Statistic::SampleCount => Some(samples),
            _ => Some(p99),
        };
        monitor.evaluate(&alarms, now, &lookup);
        monitor.status("slow").expect("evaluated").clone()
    };
    assert_eq!(status(60, 999.0, 900.0).state, State::InsufficientData);
    let slow = status(120, 1_000.0, 900.0);
    assert_eq!(slow.state, State::Alarm);
    let few = status(180, 10.0, 1.0);
    assert_eq!(few.state, State::Alarm);
    assert_eq!(few.reason, "too few samples for a percentile");
    assert_eq!(status(240, 1_000.0, 900.0).reason, slow.reason);
    assert_eq!(status(300, 1_000.0, 1.0).state, State::Ok);
}
