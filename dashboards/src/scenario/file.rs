//! Scenario files: TOML, one `[[scenario]]` after the other.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use serde::Deserialize;

use super::notation::{NotationError, StepState, parse_series, parse_states};
use crate::evaluate::Samples;
use crate::model::Period;

/// A story about data, and what alarms are to make of it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What happens, for the report.
    pub name: String,
    /// How long a step of the series lasts; alarms are evaluated at the end of each.
    pub step: Period,
    /// Observations by metric, as [`series_key`](super::series_key) writes it.
    pub series: BTreeMap<String, Vec<Samples>>,
    /// What is expected of alarms, by id, at the end of each step.
    pub expect: BTreeMap<String, Vec<StepState>>,
    /// How often all alarms of a severity may fire, and somebody hear of it, by its name.
    pub notify: BTreeMap<String, Times>,
    /// Steps in which a mute rule is active; none, or as many as the series have.
    pub mute: Vec<bool>,
}

/// How often something may happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times(RangeInclusive<usize>);

impl Times {
    /// Whether this often is expected.
    pub fn allows(&self, times: usize) -> bool {
        self.0.contains(&times)
    }
}

/// As it is written: `2` or `0-2`.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.start(), self.0.end()) {
            (least, most) if least == most => write!(f, "{least}"),
            (least, most) => write!(f, "{least}-{most}"),
        }
    }
}

/// A scenario file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct FileError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub problem: Problem,
}

/// What is wrong with a scenario file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(io::Error),
    /// The folder has no `.toml` file.
    #[error("there is no scenario here; scenarios are .toml files")]
    NoFiles,
    /// It is not TOML, or has members that scenarios do not have.
    #[error(transparent)]
    Malformed(Box<toml::de::Error>),
    /// A series or an expectation is not in the notation.
    #[error("\"{scenario}\", {key}: {error}")]
    Notation {
        /// The scenario.
        scenario: String,
        /// The metric or the alarm.
        key: String,
        /// The token and the problem.
        #[source]
        error: NotationError,
    },
    /// A scenario's step is not a length of time.
    #[error(
        "\"{scenario}\": a step is 10s, 20s, 30s or whole minutes such as 5m or 1h, not `{step}`"
    )]
    Step {
        /// The scenario.
        scenario: String,
        /// The step, as written.
        step: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: String,
    #[serde(default = "one_minute")]
    step: String,
    #[serde(default)]
    series: BTreeMap<String, String>,
    #[serde(default)]
    expect: BTreeMap<String, String>,
    #[serde(default)]
    notify: BTreeMap<String, String>,
    #[serde(default)]
    mute: String,
}

fn one_minute() -> String {
    "1m".to_owned()
}

/// Reads a file, or every `.toml` file of a folder in the order of their names.
///
/// # Errors
/// [`FileError`] names the file, the scenario and what is wrong with it.
pub fn read(path: &Path) -> Result<Vec<(PathBuf, Vec<Scenario>)>, FileError> {
    let fail = |error| FileError {
        path: path.to_owned(),
        problem: Problem::Unreadable(error),
    };
    if !path.is_dir() {
        return Ok(vec![(path.to_owned(), read_file(path)?)]);
    }
    let entries = fs::read_dir(path).map_err(fail)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<_> = paths.collect::<Result<_, _>>().map_err(fail)?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    if paths.is_empty() {
        return Err(FileError {
            path: path.to_owned(),
            problem: Problem::NoFiles,
        });
    }
    paths
        .into_iter()
        .map(|path| read_file(&path).map(|scenarios| (path, scenarios)))
        .collect()
}

fn read_file(path: &Path) -> Result<Vec<Scenario>, FileError> {
    let text = fs::read_to_string(path).map_err(Problem::Unreadable);
    text.and_then(|text| parse(&text))
        .map_err(|problem| FileError {
            path: path.to_owned(),
            problem,
        })
}

/// Reads the text of a scenario file.
///
/// # Errors
/// [`Problem`] names the scenario and what is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Scenario>, Problem> {
    let file: File = toml::from_str(text).map_err(|error| Problem::Malformed(Box::new(error)))?;
    file.scenario.into_iter().map(scenario).collect()
}

fn scenario(raw: Raw) -> Result<Scenario, Problem> {
    let Raw {
        name,
        step,
        series,
        expect,
        notify,
        mute,
    } = raw;
    let series = each(&name, series, parse_series)?;
    let expect = each(&name, expect, parse_states)?;
    let notify = each(&name, notify, times)?;
    let mute = each(&name, [("mute".to_owned(), mute)].into(), parse_series)?;
    let mute = mute.into_values().flatten();
    let Some(step) = period(&step) else {
        return Err(Problem::Step {
            scenario: name,
            step,
        });
    };
    Ok(Scenario {
        name,
        step,
        series,
        expect,
        notify,
        mute: mute.map(|step| step.sum() > Some(0.0)).collect(),
    })
}

/// Reads the value of every member.
fn each<T>(
    scenario: &str,
    texts: BTreeMap<String, String>,
    read: impl Fn(&str) -> Result<T, NotationError>,
) -> Result<BTreeMap<String, T>, Problem> {
    let read = |(key, text): (String, String)| match read(&text) {
        Ok(value) => Ok((key, value)),
        Err(error) => Err(Problem::Notation {
            scenario: scenario.to_owned(),
            key,
            error,
        }),
    };
    texts.into_iter().map(read).collect()
}

/// Reads `2` or `0-2`.
fn times(text: &str) -> Result<Times, NotationError> {
    let number = |text: &str| text.trim().parse().ok();
    let (least, most) = text.split_once('-').unwrap_or((text, text));
    match (number(least), number(most)) {
        (Some(least), Some(most)) if least <= most => Ok(Times(least..=most)),
        _ => Err(NotationError {
            token: text.to_owned(),
            problem: "how often is a number such as 1, or a range such as 0-2",
        }),
    }
}

/// Reads `30s`, `1m`, `6h` or `1d`.
fn period(text: &str) -> Option<Period> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds: u32 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let period = Period::seconds(number.parse::<u32>().ok()?.checked_mul(seconds)?);
    period.is_allowed().then_some(period)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_scenarios() {
        let text = r#"
            [[scenario]]
            name = "errors"
            series.request_error = "0x2 5"
            expect.errors = "OKx2 ALARM"

            [[scenario]]
            name = "slow burn"
            step = "1h"
            expect.burn = "OK"
        "#;
        let scenarios = parse(text).expect("well formed");
        assert_eq!(scenarios[0].step, Period::minutes(1));
        assert_eq!(scenarios[0].series["request_error"].len(), 3);
        assert_eq!(
            (scenarios[1].step, scenarios[1].expect["burn"].len()),
            (Period::hours(1), 1)
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let problem = |members: &str| {
            let text = format!("[[scenario]]\nname = \"errors\"\n{members}");
            parse(&text).expect_err(members).to_string()
        };
        assert_eq!(
            problem("expect.a = \"OKx\""),
            "\"errors\", a: `OKx`: after x comes how many steps it lasts, at least 1, such as 0x5"
        );
        assert!(problem("step = \"15s\"\nexpect.a = \"OK\"").contains("not `15s`"));
        assert!(problem("expected.a = \"OK\"").contains("unknown field `expected`"));
    }
}
