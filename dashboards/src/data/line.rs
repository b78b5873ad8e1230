//! A line of the log, taken apart.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use telemetry::emf::MAX_FIELDS;

use super::LineError;
use super::value::{Name, Value};

/// Longest line that CloudWatch Logs takes.
pub(super) const MAX_LINE: usize = 1024 * 1024;

/// A JSON object with a time.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// The line as it is, without its end.
    pub(super) text: &'a str,
    /// When it was written, in milliseconds since 1970.
    pub(super) at: i64,
    /// `_aws.CloudWatchMetrics`: what metrics to make of it.
    pub(super) directives: Option<&'a RawValue>,
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

/// A value that a log query can filter, group or compute by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Number(f64),
    Text(&'a str),
}

impl Scalar<'_> {
    /// A time, in milliseconds since 1970.
    #[expect(
        clippy::cast_precision_loss,
        reason = "below 2^53 for any time near ours"
    )]
    pub(super) const fn time(milliseconds: i64) -> Self {
        Self::Number(milliseconds as f64)
    }

    /// The number; of a text, the finite one that is written there.
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        }
    }

    /// Whether it is written like this.
    pub(super) fn is_written(self, text: &str) -> bool {
        match self {
            Self::Number(number) => number.to_string() == text,
            Self::Text(own) => own == text,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Aws<'a> {
    timestamp: i64,
    #[serde(rename = "CloudWatchMetrics", borrow)]
    directives: Option<&'a RawValue>,
}

struct Members<'a> {
    aws: Option<&'a RawValue>,
    others: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Line<'a> {
    pub(super) fn parse(line: &'a [u8]) -> Result<Self, LineError> {
        if line.len() > MAX_LINE {
            return Err(LineError::TooLong(MAX_LINE));
        }
        let text = str::from_utf8(line.trim_ascii()).map_err(|_| LineError::NotUtf8)?;
        let Members { aws, others } = serde_json::from_str(text).map_err(LineError::NotJson)?;
        let mut line = Self {
            text,
            at: 0,
            directives: None,
            members: others,
        };
        if let Some(aws) = aws {
            let aws: Aws<'_> = serde_json::from_str(aws.get()).map_err(LineError::Aws)?;
            (line.at, line.directives) = (aws.timestamp, aws.directives);
        } else {
            line.at = line.written().ok_or(LineError::NoTime)?;
        }
        Ok(line)
    }

    /// The objects of a [list](telemetry::event::each), as lines of their own at the time of their
    /// event; none if it is no list of objects.
    pub(super) fn items(list: &'a str, at: i64) -> Vec<Self> {
        let items: Vec<&RawValue> = serde_json::from_str(list).unwrap_or_default();
        let item = |text: &'a RawValue| {
            let text = text.get();
            let Members { others, .. } = serde_json::from_str(text).ok()?;
            Some(Self {
                text,
                at,
                directives: None,
                members: others,
            })
        };
        items.into_iter().filter_map(item).collect()
    }

    /// The time in a log record's `timestamp`; an event without metrics has milliseconds there.
    #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
    fn written(&self) -> Option<i64> {
        match self.member("timestamp")? {
            Value::Number(milliseconds) => Some(*milliseconds as i64),
            Value::Text(text) => Some(text.parse::<Timestamp>().ok()?.as_millisecond()),
            _ => None,
        }
    }

    /// The first member of this name.
    pub(super) fn member(&self, name: &str) -> Option<&Value<'a>> {
        let mut named = self.members.iter().filter(|(member, _)| member == name);
        named.next().map(|(_, value)| value)
    }

    /// Every field as Logs Insights names it: `fields.level`, `temperature.0`. Of more than it
    /// finds the line itself keeps the rest.
    pub(super) fn for_each_field(&self, mut see: impl FnMut(&str, Scalar<'_>)) {
        let mut left = MAX_FIELDS;
        let mut path = String::new();
        let mut counted = |name: &str, value: Scalar<'_>| {
            if left > 0 {
                left -= 1;
                see(name, value);
            }
        };
        for (name, value) in &self.members {
            match value {
                Value::Number(number) => counted(name, Scalar::Number(*number)),
                Value::Text(text) => counted(name, Scalar::Text(text)),
                nested => {
                    path.clear();
                    path.push_str(name);
                    flatten(&mut path, nested, &mut counted);
                }
            }
        }
    }
}

fn flatten(path: &mut String, value: &Value<'_>, see: &mut dyn FnMut(&str, Scalar<'_>)) {
    let length = path.len();
    let mut below = |name: &dyn fmt::Display, value: &Value<'_>, path: &mut String| {
        use fmt::Write as _;
        let _ = write!(path, ".{name}");
        flatten(path, value, see);
        path.truncate(length);
    };
    match value {
        Value::Nothing => {}
        Value::Number(number) => see(path, Scalar::Number(*number)),
        Value::Text(text) => see(path, Scalar::Text(text)),
        Value::List(values) => {
            for (place, value) in values.iter().enumerate() {
                below(&place, value, path);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                below(name, value, path);
            }
        }
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Members {
                    aws: None,
                    others: Vec::with_capacity(16),
                };
                while let Some(Name(name)) = map.next_key()? {
                    if name == "_aws" {
                        members.aws = Some(map.next_value()?);
                    } else {
                        members.others.push((name, map.next_value()?));
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use telemetry::{Destination, Lines, Metrics, property::ERROR};

    use super::*;

    #[test]
    fn an_event_without_metrics_has_its_time() {
        let written = Lines::default();
        let metrics = Metrics::builder(shop::namespace("test"));
        let metrics = metrics.emf(Destination::lines(&written)).build();
        metrics.expect("opens").in_scope(|| ERROR.set("timeout"));
        let text = written.text();
        let line = Line::parse(text.as_bytes()).expect("a line");
        let now = Timestamp::now().as_millisecond();
        assert!((now - 60_000..=now).contains(&line.at), "{text}");
        assert!(matches!(line.member("error"), Some(Value::Text(error)) if error == "timeout"));
    }
}
