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

/// A composite of those with these ids.
fn all_of<'a>(ids: impl IntoIterator<Item = &'a String>) -> Alarm {
    let rules = ids.into_iter().cloned().map(Rule::alarm);
    Alarm::composite("all", Rule::And(rules.collect()))
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
fn panels_say_what_they_show() {
    assert_eq!(
        broken(vec![Panel::time_series("Empty")], vec![]),
        ["description", "target", "unit"]
    );
    let twice = panel().draw("", REQUEST_DURATION.total().samples());
    assert_eq!(broken(vec![twice.clone(), twice], vec![]), ["title"]);
}

#[test]
fn units_on_an_axis_and_in_arithmetic_fit_together() {
    let axis = panel()
        .draw("", REQUEST_DURATION.total().samples())
        .draw("", TEMPERATURE.total().average());
    assert_eq!(broken(vec![axis], vec![]), ["mixed-units"]);
    let math = panel().draw(
        "",
        REQUEST_DURATION.total().samples() + TEMPERATURE.total().average(),
    );
    assert!(broken(vec![math], vec![]).contains(&"math-units"));
}

#[test]
fn arithmetic_has_one_period() {
    let long = REQUEST_DURATION.total().samples().over(Period::hours(1));
    let math = panel().draw("", REQUEST_DURATION.total().samples() + long.clone());
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
            by: [[Route, Ending, Operation]],
            sample: Rate { per_minute: 1.0 },
        }
    }
    let wide = panel().draw("", SPLIT_FINELY.by::<(Route, Ending, Operation)>().sum());
    assert_eq!(broken(vec![wide], vec![]), ["load", "fan-out"]);
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
fn variables_are_defined() {
    let query = logs::search([LogGroup(Service::Orders)])
        .having(ORDER_ID)
        .chosen(ORDER)
        .lines([logs::Field::Message], 10);
    let panel = Panel::logs("Log").describe("Test").draw("", query);
    assert_eq!(broken(vec![panel], vec![]), ["undefined-variable"]);
    let traces = TraceQuery::Variable {
        functions: vec![],
        variable: ORDER,
    };
    let panel = Panel::table("Traces").describe("Test").draw("", traces);
    assert!(broken(vec![panel], vec![]).contains(&"undefined-variable"));
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

#[test]
fn log_queries_are_bounded() {
    let unbounded = logs::search([LogGroup(Service::Orders)]).lines([logs::Field::Message], 20_000);
    let panel = Panel::logs("Log").describe("Test").draw("", unbounded);
    assert_eq!(broken(vec![panel], vec![]), ["log-rows"]);
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
fn numbers_are_chosen_on_the_dashboard_and_not_for_an_alarm() {
    let number = NumberVariable {
        name: "viewers",
        label: "Viewers",
        options: vec![("one".into(), 1.0)],
    };
    let math = || REQUEST_DURATION.total().samples() * Expression::Variable(number.clone());
    let panel = || panel().draw("", math());
    assert_eq!(broken(vec![panel()], vec![]), ["undefined-variable"]);
    let chosen = Dashboard::new(API, "Test")
        .describe("Test")
        .number(number.clone())
        .row("Row", [panel()]);
    assert_eq!(broken_dashboards(vec![chosen], vec![]), [""; 0]);
    let alarm = alarm(math()).page(API, "Test");
    assert_eq!(broken(vec![], vec![alarm]), ["undefined-variable"]);
}

#[test]
fn links_lead_to_dashboards_that_there_are() {
    let lost = alarm(REQUEST_DURATION.total().samples()).page(ORDERS, "Test");
    assert_eq!(broken(vec![], vec![lost]), ["link"]);
    let table = || {
        logs::search([LogGroup(Service::Orders)])
            .table([("n", logs::count())], 5)
            .by(ORDER_ID)
    };
    let table = |to, variable| {
        let panel = Panel::table("Table").describe("Test").draw("", table());
        panel.link(ORDER_ID, Link::Dashboard(to, variable))
    };
    let of = |to, variable| {
        let shown = Dashboard::new(API, "Test")
            .describe("Test")
            .variable(ORDER)
            .row("Row", [table(to, variable)]);
        broken_dashboards(vec![shown], vec![])
    };
    let other = Variable::new("Other", "Other", ORDER_ID);
    assert_eq!(of(API, ORDER), [""; 0]);
    assert_eq!(of(ORDERS, ORDER), ["link"]);
    assert_eq!(of(API, other), ["link"]);
}

#[test]
fn columns_have_names_of_their_own_that_a_query_can_hold() {
    let of = |names: [&'static str; 2]| {
        let columns = names.map(|name| (name, logs::count()));
        let table = logs::search([LogGroup(Service::Orders)]).table(columns, 5);
        broken(
            vec![Panel::table("Table").describe("Test").draw("", table)],
            vec![],
        )
    };
    assert_eq!(of(["n", "m"]), [""; 0]);
    assert_eq!(of(["n", "n"]), ["column"]);
    assert_eq!(of(["n", "how many"]), ["column"]);
}

#[test]
fn panels_can_show_what_they_draw() {
    let count = || REQUEST_DURATION.total().samples();
    let search = || logs::search([LogGroup(Service::Orders)]);
    let lines = || search().lines([logs::Field::Message], 5);
    let graph = || search().graph(logs::count(), Period::minutes(1));
    let table = || search().table([("n", logs::count())], 5);
    let of = |panel: Panel| broken(vec![panel.describe("Test")], vec![]);
    for fits in [
        Panel::logs("P").draw("", lines()),
        Panel::stacked_series("P").draw("", graph()),
        Panel::table("P").draw("", table()),
        Panel::table("P").draw("", lines()),
        Panel::stat("P").draw("", count()),
        Panel::state_timeline("P").draw("", count()),
        Panel::table("P").draw("", REQUEST_DURATION.by::<Route>().samples()),
    ] {
        assert_eq!(of(fits), [""; 0]);
    }
    for misfits in [
        Panel::logs("P").draw("", count()),
        Panel::logs("P").draw("", table()),
        Panel::table("P").draw("", graph()),
        Panel::stat("P").draw("", lines()),
        Panel::table("P").draw("", TraceQuery::ServiceMap),
        Panel::state_timeline("P").draw("", REQUEST_DURATION.by::<Route>().samples()),
    ] {
        assert!(of(misfits.clone()).contains(&"visual"), "{misfits:?}");
    }
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
fn a_graph_of_log_events_has_the_unit_of_what_it_reads() {
    let graph = |aggregate| {
        let query = logs::search([LogGroup(Service::Orders)]);
        panel().draw("", query.graph(aggregate, Period::minutes(1)))
    };
    let temperature = graph(logs::average(TEMPERATURE));
    assert_eq!(temperature.shown_unit(), Unit::Celsius.into());
    assert_eq!(broken(vec![temperature.clone()], vec![]), [""; 0]);
    let mixed = temperature.draw("", REQUEST_DURATION.total().average());
    assert_eq!(broken(vec![mixed], vec![]), ["mixed-units"]);
}

#[test]
fn a_composite_watches_alarms() {
    for rule in [Rule::Or(vec![]), Rule::Constant(true)] {
        let composite = Alarm::composite("api-5xx", rule).page(API, "Test");
        assert_eq!(broken(vec![], vec![composite]), ["composite-children"]);
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
fn queries_of_a_panel_have_names_of_their_own() {
    let twice = panel()
        .draw("a", REQUEST_DURATION.total().samples())
        .draw("a", REQUEST_DURATION.total().samples().or(0.0));
    assert_eq!(broken(vec![twice], vec![]), ["label"]);
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

#[test]
fn a_dashboard_is_cheap_to_look_at() {
    let asks = |metrics: i32| {
        let percents = (1..=metrics).map(f64::from);
        let queries = percents.map(|percent| REQUEST_DURATION.total().percentile(percent));
        let draw = |panel: Panel, query| {
            let label = panel.targets.len().to_string();
            panel.draw(label, query)
        };
        broken(vec![queries.fold(panel(), draw)], vec![])
    };
    assert_eq!(asks(40), [""; 0]);
    assert_eq!(asks(41), ["load"]);
    let traces = || Panel::service_map("Map").describe("Test");
    assert_eq!(broken(vec![traces()], vec![]), ["load"]);
    let closed = Library {
        dashboards: vec![
            Dashboard::new(API, "Test")
                .describe("Test")
                .collapsed_row("Row", [traces()]),
        ],
        alarms: vec![],
        catalogue: NOTHING,
        published: Vec::new(),
        ..library()
    };
    assert_eq!(check(&closed, &runbooks()), []);
}
