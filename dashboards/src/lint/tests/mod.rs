//! The smallest definitions that cannot be right.

mod alarms;
mod panels;

use std::path::PathBuf;

use crate::fixture::{API, ORDERS};
use shop::{
    Ending, Function as Service, ORDER_ID, Operation, REQUEST_DURATION, Route, TEMPERATURE,
};
use telemetry::{Catalogue, DashboardLink, Unit};

use super::*;
use crate::aws::LogGroup;
use crate::fixture::{ORDER, library};
use crate::model::{
    Alarm, Dashboard, Exemption, Expression, Link, MissingData, Narrow, NumberVariable, Objective,
    Panel, Period, Profile, Rule, Threshold, TraceQuery, Variable, if_above, logs, objective::Bad,
};

/// A catalogue without metrics.
const NOTHING: Catalogue = Catalogue::new(&[], &[]);

fn runbooks() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/runbooks")
}

/// Rules that a library of this one panel or alarm breaks, apart from undrawn metrics.
fn broken(mut panels: Vec<Panel>, alarms: Vec<Alarm>) -> Vec<&'static str> {
    if panels.is_empty() {
        panels.push(panel().draw("", REQUEST_DURATION.total().samples()));
    }
    let broken = Library {
        dashboards: vec![
            Dashboard::new(API, "Test")
                .describe("Test")
                .row("Row", panels),
        ],
        alarms: alarms
            .into_iter()
            .map(|alarm| alarm.needs("traffic"))
            .collect(),
        catalogue: NOTHING,
        published: Vec::new(),
        ..library()
    };
    let found = check(&broken, &runbooks());
    found.into_iter().map(|finding| finding.rule).collect()
}

fn panel() -> Panel {
    Panel::time_series("Panel").describe("Test")
}

/// An alarm with this id.
fn named(id: impl Into<crate::model::Text>) -> Alarm {
    let requests = REQUEST_DURATION.total().samples();
    Alarm::metric(id, requests, Threshold::above(1.0), MissingData::Missing)
        .page(API, "Test")
        .runbook("api-5xx")
}

fn alarm(watch: Expression) -> crate::model::alarm::Watch {
    Alarm::metric(
        "api-5xx",
        watch,
        Threshold::above(1.0),
        MissingData::Missing,
    )
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
        published: Vec::new(),
        dashboards: Vec::new(),
        exclusions: &[USELESS],
        ..library()
    };
    let found = check(&excluding, &runbooks());
    assert_eq!(
        found.iter().map(|finding| finding.rule).collect::<Vec<_>>(),
        ["exclusion"; 2]
    );

    const NEEDED: Exclusion = Exclusion {
        rule: "description",
        place: "a",
        reason: "short",
    };
    let silent = |id: &'static str| {
        let mut alarm = named(id).runbook("nowhere").needs("traffic");
        alarm.description = "".into();
        alarm
    };
    let excluding = Library {
        dashboards: vec![dashboard(API.uid, API.slug)],
        alarms: vec![silent("a"), silent("b")],
        exclusions: &[NEEDED],
        ..excluding
    };
    let found = check(&excluding, &runbooks());
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.place.as_str(), one.rule))
        .collect();
    let (runbook, description) = ("runbook", "description");
    assert_eq!(found, [("a", runbook), ("b", description), ("b", runbook)]);
}

#[test]
fn grafana_finds_dashboards_and_variables() {
    const FORTY: &str = "1234567890123456789012345678901234567890";
    const FORTY_ONE: &str = "12345678901234567890123456789012345678901";
    let found = |uid: &'static str, title: &'static str, variables: &[Variable]| {
        let link = DashboardLink { uid, slug: "test" };
        let panel = panel().draw("", REQUEST_DURATION.total().samples());
        let mut dashboard = Dashboard::new(link, title)
            .describe("Test")
            .row("Row", [panel]);
        dashboard.variables.extend(variables);
        let broken = Library {
            dashboards: vec![dashboard],
            alarms: vec![],
            catalogue: NOTHING,
            published: Vec::new(),
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
    assert_eq!(found(FORTY, "Test", &[]), [""; 0]);
    assert_eq!(found(FORTY_ONE, "Test", &[]), ["uid"]);
    assert_eq!(found("test", "-", &[]), ["title"]);
    assert_eq!(found("test", "Test", &[ORDER, ORDER]), ["variable"]);
    let shadowing = Variable::new("region", "Region", ORDER_ID);
    assert_eq!(found("test", "Test", &[shadowing]), ["variable"]);
}

#[test]
fn grafana_replaces_the_names_of_numbers() {
    let of = |name| {
        let number = NumberVariable {
            name,
            label: "Viewers",
            options: vec![("one".into(), 1.0)],
        };
        broken_dashboards(vec![dashboard("a", "one").number(number)], vec![])
    };
    assert_eq!(of("viewers_1"), [""; 0]);
    for name in ["per-hour", "", "a b", "region"] {
        assert_eq!(of(name), ["variable"], "{name}");
    }
}

/// Rules that these dashboards, and nothing else, break.
fn broken_dashboards(dashboards: Vec<Dashboard>, objectives: Vec<Objective>) -> Vec<&'static str> {
    let library = Library {
        dashboards,
        objectives,
        catalogue: NOTHING,
        published: Vec::new(),
        ..library()
    };
    let found = check(&library, &runbooks());
    found.into_iter().map(|finding| finding.rule).collect()
}

fn dashboard(uid: &'static str, slug: &'static str) -> Dashboard {
    let link = DashboardLink { uid, slug };
    let panel = panel().draw("", REQUEST_DURATION.total().samples());
    Dashboard::new(link, uid)
        .describe("Test")
        .row("Row", [panel])
}

#[test]
fn a_dashboard_has_panels() {
    let empty = Dashboard::new(API, "Test").describe("Test");
    assert_eq!(broken_dashboards(vec![empty], vec![]), ["empty"]);
}

#[test]
fn percentiles_are_between_0_and_100() {
    let of = |percent| {
        let metric = REQUEST_DURATION.total().percentile(percent);
        let alarm = alarm(metric.clone()).ignore_low_samples().page(API, "Test");
        let column = [("p", logs::percentile(REQUEST_DURATION, percent))];
        let table = logs::search([LogGroup(Service::Orders)]).table(column, 5);
        let panels = vec![
            panel().draw("", metric),
            Panel::table("Table").describe("Test").draw("", table),
        ];
        broken(panels, vec![alarm])
    };
    assert_eq!(of(99.9), [""; 0]);
    for percent in [-1.0, 101.0, f64::NAN] {
        assert_eq!(of(percent), ["number"; 3], "{percent}");
    }
}

#[test]
fn addresses_are_files_and_paths_that_grafana_takes() {
    let of = |dashboards| broken_dashboards(dashboards, vec![]);
    assert_eq!(
        of(vec![dashboard("a", "one"), dashboard("b", "two")]),
        [""; 0]
    );
    assert_eq!(
        of(vec![dashboard("a", "one"), dashboard("b", "one")]),
        ["slug"]
    );
    // Of one uid and one title, too.
    assert_eq!(
        of(vec![dashboard("a", "one"), dashboard("a", "two")]),
        ["uid", "title"]
    );
    for slug in ["../one", "", "One", "a/b", "a.b"] {
        assert_eq!(of(vec![dashboard("a", slug)]), ["slug"], "{slug}");
    }
}

#[test]
fn objectives_are_shares_and_can_page() {
    let objective = |target| Objective {
        id: "availability",
        title: "Availability",
        promise: "Requests are answered",
        first: "Look at the log.",
        target,
        events: REQUEST_DURATION.total().samples(),
        bad: Bad::Count(REQUEST_DURATION.total().samples()),
        also: &[],
        after: None,
    };
    let of = |target| broken_dashboards(vec![], vec![objective(target)]);
    for target in [0.001, 0.51, 0.999] {
        let expected: &[&str] = if target > 0.5 { &[] } else { &["objective"] };
        assert_eq!(of(target), expected, "{target}");
    }
    for target in [0.0, 1.0, 99.9, -0.1, f64::NAN] {
        assert_eq!(of(target), ["objective"], "{target}");
    }
}

#[test]
fn numbers_are_finite_and_leave_something_good() {
    let requests = || REQUEST_DURATION.total().samples();
    let level = |value| {
        panel()
            .draw("", requests())
            .threshold(Threshold::above(value))
    };
    assert_eq!(broken(vec![level(1.0)], vec![]), [""; 0]);
    assert_eq!(broken(vec![level(f64::NAN)], vec![]), ["number"]);
    assert_eq!(
        broken(vec![level(1.0).threshold(Threshold::below(2.0))], vec![]),
        ["bounds"]
    );
    assert_eq!(
        broken(vec![level(2.0).threshold(Threshold::below(1.0))], vec![]),
        [""; 0]
    );
    let limit = |value| {
        Alarm::metric(
            "api-5xx",
            requests(),
            Threshold::above(value),
            MissingData::Ignore,
        )
    };
    assert_eq!(
        broken(vec![], vec![limit(f64::INFINITY).page(API, "x")]),
        ["number"]
    );
    let by_nothing = alarm(requests() / f64::INFINITY).page(API, "x");
    assert_eq!(broken(vec![], vec![by_nothing]), ["number"]);
    for (limit, otherwise) in [(f64::NAN, 0.0), (1.0, f64::INFINITY)] {
        let guarded = if_above(requests(), limit, requests(), otherwise);
        let guarded = alarm(guarded).page(API, "x");
        assert_eq!(broken(vec![], vec![guarded]), ["number"]);
    }
    let too_short = alarm(requests()).every(Period::seconds(10)).page(API, "x");
    assert_eq!(broken(vec![], vec![too_short]), ["resolution"]);
    let too_short = panel().draw("", requests().over(Period::seconds(30)));
    assert_eq!(broken(vec![too_short], vec![]), ["resolution"]);
}

#[test]
fn what_aws_recommends_is_there_or_excused() {
    let found = |recommended, alarms| {
        let library = Library {
            alarms,
            recommended,
            dashboards: vec![],
            catalogue: NOTHING,
            published: crate::fixture::lambda::ALL.to_vec(),
            ..library()
        };
        let found = check(&library, &runbooks()).into_iter();
        let found = found.filter(|finding| finding.rule == "recommended");
        found.map(|finding| finding.place).collect::<Vec<_>>()
    };
    let missing = found(&[], vec![]);
    assert!(
        missing.contains(&"AWS/Lambda Errors".to_owned()),
        "{missing:?}"
    );
    assert!(
        !missing.iter().any(|place| place.contains("SNS")),
        "{missing:?}"
    );
    const EXCUSE: Exemption = Exemption {
        namespace: "AWS/Lambda",
        metric: "Errors",
        reason: "another alarm",
    };
    let excused = found(&[EXCUSE], vec![]);
    assert_eq!(excused.len(), missing.len() - 1);
    let errors = crate::fixture::lambda::ERRORS
        .of(crate::aws::Function(Service::Orders))
        .sum();
    let watched = || vec![alarm(errors.clone()).page(API, "x")];
    assert_eq!(found(&[], watched()), excused);
    assert_eq!(found(&[EXCUSE], watched()).len(), missing.len());
    const UNKNOWN: Exemption = Exemption {
        metric: "Error",
        ..EXCUSE
    };
    assert_eq!(found(&[UNKNOWN], vec![]).len(), missing.len() + 1);
    const MUTE: Exemption = Exemption {
        reason: " ",
        ..EXCUSE
    };
    assert_eq!(found(&[MUTE], vec![]).len(), missing.len());
}
