//! Statistics equal those of `evaluate::Samples`.

use catalogue::links;
use catalogue::{REQUEST_DURATION, REQUEST_ERROR, Route, TEMPERATURE};
use dashboards::data::{VariableValues, answer};
use dashboards::evaluate::{Monitor, Samples, Window};
use dashboards::model::State;
use dashboards::model::alarm::{Alarm, MissingData};
use dashboards::model::{
    Expression, MetricQuery, Narrow, Panel, Period, Reduce, Statistic, Threshold,
};
use dashboards::view::{TimeRange, View};
use proptest::prelude::*;
use telemetry::CatalogueEntry as _;

use crate::{Event, ROUTES, START, event, events, store};

fn statistic() -> impl Strategy<Value = Statistic> {
    let percentage = || (0..=1_000_u16).prop_map(|tenths| f64::from(tenths) / 10.0);
    prop_oneof![
        Just(Statistic::Sum),
        Just(Statistic::Average),
        Just(Statistic::Minimum),
        Just(Statistic::Maximum),
        Just(Statistic::SampleCount),
        percentage().prop_map(Statistic::Percentile),
        (0..60_u8).prop_map(|limit| Statistic::PercentileRank(f64::from(limit))),
    ]
}

/// A query and, by hand, what an event observed of it.
type Observation = (MetricQuery, fn(&Event) -> Vec<(f64, f64)>);

fn queries() -> [Observation; 4] {
    let only = |expression: Expression| match expression {
        Expression::Metric(query) => query,
        other => unreachable!("{other:?} is no metric"),
    };
    let route = Route::IngestReadings;
    [
        (only(REQUEST_ERROR.of(route).sum()), |event| {
            match event.route {
                1 => vec![(f64::from(u8::from(event.failed)), 1.0)],
                _ => Vec::new(),
            }
        }),
        (only(REQUEST_DURATION.total().sum()), Event::durations),
        (
            only(REQUEST_DURATION.of(route).sum()),
            |event| match event.route {
                1 => event.durations(),
                _ => Vec::new(),
            },
        ),
        (only(TEMPERATURE.total().average()), |event| {
            event
                .temperature
                .iter()
                .map(|value| (*value, 1.0))
                .collect()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn statistics_are_those_of_samples(
        events in events(), statistic in statistic(), start in 0..16_i64, minutes in 1..16_i64,
    ) {
        let store = store(&events);
        let window = Window { start: START + start * 60, end: START + (start + minutes) * 60 };
        for (query, observed) in queries() {
            let inside = |event: &&Event| {
                (window.start..window.end).contains(&event.at.div_euclid(1_000))
            };
            let mut samples = Samples::none();
            for (value, count) in events.iter().filter(inside).flat_map(observed) {
                samples.add(value, count);
            }
            let query = MetricQuery { statistic, ..query };
            prop_assert_eq!(store.statistic(&query, window), samples.statistic(statistic));
        }
    }

    #[test]
    fn panels_show_a_point_a_period(events in events()) {
        let store = store(&events);
        let range = TimeRange { start: START + 30, end: START + 600 };
        let panel = Panel::time_series("Requests").draw("", REQUEST_DURATION.by::<Route>().samples());
        let View::Series(series) = answer(&panel, &store, range, &VariableValues::default()) else {
            return Err(TestCaseError::fail("no series"));
        };
        for one in &series {
            prop_assert!(ROUTES.contains(&one.label.as_str()), "{}", one.label);
            let minutes: Vec<_> = one.points.iter().map(|point| point.at).collect();
            prop_assert_eq!(minutes, (0..10).map(|minute| START + minute * 60).collect::<Vec<_>>());
        }
        let shown: f64 = series.iter().flat_map(|one| &one.points).filter_map(|point| point.value).sum();
        let inside = events.iter().filter(|event| event.at < (START + 600) * 1_000);
        let counted: f64 = inside.flat_map(Event::durations).map(|(_, count)| count).sum();
        prop_assert_eq!(shown, counted);
    }
}

#[test]
fn a_stat_reduces_its_first_series() {
    let mut failed: Event = sample();
    failed.failed = true;
    failed.at += 61_000;
    let store = store(&[sample(), failed, sample()]);
    let range = TimeRange {
        start: START,
        end: START + 300,
    };
    let shown = |panel: Panel| match answer(&panel, &store, range, &VariableValues::default()) {
        View::Number(number) => number,
        other => unreachable!("{other:?} is no number"),
    };
    let requests = |reduce: Reduce| {
        let panel = Panel::stat("Requests").draw("", REQUEST_DURATION.total().samples());
        shown(panel.reduce(reduce))
    };
    assert_eq!(requests(Reduce::Last).value, Some(1.0));
    assert_eq!(requests(Reduce::Total).value, Some(3.0));
    assert_eq!(requests(Reduce::Mean).value, Some(1.5));
    let points = requests(Reduce::Mean).points;
    let values: Vec<_> = points.iter().map(|point| point.value).collect();
    assert_eq!(values, [Some(2.0), Some(1.0), None, None, None]);
    let none = Panel::stat("Temperature").draw("", TEMPERATURE.total().average());
    assert_eq!(shown(none).value, None);
}

#[test]
fn a_period_of_its_own_makes_the_points_and_windows() {
    let store = store(&[sample()]);
    let range = TimeRange {
        start: START,
        end: START + 3_600,
    };
    let panel = Panel::time_series("Requests")
        .draw(
            "an hour",
            REQUEST_DURATION.total().samples().over(Period::hours(1)),
        )
        .draw("a minute", REQUEST_DURATION.total().samples_per_second());
    let View::Series(series) = answer(&panel, &store, range, &VariableValues::default()) else {
        panic!("no series");
    };
    assert_eq!(
        (series[0].label.as_str(), series[0].points.len()),
        ("an hour", 1)
    );
    assert_eq!(series[0].points[0].value, Some(1.0));
    assert_eq!(series[1].points.len(), 60);
    assert_eq!(series[1].points[0].value, Some(1.0 / 60.0));
    assert_eq!(series[1].points[1].value, None);
}

#[test]
fn alarms_are_evaluated_on_events() {
    let mut failed = sample();
    failed.failed = true;
    let store = store(&[failed]);
    let errors = REQUEST_ERROR.total().sum();
    let alarms = [Alarm::metric(
        "errors",
        errors,
        Threshold::above(0.0),
        MissingData::NotBreaching,
    )
    .ticket(links::API, "Something fails.")];
    let mut monitor = Monitor::default();
    let lookup = |query: &MetricQuery, window: Window| store.statistic(query, window);
    monitor.evaluate(&alarms, START + 60, &lookup);
    assert_eq!(monitor.state("errors"), State::Alarm);
    monitor.evaluate(&alarms, START + 1_800, &lookup);
    assert_eq!(monitor.state("errors"), State::Ok);
}

/// Nothing is missing before anybody recorded, nor from a minute that is not over yet.
#[test]
fn a_condition_says_what_is_missing_between_the_first_event_and_now() {
    let of = |minute: i64| {
        let mut event = sample();
        event.at = (START + minute * 60) * 1_000;
        event
    };
    let store = store(&[of(2), of(4)]);
    let slowest = REQUEST_DURATION.total().maximum();
    let alarms = [Alarm::metric(
        "silence",
        slowest,
        Threshold::below(0.0),
        MissingData::Breaching,
    )
    .ticket(links::API, "Nobody calls.")];
    let range = TimeRange {
        start: START,
        end: START + 5 * 60 + 30,
    };
    let panel = Panel::conditions(&alarms);
    let View::Series(series) = answer(&panel, &store, range, &VariableValues::default()) else {
        panic!("no series");
    };
    let points = series[0].points.iter();
    let found: Vec<_> = points
        .map(|point| ((point.at - START) / 60, point.value))
        .collect();
    assert_eq!(found, [(2, Some(0.0)), (3, Some(1.0)), (4, Some(0.0))]);
}

#[test]
fn what_only_aws_publishes_says_so_until_it_is_there() {
    use catalogue::Service;
    use library::aws::{Function, lambda};
    let range = TimeRange {
        start: START,
        end: START + 600,
    };
    let panel = Panel::time_series("Invocations")
        .draw("", lambda::INVOCATIONS.by::<Function<Service>>().sum());
    let mut store = store(&[sample()]);
    let shown = answer(&panel, &store, range, &VariableValues::default());
    assert!(matches!(shown, View::Unavailable(why) if why.contains("AWS")));
    let name = lambda::INVOCATIONS::DEFINITION.name;
    let line = format!(
        r#"{{"_aws":{{"Timestamp":{START}000,"CloudWatchMetrics":[{{"Namespace":"AWS/Lambda",
        "Dimensions":[["FunctionName"]],"Metrics":[{{"Name":"{name}"}}]}}]}},
        "FunctionName":"sentori-test-run-api","{name}":4}}"#
    );
    store.record(line.as_bytes()).expect("well formed");
    let View::Series(series) = answer(&panel, &store, range, &VariableValues::default()) else {
        panic!("no series");
    };
    assert_eq!(series.len(), 1);
    assert_eq!(series[0].label, "run-api");
    assert_eq!(series[0].points[0].value, Some(4.0));
}

/// An event of the first minute.
fn sample() -> Event {
    Event {
        at: START * 1_000,
        route: 0,
        failed: false,
        durations: vec![1.0],
        counts: None,
        temperature: None,
        run: None,
        user: None,
        function: None,
    }
}

#[test]
fn late_events_are_in_their_own_minute() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut late = event().new_tree(&mut runner).expect("an event").current();
    (late.durations, late.counts) = (vec![1.0], None);
    let mut newer = late.clone();
    newer.at += 600_000;
    let store = store(&[newer, late.clone()]);
    let second = late.at.div_euclid(1_000);
    let start = second - second.rem_euclid(60);
    let Expression::Metric(query) = REQUEST_DURATION.total().samples() else {
        panic!("a metric");
    };
    let window = Window {
        start,
        end: start + 60,
    };
    assert_eq!(store.statistic(&query, window), Some(1.0));
}
