//! The properties of an event, kept as the text they will be written as.

use std::borrow::Cow;

use crate::property::{Property, Value};

use super::{Fragments, json};

/// Longest text of one property; what is longer is cut and ends in `…`.
pub(crate) const MAX_TEXT_BYTES: usize = 4 * 1024;

/// Most bytes of all properties of one event; what does not fit is left out and counted.
pub(crate) const MAX_TOTAL_BYTES: usize = 32 * 1024;

/// Properties as members of a JSON object, each with a comma before it.
#[derive(Debug, Default)]
pub(crate) struct Properties {
    text: Vec<u8>,
    entries: Vec<Entry>,
    /// How many properties were left out because the event was full.
    pub(crate) dropped: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// See [`Property::member`].
    member: &'static str,
    /// Whether another event's was copied here.
    inherited: bool,
    #[cfg_attr(not(feature = "runtime"), expect(dead_code, reason = "nobody logs"))]
    logged: bool,
    start: usize,
    end: usize,
}

impl Properties {
    /// Sets a property; the last value wins.
    pub(crate) fn set(&mut self, property: Property, value: &Value<'_>) {
        self.put(property.member(), property.is_logged(), |text| {
            write(text, value);
        });
    }

    /// Sets what an item measured of a metric, likewise.
    pub(crate) fn set_value(&mut self, metric: &'static Fragments, value: f64) {
        self.put(metric.member, false, |text| json::number(text, value));
    }

    fn put(&mut self, member: &'static str, logged: bool, write: impl FnOnce(&mut Vec<u8>)) {
        if let Some(position) = self.position(member) {
            self.remove(position);
        }
        let start = self.text.len();
        self.text.extend_from_slice(member.as_bytes());
        write(&mut self.text);
        if self.text.len() > MAX_TOTAL_BYTES {
            self.text.truncate(start);
            self.dropped += 1;
            return;
        }
        self.entries.push(Entry {
            member,
            inherited: false,
            logged,
            start,
            end: self.text.len(),
        });
    }

    /// Copies the properties of the event that this one is to be part of.
    pub(crate) fn inherit(&mut self, other: &Self) {
        other
            .entries
            .iter()
            .for_each(|entry| self.copy(other, entry, true));
    }

    /// Takes over what was set in an event that is part of this one.
    pub(crate) fn merge(&mut self, other: &Self) {
        let set = other.entries.iter().filter(|entry| !entry.inherited);
        set.for_each(|entry| self.copy(other, entry, false));
        self.dropped += other.dropped;
    }

    fn copy(&mut self, other: &Self, entry: &Entry, inherited: bool) {
        if let Some(position) = self.position(entry.member) {
            self.remove(position);
        }
        let text = &other.text[entry.start..entry.end];
        if self.text.len() + text.len() > MAX_TOTAL_BYTES {
            self.dropped += 1;
            return;
        }
        let start = self.text.len();
        self.text.extend_from_slice(text);
        self.entries.push(Entry {
            inherited,
            start,
            end: self.text.len(),
            ..*entry
        });
    }

    /// Appends all members.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.text);
    }

    /// Appends the members that are not hidden.
    pub(crate) fn write_visible(&self, hidden: impl Fn(&str) -> bool, out: &mut Vec<u8>) {
        for entry in self.entries.iter().filter(|entry| !hidden(entry.member)) {
            out.extend_from_slice(&self.text[entry.start..entry.end]);
        }
    }

    /// All members, without the first comma.
    pub(crate) fn without_comma(&self) -> &[u8] {
        self.text.get(1..).unwrap_or_default()
    }

    /// Appends the members that log records have, but not those that `overlay` has as well.
    #[cfg(feature = "runtime")]
    pub(crate) fn write_logged(&self, overlay: Option<&Self>, out: &mut Vec<u8>) {
        let hidden = |member| overlay.is_some_and(|overlay| overlay.position(member).is_some());
        let logged = |entry: &&Entry| entry.logged && !hidden(entry.member);
        for entry in self.entries.iter().filter(logged) {
            out.extend_from_slice(&self.text[entry.start..entry.end]);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of all members.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.entries.clear();
        self.dropped = 0;
    }

    /// Whether the property is set.
    pub(crate) fn has(&self, property: Property) -> bool {
        self.position(property.member()).is_some()
    }

    /// The value of a property that is text.
    pub(crate) fn text_of(&self, property: Property) -> Option<String> {
        let entry = &self.entries[self.position(property.member())?];
        let text = &self.text[entry.start..entry.end];
        let value = text.get(entry.member.len()..)?;
        serde_json::from_slice(value).ok()
    }

    fn position(&self, member: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.member == member)
    }

    #[cold]
    fn remove(&mut self, position: usize) {
        let removed = self.entries.remove(position);
        self.text.drain(removed.start..removed.end);
        let length = removed.end - removed.start;
        for entry in &mut self.entries[position..] {
            entry.start -= length;
            entry.end -= length;
        }
    }
}

fn write(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Text(text) if text.len() > MAX_TEXT_BYTES => cut(out, text),
        Value::Text(text) => json::string(out, text),
        Value::Integer(number) => json::integer(out, *number),
        Value::Number(number) => json::number_or_text(out, *number),
    }
}

#[cold]
fn cut(out: &mut Vec<u8>, text: &str) {
    json::string(out, &shortened(text, MAX_TEXT_BYTES));
}

/// A text of at most so many bytes; what is longer is cut and ends in `…`.
pub(crate) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.len() > most {
        true => Cow::Owned(format!("{}…", &text[..text.floor_char_boundary(most)])),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::property::{ERROR, STATUS};

    const RUN_ID: Property = Property::new(",\"run_id\":", "Id of the run");
    const USER: Property = Property::new(",\"user\":", "Name of the user");

    fn text(properties: &Properties) -> String {
        String::from_utf8(properties.text.clone()).unwrap()
    }

    #[test]
    fn the_last_value_wins() {
        let mut properties = Properties::default();
        properties.set(RUN_ID, &"a longer one".into());
        properties.set(STATUS, &200.into());
        properties.set(USER, &"ada".into());
        properties.set(RUN_ID, &"b".into());
        properties.set(USER, &"eve".into());
        assert_eq!(
            text(&properties),
            r#","status":200,"run_id":"b","user":"eve""#
        );
    }

    #[test]
    fn a_text_can_be_read_back() {
        let mut properties = Properties::default();
        properties.set(USER, &"a \"quoted\"\nname".into());
        properties.set(STATUS, &200.into());
        assert_eq!(
            properties.text_of(USER).as_deref(),
            Some("a \"quoted\"\nname")
        );
        assert_eq!(properties.text_of(STATUS), None);
        assert_eq!(properties.text_of(RUN_ID), None);
    }

    #[test]
    fn what_is_hidden_is_not_written() {
        let mut properties = Properties::default();
        properties.set(RUN_ID, &"a".into());
        properties.set(STATUS, &200.into());
        let mut out = Vec::new();
        properties.write_visible(|member| member == RUN_ID.member(), &mut out);
        assert_eq!(out, br#","status":200"#);
    }

    #[test]
    fn long_texts_are_cut_and_too_many_are_counted() {
        let mut properties = Properties::default();
        properties.set(ERROR, &"é".repeat(MAX_TEXT_BYTES).into());
        assert!(text(&properties).ends_with("é…\""));
        assert!(properties.len() < MAX_TEXT_BYTES + 20);
        for _ in 0..2 {
            properties.text.resize(MAX_TOTAL_BYTES, b' ');
            properties.set(USER, &"ada".into());
        }
        assert_eq!(properties.dropped, 2);
    }

    #[test]
    fn a_text_just_within_the_limit_is_not_cut() {
        let text = "é".repeat(MAX_TEXT_BYTES / 2);
        assert_eq!(shortened(&text, MAX_TEXT_BYTES), text);
        let longer = format!("{text}x");
        assert_eq!(shortened(&longer, MAX_TEXT_BYTES), format!("{text}…"));
    }

    /// Properties with so many bytes left.
    fn with_room(bytes: usize) -> Properties {
        Properties {
            text: vec![b' '; MAX_TOTAL_BYTES - bytes],
            ..Properties::default()
        }
    }

    #[test]
    fn what_is_set_inherited_or_merged_fills_an_event_to_its_last_byte() {
        let mut other = Properties::default();
        other.set(USER, &"ada".into());
        let fillers: [fn(&mut Properties, &Properties); 3] = [
            |properties, _| properties.set(USER, &"ada".into()),
            Properties::inherit,
            Properties::merge,
        ];
        for fill in fillers {
            let mut properties = with_room(other.len());
            fill(&mut properties, &other);
            assert_eq!((properties.len(), properties.dropped), (MAX_TOTAL_BYTES, 0));
            let mut properties = with_room(other.len() - 1);
            fill(&mut properties, &other);
            assert_eq!((properties.text_of(USER), properties.dropped), (None, 1));
        }
    }

    #[test]
    fn what_was_dropped_on_either_side_is_counted() {
        let dropping = |dropped| Properties {
            dropped,
            ..Properties::default()
        };
        let mut properties = dropping(2);
        properties.merge(&dropping(3));
        assert_eq!(properties.dropped, 5);
    }

    #[cfg(feature = "runtime")]
    #[test]
    fn log_records_have_what_is_logged_unless_an_item_has_its_own() {
        let logged = |properties: &Properties, item: Option<&Properties>| {
            let mut text = Vec::new();
            properties.write_logged(item, &mut text);
            String::from_utf8(text).unwrap()
        };
        let mut whole = Properties::default();
        whole.set(USER, &"ada".into());
        whole.set(RUN_ID.logged(), &"a".into());
        assert_eq!(logged(&whole, None), r#","run_id":"a""#);
        let mut item = Properties::default();
        item.set(USER, &"eve".into());
        assert_eq!(logged(&whole, Some(&item)), r#","run_id":"a""#);
        item.set(RUN_ID, &"b".into());
        assert_eq!(logged(&whole, Some(&item)), "");
    }

    #[test]
    fn numbers_that_json_cannot_hold_are_text() {
        let mut properties = Properties::default();
        properties.set(ERROR, &f64::NAN.into());
        properties.set(USER, &f64::NEG_INFINITY.into());
        assert_eq!(text(&properties), r#","error":"NaN","user":"-inf""#);
    }
}
