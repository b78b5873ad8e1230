//! The three states of an alarm.

use std::fmt;

use serde::Serialize;

/// The state of an alarm, in CloudWatch's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// What the alarm watches is within its threshold.
    Ok,
    /// What the alarm watches is outside its threshold.
    Alarm,
    /// There is too little data to tell; every alarm begins like this.
    #[default]
    InsufficientData,
}

impl State {
    /// The three states.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Alarm, Self::InsufficientData];

    /// The state as CloudWatch spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// The state that CloudWatch spells as `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
