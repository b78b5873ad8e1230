//! The states of alarms, and the rules over them by which a composite alarm is in alarm.

use std::fmt;

use super::Text;

/// The state of an alarm, as CloudWatch names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// The threshold is kept.
    Ok,
    /// The threshold is broken.
    Alarm,
    /// There is not enough data to tell; every alarm begins like this.
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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A condition on the states of alarms.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// The alarm with this id has this state.
    Is(State, Text),
    /// All hold.
    And(Vec<Rule>),
    /// At least one holds.
    Or(Vec<Rule>),
    /// It does not hold.
    Not(Box<Rule>),
    /// At least so many of the alarms have this state.
    AtLeast(u32, State, Vec<Text>),
    /// Always or never.
    Constant(bool),
}

impl Rule {
    /// The alarm with this id is in alarm.
    pub fn alarm(id: impl Into<Text>) -> Self {
        Self::Is(State::Alarm, id.into())
    }

    /// Ids of the alarms it is about, in order.
    pub fn children(&self) -> Vec<&str> {
        match self {
            Self::Is(_, id) => vec![id],
            Self::And(rules) | Self::Or(rules) => rules.iter().flat_map(Self::children).collect(),
            Self::Not(rule) => rule.children(),
            Self::AtLeast(_, _, ids) => ids.iter().map(AsRef::as_ref).collect(),
            Self::Constant(_) => Vec::new(),
        }
    }

    /// Ids of the alarms whose being in alarm speaks for it: its parts. One that must not be in
    /// alarm, `OK` or not `ALARM`, is none.
    pub fn parts(&self) -> Vec<&str> {
        self.speaking(true)
    }

    fn speaking(&self, holds: bool) -> Vec<&str> {
        let speaks = |state: State| (state == State::Alarm) == holds;
        match self {
            Self::Is(state, id) if speaks(*state) => vec![id],
            Self::AtLeast(_, state, ids) if speaks(*state) => {
                ids.iter().map(AsRef::as_ref).collect()
            }
            Self::And(rules) | Self::Or(rules) => {
                rules.iter().flat_map(|rule| rule.speaking(holds)).collect()
            }
            Self::Not(rule) => rule.speaking(!holds),
            Self::Is(..) | Self::AtLeast(..) | Self::Constant(_) => Vec::new(),
        }
    }

    /// As CloudWatch writes it; `name` tells what it calls the alarm with an id.
    pub fn text(&self, name: &dyn Fn(&str) -> String) -> String {
        let within = |rule: &Self| match rule {
            Self::And(_) | Self::Or(_) => format!("({})", rule.text(name)),
            _ => rule.text(name),
        };
        let joined = |rules: &[Self], operator: &str| {
            let rules: Vec<_> = rules.iter().map(within).collect();
            rules.join(operator)
        };
        match self {
            Self::Is(state, id) => format!("{state}({})", name(id)),
            Self::And(rules) => joined(rules, " AND "),
            Self::Or(rules) => joined(rules, " OR "),
            Self::Not(rule) => format!("NOT {}", within(rule)),
            Self::AtLeast(count, state, ids) => {
                let names: Vec<_> = ids.iter().map(|id| name(id)).collect();
                format!("AT_LEAST({count}, {state}, ({}))", names.join(", "))
            }
            Self::Constant(always) => always.to_string().to_uppercase(),
        }
    }
}

/// With ids for names.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(&str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_within_another_stands_in_brackets_and_names_are_as_wanted() {
        let not = |rule| Rule::Not(Box::new(rule));
        let few = Rule::AtLeast(2, State::Ok, vec!["b".into(), "c".into()]);
        let rule = Rule::And(vec![
            Rule::Or(vec![Rule::alarm("a"), few]),
            not(Rule::alarm("d")),
            not(Rule::And(vec![Rule::Constant(true), Rule::alarm("e")])),
        ]);
        assert_eq!(
            rule.to_string(),
            "(ALARM(a) OR AT_LEAST(2, OK, (b, c))) AND NOT ALARM(d) AND NOT (TRUE AND ALARM(e))"
        );
        let quoted = Rule::AtLeast(1, State::Ok, vec!["b".into()]);
        let quoted = Rule::Or(vec![Rule::alarm("a"), quoted]);
        assert_eq!(
            quoted.text(&|id| format!("\"{id}\"")),
            r#"ALARM("a") OR AT_LEAST(1, OK, ("b"))"#
        );
    }
}
