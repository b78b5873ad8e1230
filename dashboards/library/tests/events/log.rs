//! Log queries answer what a model that keeps every event answers.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use catalogue::{RUN_ID, Service, TEMPERATURE, USER};
use dashboards::data::{VariableValues, answer};
use dashboards::model::logs::{self, Aggregate, Field, Filter, LogQuery, Search, Shape};
use dashboards::model::{BINS, Comparison, Panel, Period};
use dashboards::view::{Cell, Point, Series, Table, TimeRange, View};
use library::aws::LogGroup;
use library::run::RUN;
use proptest::prelude::*;
use serde_json::Value;
use telemetry::Dimension as _;
use telemetry::property;
use telemetry::property::STATUS;

use crate::{Event, START, events, store};

fn field() -> impl Strategy<Value = Field> {
    prop::sample::select(vec![
        Field::Timestamp,
        RUN_ID.into(),
        USER.into(),
        STATUS.into(),
        TEMPERATURE.into(),
        Field::Dimension("Route"),
        Field::Dimension("never"),
    ])
}

fn narrowed() -> impl Strategy<Value = Search> {
    let all = || logs::search(LogGroup::<Service>::all());
    let comparison = prop::sample::select(vec![Comparison::Above, Comparison::AtMost]);
    prop_oneof![
        Just(all()),
        Just(logs::search([LogGroup(Service::SensorApi)])),
        field().prop_map(move |field| all().having(field)),
        (field(), field()).prop_map(move |(one, other)| all().having_any([one, other]).chosen(RUN)),
        (field(), comparison, 0..500_i16).prop_map(move |(field, comparison, number)| {
            all()
                .compare(field, comparison, f64::from(number))
                .chosen(RUN)
        }),
        Just(all().equal(USER, "1").equal(STATUS, 201)),
        Just(all().equal(TEMPERATURE, 1.5)),
    ]
}

fn aggregate() -> impl Strategy<Value = Aggregate> {
    (field(), 0..9_u8, 0..=100_u8).prop_map(|(field, kind, percent)| match kind {
        0 | 8 => Aggregate::Count,
        1 => Aggregate::Sum(field),
        // The mean of times is no time: whole milliseconds are not enough for it.
        2 if field != Field::Timestamp => Aggregate::Average(field),
        2 => Aggregate::Count,
        3 => Aggregate::Minimum(field),
        4 => Aggregate::Maximum(field),
        5 => Aggregate::Percentile(field, f64::from(percent)),
        _ => Aggregate::Last(field),
    })
}

fn query() -> impl Strategy<Value = LogQuery> {
    let by = || prop::collection::vec(field(), 0..3);
    let lines = (prop::collection::vec(field(), 0..3), 0..40_u32)
        .prop_map(|(fields, limit)| Shape::Lines { fields, limit });
    let graph = (aggregate(), by()).prop_map(|(aggregate, by)| Shape::Graph {
        aggregate,
        bin: Period::seconds(10),
        by,
    });
    let table = (prop::collection::vec(aggregate(), 1..4), by(), 0..30_u32).prop_map(
        |(aggregates, by, limit)| {
            let column = |aggregate| logs::Column {
                name: "column".into(),
                aggregate,
            };
            let columns = aggregates.into_iter().map(column).collect();
            Shape::Table { columns, by, limit }
        },
    );
    (narrowed(), prop_oneof![lines, graph, table]).prop_map(|(search, shape)| LogQuery {
        shape,
        ..search.lines([], 0)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn answers_are_those_of_the_model(
        events in events(), query in query(), run in prop::option::of(0..4_u8), end in 0..700_i64,
    ) {
        let store = store(&events);
        let range = TimeRange { start: START + 60, end: START + 60 + end };
        let run = run.map(|run| format!("run \"{run}\""));
        let chosen = run.iter().map(|run| (RUN.name, run.clone())).collect();
        let model = Model { run: run.as_deref(), range, query: &query };
        let panel = match query.shape {
            Shape::Graph { .. } => Panel::time_series("graph"),
            _ => Panel::table("table"),
        };
        let shown = plain(answer(&panel.draw("", query.clone()), &store, range, &chosen));
        prop_assert_eq!(shown, plain(model.view(&events)));
    }
}

#[test]
fn lines_are_the_newest_as_they_came() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    use proptest::strategy::ValueTree as _;
    let events = prop::collection::vec(crate::event(), 300);
    let events = events.new_tree(&mut runner).expect("events").current();
    let query = logs::search([LogGroup(Service::RunApi)]).lines([Field::Message], 50);
    let ours = |event: &Event| event.function == Some(Service::RunApi);
    let panel = Panel::logs("lines").draw("", query);
    let range = TimeRange {
        start: START,
        end: START + 900,
    };
    let View::Lines(lines) = answer(&panel, &store(&events), range, &VariableValues::default())
    else {
        panic!("no lines");
    };
    let mut newest: Vec<_> = events
        .iter()
        .filter(|event| ours(event))
        .enumerate()
        .collect();
    newest.sort_by_key(|(place, event)| Reverse((event.at, *place)));
    assert_eq!(lines.len(), 50);
    for (line, (_, event)) in lines.iter().zip(newest) {
        assert_eq!((line.at, &line.message), (event.at, &event.line()));
    }
}

/// Events with their places in the order they came.
type Members<'e> = Vec<(usize, &'e Event)>;

/// Looks at every event for every question.
struct Model<'a> {
    run: Option<&'a str>,
    range: TimeRange,
    query: &'a LogQuery,
}

fn cell(event: &Event, field: Field) -> Cell {
    match field {
        Field::Timestamp => Cell::Time(event.at),
        named => match event.fields().get(named.name()) {
            Some(Value::Number(number)) => Cell::Number(number.as_f64().expect("finite")),
            Some(Value::String(text)) => Cell::Text(text.clone()),
            _ => Cell::Empty,
        },
    }
}

#[expect(clippy::cast_precision_loss, reason = "small enough")]
fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::Time(at) => Some(*at as f64),
        Cell::Text(text) => text.parse().ok(),
        Cell::Empty => None,
    }
}

impl Model<'_> {
    fn passes(&self, event: &Event) -> bool {
        let holds = |filter: &Filter| match filter {
            Filter::Present(fields) => fields
                .iter()
                .any(|field| cell(event, *field) != Cell::Empty),
            Filter::Equals(field, value) => match value {
                property::Value::Text(text) => cell(event, *field) == Cell::Text(text.to_string()),
                property::Value::Integer(wanted) => {
                    number(&cell(event, *field))
                        == Some(f64::from(i32::try_from(*wanted).expect("small")))
                }
                property::Value::Number(wanted) => number(&cell(event, *field)) == Some(*wanted),
            },
            Filter::Compares(field, comparison, limit) => {
                number(&cell(event, *field)).is_some_and(|number| comparison.holds(number, *limit))
            }
            Filter::Variable(variable) => match cell(event, variable.property.into()) {
                Cell::Text(text) => self.run.is_none_or(|run| run == text),
                _ => false,
            },
            other => unreachable!("{other:?} is not asked for"),
        };
        let function = event.function.map(Service::value);
        let groups = &self.query.groups;
        let second = event.at.div_euclid(1_000);
        groups.iter().any(|group| Some(group.name) == function)
            && (self.range.start..self.range.end).contains(&second)
            && self.query.filters.iter().all(holds)
    }

    fn aggregate(aggregate: &Aggregate, events: &[(usize, &Event)]) -> Cell {
        let numbers = |field: &Field| -> Vec<f64> {
            events
                .iter()
                .filter_map(|(_, event)| number(&cell(event, *field)))
                .collect()
        };
        let result = |field: &Field, number: Option<f64>| match (field, number) {
            (_, None) => Cell::Empty,
            #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
            (Field::Timestamp, Some(at)) => Cell::Time(at as i64),
            (_, Some(number)) => Cell::Number(number),
        };
        let count = |numbers: &[f64]| f64::from(u32::try_from(numbers.len()).expect("few"));
        let some = |numbers: &[f64], value: f64| (!numbers.is_empty()).then_some(value);
        let texts = |field: &Field| {
            let cells = events.iter().map(|(_, event)| cell(event, *field));
            let texts = cells.filter_map(|cell| match cell {
                Cell::Text(text) => Some(text),
                _ => None,
            });
            texts.max()
        };
        match aggregate {
            Aggregate::Count => Cell::Number(f64::from(u32::try_from(events.len()).expect("few"))),
            Aggregate::Sum(field) => {
                let numbers = numbers(field);
                result(field, some(&numbers, numbers.iter().sum()))
            }
            Aggregate::Average(field) => {
                let numbers = numbers(field);
                result(
                    field,
                    some(&numbers, numbers.iter().sum::<f64>() / count(&numbers)),
                )
            }
            Aggregate::Minimum(field) => result(field, numbers(field).into_iter().reduce(f64::min)),
            Aggregate::Maximum(field) => result(field, numbers(field).into_iter().reduce(f64::max)),
            Aggregate::Percentile(field, percent) => {
                let mut samples = dashboards::evaluate::Samples::none();
                numbers(field)
                    .into_iter()
                    .for_each(|number| samples.add(number, 1.0));
                result(field, samples.percentile(*percent))
            }
            Aggregate::Last(field) => texts(field).map_or(Cell::Empty, Cell::Text),
            other => unreachable!("{other:?} is not asked for"),
        }
    }

    /// Groups in the order of their first event, with their events.
    fn groups<'e>(&self, events: &'e [Event], by: &[Field]) -> Vec<(Vec<Cell>, Members<'e>)> {
        let mut groups: Vec<(Vec<Cell>, Members<'_>)> = Vec::new();
        for (place, event) in events
            .iter()
            .enumerate()
            .filter(|(_, event)| self.passes(event))
        {
            let key: Vec<_> = by.iter().map(|field| cell(event, *field)).collect();
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, members)) => members.push((place, event)),
                None => groups.push((key, vec![(place, event)])),
            }
        }
        groups
    }

    fn view(&self, events: &[Event]) -> View {
        match &self.query.shape {
            Shape::Lines { fields, limit } => {
                View::Table(self.newest(events, fields, *limit as usize))
            }
            Shape::Graph { aggregate, by, .. } => View::Series(self.graph(events, aggregate, by)),
            Shape::Table { columns, by, limit } => {
                let row = |(mut cells, members): (Vec<Cell>, Members<'_>)| {
                    cells.extend(
                        columns
                            .iter()
                            .map(|column| Self::aggregate(&column.aggregate, &members)),
                    );
                    cells
                };
                let mut rows: Vec<_> = self.groups(events, by).into_iter().map(row).collect();
                // Text has no order of its own here: such rows stay in theirs.
                let first = |row: &Vec<Cell>| match columns[0].aggregate {
                    Aggregate::Last(_) => None,
                    _ => number(&row[by.len()]),
                };
                rows.sort_by(|one, other| first(other).partial_cmp(&first(one)).expect("no NaN"));
                rows.truncate(*limit as usize);
                let names = by.iter().map(|field| Field::name(*field).to_owned());
                let columns = names
                    .chain(columns.iter().map(|column| column.name.to_string()))
                    .collect();
                View::Table(Table { columns, rows })
            }
            other => unreachable!("{other:?} is not asked for"),
        }
    }

    fn newest(&self, events: &[Event], fields: &[Field], limit: usize) -> Table {
        let mut found: Vec<_> = events
            .iter()
            .enumerate()
            .filter(|(_, event)| self.passes(event))
            .collect();
        found.sort_by_key(|(place, event)| Reverse((event.at, *place)));
        let fields: Vec<_> = std::iter::once(Field::Timestamp)
            .chain(fields.iter().copied())
            .collect();
        let row =
            |(_, event): (usize, &Event)| fields.iter().map(|field| cell(event, *field)).collect();
        Table {
            columns: fields
                .iter()
                .map(|field| Field::name(*field).to_owned())
                .collect(),
            rows: found.into_iter().take(limit).map(row).collect(),
        }
    }

    fn graph(&self, events: &[Event], aggregate: &Aggregate, by: &[Field]) -> Vec<Series> {
        let text = |cell: &Cell| match cell {
            Cell::Empty => None,
            Cell::Number(number) => Some(number.to_string()),
            Cell::Text(text) => Some(text.clone()),
            Cell::Time(at) => Some(at.to_string()),
        };
        let series = |(key, members): (Vec<Cell>, Members<'_>)| {
            let mut bins: BTreeMap<i64, Members<'_>> = BTreeMap::new();
            for (place, event) in members {
                bins.entry(event.at.div_euclid(10_000) * 10)
                    .or_default()
                    .push((place, event));
            }
            let any = matches!(aggregate, Aggregate::Last(_));
            let point = |(at, members): (i64, Members<'_>)| Point {
                at,
                // Only numbers can be drawn.
                value: if any {
                    None
                } else {
                    number(&Self::aggregate(aggregate, &members))
                },
            };
            Series {
                label: key.iter().filter_map(text).collect::<Vec<_>>().join(" "),
                place: 0,
                points: bins.into_iter().map(point).collect(),
            }
        };
        let mut all: Vec<_> = self.groups(events, by).into_iter().map(series).collect();
        all.sort_by(in_order);
        all
    }
}

/// By label. Groups of different values may have one label, and no order among themselves.
fn in_order(one: &Series, other: &Series) -> Ordering {
    let points = |series: &Series| {
        let points = series.points.iter();
        let point = |point: &Point| (point.at, point.value.map(f64::to_bits));
        points.map(point).collect::<Vec<_>>()
    };
    let labels = one.label.cmp(&other.label);
    labels.then_with(|| points(one).cmp(&points(other)))
}

/// Without what the model does not know: gaps and colours.
fn plain(view: View) -> View {
    let View::Series(mut all) = view else {
        return view;
    };
    for series in &mut all {
        series.place = 0;
        series.points.retain(|point| point.value.is_some());
    }
    assert!(all.is_sorted_by(|one, other| one.label <= other.label));
    all.sort_by(in_order);
    View::Series(all)
}

#[test]
fn bins_grow_with_the_range_and_silence_is_a_gap() {
    let reading = |second: i64| Event {
        at: (START + second) * 1_000,
        route: 1,
        failed: false,
        durations: vec![1.0],
        counts: None,
        temperature: Some(20.0),
        run: Some(1),
        user: None,
        function: Some(Service::SensorApi),
    };
    let store = store(&[0, 60, 3_000].map(reading));
    let query = logs::search([LogGroup(Service::SensorApi)])
        .graph(logs::average(TEMPERATURE), Period::seconds(10));
    let panel = Panel::time_series("graph").draw("", query);
    let range = TimeRange {
        start: START,
        end: START + 3_600,
    };
    let View::Series(series) = answer(&panel, &store, range, &VariableValues::default()) else {
        panic!("no series");
    };
    let points = series[0].points.iter();
    let points: Vec<_> = points.map(|one| (one.at - START, one.value)).collect();
    let bin = Period::hours(1).interval(BINS, Period::seconds(10));
    assert_eq!(bin, Period::minutes(1));
    let expected = [
        (0, Some(20.0)),
        (60, Some(20.0)),
        (360, None),
        (3_000, Some(20.0)),
    ];
    assert_eq!(points, expected);
}
