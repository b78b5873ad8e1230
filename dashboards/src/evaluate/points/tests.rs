use proptest::prelude::*;

use super::*;
use crate::fixture::{Table, dynamodb};
use crate::model::{Expression, Narrow, Period, Threshold};

const POLICIES: [MissingData; 4] = [
    MissingData::Missing,
    MissingData::Ignore,
    MissingData::Breaching,
    MissingData::NotBreaching,
];

fn alarm(n: u32, m: u32, missing: MissingData) -> MetricAlarm {
    MetricAlarm {
        expression: Expression::Number(0.0),
        threshold: Threshold::above(0.5),
        period: Period::minutes(1),
        evaluation_periods: n,
        datapoints_to_alarm: m,
        missing,
        ignore_low_samples: false,
        warm_up: None,
        quota: None,
    }
}

/// A range as AWS prints it: `0` fine, `X` breaching, `-` missing, oldest first.
fn points(range: &str) -> Vec<Option<f64>> {
    let point = |symbol| match symbol {
        '0' => Some(0.0),
        'X' => Some(1.0),
        _ => None,
    };
    range.chars().map(point).collect()
}

/// AWS's published rows: N is 3; the columns are the policies in the order of `POLICIES`.
#[test]
fn the_ten_published_rows() {
    use State::{Alarm, InsufficientData, Ok};
    // For `None` the state is kept.
    let same = |state| [Some(state); 4];
    let rows = [
        (3, "0-X-X", same(Ok)),
        (3, "0----", same(Ok)),
        (
            3,
            "-----",
            [Some(InsufficientData), None, Some(Alarm), Some(Ok)],
        ),
        (3, "0XX-X", same(Alarm)),
        (3, "--X--", [Some(Alarm), None, Some(Alarm), Some(Ok)]),
        (2, "0-X-X", same(Alarm)),
        (2, "00X0X", same(Alarm)),
        (2, "0-X--", [Some(Ok), Some(Ok), Some(Alarm), Some(Ok)]),
        (2, "----0", [Some(Ok), Some(Ok), Some(Alarm), Some(Ok)]),
        (2, "---X-", [Some(Alarm), None, Some(Alarm), Some(Ok)]),
    ];
    for (m, range, columns) in rows {
        for (policy, expected) in POLICIES.into_iter().zip(columns) {
            for current in State::ALL {
                let alarm = alarm(3, m, policy);
                let decision = decide(&alarm, &points(range), current);
                let expected = expected.unwrap_or(current);
                assert_eq!(
                    decision.state, expected,
                    "{m} of 3, {range}, {policy:?}, {current}"
                );
            }
        }
    }
}

/// AWS's prose on premature alarms: too young to alarm until the point is M periods old.
#[test]
fn a_single_young_breaching_point_does_not_alarm_yet() {
    for range in ["----X", "---X-"] {
        let alarm = alarm(3, 3, MissingData::Missing);
        assert_eq!(
            decide(&alarm, &points(range), State::Ok).state,
            State::Ok,
            "{range}"
        );
    }
}

#[test]
fn a_reason_names_points_threshold_and_count() {
    let alarm = alarm(3, 2, MissingData::Breaching);
    let reason = |range| decide(&alarm, &points(range), State::Ok).to_string();
    assert_eq!(
        reason("00X0X"),
        "2 of the last 3 points [1, 0, 1] were above 0.5 (to alarm: 2 of 3)"
    );
    assert_eq!(
        reason("----0"),
        "0 of the last 1 points [0] were above 0.5 and 2 missing ones count as such (to alarm: 2 of 3)"
    );
    assert_eq!(
        reason("-----"),
        "no data in 5 periods, and missing data counts as bad"
    );
}

#[test]
fn a_reason_says_why_breaching_points_with_gaps_do_or_do_not_alarm() {
    let alarm = alarm(3, 2, MissingData::Missing);
    let reason = |range| decide(&alarm, &points(range), State::Ok).to_string();
    assert_eq!(
        reason("---X-"),
        "1 of the last 1 points [1] were above 0.5, the oldest at least 2 periods ago (to alarm: 2 of 3)"
    );
    assert_eq!(
        reason("----X"),
        "1 of the last 1 points [1] were above 0.5, too few to change the state (to alarm: 2 of 3)"
    );
}

#[test]
fn a_reason_lists_ten_points_and_of_more_the_first_and_the_last_five() {
    let reason = |points: u32| {
        let values: Vec<_> = (1..=points).map(|value| Some(f64::from(value))).collect();
        let alarm = alarm(points, 1, MissingData::Missing);
        decide(&alarm, &values, State::Ok).to_string()
    };
    assert!(reason(10).contains(" [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] "));
    assert!(reason(11).contains(" [1, 2, 3, 4, 5, ..., 7, 8, 9, 10, 11] "));
}

#[test]
fn dynamodb_metrics_are_missing_without_effect() {
    let throttles = dynamodb::READ_THROTTLE_EVENTS.of(Table::Orders).sum();
    let mut alarm = alarm(3, 2, MissingData::Breaching);
    alarm.expression = throttles;
    for state in State::ALL {
        assert_eq!(decide(&alarm, &points("-----"), state).state, state);
    }
}

/// The rules one after the other, each as AWS words it, with no thought for speed.
fn by_the_book(alarm: &MetricAlarm, all: &[Option<f64>], current: State) -> State {
    let n = alarm.evaluation_periods as usize;
    let m = alarm.datapoints_to_alarm as usize;
    let mut range: Vec<Option<bool>> = all
        .iter()
        .rev()
        .take(n + 2)
        .map(|p| p.map(|value| value > 0.5))
        .collect();
    range.resize(n + 2, None); // newest first from here on
    let judge = |breaching: usize| {
        if breaching >= m {
            State::Alarm
        } else {
            State::Ok
        }
    };
    let breaching = |points: &[bool]| points.iter().filter(|breaches| **breaches).count();

    let newest: Vec<bool> = range[..n].iter().flatten().copied().collect();
    if newest.len() == n {
        return judge(breaching(&newest)); // no gap in the newest N
    }
    let real: Vec<bool> = range.iter().flatten().copied().collect();
    if real.len() >= n {
        return judge(breaching(&real[..n])); // gaps, but N real points in the range
    }
    let none_is_fine = real.iter().all(|breaches| *breaches);
    let oldest_age = range
        .iter()
        .rposition(Option::is_some)
        .map_or(0, |index| index + 1);
    match alarm.missing {
        MissingData::Breaching => judge(breaching(&real) + n - real.len()),
        MissingData::NotBreaching => judge(breaching(&real)),
        MissingData::Missing if real.is_empty() => State::InsufficientData,
        MissingData::Ignore if real.is_empty() => current,
        _ if breaching(&real) >= m => State::Alarm,
        _ if !none_is_fine => State::Ok,
        MissingData::Missing if oldest_age >= m => State::Alarm, // no longer premature
        _ => current,
    }
}

proptest! {
    #[test]
    fn agrees_with_the_rules_by_the_book(
        series in prop::collection::vec(prop::option::of(prop::sample::select(vec![0.0, 1.0])), 0..40),
        n in 1_u32..8,
        m in 1_u32..8,
        policy in prop::sample::select(&POLICIES[..]),
        current in prop::sample::select(&State::ALL[..]),
    ) {
        let alarm = alarm(n, m.min(n), policy);
        let mut state = current;
        for end in 0..=series.len() {
            let expected = by_the_book(&alarm, &series[..end], state);
            state = decide(&alarm, &series[..end], state).state;
            prop_assert_eq!(state, expected, "{:?} after {:?}", alarm, &series[..end]);
        }
    }
}
