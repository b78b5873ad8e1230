use crate::fixture;
use shop::{Function as Service, REQUEST_DURATION, REQUEST_ERROR, Route};

use super::*;
use crate::aws::Function;
use crate::fixture::lambda;
use crate::model::alarm::MissingData;
use crate::model::{Narrow, Rule, Threshold, if_above};
use crate::scenario::{parse, timeline, write_states};

fn alarms() -> Vec<Alarm> {
    let errors = || REQUEST_ERROR.total().sum();
    let requests = || REQUEST_DURATION.total().samples();
    let ratio = if_above(requests(), 10.0, errors() / requests(), 0.0);
    let slow = REQUEST_DURATION.total().percentile(99.0);
    let many = Alarm::metric(
        "many",
        errors(),
        Threshold::above(2.0),
        MissingData::NotBreaching,
    );
    vec![
        many.points(2, 3).ticket(fixture::API, ""),
        Alarm::metric("share", ratio, Threshold::above(0.05), MissingData::Missing)
            .page(fixture::API, ""),
        Alarm::metric("slow", slow, Threshold::above(500.0), MissingData::Ignore)
            .every(Period::minutes(5))
            .ignore_low_samples()
            .ticket(fixture::API, ""),
        Alarm::composite(
            "bad",
            Rule::And(vec![Rule::alarm("many"), Rule::alarm("share")]),
        )
        .suppressed_by("slow", Period::minutes(1), Period::minutes(2))
        .page(fixture::API, ""),
    ]
}

/// Plays one scenario and gives what happened, alarm by alarm.
fn play(members: &str) -> Result<Vec<(String, String)>, ScenarioError> {
    let text = format!("[[scenario]]\nname = \"test\"\n{members}");
    let scenarios = parse(&text).expect("well formed");
    let played = run(&scenarios[0], &alarms())?;
    Ok(played
        .outcomes
        .into_iter()
        .map(|outcome| (outcome.alarm, write_states(&outcome.got)))
        .collect())
}

fn happens(members: &str, expected: &[(&str, &str)]) {
    let got = play(members).expect("fits the alarms");
    let got: Vec<_> = got
        .iter()
        .map(|(alarm, states)| (alarm.as_str(), states.as_str()))
        .collect();
    assert_eq!(got, expected, "{members}");
}

#[test]
fn m_of_n_with_gaps() {
    happens(
        "series.request_error = \"0x3 5 0 5 _x4\"\nexpect.many = \"OKx10\"",
        &[("many", "OKx5 ALARMx3 OKx2")],
    );
}

#[test]
fn math_guards_against_little_traffic_and_gaps() {
    happens(
        "series.request_duration = \"5@6 100@6x4 _x3\"\nseries.request_error = \"5 0x2 9x2 _x3\"\nexpect.share = \"OKx8\"",
        &[("share", "OKx3 ALARMx4 INSUFFICIENT_DATA")],
    );
}

#[test]
fn percentiles_slide_and_need_samples() {
    happens(
        "series.request_duration = \"100@6x5 900@6|100@900x5\"\nexpect.slow = \"OKx10\"",
        &[("slow", "INSUFFICIENT_DATAx5 ALARMx5")],
    );
}

#[test]
fn a_composite_is_suppressed_and_let_go() {
    happens(
        "series.request_error = \"0 90x11\"\n\
         series.request_duration = \"1000@6x3 1000@900 1000@6x8\"\n\
         expect.bad = \"OKx12\"\nexpect.slow = \"OKx12\"",
        &[
            ("bad", "OKx2 SUPPRESSEDx8 ALARMx2"),
            ("slow", "OKx3 ALARMx5 OKx4"),
        ],
    );
}

#[test]
fn a_difference_is_shown_where_it_begins() {
    let text = "[[scenario]]\nname = \"x\"\nseries.request_error = \"0x3 5x3\"\nexpect.many = \"OKx3 ALARMx3\"";
    let scenario = &parse(text).expect("well formed")[0];
    let outcome = &run(scenario, &alarms()).expect("fits").outcomes[0];
    let expected = "  after 4m expected ALARM, got OK: 1 of the last 3 points [0, 0, 5] were above 2 (to alarm: 2 of 3)
  expected  ...AAA
  got       ....AA
               ^ step 4 of 6
  (. OK, A ALARM, s SUPPRESSED, ? INSUFFICIENT_DATA)
  expect.many = \"OKx4 ALARMx2\" is what happened
";
    assert_eq!(timeline(outcome, scenario.step), expected);
}

#[test]
fn what_does_not_fit_is_named() {
    let unfit = |members| play(members).expect_err(members).to_string();
    assert_eq!(
        unfit("expect.more = \"OK\""),
        "there is no alarm `more`; there are many, share, slow, bad"
    );
    assert_eq!(
        unfit("series.requests = \"0\"\nexpect.share = \"OK\""),
        "no alarm of the scenario reads `requests`; its alarms read request_duration, request_error"
    );
    assert!(
        unfit("series.request_duration = \"0x3\"\nexpect.share = \"OK\"").contains("has 1 steps")
    );
    assert!(unfit("step = \"2m\"\nexpect.many = \"OK\"").contains("a period of 1m"));
}

#[test]
fn keys_name_namespace_and_dimensions() {
    let key = |expression: crate::model::Expression| series_key(expression.metrics()[0]);
    assert_eq!(
        key(REQUEST_DURATION.of(Route::PlaceOrder).samples()),
        "request_duration{Route=POST /orders}"
    );
    assert_eq!(
        key(lambda::ERRORS.of(Function(Service::Orders)).sum()),
        "AWS/Lambda/Errors{FunctionName=orders}"
    );
}

#[test]
fn notifications_are_counted_by_severity() {
    let members = "series.request_duration = \"100@6x12\"\nseries.request_error = \"0 9x4 0x4 9x3\"\n\
                   notify.page = \"1\"\nnotify.ticket = \"0-2\"";
    let scenario = |members: &str| {
        let text = format!("[[scenario]]\nname = \"test\"\n{members}");
        parse(&text).expect("well formed").remove(0)
    };
    let count = |members: &str| {
        let played = run(&scenario(members), &alarms()).expect("fits");
        let notified = played.notified.into_iter();
        notified
            .map(|one| (one.passed(), one.got))
            .collect::<Vec<_>>()
    };
    let bad = |minutes: &[i64]| -> Vec<(String, i64)> {
        let bad = minutes.iter().map(|minute| ("bad".to_owned(), minute * 60));
        bad.collect()
    };
    // `many` and `share` are parts: only the composite speaks, after its wait.
    let twice = count(members);
    assert_eq!(twice, [(false, bad(&[4, 12])), (true, vec![])]);
    let muted = count(&format!("{members}\nmute = \"0 1x8 0x3\""));
    assert_eq!(muted, [(true, bad(&[12])), (true, vec![])]);
    let still_on = count(&format!("{members}\nmute = \"0 1x3 0x8\""));
    assert_eq!(still_on, [(false, bad(&[5, 12])), (true, vec![])]);
    let unfit = run(&scenario("notify.pages = \"1\""), &alarms()).expect_err("unknown");
    assert!(unfit.to_string().contains("there are page, ticket"));
}
