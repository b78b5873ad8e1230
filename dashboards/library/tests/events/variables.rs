//! What is chosen, and what is not known.

use catalogue::REQUEST_DURATION;
use dashboards::data::{VariableValues, answer};
use dashboards::model::{Narrow, NumberVariable, Panel, Reduce};
use dashboards::view::{TimeRange, View};
use serde_json::json;

use crate::{START, store};

const RANGE: TimeRange = TimeRange {
    start: START,
    end: START + 60,
};

#[test]
fn arithmetic_takes_the_number_that_is_chosen() {
    let viewers = NumberVariable {
        name: "viewers",
        label: "Viewers",
        options: vec![("one".into(), 1.0), ("five".into(), 5.0)],
    };
    let looks = REQUEST_DURATION.total().samples().or(2.0) * viewers;
    let panel = Panel::stat("").draw("", looks).reduce(Reduce::Total);
    let shown = |chosen: &[(&str, &str)]| {
        let chosen: VariableValues = chosen.iter().copied().collect();
        let View::Number(number) = answer(&panel, &store(&[]), RANGE, &chosen) else {
            unreachable!("a number")
        };
        number.value
    };
    assert_eq!(shown(&[]), Some(2.0));
    assert_eq!(shown(&[("viewers", "5")]), Some(10.0));
    assert_eq!(shown(&[("viewers", "many")]), Some(2.0));
}

#[test]
fn a_condition_on_what_only_aws_knows_is_not_drawn_as_good() {
    let library = library::library();
    let known = ["function-errors", "account-concurrency"];
    let alarms = library.alarms.iter();
    let alarms = alarms.filter(|alarm| known.contains(&alarm.id.as_ref()));
    let panel = Panel::conditions(alarms);
    let mut events = store(&[]);
    let line = json!({
        "_aws": { "Timestamp": START * 1_000, "CloudWatchMetrics": [{
            "Namespace": "AWS/Lambda", "Dimensions": [["FunctionName"]], "Metrics": [{ "Name": "Errors" }],
        }] },
        "FunctionName": "sentori-test-run-api", "Errors": 0,
    });
    events
        .record(line.to_string().as_bytes())
        .expect("an event");
    let View::Series(series) = answer(&panel, &events, RANGE, &VariableValues::default()) else {
        unreachable!("series")
    };
    let labels: Vec<&str> = series.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(labels, ["function-errors"]);
}
