//! The compact notation of scenarios: series of samples, and states over time.
//!
//! Both are tokens divided by spaces, oldest first, one step each; `xN` after a token or
//! after `(...)` repeats it. docs/test-alarms.md has the table.

use std::fmt;

use crate::evaluate::Samples;
use crate::model::State;

/// Most steps that one series may have; a month of minutes fits.
pub const MAX_STEPS: usize = 50_000;

/// A token that is not in the notation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{token}`: {problem}")]
pub struct NotationError {
    /// The token, as written.
    pub token: String,
    /// What is wrong with it, and what would be right.
    pub problem: &'static str,
}

/// Reads a series, such as `0x5 1+2x3 _ 990@6|10@900`.
///
/// `7` is one observation of 7, `_` a gap, `1+2x3` counts 1, 3, 5, and `990@6|10@900`
/// is 990 observations of 6 and 10 of 900 in the same step. `(_x480 60x960)x30` is a month of
/// days.
///
/// # Errors
/// Names the first token that is not in the notation.
///
/// ```
/// let series = dashboards::scenario::parse_series("1+2x3 _")?;
/// let sums: Vec<_> = series.iter().map(|samples| samples.sum()).collect();
/// assert_eq!(sums, [Some(1.0), Some(3.0), Some(5.0), None]);
/// # Ok::<(), dashboards::scenario::NotationError>(())
/// ```
pub fn parse_series(text: &str) -> Result<Vec<Samples>, NotationError> {
    parse(text, |token, times, steps| {
        if let Some((start, increment)) = ramp(token) {
            let mut value = number(start)?;
            let increment = number(increment)?;
            for _ in 0..times {
                steps.push(Samples::from(value));
                value += increment;
            }
        } else {
            let samples = samples(token)?;
            steps.extend(std::iter::repeat_n(samples, times));
        }
        Ok(())
    })
}

/// What a scenario can see of an alarm at one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Its state; ALARM means that it also notifies.
    State(State),
    /// In ALARM, but kept from notifying by its suppressor.
    Suppressed,
}

impl StepState {
    /// Whether it is in ALARM, suppressed or not.
    pub fn is_alarm(self) -> bool {
        matches!(self, Self::State(State::Alarm) | Self::Suppressed)
    }
}

impl fmt::Display for StepState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => f.pad(state.name()),
            Self::Suppressed => f.pad("SUPPRESSED"),
        }
    }
}

/// Reads states over time, such as `OKx7 ALARMx3 OK`.
///
/// # Errors
/// Names the first token that is not in the notation.
pub fn parse_states(text: &str) -> Result<Vec<StepState>, NotationError> {
    parse(text, |token, times, steps| {
        let seen = match token {
            "SUPPRESSED" => Some(StepState::Suppressed),
            name => State::from_name(name).map(StepState::State),
        };
        let seen = seen.ok_or("a state is OK, ALARM, SUPPRESSED or INSUFFICIENT_DATA")?;
        steps.extend(std::iter::repeat_n(seen, times));
        Ok(())
    })
}

/// Writes states the way [`parse_states`] reads them.
pub fn write_states(states: &[StepState]) -> String {
    let runs = states.chunk_by(|a, b| a == b);
    let tokens: Vec<_> = runs
        .map(|run| match run {
            [seen] => seen.to_string(),
            _ => format!("{}x{}", run[0], run.len()),
        })
        .collect();
    tokens.join(" ")
}

fn parse<T: Clone>(
    text: &str,
    mut read: impl FnMut(&str, usize, &mut Vec<T>) -> Result<(), &'static str>,
) -> Result<Vec<T>, NotationError> {
    // The groups that are open, outermost first, above what is outside of all.
    let mut open = vec![Vec::new()];
    let spaced = text.replace('(', " ( ").replace(')', " )");
    for token in spaced.split_whitespace() {
        take(token, &mut open, &mut read).map_err(|problem| NotationError {
            token: token.to_owned(),
            problem,
        })?;
    }
    match (open.pop(), open.is_empty()) {
        (Some(steps), true) => Ok(steps),
        _ => Err(NotationError {
            token: "(".to_owned(),
            problem: "a group ends with ) and how often it happens, such as (0 1)x30",
        }),
    }
}

fn take<T: Clone>(
    token: &str,
    open: &mut Vec<Vec<T>>,
    read: &mut impl FnMut(&str, usize, &mut Vec<T>) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    const LONG: &str = "makes the series longer than 50000 steps; use a longer step";
    if token == "(" {
        open.push(Vec::new());
        return Ok(());
    }
    let (body, times) = repeated(token)?;
    let group = (body == ")").then(|| open.pop()).flatten();
    let steps = open.last_mut().ok_or("no group is open")?;
    let length = group.as_ref().map_or(1, Vec::len);
    if length.saturating_mul(times) > MAX_STEPS - steps.len() {
        return Err(LONG);
    }
    match group {
        Some(group) => steps.extend(group.iter().cycle().take(length * times).cloned()),
        None => read(body, times, steps)?,
    }
    Ok(())
}

/// Splits `0x5` into `0` and 5; a token without `x` happens once.
fn repeated(token: &str) -> Result<(&str, usize), &'static str> {
    match token.rsplit_once('x') {
        None => Ok((token, 1)),
        Some((body, times)) => match times.parse() {
            Ok(times) if times > 0 => Ok((body, times)),
            _ => Err("after x comes how many steps it lasts, at least 1, such as 0x5"),
        },
    }
}

/// Splits `1+2` into `1` and `+2`; the sign of a value or of an exponent is not a ramp.
fn ramp(token: &str) -> Option<(&str, &str)> {
    let bytes = token.as_bytes();
    let sign = (1..bytes.len()).find(|&at| {
        matches!(bytes[at], b'+' | b'-') && !matches!(bytes[at - 1], b'e' | b'@' | b'|')
    })?;
    (!token.contains(['@', '|'])).then(|| token.split_at(sign))
}

fn samples(token: &str) -> Result<Samples, &'static str> {
    let mut samples = Samples::none();
    if token == "_" {
        return Ok(samples);
    }
    for observations in token.split('|') {
        let (count, value) = match observations.split_once('@') {
            Some((count, value)) => (number(count)?, number(value)?),
            None => (1.0, number(observations)?),
        };
        if count <= 0.0 {
            return Err("the count before @ is above 0; a gap is written _");
        }
        samples.add(value, count);
    }
    Ok(samples)
}

fn number(text: &str) -> Result<f64, &'static str> {
    let problem = "a point is a number, a gap `_`, or counts and values such as 990@6|10@900";
    text.parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
        .ok_or(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(text: &str) -> Vec<Option<f64>> {
        let series = parse_series(text).expect("in the notation");
        series.iter().map(Samples::sum).collect()
    }

    #[test]
    fn series_repeat_ramp_and_have_gaps() {
        assert_eq!(
            sums("0x2 7 _x2"),
            [Some(0.0), Some(0.0), Some(7.0), None, None]
        );
        assert_eq!(sums("1+2x3 5-5x2"), [1.0, 3.0, 5.0, 5.0, 0.0].map(Some));
        assert_eq!(sums("-3 1e-3 -1-1x2"), [-3.0, 0.001, -1.0, -2.0].map(Some));
        assert_eq!(sums(""), []);
    }

    #[test]
    fn groups_repeat_and_nest() {
        assert_eq!(
            sums("(0 1x2)x2 9"),
            [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 9.0].map(Some)
        );
        assert_eq!(sums("((1 2)x2 3)x2").len(), 10);
        assert_eq!(sums("(1+1x2)").len(), 2);
        let endless = format!("(1 2)x{}", usize::MAX);
        for text in ["(1 2", "1 2)x2", ")", "(1x200)x300", &endless] {
            parse_series(text).expect_err(text);
        }
    }

    #[test]
    fn a_step_can_have_many_observations() {
        let series = parse_series("990@6|10@900x2 3|-4").expect("in the notation");
        assert_eq!(series.len(), 3);
        assert_eq!(
            (series[1].count(), series[1].maximum()),
            (1000.0, Some(900.0))
        );
        assert_eq!((series[2].count(), series[2].sum()), (2.0, Some(-1.0)));
    }

    #[test]
    fn what_is_not_in_the_notation_is_named() {
        let endless = format!("1x{}", usize::MAX);
        for token in [
            "1x", "1x0", "seven", "1+", "0@5", "2@", "1||2", "NaN", "inf", "1x50000", &endless,
        ] {
            let error = parse_series(&format!("0 {token}")).expect_err(token);
            assert_eq!(error.token, token);
        }
        let error = parse_states("OKx2 FIRING").expect_err("no such state");
        assert_eq!(
            error.to_string(),
            "`FIRING`: a state is OK, ALARM, SUPPRESSED or INSUFFICIENT_DATA"
        );
    }

    #[test]
    fn states_are_written_as_they_are_read() {
        let text = "INSUFFICIENT_DATA OKx7 ALARMx3 SUPPRESSED OK";
        assert_eq!(
            write_states(&parse_states(text).expect("in the notation")),
            text
        );
    }
}
