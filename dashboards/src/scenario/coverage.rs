//! Which alarms lack a scenario.

use std::fmt;

use super::Scenario;
use super::notation::StepState;
use crate::model::alarm::Alarm;

/// What the scenarios do not show of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// No scenario makes it fire.
    NeverFires,
    /// No scenario shows what it is to leave alone.
    AlwaysFires,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeverFires => "no scenario fires it",
            Self::AlwaysFires => "no scenario shows that it can stay quiet",
        })
    }
}

/// The alarms that no scenario expects to fire, or that none expects to stay quiet.
pub fn gaps<'a>(alarms: &'a [Alarm], scenarios: &[Scenario]) -> Vec<(&'a Alarm, Gap)> {
    let mut gaps = Vec::new();
    for alarm in alarms {
        let expectations = scenarios
            .iter()
            .filter_map(|story| story.expect.get(alarm.id.as_ref()));
        let fires = |states: &Vec<StepState>| states.iter().any(|seen| seen.is_alarm());
        let (firing, quiet): (Vec<_>, Vec<_>) = expectations.partition(|states| fires(states));
        if firing.is_empty() {
            gaps.push((alarm, Gap::NeverFires));
        }
        if quiet.is_empty() {
            gaps.push((alarm, Gap::AlwaysFires));
        }
    }
    gaps
}
