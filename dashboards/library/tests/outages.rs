//! One outage, one page: outages of any length, share and traffic against the library's
//! objectives, as CloudWatch would judge them.
#![expect(clippy::unwrap_used, reason = "tests report by failing")]

use std::collections::BTreeMap;

use dashboards::evaluate::{Monitor, Notification, Window};
use dashboards::model::State;
use dashboards::model::alarm::Alarm;
use dashboards::model::{Library, MetricQuery, Objective, Severity, Statistic};
use library::library;
use proptest::prelude::*;

/// Minutes of peace before an outage: a whole window of the page.
const BEFORE: usize = 360;
/// Minutes after it: longer than any window that a ticket is quiet for.
const AFTER: usize = 480;

/// An outage of one objective.
#[derive(Clone, Copy, Debug)]
struct Outage {
    minutes: usize,
    /// The share of requests that are bad.
    share: f64,
    /// Requests a minute, and by how much they swing around that in a day.
    requests: f64,
    swing: f64,
}

/// Running totals of requests and of bad ones by the minute.
struct Traffic {
    requests: Vec<f64>,
    bad: Vec<f64>,
}

impl Traffic {
    fn of(outage: Outage) -> Self {
        let (mut requests, mut bad) = (vec![0.0], vec![0.0]);
        let (mut exact, mut exact_bad) = (0.0_f64, 0.0_f64);
        for minute in 0..BEFORE + outage.minutes + AFTER {
            let day = f64::from(u32::try_from(minute).unwrap()) / 1_440.0 * std::f64::consts::TAU;
            let now = outage.requests * (1.0 + outage.swing * day.sin());
            exact += now;
            if (BEFORE..BEFORE + outage.minutes).contains(&minute) {
                exact_bad += now * outage.share;
            }
            // Whole requests, spread as evenly as whole requests can be.
            requests.push(exact.floor());
            bad.push(exact_bad.floor());
        }
        Self { requests, bad }
    }

    fn statistic(&self, query: &MetricQuery, window: Window) -> Option<f64> {
        let minute = |second: i64| usize::try_from(second.max(0) / 60).unwrap();
        let between = |totals: &[f64]| totals[minute(window.end)] - totals[minute(window.start)];
        let (requests, bad) = (between(&self.requests), between(&self.bad));
        if requests <= 0.0 {
            return None;
        }
        match (query.metric.name, query.statistic) {
            ("request_duration", Statistic::SampleCount) => Some(requests),
            ("request_error", _) => Some(bad),
            ("request_duration", Statistic::PercentileRank(_)) => {
                Some(100.0 * (requests - bad) / requests)
            }
            _ => None,
        }
    }
}

/// Alarms of one objective, and what they told whom in an outage, with the minutes since it
/// began.
fn told(
    library: &Library,
    objective: &Objective,
    outage: Outage,
) -> BTreeMap<&'static str, Vec<(State, i64)>> {
    let traffic = Traffic::of(outage);
    let ids = objective.alarm_ids();
    let alarms: Vec<Alarm> = library
        .alarms
        .iter()
        .filter(|alarm| ids.contains(&alarm.id))
        .cloned()
        .collect();
    let mut monitor = Monitor::default();
    for minute in 1..traffic.requests.len() {
        let now = i64::try_from(minute).unwrap() * 60;
        monitor.evaluate(&alarms, now, &|query, window| {
            traffic.statistic(query, window)
        });
    }
    let began = i64::try_from(BEFORE).unwrap();
    let mut told: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for alarm in &alarms {
        let notifications = &monitor.status(&alarm.id).unwrap().notifications;
        let minutes = |told: &Notification| (told.state, told.at / 60 - began);
        // Every alarm says at first that it is fine.
        let later = notifications.iter().map(minutes).filter(|(_, at)| *at > 0);
        told.entry(alarm.severity.name()).or_default().extend(later);
    }
    told
}

/// When the page must have come by the table of the SRE Workbook: 2 % of the budget in an
/// hour, 5 % in six hours.
fn workbook(objective: &Objective, outage: Outage) -> Option<f64> {
    let rate = outage.share / objective.budget();
    let after = match rate {
        rate if rate > 14.4 => 14.4 * 60.0 / rate,
        rate if rate > 6.0 => 6.0 * 360.0 / rate,
        _ => return None,
    };
    Some(after)
}

fn outages() -> impl Strategy<Value = Outage> {
    let logarithmic = |low: f64, high: f64| (low.ln()..high.ln()).prop_map(f64::exp);
    (
        2_usize..=360,
        logarithmic(0.0005, 1.0),
        logarithmic(0.2, 20_000.0),
        prop_oneof![Just(0.0), 0.0..0.9],
    )
        .prop_map(|(minutes, share, requests, swing)| Outage {
            minutes,
            share,
            requests,
            swing,
        })
}

fn check(outage: Outage) -> Result<(), TestCaseError> {
    let library = library();
    for objective in &library.objectives {
        let told = told(&library, objective, outage);
        for severity in [Severity::Page, Severity::Ticket] {
            let heard = told.get(severity.name()).cloned().unwrap_or_default();
            let times = |state| heard.iter().filter(|(told, _)| *told == state).count();
            prop_assert!(times(State::Alarm) <= 1, "{}: {:?}", objective.id, heard);
            prop_assert_eq!(
                times(State::Ok),
                times(State::Alarm),
                "{}: {:?}",
                objective.id,
                heard
            );
        }
        if outage.swing == 0.0 {
            in_time(objective, outage, &told)?;
        }
    }
    Ok(())
}

/// The page comes in the minute in which the Workbook's would, if there are enough requests to
/// tell and the outage lasts that long.
fn in_time(
    objective: &Objective,
    outage: Outage,
    told: &BTreeMap<&'static str, Vec<(State, i64)>>,
) -> Result<(), TestCaseError> {
    use dashboards::model::objective::BAD_EVENTS;
    let Some(after) = workbook(objective, outage) else {
        return Ok(());
    };
    let enough = (BAD_EVENTS + 1.0) / (outage.requests * outage.share);
    let limit = after.max(enough).floor() + 1.0;
    let lasts = f64::from(u32::try_from(outage.minutes).unwrap());
    if lasts > limit {
        let paged = told["page"]
            .iter()
            .find(|(state, _)| *state == State::Alarm);
        let at = paged.map(|(_, at)| *at);
        prop_assert!(at.is_some(), "{} never pages, {limit}", objective.id);
        let at = f64::from(i32::try_from(at.unwrap_or_default()).unwrap());
        // Latency waits a minute for availability, whose page says more.
        let wait = if objective.after.is_some() { 1.0 } else { 0.0 };
        prop_assert!(
            at <= limit + wait,
            "{} pages after {at}, {limit}",
            objective.id
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn an_outage_is_told_once(outage in outages()) {
        check(outage)?;
    }
}

#[test]
fn the_edges_of_the_workbooks_table_are_told_once() {
    // At an edge, a request more or less decides: where 14.4 is just reached or missed, and 6.
    for (minutes, share, requests) in [
        (10, 1.0, 1_000.0),
        (120, 0.014_41, 100.0),
        (150, 0.014_45, 28.0),
        (200, 0.02, 28.0),
        (360, 0.006_1, 28.0),
        (360, 0.006, 1_000.0),
        (360, 0.002_1, 5_000.0),
        (340, 0.05, 3.0),
    ] {
        let outage = Outage {
            minutes,
            share,
            requests,
            swing: 0.0,
        };
        check(outage).unwrap_or_else(|error| panic!("{outage:?}: {error}"));
    }
}
