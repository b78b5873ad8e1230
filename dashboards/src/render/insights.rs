//! Log queries in the language of CloudWatch Logs Insights.

use std::fmt::Write as _;

use telemetry::property::Value;

use crate::model::logs::{Aggregate, Field, Filter, LogQuery, Shape};

/// A bin as long as Grafana finds right for the time range and the panel.
const BIN: &str = "bin($__interval)";
/// Most rows that a query returns; without a limit, some fewer.
const ROWS: u32 = 10_000;

/// The query as text. Variables keep Grafana's `${name:regex}`, which escapes what a
/// person typed, so that a value is never part of the query.
pub(crate) fn text(query: &LogQuery) -> String {
    let mut text = String::new();
    for filter in &query.filters {
        text.push_str("filter ");
        condition(&mut text, filter);
        text.push_str(" | ");
    }
    shape(&mut text, &query.shape);
    text
}

/// What a result is grouped by, as Grafana has to be told.
pub(crate) fn groups(query: &LogQuery) -> Vec<String> {
    let by = query.shape.by().iter().map(|field| field.name().to_owned());
    match &query.shape {
        Shape::Graph { .. } => by.chain([BIN.to_owned()]).collect(),
        Shape::Lines { .. } | Shape::Table { .. } => by.collect(),
    }
}

fn condition(text: &mut String, filter: &Filter) {
    match filter {
        Filter::Present(fields) => {
            for (place, field) in fields.iter().enumerate() {
                let or = if place == 0 { "" } else { " or " };
                let _ = write!(text, "{or}ispresent({})", field.name());
            }
        }
        Filter::Equals(field, value) => {
            let _ = write!(text, "{} = ", field.name());
            literal(text, value);
        }
        Filter::Compares(field, comparison, number) => {
            let _ = write!(text, "{} {} {number}", field.name(), comparison.symbol());
        }
        Filter::Variable(variable) => {
            let (property, name) = (variable.property.name(), variable.name);
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

fn shape(text: &mut String, shape: &Shape) {
    match shape {
        Shape::Lines { fields, limit } => {
            text.push_str("fields @timestamp");
            for field in fields {
                let _ = write!(text, ", {}", field.name());
            }
            let _ = write!(text, " | sort @timestamp desc | limit {limit}");
        }
        Shape::Graph { aggregate, by, .. } => {
            text.push_str("stats ");
            call(text, aggregate);
            let _ = write!(text, " as value by {BIN}");
            for field in by {
                let _ = write!(text, ", {}", field.name());
            }
            let _ = write!(text, " | limit {ROWS}");
        }
        Shape::Table { columns, by, limit } => {
            text.push_str("stats ");
            for (place, column) in columns.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { ", " });
                call(text, &column.aggregate);
                let _ = write!(text, " as {}", column.name);
            }
            for (place, field) in by.iter().enumerate() {
                text.push_str(if place == 0 { " by " } else { ", " });
                text.push_str(field.name());
            }
            if let Some(first) = columns.first() {
                let _ = write!(text, " | sort {} desc | limit {limit}", first.name);
            }
        }
    }
}

fn call(text: &mut String, aggregate: &Aggregate) {
    let (function, field) = match aggregate {
        Aggregate::Count => {
            text.push_str("count(*)");
            return;
        }
        Aggregate::Percentile(field, percent) => {
            let _ = write!(text, "pct({}, {percent})", field.name());
            return;
        }
        Aggregate::Sum(field) => ("sum", field),
        Aggregate::Average(field) => ("avg", field),
        Aggregate::Minimum(field) => ("min", field),
        Aggregate::Maximum(field) => ("max", field),
        Aggregate::Last(field) => ("sortsLast", field),
    };
    let _ = write!(text, "{function}({})", Field::name(*field));
}

#[cfg(test)]
mod tests {
    use shop::{Function as Service, ORDER_ID, PARCEL_ID, TEMPERATURE};
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
