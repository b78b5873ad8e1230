//! Shows where an alarm did not do what was expected.

use std::fmt::{self, Write as _};

use super::notation::{StepState, write_states};
use super::run::{NotificationCount, Outcome};
use crate::model::Period;
use crate::model::State;

/// How many steps a timeline shows on each side of the first difference.
const AROUND: usize = 30;

/// The expected and the actual states as text, with the first difference marked and
/// explained; empty if there is none.
pub fn timeline(outcome: &Outcome, step: Period) -> String {
    let Some(difference) = &outcome.difference else {
        return String::new();
    };
    let at = difference.step;
    let shown = at.saturating_sub(AROUND)..(at + AROUND).min(outcome.got.len());
    let symbols = |states: &[StepState]| -> String {
        let states = states.get(shown.clone()).unwrap_or_default();
        states.iter().copied().map(symbol).collect()
    };
    let seen = |states: &[StepState]| {
        states
            .get(at)
            .map_or("nothing".to_owned(), StepState::to_string)
    };
    let after = Period::seconds(
        step.as_seconds()
            .saturating_mul(u32::try_from(at + 1).unwrap_or(0)),
    );
    let mut text = String::new();
    let mut line = |text_of_line: &str| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "  {text_of_line}");
    };
    line(&format!(
        "after {after} expected {}, got {}: {}",
        seen(&outcome.expected),
        seen(&outcome.got),
        difference.reason
    ));
    line(&format!("expected  {}", symbols(&outcome.expected)));
    line(&format!("got       {}", symbols(&outcome.got)));
    line(&format!(
        "          {}^ step {} of {}",
        " ".repeat(at - shown.start),
        at + 1,
        outcome.got.len()
    ));
    line("(. OK, A ALARM, s SUPPRESSED, ? INSUFFICIENT_DATA)");
    line(&format!(
        "expect.{} = \"{}\" is what happened",
        outcome.alarm,
        write_states(&outcome.got)
    ));
    text
}

/// How often somebody heard of alarms, and of which ones when.
impl fmt::Display for NotificationCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (severity, expected) = (&self.severity, &self.expected);
        write!(f, "{} {severity}s, expected {expected}", self.got.len())?;
        let mut before = ": ";
        for (alarm, at) in &self.got {
            let at = Period::seconds(u32::try_from(*at).unwrap_or(u32::MAX));
            write!(f, "{before}{alarm} after {at}")?;
            before = ", ";
        }
        Ok(())
    }
}

fn symbol(seen: StepState) -> char {
    match seen {
        StepState::State(State::Ok) => '.',
        StepState::State(State::Alarm) => 'A',
        StepState::State(State::InsufficientData) => '?',
        StepState::Suppressed => 's',
    }
}
