//! Sample data fills every panel of the library, and is the same each time.

use catalogue::{RUNS_ACTIVE, RUNS_AVAILABLE};
use dashboards::data::{VariableValues, answer, samples};
use dashboards::model::{Dashboard, Narrow, Panel};
use dashboards::view::{TimeRange, View};
use library::library;

use crate::START;

fn shows_something(view: &View) -> bool {
    match view {
        View::Series(series) => {
            let points = series.iter().flat_map(|one| &one.points);
            points.filter(|point| point.value.is_some()).count() > 3
        }
        View::Number(number) => number.value.is_some(),
        View::Table(table) => !table.rows.is_empty(),
        View::Lines(lines) => !lines.is_empty(),
        View::Unavailable(why) => why.contains("X-Ray"),
        other => unreachable!("{other:?}"),
    }
}

fn range(dashboard: &Dashboard) -> TimeRange {
    let length = i64::from(dashboard.range.as_seconds());
    TimeRange {
        start: START - length,
        end: START,
    }
}

#[test]
fn every_panel_shows_something() {
    let library = library();
    for dashboard in &library.dashboards {
        let range = range(dashboard);
        let events = samples(&library, range, 1);
        for panel in dashboard.panels() {
            let view = answer(panel, &events, range, &VariableValues::default());
            // Only AWS writes what EventBridge is told.
            let elsewhere = matches!(view, View::Unavailable(why) if why.contains("AWS writes"));
            assert!(
                elsewhere || shows_something(&view),
                "{}: {}: {view:?}",
                dashboard.title,
                panel.title
            );
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_samples() {
    let library = library();
    let dashboard = &library.dashboards[0];
    let range = range(dashboard);
    let shown = |seed: u64| -> Vec<View> {
        let events = samples(&library, range, seed);
        let show = |panel: &Panel| answer(panel, &events, range, &VariableValues::default());
        dashboard.panels().map(show).collect()
    };
    let one = shown(1);
    assert_eq!(one, shown(1));
    assert_ne!(one, shown(2));
}

#[test]
fn active_runs_and_free_places_are_the_limit_together() {
    let library = library();
    let range = range(&library.dashboards[0]);
    let events = samples(&library, range, 1);
    let both = RUNS_ACTIVE.total().average() + RUNS_AVAILABLE.total().average();
    let panel = Panel::time_series("").draw("", both);
    let View::Series(series) = answer(&panel, &events, range, &VariableValues::default()) else {
        unreachable!("a graph has series");
    };
    let values: Vec<_> = series[0].points.iter().filter_map(|p| p.value).collect();
    assert!(values.len() > 3);
    assert!(
        values.iter().all(|sum| (sum - 5.0).abs() < 1e-9),
        "{values:?}"
    );
}
