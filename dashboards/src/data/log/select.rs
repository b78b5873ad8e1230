//! Which rows of a segment fulfil the conditions of a query.

use telemetry::property;
use telemetry::property::FUNCTION;

use super::segment::Segment;
use crate::data::VariableValues;
use crate::data::line::Scalar;
use crate::model::logs::{Field, Filter, LogQuery};
use crate::view::TimeRange;

/// The rows of the query's log groups and the time range for which every condition holds, in
/// order.
pub(super) fn select(
    segment: &Segment,
    query: &LogQuery,
    range: TimeRange,
    chosen: &VariableValues,
) -> Vec<u16> {
    let mut rows = segment.between(
        range.start.saturating_mul(1_000),
        range.end.saturating_mul(1_000),
    );
    if !query.groups.is_empty() {
        // Each function has the log group of its name.
        keep(&mut rows, segment, FUNCTION.into(), |found| {
            let mut groups = query.groups.iter();
            groups.any(|group| found.is_written(group.name))
        });
    }
    for filter in &query.filters {
        if rows.is_empty() {
            break;
        }
        narrow(&mut rows, segment, filter, chosen);
    }
    rows
}

fn narrow(rows: &mut Vec<u16>, segment: &Segment, filter: &Filter, chosen: &VariableValues) {
    match filter {
        Filter::Present(fields) => any_present(rows, segment, fields),
        Filter::Equals(field, value) => keep(rows, segment, *field, |found| equal(found, value)),
        Filter::Compares(field, comparison, limit) => keep(rows, segment, *field, |found| {
            found
                .number()
                .is_some_and(|number| comparison.holds(number, *limit))
        }),
        Filter::Variable(variable) => {
            let wanted = chosen.get(variable.name);
            keep(rows, segment, variable.property.into(), |found| {
                wanted.is_none_or(|any| any.iter().any(|one| found.is_written(one)))
            });
        }
    }
}

/// Keeps the rows that have the field with a value that passes.
fn keep(rows: &mut Vec<u16>, segment: &Segment, field: Field, passes: impl Fn(Scalar<'_>) -> bool) {
    match field {
        Field::Timestamp => rows.retain(|row| passes(Scalar::time(segment.at[usize::from(*row)]))),
        Field::Message => {
            let mut lines = segment.lines.reader();
            rows.retain(|row| passes(Scalar::Text(lines.line(*row))));
        }
        named => match segment.field(named.name()) {
            None => rows.clear(),
            Some(column) => {
                let passing = column.per_value(passes);
                let codes = column.dense(segment.rows());
                rows.retain(|row| match codes[usize::from(*row)] {
                    0 => false,
                    code => *passing.of(code),
                });
            }
        },
    }
}

fn any_present(rows: &mut Vec<u16>, segment: &Segment, fields: &[Field]) {
    if fields
        .iter()
        .any(|field| matches!(field, Field::Timestamp | Field::Message))
    {
        return;
    }
    let mut present = vec![false; segment.rows()];
    for column in fields
        .iter()
        .filter_map(|field| segment.field(field.name()))
    {
        column.mark(&mut present);
    }
    rows.retain(|row| present[usize::from(*row)]);
}

fn equal(found: Scalar<'_>, wanted: &property::Value<'_>) -> bool {
    match wanted {
        property::Value::Text(text) => found.is_written(text),
        #[expect(clippy::cast_precision_loss, reason = "the fields of JSON are doubles")]
        property::Value::Integer(number) => found.number() == Some(*number as f64),
        property::Value::Number(number) => found.number() == Some(*number),
    }
}
