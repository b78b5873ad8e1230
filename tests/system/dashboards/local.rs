//! The console's event store answers as CloudWatch does: the same events, every metric.

use std::collections::BTreeMap;

use catalogue::{Route, Service};
use dashboards::aws::LogGroup;
use dashboards::data::{Events, Limits, VariableValues, answer};
use dashboards::evaluate::Window;
use dashboards::model::logs::{self, Field};
use dashboards::model::{MetricQuery, Panel, Selection, Statistic};
use dashboards::view::{Cell, View};
use library::DEPLOYMENT;
use serde_json::Value;
use telemetry::{Definition, Dimension as _, Key as Values};

use super::cloudwatch::{Key, MINUTE, ask, loaded, whole_range};
use super::rendered_files::ENVIRONMENT;
use super::simulation;

/// moto has no percentiles; the store's are held to a model of their own beside it.
const STATISTICS: [(Statistic, &str); 5] = [
    (Statistic::Sum, "Sum"),
    (Statistic::Average, "Average"),
    (Statistic::Minimum, "Minimum"),
    (Statistic::Maximum, "Maximum"),
    (Statistic::SampleCount, "SampleCount"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_answers_every_metric_as_cloudwatch_does() {
    let Some(cloudwatch) = loaded().await else {
        return;
    };
    let mut events = Events::new(DEPLOYMENT, ENVIRONMENT, Limits::default());
    for line in simulation::events().await.lines() {
        events.record(line.as_bytes()).unwrap();
    }
    let queries: Vec<_> = catalogue::ALL
        .iter()
        .flat_map(|metric| of(metric))
        .collect();
    let asked: Vec<_> = queries
        .iter()
        .map(|(query, statistic)| (key(query), (*statistic).to_owned()))
        .collect();
    let range = whole_range().await;
    let answers = ask(&cloudwatch, &asked, range).await;
    let mut compared = 0;
    for ((query, statistic), points) in queries.iter().zip(answers) {
        for start in (range.0..range.1).step_by(60) {
            let window = Window {
                start,
                end: start + MINUTE,
            };
            let (here, there) = (events.statistic(query, window), points.get(&start).copied());
            assert!(
                same(here, there),
                "{statistic} of {:?} at {start}: {here:?} here, {there:?} in CloudWatch",
                key(query)
            );
            compared += usize::from(there.is_some());
        }
    }
    assert!(compared > 200, "{compared} values");
}

/// Every query of every series of a metric.
fn of(metric: &'static Definition) -> Vec<(MetricQuery, &'static str)> {
    let mut queries = Vec::new();
    for dimensions in metric.sets {
        let mut keys = vec![Values::default()];
        for (place, dimension) in dimensions.iter().enumerate() {
            let values = 0..u8::try_from(dimension.values.len()).unwrap();
            keys = keys
                .iter()
                .flat_map(|key| {
                    values.clone().map(|value| {
                        let mut key = *key;
                        key[place] = value;
                        key
                    })
                })
                .collect();
        }
        for values in keys.into_iter().map(Some) {
            queries.extend(STATISTICS.map(|(statistic, name)| {
                let query = MetricQuery {
                    metric,
                    selection: Selection { dimensions, values },
                    statistic,
                    period: None,
                };
                (query, name)
            }));
        }
    }
    queries
}

fn key(query: &MetricQuery) -> Key {
    let dimensions = query
        .dimensions()
        .map(|(dimension, value)| (dimension.name.to_owned(), value.unwrap().to_owned()));
    (
        format!("{}/{ENVIRONMENT}", DEPLOYMENT.namespace),
        query.metric.name.to_owned(),
        dimensions.collect(),
    )
}

/// Equal but for the order in which values were added up.
fn same(here: Option<f64>, there: Option<f64>) -> bool {
    match (here, there) {
        (Some(here), Some(there)) => (here - there).abs() <= 1e-9 * there.abs().max(1.0),
        (here, there) => here == there,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_group_holds_what_its_function_wrote() {
    let mut events = Events::new(DEPLOYMENT, ENVIRONMENT, Limits::default());
    let mut expected = 0_u32;
    for line in simulation::events().await.lines() {
        events.record(line.as_bytes()).unwrap();
        // No function creates the tables.
        let line: Value = serde_json::from_str(line).unwrap();
        expected += u32::from(line.get("function").is_some());
    }
    let runs = routes(&events, LogGroup(Service::RunApi));
    let sensors = routes(&events, LogGroup(Service::SensorApi));
    let of_readings = |route: &str| route.ends_with("/api/sensors/data");
    assert!(runs.contains_key(Route::StartRun.value()), "{runs:?}");
    assert!(!runs.keys().any(|route| of_readings(route)), "{runs:?}");
    assert!(
        sensors.contains_key(Route::IngestReadings.value()),
        "{sensors:?}"
    );
    assert!(
        sensors
            .keys()
            .all(|route| of_readings(route) || route == "none"),
        "{sensors:?}"
    );
    let found: f64 = runs.values().chain(sensors.values()).sum();
    assert_eq!(found, f64::from(expected), "each is in one of the groups");
}

/// How many events of each route are in a log group.
fn routes(events: &Events, group: LogGroup<Service>) -> BTreeMap<String, f64> {
    let query = logs::search([group])
        .table([("events", logs::count())], 100)
        .by(Field::dimension::<Route>());
    let panel = Panel::table("Routes").draw("", query);
    let range = events.span().unwrap();
    let View::Table(table) = answer(&panel, events, range, &VariableValues::default()) else {
        panic!("a table panel shows a table");
    };
    let counted = |row: Vec<Cell>| match row.as_slice() {
        [Cell::Text(route), Cell::Number(count)] => (route.clone(), *count),
        // Further lines of an event, and the schedule's, have no route.
        [_, Cell::Number(count)] => ("none".to_owned(), *count),
        other => panic!("{other:?}"),
    };
    table.rows.into_iter().map(counted).collect()
}
