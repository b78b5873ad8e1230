//! What the sensors of all runs measured.

use catalogue::{RejectReason, SENSOR_DATA_INGESTED, SENSOR_DATA_REJECTED, of_each_quantity};
use telemetry::{CatalogueEntry, Distribution, Metric, PublishedBy};

use super::alarms;
use crate::run::title;
use dashboards::model::{Narrow, Panel, Width};

/// Cheap and always fresh: nothing is scanned.
pub(super) fn of_all_runs() -> Vec<Panel> {
    let mut panels = vec![stored(), rejected()];
    panels.extend(of_each_quantity!(spread));
    panels
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

fn spread<M>(metric: Metric<Distribution, M>) -> Panel
where
    M: CatalogueEntry + PublishedBy<()>,
{
    Panel::time_series(title(metric.name()))
        .describe("Lowest, mean and highest of the readings of all runs. A jump of the mean points to a hot sensor; find it on the page of a run.")
        .draw("highest", metric.total().maximum())
        .draw("mean", metric.total().average())
        .draw("lowest", metric.total().minimum())
        .width(Width::Third)
}
