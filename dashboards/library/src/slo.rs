//! Objectives of the API: availability and latency.

use catalogue::links::SLO;
use catalogue::{REQUEST_DURATION, REQUEST_ERROR};

use crate::changes;
use dashboards::model::objective::{Bad, Objective, PAGE, TICKET};
use dashboards::model::{
    Alarm, Dashboard, DisplayUnit, Narrow, Panel, Period, Text, Threshold, Width,
};

/// Milliseconds within which a request is fast.
pub const FAST: f64 = 300.0;
/// What to do first when either is missed.
const FIRST: &str = "Find the failing route on the API dashboard first.";
/// No budget left.
const SPENT: Threshold = Threshold::at_most(0.0);

/// The objectives, most important first.
pub fn objectives() -> Vec<Objective> {
    vec![availability(), latency()]
}

fn availability() -> Objective {
    Objective {
        id: "availability",
        title: "Availability",
        promise: "999 of 1,000 requests are not answered with 5xx",
        first: FIRST,
        target: 0.999,
        events: REQUEST_DURATION.total().samples(),
        bad: Bad::Count(REQUEST_ERROR.total().sum()),
        // What no function saw: the gateway could not reach it, or it could not answer.
        also: &["api-5xx"],
        after: None,
    }
}

fn latency() -> Objective {
    let fast = REQUEST_DURATION.total().percent_within(FAST);
    let fast = (fast / 100.0).in_unit(DisplayUnit::Ratio);
    Objective {
        id: "latency",
        title: "Latency",
        promise: "99 of 100 requests are answered within 300 ms",
        first: FIRST,
        target: 0.99,
        events: REQUEST_DURATION.total().samples(),
        bad: Bad::Share(1.0 - fast),
        also: &[],
        // Whatever fails late is slow as well.
        after: Some("availability"),
    }
}

/// The burn rate alarms of every objective.
pub fn alarms() -> Vec<Alarm> {
    objectives()
        .iter()
        .flat_map(|objective| objective.alarms(SLO))
        .collect()
}

/// Level, budget and burn rates of every objective over 30 days.
pub fn dashboard() -> Dashboard {
    let dashboard = Dashboard::new(SLO, "SLOs")
        .describe("Do we keep our promises, and how much may still go wrong this month?")
        .range(Period::days(30))
        .refresh(Period::minutes(15))
        .row("Of the last 30 days", objectives().iter().flat_map(now))
        .row("Alarms", [Panel::conditions(&alarms())]);
    objectives()
        .iter()
        .fold(changes::row(dashboard), |dashboard, objective| {
            let panels = [level_over_time(objective), burn_rates(objective)];
            dashboard.collapsed_row(format!("{} over time", objective.title), panels)
        })
}

fn now(objective: &Objective) -> [Panel; 2] {
    [level(objective), budget(objective)]
}

fn level(objective: &Objective) -> Panel {
    Panel::stat(format!("{} level", objective.title))
        .describe(describe(
            objective,
            "The share of good requests in the time range. Below the objective, the promise is broken.",
        ))
        .draw("good", objective.level_so_far())
        .threshold(Threshold::below(objective.target))
        .decimals(3)
        .width(Width::Quarter)
}

fn budget(objective: &Objective) -> Panel {
    Panel::stat(format!("{} budget left", objective.title))
        .describe(describe(
            objective,
            "What is left of the bad requests that 30 days may have. At zero, stop risky changes until it recovers.",
        ))
        .draw("left", objective.budget_left())
        .threshold(SPENT)
        .decimals(1)
        .width(Width::Quarter)
}

fn level_over_time(objective: &Objective) -> Panel {
    Panel::time_series(format!("{} over time", objective.title))
        .describe(describe(
            objective,
            "Below the line, the budget is being spent too fast.",
        ))
        .draw("good", objective.level())
        .threshold(Threshold::below(objective.target))
        .decimals(2)
        .width(Width::Full)
}

fn burn_rates(objective: &Objective) -> Panel {
    let panel = Panel::time_series(format!("{} burn rates", objective.title))
        .describe(describe(
            objective,
            "How many times too fast the budget is spent. Each line is an alarm's threshold; alarms need its short window as well.",
        ))
        .width(Width::Full);
    let long = PAGE.long.into_iter().chain(TICKET.long);
    long.fold(panel, |panel, burn| {
        panel
            .draw(
                burn.window.to_string(),
                objective.burn_rate().over(burn.window),
            )
            .threshold(burn.threshold())
    })
}

fn describe(objective: &Objective, what: &str) -> Text {
    format!("Objective: {}. {what}", objective.promise).into()
}
