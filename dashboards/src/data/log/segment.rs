//! Some thousand rows, column by column.

use std::mem::size_of;

use hashbrown::HashMap;

use super::column::Column;
use super::lines::Lines;
use crate::data::line::{Line, Scalar};

/// Rows of a full segment: few enough that no column runs out of codes.
const ROWS: usize = 4_096;

/// Rows in the order they came.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// When each was written, in milliseconds since 1970.
    pub(super) at: Vec<i64>,
    columns: HashMap<String, Column>,
    pub(super) lines: Lines,
    /// The earliest and the latest row's time.
    span: Option<(i64, i64)>,
    bytes: usize,
}

impl Segment {
    /// Adds a row.
    pub(super) fn push(&mut self, line: &Line<'_>) {
        let Ok(row) = u16::try_from(self.at.len()) else {
            return;
        };
        self.at.push(line.at);
        let (first, last) = self.span.unwrap_or((line.at, line.at));
        self.span = Some((first.min(line.at), last.max(line.at)));
        self.lines.push(line.text);
        // What it may take until it is sealed and measured.
        self.bytes += line.text.len() + size_of::<i64>();
        line.for_each_field(|name, value| {
            self.column(name).push(row, value);
            self.bytes += 16;
        });
    }

    fn column(&mut self, name: &str) -> &mut Column {
        if !self.columns.contains_key(name) {
            self.bytes += size_of::<Column>() + name.len();
        }
        self.columns.entry_ref(name).or_default()
    }

    /// Whether there is no room for another row.
    pub(super) const fn is_full(&self) -> bool {
        self.at.len() >= ROWS
    }

    /// Gives back what is needed only to add rows.
    pub(super) fn seal(&mut self) {
        self.at.shrink_to_fit();
        self.lines.seal();
        let columns = self.columns.values_mut();
        let columns: usize = columns
            .map(|column| {
                column.seal();
                column.bytes() + size_of::<String>()
            })
            .sum();
        let names: usize = self.columns.keys().map(String::len).sum();
        let own = size_of::<Self>() + size_of::<i64>() * self.at.capacity();
        self.bytes = own + self.lines.bytes() + columns + names;
    }

    /// Bytes of memory: measured once it is sealed, before that an upper estimate.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many rows there are.
    pub(super) const fn rows(&self) -> usize {
        self.at.len()
    }

    /// A field of the rows, if any has it.
    pub(super) fn field(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }

    /// When the rows were written and the texts that they have in a field.
    pub(super) fn texts(&self, field: &str, rows: &[u16]) -> impl Iterator<Item = (i64, &str)> {
        let column = self.field(field);
        let text = move |row: &u16| match column?.at(*row)? {
            Scalar::Text(text) => Some((self.at[usize::from(*row)], text)),
            Scalar::Number(_) => None,
        };
        rows.iter().filter_map(text)
    }

    /// The earliest and the latest row's time; `None` without rows.
    pub(super) const fn span(&self) -> Option<(i64, i64)> {
        self.span
    }

    /// The latest row's time; `None` without rows.
    pub(super) fn latest(&self) -> Option<i64> {
        self.span.map(|(_, last)| last)
    }

    /// The rows of a time range, in milliseconds since 1970; the end is not part of it.
    pub(super) fn between(&self, start: i64, end: i64) -> Vec<u16> {
        let Some((first, last)) = self.span else {
            return Vec::new();
        };
        if last < start || first >= end {
            return Vec::new();
        }
        let all = 0..u16::try_from(self.rows()).unwrap_or(u16::MAX);
        let inside = |row: &u16| (start..end).contains(&self.at[usize::from(*row)]);
        if first >= start && last < end {
            all.collect()
        } else {
            all.filter(inside).collect()
        }
    }
}
