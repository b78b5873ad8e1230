//! The lists of an event: an object for each of several things that it is about.
//!
//! A list is text with JSON in it, and no list of the event itself, because Logs Insights finds
//! [200 fields](super::MAX_FIELDS) of an event and a hundred objects have more. There
//! `jsonParse` makes a list of the text, and `unnest` a row of each object.

use crate::property::Property;

use super::{MAX_TOTAL_BYTES, Properties, json};

/// The lists that no line has yet.
#[derive(Debug, Default)]
pub(crate) struct Lists(Vec<List>);

#[derive(Debug)]
struct List {
    property: Property,
    /// Objects as they stand in the text, with commas between them; none if there is no list.
    items: Vec<u8>,
}

impl Lists {
    /// Adds an object, and says whether there was room for it.
    pub(crate) fn push(&mut self, property: Property, item: &Properties) -> bool {
        self.add(property, |items| {
            items.push(b'{');
            json::escape(items, item.without_comma());
            items.push(b'}');
        })
    }

    /// Takes over the lists of an event that is part of this one, and says how many found no room.
    pub(crate) fn merge(&mut self, others: &Self) -> u32 {
        let mut dropped = 0;
        for other in others.known() {
            let fits = self.add(other.property, |items| items.extend(&other.items));
            dropped += u32::from(!fits);
        }
        dropped
    }

    fn add(&mut self, property: Property, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let position = self.position_of(property);
        let items = &mut self.0[position].items;
        let before = items.len();
        if before > 0 {
            items.push(b',');
        }
        write(items);
        let fits = self.len() <= MAX_TOTAL_BYTES;
        if !fits {
            self.0[position].items.truncate(before);
        }
        fits
    }

    fn position_of(&mut self, property: Property) -> usize {
        self.position(property.member()).unwrap_or_else(|| {
            let items = Vec::new();
            self.0.push(List { property, items });
            self.0.len() - 1
        })
    }

    /// Whether a list is known by this member.
    pub(crate) fn has(&self, member: &str) -> bool {
        self.position(member)
            .is_some_and(|position| !self.0[position].items.is_empty())
    }

    fn position(&self, member: &str) -> Option<usize> {
        let mut members = self.0.iter().map(|list| list.property.member());
        members.position(|known| known == member)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.known().count()
    }

    /// Bytes of all members.
    pub(crate) fn len(&self) -> usize {
        let around = |list: &List| list.property.member().len() + b"\"[]\"".len();
        self.known()
            .map(|list| around(list) + list.items.len())
            .sum()
    }

    /// Appends all members.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for list in self.known() {
            out.extend_from_slice(list.property.member().as_bytes());
            out.extend_from_slice(b"\"[");
            out.extend_from_slice(&list.items);
            out.extend_from_slice(b"]\"");
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.iter_mut().for_each(|list| list.items.clear());
    }

    fn known(&self) -> impl Iterator<Item = &List> {
        self.0.iter().filter(|list| !list.items.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::property::{ERROR, STATUS};

    const READINGS: Property = Property::new(",\"readings\":", "Readings of a batch");
    const ORDERS: Property = Property::new(",\"orders\":", "Orders of a batch");

    fn item(text: &str) -> Properties {
        let mut item = Properties::default();
        item.set(ERROR, &text.into());
        item.set(STATUS, &200.into());
        item
    }

    fn written(lists: &Lists) -> serde_json::Value {
        let mut text = b"{\"a\":1".to_vec();
        lists.write(&mut text);
        text.push(b'}');
        serde_json::from_slice(&text).unwrap()
    }

    fn list(written: &serde_json::Value) -> Vec<serde_json::Value> {
        serde_json::from_str(written.as_str().unwrap()).unwrap()
    }

    #[test]
    fn items_are_json_within_text_whatever_they_say() {
        let mut lists = Lists::default();
        for text in ["a \"quoted\" one", "\\", "\n\u{1}é"] {
            assert!(lists.push(READINGS, &item(text)));
            assert!(lists.push(ORDERS, &item("b")));
        }
        let written = written(&lists);
        let texts: Vec<_> = list(&written["readings"])
            .iter()
            .map(|item| item["error"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(texts, ["a \"quoted\" one", "\\", "\n\u{1}é"]);
        assert_eq!(list(&written["orders"]).len(), 3);
        assert_eq!(lists.count(), 2);
    }

    #[test]
    fn what_has_no_room_leaves_the_list_as_it_was() {
        let mut lists = Lists::default();
        let item = item("a");
        let mut pushed = 0;
        while lists.push(if pushed % 2 == 0 { READINGS } else { ORDERS }, &item) {
            pushed += 1;
        }
        let longest = lists.len();
        assert!((MAX_TOTAL_BYTES - 40..=MAX_TOTAL_BYTES).contains(&longest));
        let others = std::mem::take(&mut lists);
        let known = written(&others);
        let items = list(&known["readings"]).len() + list(&known["orders"]).len();
        assert_eq!(items, pushed);
        assert_eq!(lists.merge(&others), 0);
        assert_eq!(written(&lists), known);
        assert_eq!(lists.merge(&others), 2);
        assert_eq!(written(&lists), known);
    }

    #[test]
    fn a_list_that_was_written_is_none() {
        let mut lists = Lists::default();
        assert!(lists.push(READINGS, &Properties::default()));
        assert_eq!(written(&lists)["readings"], "[{}]");
        assert!(lists.has(READINGS.member()));
        lists.clear();
        assert_eq!((lists.count(), lists.len()), (0, 0));
        assert!(!lists.has(READINGS.member()));
        assert_eq!(written(&lists), serde_json::json!({"a": 1}));
    }
}
