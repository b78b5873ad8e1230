//! What an alarm looks at, as a series: 1 where it is bad, 0 where it is good.

use super::alarm::{Alarm, AlarmKind, MetricAlarm, MissingData};
use super::{Expression, MetricQuery, Panel, Visual};

impl MetricAlarm {
    /// 1 in the periods that the alarm finds bad, 0 in the others. A period without data is what
    /// the alarm takes it for.
    pub fn condition(&self) -> Expression {
        let bad = Expression::If {
            left: Box::new(self.expression.clone().over(self.period)),
            comparison: self.threshold.comparison,
            right: self.threshold.value,
            then: Box::new(Expression::Number(1.0)),
            otherwise: 0.0,
        };
        match self.missing_data() {
            MissingData::NotBreaching => bad.or(0.0),
            MissingData::Breaching => bad.or(1.0),
            MissingData::Missing | MissingData::Ignore => bad,
        }
    }
}

impl Panel {
    /// Whether it draws a metric that an alarm watches over time, and the alarm's threshold.
    pub fn shows(&self, alarm: &MetricAlarm) -> bool {
        let watched = alarm.expression.metrics();
        let same = |drawn: &&MetricQuery| {
            let mut watched = watched.iter();
            watched.any(|metric| metric.metric.name == drawn.metric.name)
        };
        let drawn = self
            .targets
            .iter()
            .flat_map(|target| target.source.metrics());
        matches!(self.visual, Visual::TimeSeries | Visual::StackedSeries)
            && self.thresholds.contains(&alarm.threshold)
            && drawn.into_iter().any(|metric| same(&metric))
    }

    /// The conditions of these alarms over time, from their own expressions and thresholds. A
    /// composite has none: it speaks of other alarms.
    pub fn conditions<'a>(alarms: impl IntoIterator<Item = &'a Alarm>) -> Self {
        let panel = Self::state_timeline("Alarms").describe(
            "Red: what the alarm looks at was bad in this period. It fires when as many of the newest periods are red as its description says; the table of changes has what CloudWatch decided.",
        );
        alarms
            .into_iter()
            .fold(panel, |panel, alarm| match &alarm.kind {
                AlarmKind::Metric(watch) => panel.draw(alarm.id.clone(), watch.condition()),
                AlarmKind::Composite(_) => panel,
            })
    }
}
