//! Log queries in the language of CloudWatch Logs Insights.

use std::fmt::Write as _;

use telemetry::property::Value;

use crate::model::logs::{Aggregate, Field, Filter, Items, LogQuery, Shape};

/// A bin as long as Grafana finds right for the time range and the panel.
const BIN: &str = "bin($__interval)";
/// Most rows that a query returns; without a limit, some fewer.
const ROWS: u32 = 10_000;
/// What the fields of a list's items begin with.
const ITEM: &str = "item.";

/// The query as text. Variables keep Grafana's `${name:regex}`, which escapes what a
/// person typed, so that a value is never part of the query.
pub(crate) fn text(query: &LogQuery) -> String {
    let mut text = String::new();
    conditions(&mut text, &query.filters, "");
    if let Some(Items { list, filters }) = &query.items {
        let list = list.name();
        let _ = write!(text, "fields jsonParse({list}) as items | ");
        text.push_str("unnest items into item | ");
        conditions(&mut text, filters, ITEM);
    }
    shape(&mut text, &query.shape, prefix(query));
    text
}

/// What the names of the fields begin with that become something.
const fn prefix(query: &LogQuery) -> &'static str {
    match query.items {
        Some(_) => ITEM,
        None => "",
    }
}

/// A field by its whole name: an item has its event's time and line.
fn named(of: &str, field: Field) -> String {
    match field {
        Field::Timestamp | Field::Message => field.name().to_owned(),
        own => format!("{of}{}", own.name()),
    }
}

/// What a result is grouped by, as Grafana has to be told.
pub(crate) fn groups(query: &LogQuery) -> Vec<String> {
    let of = prefix(query);
    let by = query.shape.by().iter();
    let by = by.map(|field| named(of, *field));
    match &query.shape {
        Shape::Graph { .. } => by.chain([BIN.to_owned()]).collect(),
        Shape::Lines { .. } | Shape::Table { .. } => by.collect(),
    }
}

fn conditions(text: &mut String, filters: &[Filter], of: &str) {
    for filter in filters {
        text.push_str("filter ");
        condition(text, filter, of);
        text.push_str(" | ");
    }
}

fn condition(text: &mut String, filter: &Filter, of: &str) {
    match filter {
        Filter::Present(fields) => {
            for (place, field) in fields.iter().enumerate() {
                let or = if place == 0 { "" } else { " or " };
                let _ = write!(text, "{or}ispresent({})", named(of, *field));
            }
        }
        Filter::Equals(field, value) => {
            let _ = write!(text, "{} = ", named(of, *field));
            literal(text, value);
        }
        Filter::Compares(field, comparison, number) => {
            let field = named(of, *field);
            let _ = write!(text, "{field} {} {number}", comparison.symbol());
        }
        Filter::Variable(variable) => {
            let (property, name) = (named(of, variable.property.into()), variable.name);
            let _ = write!(text, "{property} like /^${{{name}:regex}}$/");
        }
    }
}

/// A value that the query compares with; text in double quotes, escaped.
fn literal(text: &mut String, value: &Value<'_>) {
    let _ = match value {
        Value::Integer(number) => write!(text, "{number}"),
        Value::Number(number) => write!(text, "{number}"),
        Value::Text(words) => {
            let quoted = words.replace('\\', "\\\\").replace('"', "\\\"");
            write!(text, "\"{quoted}\"")
        }
    };
}

fn shape(text: &mut String, shape: &Shape, of: &str) {
    match shape {
        Shape::Lines { fields, limit } => {
            text.push_str("fields @timestamp");
            for field in fields {
                let _ = write!(text, ", {}", named(of, *field));
            }
            let _ = write!(text, " | sort @timestamp desc | limit {limit}");
        }
        Shape::Graph { aggregate, by, .. } => {
            text.push_str("stats ");
            call(text, aggregate, of);
            let _ = write!(text, " as value by {BIN}");
            for field in by {
                let _ = write!(text, ", {}", named(of, *field));
            }
            let _ = write!(text, " | limit {ROWS}");
        }
        Shape::Table { columns, by, limit } => {
            text.push_str("stats ");
            for (place, column) in columns.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { ", " });
                call(text, &column.aggregate, of);
                let _ = write!(text, " as {}", column.name);
            }
            for (place, field) in by.iter().enumerate() {
                text.push_str(if place == 0 { " by " } else { ", " });
                text.push_str(&named(of, *field));
            }
            if let Some(first) = columns.first() {
                let _ = write!(text, " | sort {} desc | limit {limit}", first.name);
            }
        }
    }
}

fn call(text: &mut String, aggregate: &Aggregate, of: &str) {
    let (function, field) = match aggregate {
        Aggregate::Count => {
            text.push_str("count(*)");
            return;
        }
        Aggregate::Percentile(field, percent) => {
            let _ = write!(text, "pct({}, {percent})", named(of, *field));
            return;
        }
        Aggregate::Sum(field) => ("sum", field),
        Aggregate::Average(field) => ("avg", field),
        Aggregate::Minimum(field) => ("min", field),
        Aggregate::Maximum(field) => ("max", field),
        Aggregate::Last(field) => ("sortsLast", field),
    };
    let _ = write!(text, "{function}({})", named(of, *field));
}

#[cfg(test)]
mod tests {
    use shop::{Function as Service, ORDER_ID, PARCEL_ID, PARCELS, TEMPERATURE};
    use telemetry::property::ERROR;

    use super::*;
    use crate::aws::LogGroup;
    use crate::fixture::ORDER;
    use crate::model::{Period, logs};

    #[test]
    fn a_graph_by_property() {
        let query = logs::search([LogGroup(Service::Picker)])
            .having(TEMPERATURE)
            .chosen(ORDER)
            .graph(logs::average(TEMPERATURE), Period::seconds(10))
            .by(PARCEL_ID);
        assert_eq!(
            text(&query),
            "filter ispresent(temperature) | filter order_id like /^${OrderId:regex}$/ | \
             stats avg(temperature) as value by bin($__interval), parcel_id | limit 10000"
        );
        assert_eq!(groups(&query), ["parcel_id", "bin($__interval)"]);
    }

    #[test]
    fn items_of_a_list_are_rows_with_names_of_their_own() {
        let query = logs::search([LogGroup(Service::Picker)])
            .chosen(ORDER)
            .items_of(PARCELS)
            .having(TEMPERATURE)
            .graph(logs::average(TEMPERATURE), Period::seconds(10))
            .by(PARCEL_ID);
        assert_eq!(
            text(&query),
            "filter order_id like /^${OrderId:regex}$/ | filter ispresent(parcels) | \
             fields jsonParse(parcels) as items | unnest items into item | \
             filter ispresent(item.temperature) | \
             stats avg(item.temperature) as value by bin($__interval), item.parcel_id | \
             limit 10000"
        );
        assert_eq!(groups(&query), ["item.parcel_id", "bin($__interval)"]);
    }

    #[test]
    fn a_table_is_sorted_by_its_first_column() {
        let query = logs::search([LogGroup(Service::Orders)])
            .having_any([ORDER_ID.into(), ERROR.into()])
            .table(
                [
                    ("events", logs::count()),
                    ("p9", logs::percentile(TEMPERATURE, 90.0)),
                ],
                5,
            )
            .by(ORDER_ID);
        assert_eq!(
            text(&query),
            "filter ispresent(order_id) or ispresent(error) | stats count(*) as events, \
             pct(temperature, 90) as p9 by order_id | sort events desc | limit 5"
        );
    }

    #[test]
    fn text_cannot_leave_its_quotes() {
        let query = logs::search([LogGroup(Service::Orders)])
            .equal(ERROR, r#"a" or 1 = "\"#)
            .lines([Field::Message], 1);
        assert!(text(&query).starts_with(r#"filter error = "a\" or 1 = \"\\" | fields"#));
    }
}
