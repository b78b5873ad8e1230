//! Groups of rows: those with the same values of the fields that a query groups by.

use hashbrown::HashMap;

use super::column::Code;
use super::segment::Segment;
use crate::data::line::Scalar;
use crate::model::logs::Field;
use crate::view::Cell;

/// A group's number.
pub(super) type Group = u32;
/// The group of all rows, before any field divides it.
const ALL: Group = 0;
/// The number of "no value".
const NOTHING: u32 = 0;

/// The groups that were seen.
///
/// A group is a group of one field fewer and a value of the last field.
#[derive(Debug)]
pub(super) struct Groups {
    values: HashMap<String, u32>,
    cells: Vec<Cell>,
    children: HashMap<(Group, u32), Group>,
    /// Of each group, what it is a child of and the value that makes it so.
    parents: Vec<(Group, u32)>,
}

impl Groups {
    pub(super) fn new() -> Self {
        Self {
            values: HashMap::new(),
            cells: vec![Cell::Empty],
            children: HashMap::new(),
            parents: vec![(ALL, NOTHING)],
        }
    }

    /// The group of each of these rows.
    pub(super) fn of(&mut self, segment: &Segment, rows: &[u16], by: &[Field]) -> Vec<Group> {
        let mut groups = vec![ALL; rows.len()];
        for field in by {
            let values = self.values_of(segment, rows, *field);
            for (group, value) in groups.iter_mut().zip(values) {
                *group = self.child(*group, value);
            }
        }
        groups
    }

    /// The values that make a group, one for each field.
    pub(super) fn cells(&self, mut group: Group, fields: usize) -> Vec<Cell> {
        let mut cells = Vec::with_capacity(fields);
        for _ in 0..fields {
            let (parent, value) = self.parents[group as usize];
            cells.push(self.cells[value as usize].clone());
            group = parent;
        }
        cells.reverse();
        cells
    }

    fn child(&mut self, group: Group, value: u32) -> Group {
        let next = Group::try_from(self.parents.len()).unwrap_or(Group::MAX);
        let parents = &mut self.parents;
        *self.children.entry((group, value)).or_insert_with(|| {
            parents.push((group, value));
            next
        })
    }

    /// The number of each row's value.
    fn values_of(&mut self, segment: &Segment, rows: &[u16], field: Field) -> Vec<u32> {
        match field {
            Field::Timestamp => {
                let times = rows.iter().map(|row| segment.at[usize::from(*row)]);
                times
                    .map(|at| self.value(&at.to_string(), || Cell::Time(at)))
                    .collect()
            }
            Field::Message => {
                let mut lines = segment.lines.reader();
                let mut number = |row: &u16| self.text(lines.line(*row));
                rows.iter().map(&mut number).collect()
            }
            named => match segment.field(named.name()) {
                None => vec![NOTHING; rows.len()],
                Some(column) => {
                    let numbers = column.per_value(|value| match value {
                        Scalar::Text(text) => self.text(text),
                        Scalar::Number(number) => {
                            self.value(&format!("#{number}"), || Cell::Number(number))
                        }
                    });
                    let codes = column.dense(segment.rows());
                    let number = |code: Code| {
                        if code == 0 {
                            NOTHING
                        } else {
                            *numbers.of(code)
                        }
                    };
                    rows.iter()
                        .map(|row| number(codes[usize::from(*row)]))
                        .collect()
                }
            },
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        self.value(&format!("\"{text}"), || Cell::Text(text.to_owned()))
    }

    /// The number of a value, by a text that no other value has.
    fn value(&mut self, key: &str, cell: impl FnOnce() -> Cell) -> u32 {
        let next = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
        let cells = &mut self.cells;
        *self.values.entry_ref(key).or_insert_with(|| {
            cells.push(cell());
            next
        })
    }
}
