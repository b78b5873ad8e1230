use std::path::PathBuf;

use catalogue::links::{API, SLO};
use catalogue::{
    DynamoOperation, REQUEST, REQUEST_DURATION, RUN_ID, Route, RunOutcome, Service, TEMPERATURE,
};
use telemetry::{Catalogue, DashboardLink};

use super::*;
use crate::aws::LogGroup;
use crate::fixture::{RUN, library};
use crate::model::{
    Alarm, Dashboard, MissingData, Narrow, Panel, Period, Rule, Threshold, Variable, logs,
};

/// A catalogue without metrics.
const NOTHING: Catalogue = Catalogue::new(&[], &[]);

fn runbooks() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/runbooks")
}

/// Rules that a library of this one panel or alarm breaks, apart from undrawn metrics.
fn broken(panels: Vec<Panel>, alarms: Vec<Alarm>) -> Vec<&'static str> {
    let broken = Library {
        dashboards: vec![
            Dashboard::new(API, "Test")
                .describe("Test")
                .row("Row", panels),
        ],
        alarms,
        catalogue: NOTHING,
        ..library()
    };
    let found = check(&broken, &runbooks());
    found.into_iter().map(|finding| finding.rule).collect()
}

fn panel() -> Panel {
    Panel::time_series("Panel").describe("Test")
}

fn alarm(watch: crate::model::Expression) -> crate::model::alarm::Watch {
    Alarm::metric(
        "api-5xx",
        watch,
        Threshold::above(1.0),
        MissingData::Missing,
    )
}

#[test]
fn panels_say_what_they_show() {
    assert_eq!(
        broken(vec![Panel::time_series("Empty")], vec![]),
        ["description", "target", "unit"]
    );
    let twice = panel().draw("", REQUEST.total().sum());
    assert_eq!(broken(vec![twice.clone(), twice], vec![]), ["title"]);
}

#[test]
fn units_on_an_axis_and_in_arithmetic_fit_together() {
    let axis = panel()
        .draw("", REQUEST.total().sum())
        .draw("", TEMPERATURE.total().average());
    assert_eq!(broken(vec![axis], vec![]), ["mixed-units"]);
    let math = panel().draw("", REQUEST.total().sum() + TEMPERATURE.total().average());
    assert!(broken(vec![math], vec![]).contains(&"math-units"));
}

#[test]
fn arithmetic_has_one_period() {
    let long = REQUEST.total().sum().over(Period::hours(1));
    let math = panel().draw("", REQUEST.total().sum() + long.clone());
    assert_eq!(broken(vec![math], vec![]), ["math-periods"]);
    let alarm = alarm(long).page(API, "Test");
    assert_eq!(broken(vec![], vec![alarm]), ["math-periods"]);
}

#[test]
fn searches_stay_within_what_cloudwatch_returns() {
    telemetry::catalogue! {
        /// Has 288 series.
        SPLIT_FINELY: Counter {
            name: "split_finely",
            unit: Count,
            by: [[Route, RunOutcome, DynamoOperation]],
            sample: Rate { per_minute: 1.0 },
        }
    }
    let wide = panel().draw(
        "",
        SPLIT_FINELY
            .by::<(Route, RunOutcome, DynamoOperation)>()
            .sum(),
    );
    assert_eq!(broken(vec![wide], vec![]), ["fan-out"]);
}

#[test]
fn rules_of_composites_stay_within_what_cloudwatch_takes() {
    let parts: Vec<_> = (0..99)
        .map(|part| format!("part-{part}-{}", "x".repeat(50)))
        .collect();
    let alarms = parts.iter().map(|id| {
        let watch = Alarm::metric(
            id.clone(),
            REQUEST.total().sum(),
            Threshold::above(1.0),
            MissingData::Missing,
        );
        watch.page(API, "Test").runbook("api-5xx")
    });
    let rule = Rule::Or(parts.iter().cloned().map(Rule::alarm).collect());
    let all = Alarm::composite("all", rule)
        .page(API, "Test")
        .runbook("api-5xx");
    let alarms = alarms.chain([all]).collect();
    assert_eq!(broken(vec![], alarms), ["composite-rule"]);
}

#[test]
fn variables_are_defined() {
    let query = logs::search([LogGroup(Service::RunApi)])
        .having(RUN_ID)
        .chosen(RUN)
        .lines([logs::Field::Message], 10);
    let panel = Panel::logs("Log").describe("Test").draw("", query);
    assert_eq!(broken(vec![panel], vec![]), ["undefined-variable"]);
}

#[test]
fn alarms_keep_to_cloudwatchs_limits() {
    let requests = || REQUEST.total().sum();
    let seldom = alarm(requests()).every(Period::minutes(5)).points(1, 300);
    let found = broken(vec![], vec![seldom.page(API, "Test")]);
    assert_eq!(found, ["evaluation-range"]);
    let odd = alarm(requests()).every(Period::seconds(45)).points(3, 2);
    assert_eq!(
        broken(vec![], vec![odd.page(API, "Test")]),
        ["period", "datapoints"]
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
            .page(SLO, "Test")
            .runbook("slo-latency")
    };
    assert_eq!(
        broken(vec![], vec![circle("a", "b"), circle("b", "a")]),
        ["composite-cycle"]
    );
    let lost = alarm(REQUEST.total().sum())
        .page(API, "Test")
        .runbook("nowhere");
    assert_eq!(broken(vec![], vec![lost]), ["runbook"]);
}

#[test]
fn exclusions_are_needed_and_have_a_reason() {
    const USELESS: Exclusion = Exclusion {
        rule: "title",
        place: "Nowhere",
        reason: " ",
    };
    let excluding = Library {
        catalogue: NOTHING,
        dashboards: Vec::new(),
        exclusions: &[USELESS],
        ..library()
    };
    let found = check(&excluding, &runbooks());
    assert_eq!(
        found.iter().map(|finding| finding.rule).collect::<Vec<_>>(),
        ["exclusion"; 2]
    );
}

#[test]
fn grafana_finds_dashboards_and_variables() {
    let found = |uid: &'static str, title: &'static str, variables: &[Variable]| {
        let link = DashboardLink { uid, slug: "test" };
        let panel = panel().draw("", REQUEST.total().sum());
        let mut dashboard = Dashboard::new(link, title)
            .describe("Test")
            .row("Row", [panel]);
        dashboard.variables.extend(variables);
        let broken = Library {
            dashboards: vec![dashboard],
            alarms: vec![],
            catalogue: NOTHING,
            ..library()
        };
        let found = check(&broken, &runbooks());
        found
            .into_iter()
            .map(|finding| finding.rule)
            .collect::<Vec<_>>()
    };
    assert!(found("test", "Test", &[]).is_empty());
    assert_eq!(found("a b", "Test", &[]), ["uid"]);
    assert_eq!(found("", "Test", &[]), ["uid"]);
    assert_eq!(found("test", "-", &[]), ["title"]);
    assert_eq!(found("test", "Test", &[RUN, RUN]), ["variable"]);
    let shadowing = Variable::new("region", "Region", RUN_ID);
    assert_eq!(found("test", "Test", &[shadowing]), ["variable"]);
}

#[test]
fn log_queries_are_bounded() {
    let unbounded = logs::search([LogGroup(Service::RunApi)]).lines([logs::Field::Message], 20_000);
    let panel = Panel::logs("Log").describe("Test").draw("", unbounded);
    assert_eq!(broken(vec![panel], vec![]), ["log-rows"]);
}
