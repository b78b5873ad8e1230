//! What the rows of a group become.

use super::segment::Segment;
use crate::data::line::Scalar;
use crate::model::logs::{Aggregate, Field};
use crate::view::Cell;

/// The rows of one group so far.
#[derive(Clone, Debug)]
pub(super) enum Total {
    Count(f64),
    Sum(Option<f64>),
    Average { sum: f64, count: f64 },
    Minimum(Option<f64>),
    Maximum(Option<f64>),
    Percentile(Vec<f64>, f64),
    Last(Option<String>),
}

impl Total {
    pub(super) const fn new(aggregate: &Aggregate) -> Self {
        match aggregate {
            Aggregate::Count => Self::Count(0.0),
            Aggregate::Sum(_) => Self::Sum(None),
            Aggregate::Average(_) => Self::Average {
                sum: 0.0,
                count: 0.0,
            },
            Aggregate::Minimum(_) => Self::Minimum(None),
            Aggregate::Maximum(_) => Self::Maximum(None),
            Aggregate::Percentile(_, percent) => Self::Percentile(Vec::new(), *percent),
            Aggregate::Last(_) => Self::Last(None),
        }
    }

    /// Adds a row that has this number in its field, if any.
    fn add(&mut self, number: Option<f64>) {
        match (self, number) {
            (Self::Count(count), _) => *count += 1.0,
            (Self::Sum(sum), Some(number)) => *sum = Some(sum.unwrap_or_default() + number),
            (Self::Average { sum, count }, Some(number)) => {
                *sum += number;
                *count += 1.0;
            }
            (Self::Minimum(lowest), Some(number)) => {
                *lowest = Some(lowest.map_or(number, |known| known.min(number)));
            }
            (Self::Maximum(highest), Some(number)) => {
                *highest = Some(highest.map_or(number, |known| known.max(number)));
            }
            (Self::Percentile(numbers, _), Some(number)) => numbers.push(number),
            _ => {}
        }
    }

    /// Adds a row that has this text in its field.
    fn add_text(&mut self, text: &str) {
        if let Self::Last(last) = self
            && last.as_deref().is_none_or(|last| last < text)
        {
            *last = Some(text.to_owned());
        }
    }

    /// The result as a number; `None` without data, or if it is text.
    pub(super) fn number(&mut self) -> Option<f64> {
        match self {
            Self::Count(count) => Some(*count),
            Self::Sum(number) | Self::Minimum(number) | Self::Maximum(number) => *number,
            Self::Average { sum, count } => (*count > 0.0).then(|| *sum / *count),
            Self::Percentile(numbers, percent) => percentile(numbers, *percent),
            Self::Last(_) => None,
        }
    }

    /// The result as a field of a table.
    pub(super) fn cell(&mut self, aggregate: &Aggregate) -> Cell {
        match (&mut *self, aggregate.field()) {
            (Self::Last(last), _) => last.take().map_or(Cell::Empty, Cell::Text),
            #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
            (_, Some(Field::Timestamp)) => {
                let at = self.number().map(|at| at as i64);
                at.map_or(Cell::Empty, Cell::Time)
            }
            _ => self.number().map_or(Cell::Empty, Cell::Number),
        }
    }
}

/// Adds a segment's rows to their totals; `slots` says which total each row belongs to.
pub(super) fn add(
    aggregate: &Aggregate,
    segment: &Segment,
    rows: &[u16],
    slots: &[usize],
    totals: &mut [Total],
) {
    if let Aggregate::Last(field) = aggregate {
        let column = segment.field(field.name());
        for (row, slot) in rows.iter().zip(slots) {
            if let Some(Scalar::Text(text)) = column.and_then(|column| column.at(*row)) {
                totals[*slot].add_text(text);
            }
        }
        return;
    }
    let mut each = |number: &dyn Fn(u16) -> Option<f64>| {
        for (row, slot) in rows.iter().zip(slots) {
            totals[*slot].add(number(*row));
        }
    };
    match aggregate.field() {
        None | Some(Field::Message) => each(&|_| None),
        Some(Field::Timestamp) => {
            each(&|row| Scalar::time(segment.at[usize::from(row)]).number());
        }
        Some(named) => {
            let Some(column) = segment.field(named.name()) else {
                return;
            };
            let numbers = column.numbers();
            let codes = column.dense(segment.rows());
            each(&|row| match codes[usize::from(row)] {
                0 => None,
                code => *numbers.of(code),
            });
        }
    }
}

/// A row's field.
pub(super) fn cell(segment: &Segment, row: u16, field: Field) -> Cell {
    match field {
        Field::Timestamp => Cell::Time(segment.at[usize::from(row)]),
        Field::Message => Cell::Text(segment.lines.reader().line(row).to_owned()),
        named => {
            let value = segment
                .field(named.name())
                .and_then(|column| column.at(row));
            match value {
                None => Cell::Empty,
                Some(Scalar::Number(number)) => Cell::Number(number),
                Some(Scalar::Text(text)) => Cell::Text(text.to_owned()),
            }
        }
    }
}

/// By the rule of metrics: the smallest that at least `percent` of 100 do not exceed.
fn percentile(numbers: &mut [f64], percent: f64) -> Option<f64> {
    let last = numbers.len().checked_sub(1)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank is between 0 and the number of values"
    )]
    let rank = (numbers.len() as f64 * percent / 100.0).ceil() as usize;
    let place = rank.saturating_sub(1).min(last);
    Some(*numbers.select_nth_unstable_by(place, f64::total_cmp).1)
}
