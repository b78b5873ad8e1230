//! Panels that cannot be right.

use super::*;

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
fn log_queries_are_bounded() {
    let unbounded = logs::search([LogGroup(Service::Orders)]).lines([logs::Field::Message], 20_000);
    let panel = Panel::logs("Log").describe("Test").draw("", unbounded);
    assert_eq!(broken(vec![panel], vec![]), ["log-rows"]);
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
fn queries_of_a_panel_have_names_of_their_own() {
    let twice = panel()
        .draw("a", REQUEST_DURATION.total().samples())
        .draw("a", REQUEST_DURATION.total().samples().or(0.0));
    assert_eq!(broken(vec![twice], vec![]), ["label"]);
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
