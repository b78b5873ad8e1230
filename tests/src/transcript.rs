//! What was asked and what was answered, without what differs from one time to the next.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The exchanges of a test. A clone is the same transcript.
#[derive(Clone, Debug, Default)]
pub struct Transcript(Arc<Mutex<Vec<String>>>);

impl Transcript {
    /// Adds an exchange.
    pub(crate) fn add(&self, method: &http::Method, uri: &http::Uri, status: u16, body: &Value) {
        let path = without_ids(&uri.to_string());
        let path = path.split("lastKey=").next().unwrap_or_default();
        let words = path.split_inclusive(['=', '&']);
        let path: String = words
            .map(|word| match word.strip_suffix('&').unwrap_or(word) {
                time if is_time(time) => "{time}",
                _ => word,
            })
            .collect();
        let line = format!("{method} {path} -> {status} {}", steady(body));
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
    }

    /// Its lines, sorted: what is asked at once is answered in any order.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        lines.sort_unstable();
        lines
    }
}

/// The same, whenever and wherever it is asked.
fn steady(value: &Value) -> Value {
    match value {
        Value::String(text) if is_time(text) => json!("{time}"),
        Value::String(text) => json!(without_ids(text)),
        // Which of several items of one millisecond comes first is nobody's promise.
        Value::Array(items) if items.iter().all(|item| item["id"].is_string()) => {
            let shapes: BTreeSet<String> = items.iter().map(shape).collect();
            json!({ "items": items.len(), "of": shapes })
        }
        Value::Array(items) => items.iter().map(steady).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| match name.as_str() {
                "nextKey" | "grafanaUrl" => (name.clone(), json!("{opaque}")),
                _ => (name.clone(), steady(value)),
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn shape(item: &Value) -> String {
    let members: Vec<&String> = item.as_object().into_iter().flat_map(Map::keys).collect();
    format!("{members:?}")
}

fn is_time(text: &str) -> bool {
    text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
}

const ID_LENGTH: usize = 36;

fn without_ids(text: &str) -> String {
    let mut rest = text;
    let mut without = String::new();
    while let Some(next) = rest.chars().next() {
        match rest.get(..ID_LENGTH).map(Uuid::try_parse) {
            Some(Ok(_)) => {
                without.push_str("{id}");
                rest = &rest[ID_LENGTH..];
            }
            _ => {
                without.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    without
}
