//! Alarms: a threshold on metrics that are watched, or a rule over other alarms.

use telemetry::{DashboardLink, Namespace};

use super::{Expression, Period, Rule, Text, Threshold};

/// The Terraform module of alarms that do not say another one.
pub const MODULE: &str = "alarms";

/// An alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// Lower-case words with hyphens, unique; the last part of the alarm's name.
    pub id: Text,
    /// What it means for users, and the first thing to do.
    pub description: Text,
    /// Who hears of it.
    pub severity: Severity,
    /// The smallest profile that has it.
    pub profile: Profile,
    /// What must happen for it to be able to fire: the traffic, in words.
    pub needs: Text,
    /// The page that says what to do, `<runbook>.md` in the runbooks' folder.
    pub runbook: Text,
    /// The Terraform module that has it: what is watched may be deployed apart.
    pub module: &'static str,
    /// The variable that is empty where it is not deployed: names of resources, or a topic.
    pub only_with: Option<&'static str>,
    /// Where to look.
    pub dashboard: DashboardLink,
    /// What it watches.
    pub kind: AlarmKind,
}

/// What an alarm watches.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AlarmKind {
    /// Metrics.
    Metric(MetricAlarm),
    /// Other alarms.
    Composite(CompositeAlarm),
}

/// A threshold on a metric, a statistic, a percentile or metric math.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricAlarm {
    /// What is compared with the threshold, once a period.
    pub expression: Expression,
    /// The level, and which side of it is bad.
    pub threshold: Threshold,
    /// The period of every metric of the expression.
    pub period: Period,
    /// How many of the newest points are looked at (N).
    pub evaluation_periods: u32,
    /// How many of these must be bad (M).
    pub datapoints_to_alarm: u32,
    /// What a missing point is to count as; [`missing_data`](Self::missing_data) says what it does.
    pub missing: MissingData,
    /// Whether percentiles of too few samples to be meaningful are left out.
    pub ignore_low_samples: bool,
    /// How long it waits for its first full range of data after it was made or changed.
    pub warm_up: Option<Period>,
    /// What only the deployment knows of the threshold.
    pub quota: Option<Quota>,
}

/// A number that a deployment has and its definition does not: the threshold is a share of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// The Terraform variable that holds it.
    pub variable: &'static str,
    /// What it is, for the variable's description.
    pub title: &'static str,
    /// What it is unless the deployment says otherwise; the threshold is a share of this one.
    pub usual: f64,
}

/// What a missing data point counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingData {
    /// As unknown; if all are missing, so is the state.
    Missing,
    /// The state stays as it is.
    Ignore,
    /// As bad.
    Breaching,
    /// As good.
    NotBreaching,
}

/// Who hears of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Someone is woken: users are harmed now.
    Page,
    /// Someone looks at it in working hours.
    Ticket,
    /// Nobody, unless it stops changing: a monitor outside of AWS waits for it.
    Heartbeat,
}

impl Severity {
    /// The three.
    pub const ALL: [Self; 3] = [Self::Page, Self::Ticket, Self::Heartbeat];

    /// The name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
            Self::Heartbeat => "heartbeat",
        }
    }
}

/// A set of alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Profile {
    /// Few, within CloudWatch's free alarms.
    Dev,
    /// All.
    Prod,
}

/// A rule over other alarms.
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeAlarm {
    /// When it is in alarm.
    pub rule: Rule,
    /// What keeps it quiet.
    pub suppressor: Option<Suppressor>,
}

/// An alarm that, while it is in alarm, keeps another one's actions quiet.
#[derive(Clone, Debug, PartialEq)]
pub struct Suppressor {
    /// Its id.
    pub alarm: Text,
    /// How long to wait for it before acting.
    pub wait: Period,
    /// How long to stay quiet after it has ended.
    pub extension: Period,
}

impl Alarm {
    /// How far back it looks, with the periods by which CloudWatch looks further than it must.
    pub fn seconds_looked_at(&self) -> u32 {
        match &self.kind {
            AlarmKind::Metric(metric) => metric.period.as_seconds().saturating_mul(metric.range()),
            AlarmKind::Composite(_) => 0,
        }
    }

    /// Watches `expression` once a minute; the first bad point is an alarm.
    pub fn metric(
        id: impl Into<Text>,
        expression: Expression,
        threshold: Threshold,
        missing: MissingData,
    ) -> Watch {
        Watch {
            id: id.into(),
            only_with: None,
            alarm: MetricAlarm {
                expression,
                threshold,
                period: Period::minutes(1),
                evaluation_periods: 1,
                datapoints_to_alarm: 1,
                missing,
                ignore_low_samples: false,
                warm_up: None,
                quota: None,
            },
        }
    }

    /// Watches other alarms. Those that its rule wants in alarm are its [parts](Rule::parts):
    /// they tell nobody by themselves any more, this alarm speaks for them.
    pub fn composite(id: impl Into<Text>, rule: Rule) -> Watch<CompositeAlarm> {
        Watch {
            id: id.into(),
            only_with: None,
            alarm: CompositeAlarm {
                rule,
                suppressor: None,
            },
        }
    }

    /// Makes it part of this profile and of every larger one.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Says what traffic it takes for it to be able to fire.
    pub fn needs(mut self, traffic: impl Into<Text>) -> Self {
        self.needs = traffic.into();
        self
    }

    /// Is deployed with this Terraform module instead of [`MODULE`].
    pub fn module(mut self, module: &'static str) -> Self {
        self.module = module;
        self
    }

    /// Shares the runbook of alarms of its sort, instead of one named after its id.
    pub fn runbook(mut self, page: impl Into<Text>) -> Self {
        self.runbook = page.into();
        self
    }

    /// The composite alarms that it is a part of: where there is one, it speaks through it.
    pub fn wholes<'a>(&'a self, alarms: &'a [Self]) -> impl Iterator<Item = &'a Self> {
        alarms.iter().filter(|other| match &other.kind {
            AlarmKind::Composite(composite) => composite.rule.parts().contains(&self.id.as_ref()),
            AlarmKind::Metric(_) => false,
        })
    }

    /// What CloudWatch bills it as: the metrics it watches; `None` for a composite.
    pub fn billed_metrics(&self) -> Option<usize> {
        match &self.kind {
            AlarmKind::Metric(alarm) => Some(alarm.billed_metrics()),
            AlarmKind::Composite(_) => None,
        }
    }
}

impl MetricAlarm {
    /// How many points an evaluation looks for: N, and two more that stand in for missing ones.
    ///
    /// AWS says only that it retrieves more points than N; its published examples retrieve
    /// 5 for N = 3.
    pub const fn range(&self) -> u32 {
        self.evaluation_periods.saturating_add(2)
    }

    /// What a missing point counts as.
    ///
    /// CloudWatch ignores missing points of DynamoDB's metrics whatever an alarm says.
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>
    pub fn missing_data(&self) -> MissingData {
        const DYNAMODB: Namespace = Namespace::Service("AWS/DynamoDB");
        let mut metrics = self.expression.metrics().into_iter();
        if metrics.any(|query| query.metric.namespace == DYNAMODB) {
            MissingData::Ignore
        } else {
            self.missing
        }
    }

    /// How long the newest N periods are together.
    pub const fn window(&self) -> Period {
        let seconds = self.period.as_seconds();
        Period::seconds(seconds.saturating_mul(self.evaluation_periods))
    }

    /// How long CloudWatch waits between two evaluations: a minute, and an hour if they look
    /// at more than a day.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html>
    pub const fn interval(&self) -> Period {
        const DAY: u32 = 86_400;
        match self.window().as_seconds() {
            0..=DAY => Period::minutes(1),
            _ => Period::hours(1),
        }
    }

    /// The metrics that CloudWatch bills: each one, however often it occurs.
    pub fn billed_metrics(&self) -> usize {
        let mut metrics = self.expression.metrics();
        let mut distinct = 0;
        while let Some(metric) = metrics.pop() {
            distinct += usize::from(!metrics.contains(&metric));
        }
        distinct
    }
}

/// An alarm in the making: what it watches is known, who hears of it is not.
#[derive(Clone, Debug)]
pub struct Watch<K = MetricAlarm> {
    id: Text,
    alarm: K,
    only_with: Option<&'static str>,
}

impl<K> Watch<K> {
    /// Is deployed only where this variable of its module is not empty.
    pub fn only_with(mut self, variable: &'static str) -> Self {
        self.only_with = Some(variable);
        self
    }
}

impl Watch {
    /// Looks at points of this length.
    pub fn every(mut self, period: Period) -> Self {
        self.alarm.period = period;
        self
    }

    /// Needs `bad` bad points among the newest `of`.
    pub fn points(mut self, bad: u32, of: u32) -> Self {
        self.alarm.datapoints_to_alarm = bad;
        self.alarm.evaluation_periods = of;
        self
    }

    /// Waits so long for a full range of data before it is evaluated for the first time.
    pub fn warm_up(mut self, longest: Period) -> Self {
        self.alarm.warm_up = Some(longest);
        self
    }

    /// Has a threshold that is a share of what the deployment has of this.
    pub fn share_of(mut self, quota: Quota) -> Self {
        self.alarm.quota = Some(quota);
        self
    }

    /// Leaves out percentiles of too few samples.
    pub fn ignore_low_samples(mut self) -> Self {
        self.alarm.ignore_low_samples = true;
        self
    }
}

impl Watch<CompositeAlarm> {
    /// Stays quiet while `alarm` is in alarm.
    pub fn suppressed_by(mut self, alarm: impl Into<Text>, wait: Period, after: Period) -> Self {
        self.alarm.suppressor = Some(Suppressor {
            alarm: alarm.into(),
            wait,
            extension: after,
        });
        self
    }
}

impl<K: Into<AlarmKind>> Watch<K> {
    /// Wakes someone; `description` says what it means and what to do first.
    pub fn page(self, dashboard: DashboardLink, description: impl Into<Text>) -> Alarm {
        self.notify(Severity::Page, dashboard, description.into())
    }

    /// Asks someone to look in working hours.
    pub fn ticket(self, dashboard: DashboardLink, description: impl Into<Text>) -> Alarm {
        self.notify(Severity::Ticket, dashboard, description.into())
    }

    /// Wakes nobody: whoever waits for it to change is told when it does not.
    pub fn heartbeat(self, dashboard: DashboardLink, description: impl Into<Text>) -> Alarm {
        self.notify(Severity::Heartbeat, dashboard, description.into())
    }

    pub(super) fn notify(
        self,
        severity: Severity,
        dashboard: DashboardLink,
        description: Text,
    ) -> Alarm {
        Alarm {
            runbook: self.id.clone(),
            id: self.id,
            needs: Text::default(),
            module: MODULE,
            only_with: self.only_with,
            description,
            severity,
            profile: Profile::Prod,
            dashboard,
            kind: self.alarm.into(),
        }
    }
}

impl From<MetricAlarm> for AlarmKind {
    fn from(alarm: MetricAlarm) -> Self {
        Self::Metric(alarm)
    }
}

impl From<CompositeAlarm> for AlarmKind {
    fn from(alarm: CompositeAlarm) -> Self {
        Self::Composite(alarm)
    }
}
