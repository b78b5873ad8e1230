//! Rules of composite alarms.

use crate::model::Rule;
use crate::model::State;

/// Whether `rule` holds when `state` tells the state of each alarm by its id.
pub(super) fn holds(rule: &Rule, state: &impl Fn(&str) -> State) -> bool {
    match rule {
        Rule::Is(wanted, id) => state(id) == *wanted,
        Rule::And(rules) => rules.iter().all(|rule| holds(rule, state)),
        Rule::Or(rules) => rules.iter().any(|rule| holds(rule, state)),
        Rule::Not(rule) => !holds(rule, state),
        Rule::AtLeast(enough, wanted, ids) => {
            let holding = ids.iter().filter(|id| state(id) == *wanted).count();
            u32::try_from(holding).is_ok_and(|holding| holding >= *enough)
        }
        Rule::Constant(always) => *always,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The alarm `a` is in ALARM, `b` is OK; nothing is known of any other.
    fn state(id: &str) -> State {
        match id {
            "a" => State::Alarm,
            "b" => State::Ok,
            _ => State::InsufficientData,
        }
    }

    #[test]
    fn rules_follow_the_states() {
        let (a, b, c) = (Rule::alarm("a"), Rule::alarm("b"), Rule::alarm("c"));
        let not_b = Rule::Not(Box::new(b.clone()));
        let at_least =
            |n, wanted| Rule::AtLeast(n, wanted, vec!["a".into(), "b".into(), "c".into()]);
        let table = [
            (Rule::And(vec![a.clone(), not_b]), true),
            (Rule::And(vec![a.clone(), b.clone()]), false),
            (Rule::Or(vec![b.clone(), a.clone()]), true),
            (Rule::Or(vec![b, c]), false),
            (Rule::Is(State::InsufficientData, "c".into()), true),
            (at_least(0, State::Ok), true),
            (at_least(1, State::Ok), true),
            (at_least(2, State::Alarm), false),
            (Rule::Not(Box::new(Rule::Constant(false))), true),
            (Rule::And(vec![]), true),
        ];
        for (rule, expected) in table {
            assert_eq!(holds(&rule, &state), expected, "{rule:?}");
        }
    }
}
