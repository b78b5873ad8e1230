//! What changed: alarms that went off or recovered, and deployments, from the log group that
//! EventBridge writes to (infra/aws/modules/events).

use crate::aws::EventLog;
use dashboards::model::logs::{self, Field};
use dashboards::model::{Dashboard, Panel};

/// Adds the row of changes, closed at first.
pub(super) fn row(dashboard: Dashboard) -> Dashboard {
    dashboard.collapsed_row("What changed", [alarms(), deployments()])
}

fn alarms() -> Panel {
    let changed = logs::search([EventLog::Changes])
        .having(Field::Member("detail.alarmName"))
        .lines(
            [
                Field::Member("detail.alarmName"),
                Field::Member("detail.previousState.value"),
                Field::Member("detail.state.value"),
                Field::Member("detail.state.reason"),
            ],
            50,
        );
    Panel::table("Changes of alarms")
        .describe("Every alarm of the environment that changed its state, composites too, newest first. The reason has the values that decided it.")
        .draw("", changed)
}

fn deployments() -> Panel {
    let deployed = logs::search([EventLog::Changes])
        .having(Field::Member("detail.component"))
        .lines(
            [
                Field::Member("detail.component"),
                Field::Member("detail.version"),
                Field::Member("detail.outcome"),
            ],
            50,
        );
    Panel::table("Deployments")
        .describe("What was deployed to the environment, newest first. An alarm that follows one closely: roll back first, ask later.")
        .draw("", deployed)
}
