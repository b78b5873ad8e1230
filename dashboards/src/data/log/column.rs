//! One field of a segment's rows: each value once, and which row has which.

use std::hash::BuildHasher as _;
use std::mem::size_of;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::data::line::Scalar;

/// Says which value a row has: 0 for none, numbers from 1 up, texts from the top down.
pub(super) type Code = u16;

/// A field of the rows that have it.
#[derive(Debug, Default)]
pub(super) struct Column {
    /// The rows that have the field, in order, and the code of each one's value.
    rows: Vec<u16>,
    codes: Vec<Code>,
    values: Values,
    /// Codes by value, while rows are added.
    index: HashTable<Code>,
    hasher: DefaultHashBuilder,
}

/// Each value of a column once.
#[derive(Debug, Default)]
struct Values {
    numbers: Vec<f64>,
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
}

/// Something that was found out about each value of a column.
#[derive(Debug)]
pub(super) struct PerValue<T> {
    numbers: Vec<T>,
    texts: Vec<T>,
}

impl Column {
    /// Gives the last row a value; a row keeps its first.
    pub(super) fn push(&mut self, row: u16, value: Scalar<'_>) {
        if self.rows.last() == Some(&row) {
            return;
        }
        let code = self.code(value);
        self.rows.push(row);
        self.codes.push(code);
    }

    fn code(&mut self, value: Scalar<'_>) -> Code {
        let Self {
            values,
            index,
            hasher,
            ..
        } = self;
        let hash = hash(hasher, value);
        if let Some(code) = index.find(hash, |code| same(values.get(*code), value)) {
            return *code;
        }
        let code = values.add(value);
        index.insert_unique(hash, code, |code| hash_of(hasher, values, *code));
        code
    }

    /// Gives back what is needed only to add rows.
    pub(super) fn seal(&mut self) {
        self.index = HashTable::new();
        self.rows.shrink_to_fit();
        self.codes.shrink_to_fit();
        self.values.numbers.shrink_to_fit();
        self.values.text.shrink_to_fit();
        self.values.ends.shrink_to_fit();
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + 2 * (self.rows.capacity() + self.codes.capacity() + 2 * self.index.capacity())
            + 8 * self.values.numbers.capacity()
            + self.values.text.capacity()
            + 4 * self.values.ends.capacity()
    }

    /// The code of every row of the segment, 0 where a row has no value.
    pub(super) fn dense(&self, rows: usize) -> Vec<Code> {
        let mut dense = vec![0; rows];
        for (row, code) in self.rows.iter().zip(&self.codes) {
            dense[usize::from(*row)] = *code;
        }
        dense
    }

    /// Marks the rows that have the field.
    pub(super) fn mark(&self, present: &mut [bool]) {
        for row in &self.rows {
            present[usize::from(*row)] = true;
        }
    }

    /// The value of a code that is not 0.
    fn value(&self, code: Code) -> Scalar<'_> {
        self.values.get(code)
    }

    /// The value of a row.
    pub(super) fn at(&self, row: u16) -> Option<Scalar<'_>> {
        let place = self.rows.binary_search(&row).ok()?;
        Some(self.value(self.codes[place]))
    }

    /// Each value as a number, if it is one.
    pub(super) fn numbers(&self) -> PerValue<Option<f64>> {
        fn number(value: Scalar<'_>) -> Option<f64> {
            value.number()
        }
        self.per_value(number)
    }

    /// Asks something of each value, once.
    pub(super) fn per_value<T>(&self, mut ask: impl FnMut(Scalar<'_>) -> T) -> PerValue<T> {
        let numbers = self.values.numbers.iter();
        let numbers = numbers.map(|number| ask(Scalar::Number(*number))).collect();
        let texts = 0..self.values.ends.len();
        let texts = texts.map(|place| ask(Scalar::Text(self.values.text(place))));
        PerValue {
            numbers,
            texts: texts.collect(),
        }
    }
}

impl<T> PerValue<T> {
    /// What was found out about the value of a code that is not 0.
    pub(super) fn of(&self, code: Code) -> &T {
        let place = usize::from(code) - 1;
        match self.numbers.get(place) {
            Some(found) => found,
            None => &self.texts[usize::from(Code::MAX - code)],
        }
    }
}

impl Values {
    /// A segment has far fewer rows than there are codes, so codes never meet.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a segment has few rows and bytes"
    )]
    fn add(&mut self, value: Scalar<'_>) -> Code {
        match value {
            Scalar::Number(number) => {
                self.numbers.push(number);
                self.numbers.len() as Code
            }
            Scalar::Text(text) => {
                self.text.push_str(text);
                self.ends.push(self.text.len() as u32);
                Code::MAX - (self.ends.len() - 1) as Code
            }
        }
    }

    fn get(&self, code: Code) -> Scalar<'_> {
        match self.numbers.get(usize::from(code) - 1) {
            Some(number) => Scalar::Number(*number),
            None => Scalar::Text(self.text(usize::from(Code::MAX - code))),
        }
    }

    fn text(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[place] as usize]
    }
}

fn hash(hasher: &DefaultHashBuilder, value: Scalar<'_>) -> u64 {
    match value {
        Scalar::Number(number) => hasher.hash_one(number.to_bits()),
        Scalar::Text(text) => hasher.hash_one(text),
    }
}

fn hash_of(hasher: &DefaultHashBuilder, values: &Values, code: Code) -> u64 {
    hash(hasher, values.get(code))
}

/// Numbers are the same bit by bit: 0 and -0 are two values of a column.
fn same(one: Scalar<'_>, other: Scalar<'_>) -> bool {
    match (one, other) {
        (Scalar::Number(one), Scalar::Number(other)) => one.to_bits() == other.to_bits(),
        (Scalar::Text(one), Scalar::Text(other)) => one == other,
        _ => false,
    }
}
