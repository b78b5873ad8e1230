//! The query parameters of the lists.

use std::ops::RangeInclusive;

use uuid::Uuid;

use super::{
    Timestamp, limits,
    problem::Problems,
    user::{is_name, run_id},
};

/// A page of runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunsQuery {
    /// Runs of the page at most.
    pub limit: usize,
    /// Where the page before ended; opaque.
    pub last_key: Option<String>,
}

impl RunsQuery {
    /// Reads `limit` and `lastKey`; other parameters mean nothing.
    ///
    /// # Errors
    /// [`Problems`], every parameter that is wrong.
    pub fn from_parameters(parameters: &[(String, String)]) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let (range, default) = limits::RUNS_PAGE;
        let limit = limit(parameters, &range, default, &mut problems);
        let last_key = one(parameters, "lastKey", &mut problems).map(ToOwned::to_owned);
        problems.finish(Some(Self { limit, last_key }))
    }
}

/// A page of readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingsQuery {
    /// Only readings of this run.
    pub run_id: Option<Uuid>,
    /// Only readings of this sensor.
    pub sensor_id: Option<String>,
    /// Only readings at or after this moment.
    pub start: Option<Timestamp>,
    /// Only readings at or before this moment.
    pub end: Option<Timestamp>,
    /// Readings of the page at most.
    pub limit: usize,
    /// Where the page before ended; opaque.
    pub last_key: Option<String>,
}

impl ReadingsQuery {
    /// Reads `runId`, `sensorId`, `startDate`, `endDate`, `limit` and `lastKey`; other parameters
    /// mean nothing.
    ///
    /// # Errors
    /// [`Problems`], every parameter that is wrong.
    pub fn from_parameters(parameters: &[(String, String)]) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let run_id = one(parameters, "runId", &mut problems).map(|text| run_id("runId", text));
        let run_id = run_id.and_then(|run_id| problems.take(run_id));
        let sensor_id = one(parameters, "sensorId", &mut problems);
        if sensor_id.is_some_and(|id| !is_name(id)) {
            problems.add("sensorId", "must be the id of a sensor");
        }
        let start = date(parameters, "startDate", "T00:00:00.000Z", &mut problems);
        let end = date(parameters, "endDate", "T23:59:59.999Z", &mut problems);
        if start.zip(end).is_some_and(|(start, end)| start > end) {
            problems.add("endDate", "must not be before startDate");
        }
        let (range, default) = limits::READINGS_PAGE;
        let limit = limit(parameters, &range, default, &mut problems);
        let last_key = one(parameters, "lastKey", &mut problems).map(ToOwned::to_owned);
        let sensor_id = sensor_id.map(ToOwned::to_owned);
        problems.finish(Some(Self {
            run_id,
            sensor_id,
            start,
            end,
            limit,
            last_key,
        }))
    }
}

/// A parameter that may be given once; an empty one counts as absent.
fn one<'a>(
    parameters: &'a [(String, String)],
    name: &str,
    problems: &mut Problems,
) -> Option<&'a str> {
    let mut values = parameters
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.as_str());
    let first = values.next()?;
    if values.next().is_some() {
        problems.add(name, "must be given once only");
    }
    Some(first).filter(|value| !value.is_empty())
}

fn limit(
    parameters: &[(String, String)],
    range: &RangeInclusive<usize>,
    default: usize,
    problems: &mut Problems,
) -> usize {
    let Some(text) = one(parameters, "limit", problems) else {
        return default;
    };
    match text.parse() {
        Ok(limit) if range.contains(&limit) => limit,
        _ => {
            problems.add(
                "limit",
                format!(
                    "must be a whole number from {} to {}",
                    range.start(),
                    range.end()
                ),
            );
            default
        }
    }
}

/// A date and time, or a date alone, which `time_of_day` completes.
fn date(
    parameters: &[(String, String)],
    name: &str,
    time_of_day: &str,
    problems: &mut Problems,
) -> Option<Timestamp> {
    let text = one(parameters, name, problems)?;
    // A plus in a query string arrives as a space; no date has a space.
    let text = text.replace(' ', "+");
    let parsed = if text.len() == "2026-11-24".len() {
        format!("{text}{time_of_day}").parse()
    } else {
        text.parse()
    };
    match parsed {
        Ok(timestamp) => Some(timestamp),
        Err(message) => {
            problems.add(name, format!("{message}, or a date such as 2026-11-24"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn bad(pairs: &[(&str, &str)]) -> Vec<String> {
        match ReadingsQuery::from_parameters(&parameters(pairs)) {
            Err(problems) => {
                let problems = problems.0.into_iter();
                problems.map(|problem| problem.field).collect()
            }
            other => panic!("{pairs:?} gave {other:?}"),
        }
    }

    #[test]
    fn defaults_and_ranges_of_limits() {
        let limit = |text| {
            RunsQuery::from_parameters(&parameters(&[("limit", text)])).map(|query| query.limit)
        };
        assert_eq!(RunsQuery::from_parameters(&[]).unwrap().limit, 50);
        assert_eq!(limit("100"), Ok(100));
        for text in ["0", "101", "-1", "1.5", "ten", "99999999999999999999"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_date_alone_is_the_whole_day() {
        let query = ReadingsQuery::from_parameters(&parameters(&[
            ("startDate", "2026-11-24"),
            ("endDate", "2026-11-24"),
        ]))
        .unwrap();
        assert_eq!(query.start.unwrap().to_string(), "2026-11-24T00:00:00.000Z");
        assert_eq!(query.end.unwrap().to_string(), "2026-11-24T23:59:59.999Z");
    }

    #[test]
    fn a_span_of_time_may_be_a_moment() {
        let moment = "2026-11-24T21:00:00Z";
        let query = [("startDate", moment), ("endDate", moment)];
        assert!(ReadingsQuery::from_parameters(&parameters(&query)).is_ok());
    }

    #[test]
    fn takes_an_offset_whose_plus_became_a_space() {
        let query = ReadingsQuery::from_parameters(&parameters(&[(
            "startDate",
            "2026-11-24T22:00:00 01:00",
        )]))
        .unwrap();
        assert_eq!(query.start.unwrap().to_string(), "2026-11-24T21:00:00.000Z");
    }

    #[test]
    fn names_every_bad_parameter() {
        assert_eq!(
            bad(&[
                ("runId", "1"),
                ("sensorId", "a\nb"),
                ("startDate", "soon"),
                ("endDate", "2026-02-30"),
                ("limit", "0")
            ]),
            ["runId", "sensorId", "startDate", "endDate", "limit"]
        );
        assert_eq!(
            bad(&[("startDate", "2026-11-25"), ("endDate", "2026-11-24")]),
            ["endDate"]
        );
        assert_eq!(bad(&[("limit", "1"), ("limit", "2")]), ["limit"]);
        RunsQuery::from_parameters(&parameters(&[("_", "1"), ("user", "bob")])).unwrap();
    }
}
