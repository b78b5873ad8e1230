//! Numbers that cannot be meant: thresholds, objectives, periods.

use telemetry::Resolution;

use super::Findings;
use crate::model::logs::Aggregate;
use crate::model::objective::PAGE;
use crate::model::{
    AlarmKind, Expression, Library, MetricQuery, Objective, Panel, Period, Source, Statistic,
    Threshold,
};

pub(super) fn check(library: &Library, findings: &mut Findings) {
    for objective in &library.objectives {
        self::objective(objective, findings);
    }
    for alarm in &library.alarms {
        if let AlarmKind::Metric(metric) = &alarm.kind {
            finite(&[metric.threshold], &alarm.id, findings);
            arithmetic(&metric.expression, &alarm.id, findings);
            for query in metric.expression.metrics() {
                resolution(query, Some(metric.period), &alarm.id, findings);
                percentage(query.statistic, &alarm.id, findings);
            }
        }
    }
    for dashboard in &library.dashboards {
        for panel in dashboard.panels() {
            let place = format!("{} / {}", dashboard.title, panel.title);
            finite(&panel.thresholds, &place, findings);
            bounds(panel, &place, findings);
            for target in &panel.targets {
                if let Source::Expression(expression) = &target.source {
                    arithmetic(expression, &place, findings);
                }
                for query in target.source.metrics() {
                    resolution(query, None, &place, findings);
                    percentage(query.statistic, &place, findings);
                }
                for aggregate in target.source.aggregates() {
                    if let Aggregate::Percentile(_, percent) = aggregate {
                        percentage(Statistic::Percentile(*percent), &place, findings);
                    }
                }
            }
        }
    }
}

fn objective(objective: &Objective, findings: &mut Findings) {
    let place = format!("objective {}", objective.id);
    // Not a number is in no range, so it is found here as well.
    if !(objective.target > 0.0 && objective.target < 1.0) {
        findings.add(
            "objective",
            &place,
            "a target is a share above 0 and below 1, such as 0.999",
        );
        return;
    }
    let most = 1.0 / objective.budget();
    let page = PAGE.long.iter().map(|burn| burn.rate);
    if page.into_iter().all(|rate| rate >= most) {
        let message = format!(
            "if every event is bad it burns {most:.1} times too fast, and it pages above more: it never does. Promise more"
        );
        findings.add("objective", &place, message);
    }
}

fn finite(thresholds: &[Threshold], place: &str, findings: &mut Findings) {
    if thresholds.iter().any(|one| !one.value.is_finite()) {
        findings.add("number", place, "a threshold is a finite number");
    }
}

fn arithmetic(expression: &Expression, place: &str, findings: &mut Findings) {
    expression.visit(&mut |part| {
        let numbers = match part {
            Expression::Number(number) | Expression::Fill(_, number) => vec![*number],
            Expression::If {
                right, otherwise, ..
            } => vec![*right, *otherwise],
            _ => Vec::new(),
        };
        if numbers.iter().any(|number| !number.is_finite()) {
            findings.add(
                "number",
                place,
                "its arithmetic has a number that is not finite",
            );
        }
    });
}

fn percentage(statistic: Statistic, place: &str, findings: &mut Findings) {
    if let Statistic::Percentile(percent) = statistic
        && !(0.0..=100.0).contains(&percent)
    {
        findings.add("number", place, "a percentile is between 0 and 100");
    }
}

/// CloudWatch keeps points of a minute, and of a second only where that is asked for.
fn resolution(query: &MetricQuery, period: Option<Period>, place: &str, findings: &mut Findings) {
    let minute = query.metric.resolution == Resolution::Minute;
    let period = query.period.or(period);
    if minute && period.is_some_and(|period| period < Period::minutes(1)) {
        let message = format!(
            "{} has a point a minute: a shorter period finds nothing",
            query.metric.name
        );
        findings.add("resolution", place, message);
    }
}

/// What is bad above a level and what is bad below a higher one leave nothing that is good.
fn bounds(panel: &Panel, place: &str, findings: &mut Findings) {
    let (floors, ceilings): (Vec<Threshold>, Vec<Threshold>) =
        panel.thresholds.iter().partition(|one| one.is_floor());
    let floor = floors.iter().map(|one| one.value).reduce(f64::max);
    let ceiling = ceilings.iter().map(|one| one.value).reduce(f64::min);
    if let (Some(floor), Some(ceiling)) = (floor, ceiling)
        && floor >= ceiling
    {
        let message = format!("bad below {floor} and bad above {ceiling}: nothing is good");
        findings.add("bounds", place, message);
    }
}
