//! Plays every scenario of a file or folder and says what came of it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};

use super::coverage::{Gap, gaps};
use super::file::{self, FileError, Scenario};
use super::notation::write_states;
use super::report::timeline;
use super::run::{NotificationCount, Outcome, ScenarioError, run};
use crate::model::Period;
use crate::model::alarm::Alarm;

/// What came of all scenarios.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// One case for each alarm that a scenario expects something of.
    pub cases: Vec<Case>,
    /// One case for each severity whose notifications a scenario counts.
    pub notified: Vec<NotificationCase>,
    /// Alarms that lack a scenario, by id.
    pub gaps: Vec<(String, Gap)>,
}

/// One alarm in one scenario.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file of the scenario.
    pub file: PathBuf,
    /// The name of the scenario.
    pub scenario: String,
    /// How long a step lasts.
    pub step: Period,
    /// What happened.
    pub outcome: Outcome,
}

/// The notifications of one severity in one scenario.
#[derive(Clone, Debug)]
pub struct NotificationCase {
    /// The file of the scenario.
    pub file: PathBuf,
    /// The name of the scenario.
    pub scenario: String,
    /// What happened.
    pub notified: NotificationCount,
}

/// Scenarios that cannot be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// A file cannot be used.
    #[error(transparent)]
    File(FileError),
    /// A scenario does not fit the alarms.
    #[error("{}: \"{scenario}\": {error}", file.display())]
    Scenario {
        /// The file.
        file: PathBuf,
        /// The scenario.
        scenario: String,
        /// Why not.
        #[source]
        error: ScenarioError,
    },
}

/// Which alarms must have scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every alarm one that fires it and one that does not.
    Complete,
    /// None; a part of the scenarios is played.
    Partial,
}

/// Plays the scenarios of a file, or of every `.toml` file in a folder.
///
/// # Errors
/// [`SuiteError`] if a file cannot be read or a scenario does not fit the alarms.
pub fn play(path: &Path, alarms: &[Alarm], coverage: Coverage) -> Result<Report, SuiteError> {
    let files = file::read(path).map_err(SuiteError::File)?;
    let mut report = Report::default();
    for (file, scenarios) in &files {
        for scenario in scenarios {
            report.play(file, scenario, alarms)?;
        }
    }
    if coverage == Coverage::Complete {
        let scenarios: Vec<_> = files
            .into_iter()
            .flat_map(|(_, scenarios)| scenarios)
            .collect();
        let gaps = gaps(alarms, &scenarios).into_iter();
        report.gaps = gaps
            .map(|(alarm, gap)| (alarm.id.to_string(), gap))
            .collect();
    }
    Ok(report)
}

impl Case {
    /// Whether everything happened as expected.
    pub fn passed(&self) -> bool {
        self.outcome.difference.is_none()
    }
}

impl Report {
    /// Whether everything happened as expected and no alarm lacks a scenario.
    pub fn passed(&self) -> bool {
        self.failed() == 0 && self.gaps.is_empty()
    }

    /// How many cases there are.
    pub fn played(&self) -> usize {
        self.cases.len() + self.notified.len()
    }

    fn failed(&self) -> usize {
        let cases = self.cases.iter().filter(|case| !case.passed());
        let notified = self.notified.iter();
        cases.count() + notified.filter(|case| !case.notified.passed()).count()
    }

    fn play(
        &mut self,
        file: &Path,
        scenario: &Scenario,
        alarms: &[Alarm],
    ) -> Result<(), SuiteError> {
        let played = run(scenario, alarms).map_err(|error| SuiteError::Scenario {
            file: file.to_owned(),
            scenario: scenario.name.clone(),
            error,
        })?;
        self.cases
            .extend(played.outcomes.into_iter().map(|outcome| Case {
                file: file.to_owned(),
                scenario: scenario.name.clone(),
                step: scenario.step,
                outcome,
            }));
        self.notified.extend(
            played
                .notified
                .into_iter()
                .map(|notified| NotificationCase {
                    file: file.to_owned(),
                    scenario: scenario.name.clone(),
                    notified,
                }),
        );
        Ok(())
    }
}

/// Failures with their timelines, alarms without scenarios, and a closing line.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in self.cases.iter().filter(|case| !case.passed()) {
            let (file, outcome) = (case.file.display(), &case.outcome);
            writeln!(f, "FAILED {file}: \"{}\": {}", case.scenario, outcome.alarm)?;
            writeln!(f, "{}", timeline(outcome, case.step))?;
        }
        for case in self.notified.iter().filter(|case| !case.notified.passed()) {
            let (file, notified) = (case.file.display(), &case.notified);
            writeln!(f, "FAILED {file}: \"{}\": {notified}", case.scenario)?;
        }
        for (alarm, gap) in &self.gaps {
            writeln!(f, "MISSING {alarm}: {gap}")?;
        }
        let failed = self.failed();
        write!(
            f,
            "{} passed, {} failed",
            self.played() - failed,
            failed + self.gaps.len()
        )
    }
}

impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let gap =
            |(alarm, gap): &(String, Gap)| json!({"alarm": alarm, "problem": gap.to_string()});
        let report = json!({
            "passed": self.played() - self.failed(),
            "failed": self.failed(),
            "cases": self.cases.iter().map(case_json).collect::<Vec<_>>(),
            "notified": self.notified.iter().map(notified_json).collect::<Vec<_>>(),
            "missing": self.gaps.iter().map(gap).collect::<Vec<_>>(),
        });
        report.serialize(serializer)
    }
}

fn notified_json(case: &NotificationCase) -> Value {
    let notified = &case.notified;
    json!({
        "file": case.file,
        "scenario": case.scenario,
        "severity": notified.severity,
        "passed": notified.passed(),
        "expected": notified.expected.to_string(),
        "got": notified.got.iter().map(|(alarm, at)| json!({"alarm": alarm, "seconds": at})).collect::<Vec<_>>(),
    })
}

fn case_json(case: &Case) -> Value {
    let outcome = &case.outcome;
    let difference = outcome.difference.as_ref();
    json!({
        "file": case.file,
        "scenario": case.scenario,
        "alarm": outcome.alarm,
        "passed": case.passed(),
        "expected": write_states(&outcome.expected),
        "got": write_states(&outcome.got),
        "difference": difference.map(|at| json!({"step": at.step + 1, "reason": at.reason})),
    })
}
