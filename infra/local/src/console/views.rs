//! What panels show, as JSON.

use dashboards::view::{Cell, Point, View};
use serde_json::{Value, json};

use super::format::iso;

/// Times are ISO 8601 in UTC; a number that does not exist is `null`.
pub(super) fn json(view: &View) -> Value {
    match view {
        View::Series(series) => json!({
            "series": series.iter().map(|one| json!({ "label": one.label, "points": points(&one.points) })).collect::<Vec<_>>(),
        }),
        View::Number(number) => json!({ "value": number.value, "points": points(&number.points) }),
        View::Table(table) => json!({
            "columns": table.columns,
            "rows": table.rows.iter().map(|row| row.iter().map(cell).collect()).collect::<Vec<Vec<Value>>>(),
        }),
        View::Lines(lines) => json!({
            "lines": lines.iter().map(|line| json!({ "at": iso(line.at), "message": line.message })).collect::<Vec<_>>(),
        }),
        View::Unavailable(why) => json!({ "unavailable": why }),
        _ => Value::Null,
    }
}

fn points(points: &[Point]) -> Vec<Value> {
    let known = points.iter().filter(|point| point.value.is_some());
    known
        .map(|point| json!([iso(point.at * 1_000), point.value]))
        .collect()
}

fn cell(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Number(number) => json!(number),
        Cell::Text(text) => json!(text),
        Cell::Time(at) => json!(iso(*at)),
    }
}
