//! What the sensors measured: of all runs from metrics, of the chosen runs from events.

use catalogue::{
    HUMIDITY, PRESSURE, RUN_ID, RejectReason, SENSOR_DATA_INGESTED, SENSOR_DATA_REJECTED,
    SENSOR_ID, Service, TEMPERATURE, TEMPERATURE_AVG,
};
use telemetry::{Declared, Distribution, Metric, PublishedBy};

use super::{RUN, RUN_USER, SENSOR, alarms};
use crate::aws::LogGroup;
use dashboards::model::{Narrow, Panel, Period, Width, logs};

/// Cheap and always fresh: nothing is scanned.
pub(super) fn of_all_runs() -> Vec<Panel> {
    vec![
        stored(),
        rejected(),
        spread("Temperature", TEMPERATURE),
        spread("Humidity", HUMIDITY),
        spread("Pressure", PRESSURE),
    ]
}

/// Scans the log, because runs, users and sensors are properties and not dimensions.
pub(super) fn of_chosen_runs() -> Vec<Panel> {
    vec![
        by_sensor("Temperature by sensor", TEMPERATURE),
        by_sensor("Humidity by sensor", HUMIDITY),
        by_sensor("Pressure by sensor", PRESSURE),
        average_by_run(),
    ]
}

fn stored() -> Panel {
    Panel::time_series("Readings stored")
        .describe("Readings written to the table. Below the line while runs are active, the alarm runs-without-readings fires: sensors do not reach the API, or it refuses them.")
        .draw("stored", SENSOR_DATA_INGESTED.total().sum())
        .threshold(alarms::READINGS)
}

fn rejected() -> Panel {
    Panel::stacked_series("Readings rejected")
        .describe("By reason. `unavailable` means that DynamoDB did not answer in time; the other reasons are the callers'.")
        .draw("", SENSOR_DATA_REJECTED.by::<RejectReason>().sum())
}

fn spread<M>(title: &'static str, metric: Metric<Distribution, M>) -> Panel
where
    M: Declared + PublishedBy<()>,
{
    Panel::time_series(title)
        .describe("Lowest, mean and highest of the readings of all runs. A jump of the mean points to a hot sensor; find it by sensor below.")
        .draw("highest", metric.total().maximum())
        .draw("mean", metric.total().average())
        .draw("lowest", metric.total().minimum())
        .width(Width::Third)
}

fn by_sensor<M: Declared>(title: &'static str, metric: Metric<Distribution, M>) -> Panel {
    let readings = logs::search([LogGroup(Service::SensorApi)])
        .having(metric)
        .chosen(RUN)
        .chosen(RUN_USER)
        .chosen(SENSOR)
        .graph(logs::average(metric), Period::seconds(10))
        .by(SENSOR_ID);
    Panel::time_series(title)
        .describe("Mean of each sensor's readings in the chosen runs. Choose a run first: every run and sensor is a line.")
        .draw("", readings)
        .unit(metric.definition().unit)
}

fn average_by_run() -> Panel {
    let averages = logs::search([LogGroup(Service::RunApi)])
        .having(TEMPERATURE_AVG)
        .chosen(RUN)
        .chosen(RUN_USER)
        .graph(logs::average(TEMPERATURE_AVG), Period::minutes(1))
        .by(RUN_ID);
    Panel::time_series("Average temperature by run")
        .describe("A run's average temperature, at the time it ended. Runs that were interrupted have none.")
        .draw("", averages)
        .unit(TEMPERATURE_AVG.definition().unit)
}
