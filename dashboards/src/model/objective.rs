//! Service level objectives: how much may go wrong, and how fast it is going wrong.
//!
//! Each has one alarm that pages and one that asks for a ticket. They follow the
//! multi-window, multi-burn-rate scheme of Google's SRE Workbook, chapter 5, for a budget
//! of 30 days, joined so that one outage is told once (docs/decisions/alarm-evaluation.md).

use super::alarm::{Alarm, CompositeAlarm, MissingData, Severity, Watch};
use super::{DisplayUnit, Expression, Period, Rule, Text, Threshold, if_above};
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
    /// What to do first when it is missed: a sentence.
    pub first: &'static str,
    /// The share of events that must be good, above 0 and below 1.
    pub target: f64,
    /// How many events a period has.
    pub events: Expression,
    /// Those of them that were bad.
    pub bad: Bad,
    /// Alarms that page for it too: they see bad events that never become events.
    pub also: &'static [&'static str],
    /// The objective whose page says more; while that is on, this one does not page.
    pub after: Option<&'static str>,
}

/// The bad ones among the events of a period, as a metric has them.
#[derive(Clone, Debug, PartialEq)]
pub enum Bad {
    /// How many there were.
    Count(Expression),
    /// Their share of all events.
    Share(Expression),
}

/// How fast a budget is spent over a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burn {
    /// 1 spends the budget in exactly 30 days.
    pub rate: f64,
    /// Over which time it is looked at.
    pub window: Period,
}

/// When an objective makes itself heard: a long window shows that it matters, a short one
/// that it goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Who hears of it.
    pub severity: Severity,
    /// One of these shows that it matters.
    pub long: [Burn; 2],
    /// This one shows that it goes on.
    pub short: Burn,
}

/// Much of the budget is going: the Workbook's pairs of 1 h and of 6 h.
///
/// Its second pair has 6 for a rate. Between the first pair's 14.4 over an hour and 6 over
/// six there is an edge at which one request more or less pages again; 2 has none, because
/// no outage of up to six hours leaves its window before it ends.
pub const PAGE: Pace = Pace {
    severity: Severity::Page,
    long: [
        Burn::new(14.4, Period::hours(1)),
        Burn::new(2.0, Period::hours(6)),
    ],
    short: Burn::new(1.0, Period::minutes(30)),
};

/// A tenth of the budget has gone, slowly: the Workbook's pairs of a day and of three.
pub const TICKET: Pace = Pace {
    severity: Severity::Ticket,
    long: [
        Burn::new(3.0, Period::days(1)),
        Burn::new(1.0, Period::days(3)),
    ],
    short: Burn::new(0.5, Period::hours(6)),
};

/// Bad events that a long window must hold: fewer are chance, and would come and go in the
/// short one.
pub const BAD_EVENTS: f64 = 24.0;

/// How long the page of the objective that says more has to come first.
const WAIT: Period = Period::minutes(1);

impl Burn {
    const fn new(rate: f64, window: Period) -> Self {
        Self { rate, window }
    }

    /// The level of its alarm and of the line in its graph.
    pub const fn threshold(self) -> Threshold {
        Threshold::above(self.rate)
    }
}

impl Pace {
    /// Its windows, the short one last.
    pub const fn windows(&self) -> [Burn; 3] {
        [self.long[0], self.long[1], self.short]
    }

    const fn name(&self) -> &'static str {
        match self.severity {
            Severity::Page => "page",
            _ => "ticket",
        }
    }
}

impl Objective {
    /// The share of events that may be bad.
    pub fn budget(&self) -> f64 {
        1.0 - self.target
    }

    /// How many events were bad.
    fn bad_events(&self) -> Expression {
        match &self.bad {
            Bad::Count(count) => count.clone(),
            Bad::Share(share) => self.events.clone() * share.clone().in_unit(DisplayUnit::None),
        }
    }

    /// The share of events that were bad.
    fn bad_share(&self) -> Expression {
        match &self.bad {
            Bad::Count(count) => count.clone() / self.events.clone(),
            Bad::Share(share) => share.clone().in_unit(DisplayUnit::Ratio),
        }
    }

    /// The share of good events in each period.
    pub fn level(&self) -> Expression {
        1.0 - self.bad_share()
    }

    /// The share of good events since the time range began.
    pub fn level_so_far(&self) -> Expression {
        let bad = self.bad_events().or(0.0).running_sum();
        1.0 - bad / self.events.clone().or(0.0).running_sum()
    }

    /// The share of the budget that is left, were the time range the 30 days.
    pub fn budget_left(&self) -> Expression {
        let bad = self.bad_events().or(0.0).running_sum();
        let allowed = self.events.clone().or(0.0).running_sum() * round(self.budget());
        1.0 - bad / allowed
    }

    /// How many times faster than allowed the budget is spent.
    pub fn burn_rate(&self) -> Expression {
        (self.bad_share() / round(self.budget())).in_unit(DisplayUnit::Times)
    }

    /// The burn rate, or 0 where there are fewer than [`BAD_EVENTS`].
    fn burn_rate_of_enough(&self) -> Expression {
        // Half an event less: computed counts are not whole to the last digit.
        let fewer = BAD_EVENTS - 0.5;
        if_above(self.bad_events().or(0.0), fewer, self.burn_rate(), 0.0)
    }

    /// The id of the alarm that pages for it.
    pub fn page_id(&self) -> Text {
        self.pace_id(&PAGE).into()
    }

    /// The ids of [its alarms](Self::alarms).
    pub fn alarm_ids(&self) -> Vec<Text> {
        let ids = |pace: Pace| {
            let windows = pace.windows().map(|burn| self.window_id(&pace, burn));
            windows.into_iter().chain([self.pace_id(&pace)])
        };
        [PAGE, TICKET]
            .into_iter()
            .flat_map(ids)
            .map(Text::from)
            .collect()
    }

    /// One alarm that pages and one that asks for a ticket, each after the alarms of its
    /// windows.
    ///
    /// The ticket is quiet while the page is on, and for its own short window after that:
    /// what the page was about is then out of it.
    pub fn alarms(&self, dashboard: DashboardLink) -> Vec<Alarm> {
        let also = self.also.iter().map(|id| Rule::alarm(*id));
        let page = Alarm::composite(self.pace_id(&PAGE), any(self.goes_on(&PAGE), also));
        let page = match self.after {
            Some(other) => page.suppressed_by(format!("slo-{other}-page"), WAIT, PAGE.short.window),
            None => page,
        };
        let ticket = Alarm::composite(self.pace_id(&TICKET), self.goes_on(&TICKET));
        let ticket = ticket.suppressed_by(self.page_id(), WAIT, TICKET.short.window);
        let mut alarms = Vec::with_capacity(8);
        for (pace, composite) in [(PAGE, page), (TICKET, ticket)] {
            alarms.extend(
                pace.windows()
                    .map(|burn| self.window(&pace, burn, dashboard)),
            );
            alarms.push(self.joined(&pace, composite, dashboard));
        }
        alarms
    }

    fn window(&self, pace: &Pace, burn: Burn, dashboard: DashboardLink) -> Alarm {
        // In the short window one bad event is enough, and without one nothing burns.
        let (rate, bad_events) = if pace.long.contains(&burn) {
            (self.burn_rate_of_enough(), BAD_EVENTS)
        } else {
            (self.burn_rate(), 1.0)
        };
        let description = format!(
            "{} spent its budget more than {} times too fast over {}. Part of {}.",
            self.title,
            burn.rate,
            burn.window,
            self.pace_id(pace)
        );
        Alarm::metric(
            self.window_id(pace, burn),
            rate,
            burn.threshold(),
            MissingData::NotBreaching,
        )
        .every(burn.window)
        .notify(pace.severity, dashboard, description.into())
        .needs(needs(bad_events, burn.window))
        .runbook(self.runbook())
    }

    /// Over a long window and over the short one.
    fn goes_on(&self, pace: &Pace) -> Rule {
        let of = |burn| Rule::alarm(self.window_id(pace, burn));
        Rule::And(vec![Rule::Or(pace.long.map(of).to_vec()), of(pace.short)])
    }

    fn joined(
        &self,
        pace: &Pace,
        composite: Watch<CompositeAlarm>,
        dashboard: DashboardLink,
    ) -> Alarm {
        let [fast, slow] = pace.long;
        let description = format!(
            "{} ({}) spends its budget of 30 days {} times too fast over {} or {} times over {}, and goes on. {}",
            self.title, self.promise, fast.rate, fast.window, slow.rate, slow.window, self.first
        );
        composite
            .notify(pace.severity, dashboard, description.into())
            .needs(needs(BAD_EVENTS, slow.window))
            .runbook(self.runbook())
    }

    fn pace_id(&self, pace: &Pace) -> String {
        format!("slo-{}-{}", self.id, pace.name())
    }

    fn window_id(&self, pace: &Pace, burn: Burn) -> String {
        format!("{}-{}", self.pace_id(pace), burn.window)
    }

    fn runbook(&self) -> String {
        format!("slo-{}", self.id)
    }
}

fn needs(bad_events: f64, window: Period) -> String {
    let events = if bad_events == 1.0 { "event" } else { "events" };
    format!("{bad_events} bad {events} in {window}")
}

/// One of them holds.
fn any(one: Rule, others: impl Iterator<Item = Rule>) -> Rule {
    let mut rules: Vec<_> = [one].into_iter().chain(others).collect();
    match rules.len() {
        1 => rules.remove(0),
        _ => Rule::Or(rules),
    }
}

/// `1 - 0.999` without the noise of binary fractions.
fn round(share: f64) -> f64 {
    (share * 1e9).round() / 1e9
}
