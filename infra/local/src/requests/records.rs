//! The newest log records, of this program and of others, in bounded memory.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::Value;

use super::request::contains;

/// How many records are kept, and how many bytes of them, about.
pub(crate) const MAX_RECORDS: usize = 20_000;
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Levels, the most severe first.
pub(crate) const LEVELS: [&str; 6] = ["FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"];

/// A log record.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// When it was written, in milliseconds since 1970.
    pub(crate) at: i64,
    /// The record as it was written.
    pub(crate) value: Value,
    bytes: usize,
}

impl Record {
    pub(crate) fn level(&self) -> &str {
        self.text("level").unwrap_or("INFO")
    }

    pub(crate) fn message(&self) -> &str {
        self.text("message").unwrap_or_default()
    }

    /// The program that wrote it, if it says so.
    pub(crate) fn service(&self) -> Option<&str> {
        self.text("service").or_else(|| self.text("function"))
    }

    pub(crate) fn request(&self) -> Option<&str> {
        self.text("request_id")
    }

    pub(crate) fn trace(&self) -> Option<&str> {
        self.text("trace_id")
    }

    /// Whether it is at least as severe as a level.
    pub(crate) fn is_at_least(&self, level: &str) -> bool {
        let rank = |level: &str| LEVELS.iter().position(|known| *known == level);
        rank(level).is_none_or(|most| rank(self.level()).is_some_and(|rank| rank <= most))
    }

    /// Whether anything in it contains this text, in small letters.
    pub(crate) fn says(&self, text: &str) -> bool {
        contains(&self.value, text)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.value[name].as_str().filter(|text| !text.is_empty())
    }
}

/// The newest records, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Records {
    kept: VecDeque<Record>,
    bytes: usize,
}

impl Records {
    /// Takes a line of JSON in; one without a time is no record.
    pub(super) fn add(&mut self, line: &[u8]) {
        let Ok(value) = serde_json::from_slice::<Value>(line) else {
            return;
        };
        let at = value["timestamp"]
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok());
        let Some(at) = at.map(Timestamp::as_millisecond) else {
            return;
        };
        let bytes = line.len();
        self.bytes += bytes;
        self.kept.push_back(Record { at, value, bytes });
        while self.kept.len() > MAX_RECORDS || self.bytes > MAX_BYTES {
            let oldest = self.kept.pop_front();
            self.bytes -= oldest.map_or(self.bytes, |record| record.bytes);
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.kept.iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn add(records: &mut Records, message: &str) {
        let line = json!({ "timestamp": "2026-11-25T20:00:00Z", "message": message });
        records.add(line.to_string().as_bytes());
    }

    #[test]
    fn the_newest_records_are_kept() {
        let mut records = Records::default();
        for number in 0..=MAX_RECORDS {
            add(&mut records, &number.to_string());
        }
        assert_eq!(records.iter().count(), MAX_RECORDS);
        assert_eq!(records.iter().next().map(Record::message), Some("1"));
        let long = "x".repeat(1024 * 1024);
        for _ in 0..17 {
            add(&mut records, &long);
        }
        assert_eq!(records.iter().count(), 15);
    }

    #[test]
    fn a_record_is_found_by_what_it_says() {
        let mut records = Records::default();
        let line = json!({ "timestamp": "2026-11-25T20:00:00Z", "level": "WARN", "message": "On fire",
            "function": "run-api", "service": "", "trace_id": "t" });
        records.add(line.to_string().as_bytes());
        let record = records.iter().next().unwrap();
        assert_eq!(
            (record.level(), record.service(), record.trace()),
            ("WARN", Some("run-api"), Some("t"))
        );
        let levels = LEVELS.map(|level| record.is_at_least(level));
        assert_eq!(levels, [false, false, true, true, true, true]);
        assert!(record.says("fire") && !record.says("water"));
    }

    #[test]
    fn a_line_without_a_time_is_no_record() {
        let mut records = Records::default();
        for line in ["no JSON", "{}", r#"{"timestamp":"yesterday"}"#] {
            records.add(line.as_bytes());
        }
        assert_eq!(records.iter().count(), 0);
    }
}
