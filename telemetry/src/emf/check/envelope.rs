//! Where an event is in a line: functions write it bare, and what carries logs away wraps it.
//!
//! | what carries it | around the event |
//! |---|---|
//! | `aws logs tail`, exports to S3, `kubectl logs` | text before it |
//! | subscriptions, `filter-log-events`, `get-log-events` | `message`, alone or in `logEvents` or `events` |
//! | Telemetry API | `record` |
//! | any of these, pretty-printed | a line `"message": "...",` |

use serde_json::{Map, Value};

/// How often one wrapping may be within another.
const MAX_DEPTH: usize = 4;

/// What a line holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Events, as text: a member that is there twice would be lost otherwise.
    pub(super) events: Vec<String>,
    /// Why what looks like an event is none.
    pub(super) broken: Option<String>,
}

/// The events in a line.
pub(super) fn events(line: &str) -> Content {
    let mut found = Content::default();
    in_text(line, 0, &mut found);
    found
}

fn in_text(text: &str, depth: usize, found: &mut Content) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(member) = pretty_member(text) {
        return in_value(&member, depth, found);
    }
    let Some(start) = text.find('{') else {
        return;
    };
    let json = text[start..].trim_end();
    match serde_json::from_str::<Map<String, Value>>(json) {
        Ok(members) if members.contains_key("_aws") => found.events.push(json.to_owned()),
        Ok(members) => in_members(&members, depth, found),
        // A brace alone opens a document that is printed over several lines.
        Err(error) if json.contains("\"_aws\"") || (depth == 0 && start == 0 && json != "{") => {
            found.broken.get_or_insert(error.to_string());
        }
        // A record for people may well hold a brace.
        Err(_) => {}
    }
}

/// A line of a document that is printed over several: `"message": "...",`.
fn pretty_member(text: &str) -> Option<Value> {
    let text = text.trim().trim_end_matches(',');
    let members = text
        .strip_prefix("\"message\"")
        .or(text.strip_prefix("\"record\""))?;
    serde_json::from_str(members.trim_start().strip_prefix(':')?).ok()
}

fn in_members(members: &Map<String, Value>, depth: usize, found: &mut Content) {
    for name in ["message", "record", "logEvents", "events"] {
        if let Some(value) = members.get(name) {
            in_value(value, depth, found);
        }
    }
}

fn in_value(value: &Value, depth: usize, found: &mut Content) {
    match value {
        Value::String(text) => in_text(text.trim(), depth + 1, found),
        Value::Object(members) if members.contains_key("_aws") => {
            found.events.push(value.to_string());
        }
        Value::Object(members) if depth < MAX_DEPTH => in_members(members, depth + 1, found),
        Value::Array(values) if depth < MAX_DEPTH => {
            values
                .iter()
                .for_each(|value| in_value(value, depth + 1, found));
        }
        _ => {}
    }
}
