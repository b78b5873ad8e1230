//! Service level objectives: how much may go wrong, and how fast it is going wrong.
//!
//! Burn rates and windows follow the multi-window, multi-burn-rate scheme of Google's
//! SRE Workbook, chapter 5, for a budget of 30 days.

use super::alarm::{Alarm, MissingData, Rule, Severity};
use super::{DisplayUnit, Expression, Period, Text, Threshold, if_above};
use telemetry::DashboardLink;

/// A promise about the share of good events among all events of 30 days.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Lower-case words with hyphens.
    pub id: &'static str,
    /// The name, for people.
    pub title: &'static str,
    /// What counts as good, for people.
    pub promise: &'static str,
    /// The share of events that must be good, 0 to 1.
    pub target: f64,
    /// How many events a period has.
    pub events: Expression,
    /// How many of them were bad.
    pub bad: Expression,
}

/// How fast a budget is spent, and over which two windows that is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burn {
    /// 1 spends the budget in exactly 30 days.
    pub rate: f64,
    /// The window that shows that it matters.
    pub long: Period,
    /// The window that shows that it still goes on.
    pub short: Period,
    /// Who hears of it.
    pub severity: Severity,
}

/// The four pairs of windows, fastest first.
pub const BURNS: [Burn; 4] = [
    Burn {
        rate: 14.4,
        long: Period::hours(1),
        short: Period::minutes(5),
        severity: Severity::Page,
    },
    Burn {
        rate: 6.0,
        long: Period::hours(6),
        short: Period::minutes(30),
        severity: Severity::Page,
    },
    Burn {
        rate: 3.0,
        long: Period::days(1),
        short: Period::hours(2),
        severity: Severity::Ticket,
    },
    Burn {
        rate: 1.0,
        long: Period::days(3),
        short: Period::hours(6),
        severity: Severity::Ticket,
    },
];

impl Burn {
    /// The level of its alarms and of the line in its graph.
    pub const fn threshold(self) -> Threshold {
        Threshold::above(self.rate)
    }
}

impl Objective {
    /// The share of events that may be bad.
    pub fn budget(&self) -> f64 {
        1.0 - self.target
    }

    /// The share of good events in each period.
    pub fn level(&self) -> Expression {
        1.0 - self.bad.clone() / self.events.clone()
    }

    /// The share of the budget that is left, were the time range the 30 days.
    pub fn budget_left(&self) -> Expression {
        let bad = self.bad.clone().or(0.0).running_sum();
        let allowed = self.events.clone().or(0.0).running_sum() * round(self.budget());
        1.0 - bad / allowed
    }

    /// How many times faster than allowed the budget is spent.
    pub fn burn_rate(&self) -> Expression {
        let share = self.bad.clone() / self.events.clone();
        (share / round(self.budget())).in_unit(DisplayUnit::Times)
    }

    /// The burn rate, or 0 where so few events are that one bad one would be an alarm.
    pub fn guarded_burn_rate(&self, burn: Burn) -> Expression {
        let few = (2.0 / (self.budget() * burn.rate)).ceil();
        if_above(self.events.clone(), few, self.burn_rate(), 0.0)
    }

    /// The ids of [its alarms](Self::alarms).
    pub fn alarm_ids(&self) -> Vec<Text> {
        let ids = |burn: Burn| {
            let id = self.burn_id(burn);
            [
                format!("{id}-{}", burn.long),
                format!("{id}-{}", burn.short),
                id,
            ]
        };
        BURNS.into_iter().flat_map(ids).map(Text::from).collect()
    }

    /// Two alarms for each pair of windows and a composite that needs both; slower
    /// composites are quiet while a faster one is in alarm.
    pub fn alarms(&self, dashboard: DashboardLink) -> Vec<Alarm> {
        let mut alarms = Vec::with_capacity(BURNS.len() * 3);
        let mut faster: Option<Text> = None;
        for burn in BURNS {
            let long = self.window(burn, burn.long, dashboard);
            let short = self.window(burn, burn.short, dashboard);
            let both = self.both(burn, &long, &short, faster.take(), dashboard);
            faster = Some(both.id.clone());
            alarms.extend([long, short, both]);
        }
        alarms
    }

    fn window(&self, burn: Burn, window: Period, dashboard: DashboardLink) -> Alarm {
        let id = format!("{}-{window}", self.burn_id(burn));
        let watch = Alarm::metric(
            id,
            self.guarded_burn_rate(burn),
            burn.threshold(),
            MissingData::NotBreaching,
        );
        let description = format!(
            "{} spent its budget more than {} times too fast over {window}. Part of {}.",
            self.title,
            burn.rate,
            self.burn_id(burn)
        );
        watch
            .every(window)
            .notify(burn.severity, dashboard, description.into())
            .runbook(self.runbook())
    }

    fn both(
        &self,
        burn: Burn,
        long: &Alarm,
        short: &Alarm,
        faster: Option<Text>,
        dashboard: DashboardLink,
    ) -> Alarm {
        let rule = Rule::And(vec![
            Rule::alarm(long.id.clone()),
            Rule::alarm(short.id.clone()),
        ]);
        let mut watch = Alarm::composite(self.burn_id(burn), rule);
        if let Some(faster) = faster {
            watch = watch.suppressed_by(faster, Period::minutes(2), Period::minutes(5));
        }
        let description = format!(
            "{} ({}) spends its budget of 30 days {} times too fast, over {} and over {}. \
             Find the failing route on the API dashboard first.",
            self.title, self.promise, burn.rate, burn.long, burn.short
        );
        watch
            .notify(burn.severity, dashboard, description.into())
            .runbook(self.runbook())
    }

    fn burn_id(&self, burn: Burn) -> String {
        format!("slo-{}-burn-{}x", self.id, burn.rate.trunc())
    }

    fn runbook(&self) -> String {
        format!("slo-{}", self.id)
    }
}

/// `1 - 0.999` without the noise of binary fractions.
fn round(share: f64) -> f64 {
    (share * 1e9).round() / 1e9
}
