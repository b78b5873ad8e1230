//! Rules on alarms: CloudWatch's limits, and what whoever is woken needs.

use std::path::Path;

use super::{Findings, panels};
use crate::cost::prices::FREE_ALARM_METRICS;
use crate::model::alarm::{CompositeAlarm, MetricAlarm};
use crate::model::{Alarm, AlarmKind, Expression, Library, Period, Profile, Statistic};

/// Most metrics of one math alarm.
const MATH_METRICS: usize = 10;
/// Longest id: the name also holds prefix and environment, and has 255 characters.
const ID_CHARACTERS: usize = 200;
/// Longest description: severity, runbook and dashboard are added, and 1,024 are allowed.
const DESCRIPTION_CHARACTERS: usize = 700;
/// Most children of a composite.
const CHILDREN: usize = 100;
/// Longest rule of a composite.
const RULE_CHARACTERS: usize = 10_240;
/// What a rule has around each child's id at most: operators, a state, prefix and environment.
const AROUND_CHILD: usize = " AND NOT INSUFFICIENT_DATA(\"\")".len() + 255 - ID_CHARACTERS;

pub(super) fn check(library: &Library, runbooks: &Path, findings: &mut Findings) {
    for (index, alarm) in library.alarms.iter().enumerate() {
        let twice = library.alarms[..index]
            .iter()
            .any(|other| other.id == alarm.id);
        if twice {
            findings.add("alarm-id", &alarm.id, "another alarm has the same id");
        }
        texts(alarm, findings);
        let mut dashboards = library.dashboards.iter();
        if !dashboards.any(|dashboard| dashboard.link.uid == alarm.dashboard.uid) {
            findings.add("link", &alarm.id, panels::no_dashboard(alarm.dashboard));
        }
        if !runbooks.join(format!("{}.md", alarm.runbook)).is_file() {
            let message = format!(
                "there is no {}/{}.md: write what to do",
                runbooks.display(),
                alarm.runbook
            );
            findings.add("runbook", &alarm.id, message);
        }
        match &alarm.kind {
            AlarmKind::Metric(watch) => metric(&alarm.id, watch, findings),
            AlarmKind::Composite(watch) => composite(library, index, watch, findings),
        }
    }
    free_alarms(library, findings);
}

fn texts(alarm: &Alarm, findings: &mut Findings) {
    let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let begins = alarm.id.starts_with(|c: char| c.is_ascii_lowercase());
    if !begins || alarm.id.len() > ID_CHARACTERS || !alarm.id.chars().all(kebab) {
        findings.add(
            "alarm-id",
            &alarm.id,
            "an id is a name in Terraform as well: 1 to 200 lower-case letters, digits and hyphens, a letter first",
        );
    }
    if alarm.needs.trim().is_empty() {
        findings.add(
            "needs",
            &alarm.id,
            "say what traffic it takes for it to be able to fire: `.needs(\"...\")`",
        );
    }
    let length = alarm.description.chars().count();
    if length == 0 || length > DESCRIPTION_CHARACTERS {
        findings.add(
            "description",
            &alarm.id,
            "say in at most 700 characters what it means and what to do first",
        );
    }
}

fn metric(id: &str, watch: &MetricAlarm, findings: &mut Findings) {
    if !watch.period.is_allowed() {
        findings.add(
            "period",
            id,
            "a period is 10, 20, 30 or a multiple of 60 seconds",
        );
    }
    let longest = match watch.period {
        period if period >= Period::hours(1) => Period::days(7),
        _ => Period::days(1),
    };
    if watch.window() > longest {
        findings.add(
            "evaluation-range",
            id,
            "period x evaluation periods is at most a day, or a week for periods from an hour",
        );
    }
    if watch.datapoints_to_alarm == 0 || watch.datapoints_to_alarm > watch.evaluation_periods {
        findings.add(
            "datapoints",
            id,
            "between 1 and all of the evaluation periods must be bad",
        );
    }
    expression(id, watch, findings);
    missing(id, watch, findings);
}

fn expression(id: &str, watch: &MetricAlarm, findings: &mut Findings) {
    let metrics = watch.expression.metrics();
    if metrics.is_empty() || watch.billed_metrics() > MATH_METRICS {
        findings.add("alarm-metrics", id, "an alarm watches 1 to 10 metrics");
    }
    panels::periods(&watch.expression, id, findings);
    if metrics
        .iter()
        .any(|query| query.period.is_some_and(|own| own != watch.period))
    {
        findings.add(
            "math-periods",
            id,
            "its metrics have the alarm's period: leave out `.over(...)`",
        );
    }
    if watch.expression.unit().is_none() {
        findings.add(
            "math-units",
            id,
            "units of this arithmetic do not fit together",
        );
    }
    watch.expression.visit(&mut |part| {
        if matches!(part, Expression::RunningSum(_)) {
            findings.add("running-sum", id, "an alarm has no time range to sum over");
        }
        if let Expression::Variable(number) = part {
            let message = format!(
                "nobody chooses {} for an alarm: write a number",
                number.name
            );
            findings.add("undefined-variable", id, message);
        }
    });
    let percentile =
        |query: &&crate::model::MetricQuery| matches!(query.statistic, Statistic::Percentile(_));
    let alone = matches!(watch.expression, Expression::Metric(_));
    if alone && metrics.iter().any(percentile) && !watch.ignore_low_samples {
        findings.add(
            "low-samples",
            id,
            "a percentile of few samples is noise: `.ignore_low_samples()`",
        );
    }
}

/// CloudWatch ignores missing data of DynamoDB whatever is set.
fn missing(id: &str, watch: &MetricAlarm, findings: &mut Findings) {
    if watch.missing_data() != watch.missing {
        findings.add(
            "missing-data",
            id,
            "CloudWatch ignores missing data of AWS/DynamoDB: say MissingData::Ignore",
        );
    }
}

/// Children come first, which also rules out cycles.
fn composite(library: &Library, index: usize, watch: &CompositeAlarm, findings: &mut Findings) {
    let alarm = &library.alarms[index];
    let children = watch.rule.children();
    if children.is_empty() || children.len() > CHILDREN {
        findings.add(
            "composite-children",
            &alarm.id,
            "a composite watches 1 to 100 alarms",
        );
    }
    let length: usize = children.iter().map(|id| id.len() + AROUND_CHILD).sum();
    if length > RULE_CHARACTERS {
        let message = format!(
            "its rule may have {length} characters; CloudWatch takes {RULE_CHARACTERS}: make composites of parts of it"
        );
        findings.add("composite-rule", &alarm.id, message);
    }
    let suppressor = watch
        .suppressor
        .as_ref()
        .map(|suppressor| suppressor.alarm.as_ref());
    for child in children.into_iter().chain(suppressor) {
        let earlier = library.alarms[..index]
            .iter()
            .find(|other| other.id == child);
        match earlier {
            None => {
                let message = format!(
                    "{child} is no alarm above this one: composites come after their children, without cycles"
                );
                findings.add("composite-cycle", &alarm.id, message);
            }
            Some(child) if child.module != alarm.module => {
                let message = format!("{} is deployed by another module", child.id);
                findings.add("composite-module", &alarm.id, message);
            }
            Some(child) if child.only_with.is_some() => {
                let message = format!("{} is not always deployed", child.id);
                findings.add("composite-profile", &alarm.id, message);
            }
            Some(child) if child.profile > alarm.profile => {
                let message = format!("{} is not in every profile that has this alarm", child.id);
                findings.add("composite-profile", &alarm.id, message);
            }
            Some(_) => {}
        }
    }
}

fn free_alarms(library: &Library, findings: &mut Findings) {
    let dev = library
        .alarms
        .iter()
        .filter(|alarm| alarm.profile == Profile::Dev);
    let metrics: usize = dev.filter_map(Alarm::billed_metrics).sum();
    if metrics > FREE_ALARM_METRICS {
        let message = format!("its alarms watch {metrics} metrics; {FREE_ALARM_METRICS} are free");
        findings.add("free-alarms", "profile dev", message);
    }
}
