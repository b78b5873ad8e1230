//! Reads the members of a JSON object and collects everything that is wrong with them.

use std::ops::RangeInclusive;

use serde_json::{Map, Number, Value};
use uuid::Uuid;

use super::{
    Timestamp, limits,
    problem::Problems,
    user::{NAME_RULE, hyphenated_uuid, is_name},
};

/// A JSON object that is being read; a member that is null counts as absent.
pub(super) struct Object<'a> {
    members: &'a Map<String, Value>,
    path: String,
}

impl<'a> Object<'a> {
    /// The object at `path` (empty for the body itself).
    pub(super) fn new(
        value: &'a Value,
        path: impl Into<String>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let path = path.into();
        if let Value::Object(members) = value {
            return Some(Self { members, path });
        }
        let field = if path.is_empty() { "body" } else { &path };
        problems.add(field, format!("must be a JSON object, not {}", kind(value)));
        None
    }

    /// The name of a member, as problems state it.
    pub(super) fn field(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// A member, unless it is absent or null.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// The members with other names.
    pub(super) fn others(&self, names: &[&str]) -> impl Iterator<Item = (String, Value)> {
        let others = self.members.iter();
        let others = others.filter(move |(name, _)| !names.contains(&name.as_str()));
        others.map(|(name, value)| (name.clone(), value.clone()))
    }

    /// A number within `range`, zero or large enough to be stored; `unit` is for the message.
    pub(super) fn number(
        &self,
        name: &str,
        range: &RangeInclusive<f64>,
        unit: &str,
        problems: &mut Problems,
    ) -> Option<f64> {
        let value = self.get(name)?;
        let number = number(value).filter(|number| range.contains(number));
        match number {
            None => {
                let (low, high) = (range.start(), range.end());
                problems.add(
                    self.field(name),
                    format!(
                        "must be a number from {low} to {high} {unit}, not {}",
                        display(value)
                    ),
                );
            }
            Some(small) if small != 0.0 && small.abs() < limits::SMALLEST => {
                problems.add(
                    self.field(name),
                    format!(
                        "must be zero or of a magnitude of at least {:e}, not {}",
                        limits::SMALLEST,
                        display(value)
                    ),
                );
                return None;
            }
            Some(_) => {}
        }
        number
    }

    /// A number of seconds, rounded up to a whole one that must be within `range`.
    pub(super) fn seconds(
        &self,
        name: &str,
        range: &RangeInclusive<u32>,
        problems: &mut Problems,
    ) -> Option<u32> {
        let value = self.get(name)?;
        let seconds = number(value).map(f64::ceil).filter(|number| {
            (f64::from(*range.start())..=f64::from(*range.end())).contains(number)
        });
        if seconds.is_none() {
            let (low, high) = (range.start(), range.end());
            problems.add(
                self.field(name),
                format!(
                    "must be a number from {low} to {high} seconds, not {}",
                    display(value)
                ),
            );
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and within a range of u32"
        )]
        seconds.map(|seconds| seconds as u32)
    }

    /// A string of at most `longest` characters.
    pub(super) fn string(
        &self,
        name: &str,
        longest: usize,
        problems: &mut Problems,
    ) -> Option<&'a str> {
        let value = self.get(name)?;
        let string = value
            .as_str()
            .filter(|string| string.chars().count() <= longest);
        if string.is_none() {
            problems.add(
                self.field(name),
                format!(
                    "must be a string of at most {longest} characters, not {}",
                    display(value)
                ),
            );
        }
        string
    }

    /// A UUID.
    pub(super) fn uuid(&self, name: &str, problems: &mut Problems) -> Option<Uuid> {
        let value = self.get(name)?;
        let uuid = value.as_str().and_then(hyphenated_uuid);
        if uuid.is_none() {
            problems.add(
                self.field(name),
                format!(
                    "must be a UUID such as 3fa85f64-5717-4562-b3fc-2c963f66afa6, not {}",
                    display(value)
                ),
            );
        }
        uuid
    }

    /// A date and time.
    pub(super) fn timestamp(&self, name: &str, problems: &mut Problems) -> Option<Timestamp> {
        let value = self.get(name)?;
        let parsed = value
            .as_str()
            .ok_or_else(|| format!("must be a string with a date and time, not {}", kind(value)));
        match parsed.and_then(str::parse) {
            Ok(timestamp) => Some(timestamp),
            Err(message) => {
                problems.add(self.field(name), message);
                None
            }
        }
    }
}

/// Checks a sensor's id; `field` is for the message.
pub(super) fn sensor_id(
    value: &Value,
    field: impl Into<String>,
    problems: &mut Problems,
) -> Option<String> {
    let id = value.as_str().filter(|id| is_name(id));
    if id.is_none() {
        problems.add(field, format!("{NAME_RULE}, not {}", display(value)));
    }
    id.map(ToOwned::to_owned)
}

/// A number, or one written as text by JSON's rules for numbers. Zero has no sign: the store
/// keeps none.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.parse::<Number>().ok()?.as_f64(),
        other => other.as_f64(),
    };
    number.map(|number| number + 0.0)
}

/// What a value is, for a message.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value as a message shows it: short, on one line.
fn display(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::String(string) => {
            let start: String = string
                .chars()
                .take(40)
                .flat_map(char::escape_debug)
                .collect();
            let more = if string.chars().count() > 40 {
                "..."
            } else {
                ""
            };
            format!("\"{start}{more}\"")
        }
        other => kind(other).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shows_forty_characters_on_one_line() {
        let text = "\u{e9}".repeat(40);
        assert_eq!(display(&json!(text)), format!("\"{text}\""));
        assert_eq!(
            display(&json!(format!("{text}e"))),
            format!("\"{text}...\"")
        );
        assert_eq!(display(&json!("a\nb")), r#""a\nb""#);
        assert_eq!(display(&json!([1])), "a list");
    }
}
