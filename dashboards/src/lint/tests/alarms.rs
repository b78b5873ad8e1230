//! Alarms that cannot be right.

use super::*;

/// A composite of those with these ids.
fn all_of<'a>(ids: impl IntoIterator<Item = &'a String>) -> Alarm {
    let rules = ids.into_iter().cloned().map(Rule::alarm);
    Alarm::composite("all", Rule::And(rules.collect()))
        .page(API, "Test")
        .runbook("api-5xx")
}

#[test]
fn rules_of_composites_stay_within_what_cloudwatch_takes() {
    let of = |parts: &[String]| {
        let alarms = parts.iter().cloned().map(named);
        broken(vec![], alarms.chain([all_of(parts)]).collect())
    };
    // With what is around an id, 80 of 43 characters are 10,240.
    let id = |number: usize, length: usize| format!("p{number:x<0$}", length - 1);
    let mut parts: Vec<_> = (10..90).map(|number| id(number, 43)).collect();
    assert_eq!(of(&parts), [""; 0]);
    parts[0] = id(10, 44);
    assert_eq!(of(&parts), ["composite-rule"]);
    let short: Vec<_> = (0..101).map(|number| id(number, 1)).collect();
    assert_eq!(of(&short[..100]), [""; 0]);
    assert_eq!(of(&short), ["composite-children"]);
}

#[test]
fn parts_of_a_composite_are_deployed_wherever_it_is() {
    let of = |part: Alarm| broken(vec![], vec![part, all_of(&["part".to_owned()])]);
    assert_eq!(of(named("part").profile(Profile::Dev)), [""; 0]);
    assert_eq!(of(named("part").module("elsewhere")), ["composite-module"]);
    let mut sometimes = named("part");
    sometimes.only_with = Some("variable");
    assert_eq!(of(sometimes), ["composite-profile"]);
    let all = all_of(&["part".to_owned()]).profile(Profile::Dev);
    let found = broken(vec![], vec![named("part"), all]);
    assert_eq!(found, ["composite-profile"]);
}

#[test]
fn ten_metrics_of_alarms_are_free() {
    let of = |count| {
        let alarms = (0..count).map(|number| named(format!("a{number}")).profile(Profile::Dev));
        broken(vec![], alarms.collect())
    };
    assert_eq!(of(10), [""; 0]);
    assert_eq!(of(11), ["free-alarms"]);
}

#[test]
fn ids_and_descriptions_of_alarms_are_as_long_as_aws_takes() {
    let of = |id: usize, description: usize| {
        let mut alarm = named("a".repeat(id));
        alarm.description = "x".repeat(description).into();
        broken(vec![], vec![alarm])
    };
    assert_eq!(of(200, 700), [""; 0]);
    assert_eq!(of(201, 700), ["alarm-id"]);
    assert_eq!(of(200, 701), ["description"]);
    assert_eq!(of(200, 0), ["description"]);
}

#[test]
fn an_alarm_watches_one_to_ten_metrics() {
    let of = |count: i32| {
        let percents = (1..=count).map(f64::from);
        let each = percents.map(|percent| REQUEST_DURATION.total().percentile(percent));
        let sum = Expression::sum(each);
        broken(vec![], vec![alarm(sum).page(API, "Test")])
    };
    assert_eq!(of(10), [""; 0]);
    assert_eq!(of(11), ["alarm-metrics"]);
    let nothing = alarm(Expression::Number(1.0)).page(API, "Test");
    assert!(broken(vec![], vec![nothing]).contains(&"alarm-metrics"));
}

#[test]
fn missing_data_of_dynamodb_is_ignored_whatever_is_said() {
    use crate::fixture::{Table, dynamodb};
    let throttles = dynamodb::READ_THROTTLE_EVENTS.of(Table::Orders).sum();
    let alarm = alarm(throttles).page(API, "Test");
    assert_eq!(broken(vec![], vec![alarm]), ["missing-data"]);
}

#[test]
fn alarms_keep_to_cloudwatchs_limits() {
    let requests = || REQUEST_DURATION.total().samples();
    let seldom = alarm(requests()).every(Period::minutes(5)).points(1, 300);
    let found = broken(vec![], vec![seldom.page(API, "Test")]);
    assert_eq!(found, ["evaluation-range"]);
    for (period, points) in [(Period::minutes(5), 288), (Period::hours(1), 168)] {
        let longest = alarm(requests()).every(period).points(1, points);
        assert_eq!(broken(vec![], vec![longest.page(API, "Test")]), [""; 0]);
    }
    let odd = alarm(requests()).every(Period::seconds(45)).points(3, 2);
    assert_eq!(
        broken(vec![], vec![odd.page(API, "Test")]),
        ["period", "datapoints", "resolution"]
    );
    let few = alarm(REQUEST_DURATION.total().percentile(99.0));
    assert_eq!(broken(vec![], vec![few.page(API, "Test")]), ["low-samples"]);
    let running = alarm(requests().running_sum());
    assert_eq!(
        broken(vec![], vec![running.page(API, "Test")]),
        ["running-sum"]
    );
}

#[test]
fn composites_have_no_cycles_and_alarms_have_runbooks() {
    let circle = |id: &'static str, of: &'static str| {
        Alarm::composite(id, Rule::alarm(of))
            .page(API, "Test")
            .runbook("slo-latency")
    };
    assert_eq!(
        broken(vec![], vec![circle("a", "b"), circle("b", "a")]),
        ["composite-cycle"]
    );
    let lost = alarm(REQUEST_DURATION.total().samples())
        .page(API, "Test")
        .runbook("nowhere");
    assert_eq!(broken(vec![], vec![lost]), ["runbook"]);
}

#[test]
fn a_composite_watches_alarms() {
    for rule in [Rule::Or(vec![]), Rule::Constant(true)] {
        let composite = Alarm::composite("api-5xx", rule).page(API, "Test");
        assert_eq!(broken(vec![], vec![composite]), ["composite-children"]);
    }
}

#[test]
fn ids_of_alarms_are_names_in_terraform() {
    for id in ["5xx", "-a", "", "a b", "A"] {
        let alarm = Alarm::metric(
            id,
            REQUEST_DURATION.total().samples(),
            Threshold::above(1.0),
            MissingData::Ignore,
        )
        .page(API, "x")
        .runbook("api-5xx");
        assert_eq!(broken(vec![], vec![alarm]), ["alarm-id"], "{id}");
    }
}

#[test]
fn alarms_say_what_they_need() {
    let silent = Library {
        alarms: vec![alarm(REQUEST_DURATION.total().samples()).page(API, "x")],
        dashboards: vec![dashboard(API.uid, "one")],
        catalogue: NOTHING,
        published: Vec::new(),
        ..library()
    };
    let rules: Vec<_> = check(&silent, &runbooks())
        .into_iter()
        .map(|found| found.rule)
        .collect();
    assert_eq!(rules, ["needs"]);
}
