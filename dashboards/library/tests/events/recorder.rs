//! What the program really records is what panels show.

use std::sync::{Arc, RwLock};

use catalogue::{REQUEST_DURATION, Route, Service, TEMPERATURE, USER};
use dashboards::data::{Counts, Events, Limits, Recorder, VariableValues, answer};
use dashboards::model::{Narrow as _, Panel, Reduce, logs};
use dashboards::view::{Cell, TimeRange, View};
use library::DEPLOYMENT;
use library::aws::LogGroup;
use telemetry::property::FUNCTION;
use telemetry::{Destination, Dimension as _, Metrics};

const HOSTILE: &str = "\"},{\"user\":\"eve\"}\n{\"_aws\":";

/// Whatever the clock says.
const ALWAYS: TimeRange = TimeRange {
    start: 1_600_000_000,
    end: 4_000_000_000,
};

fn recorded() -> Events {
    let events = Events::new(DEPLOYMENT, "test", Limits::default());
    let events = Arc::new(RwLock::new(events));
    let (recorder, tap) = Recorder::start(Arc::clone(&events), None).expect("a thread");
    let namespace = catalogue::namespace("test").expect("valid");
    let metrics = Metrics::builder(namespace).emf(Destination::writer("events", tap));
    let metrics = metrics.build().expect("nothing to open");
    metrics.in_scope(|| {
        FUNCTION.set(Service::RunApi.value());
        USER.set(HOSTILE);
        for degrees in [20.0, 21.0, 25.5] {
            TEMPERATURE.record(degrees, ());
        }
        // One name and two dimension values: this takes two lines.
        REQUEST_DURATION.record(2.5, Route::StartRun);
        REQUEST_DURATION.record(4.5, Route::GetRun);
    });
    drop(metrics);
    assert_eq!(recorder.join(), Counts::default());
    Arc::into_inner(events)
        .expect("no other")
        .into_inner()
        .expect("no panic")
}

#[test]
fn recordings_become_statistics_and_rows() {
    let events = recorded();
    assert_eq!(events.len(), 2);
    let shown = |panel: &Panel| answer(panel, &events, ALWAYS, &VariableValues::default());
    let number = |panel: Panel| match shown(&panel) {
        View::Number(number) => number.value,
        other => unreachable!("{other:?} is no number"),
    };
    let half = TEMPERATURE.total().percentile(50.0);
    assert_eq!(number(Panel::stat("Half").draw("", half)), Some(21.0));
    let started = REQUEST_DURATION.of(Route::StartRun).samples();
    let started = Panel::stat("Starts")
        .draw("", started)
        .reduce(Reduce::Total);
    assert_eq!(number(started), Some(1.0));
    let slowest = REQUEST_DURATION.of(Route::GetRun).maximum();
    assert_eq!(number(Panel::stat("Slowest").draw("", slowest)), Some(4.5));
    let users = logs::search([LogGroup(Service::RunApi)])
        .table([("events", logs::count())], 9)
        .by(USER);
    let View::Table(users) = shown(&Panel::table("Users").draw("", users)) else {
        unreachable!("a table shows a table");
    };
    assert_eq!(
        users.rows,
        [[Cell::Text(HOSTILE.to_owned()), Cell::Number(2.0)]]
    );
}
