//! The `params` of a run: any JSON object, within limits.

use serde_json::{Map, Number, Value};

use super::{limits, problem::Problems};

/// Checks `params` and brings its numbers into the form in which the table returns them.
pub(super) fn check(value: &Value, problems: &mut Problems) -> Option<Map<String, Value>> {
    let Value::Object(members) = value else {
        problems.add("params", "must be a JSON object");
        return None;
    };
    check_size(members, problems)?;
    object(members, "params", 1, problems)
}

/// Checks how much the members of `params` are.
pub(super) fn check_size(members: &Map<String, Value>, problems: &mut Problems) -> Option<()> {
    let bytes = serde_json::to_string(members).map_or(usize::MAX, |text| text.len());
    if bytes > limits::PARAMS_BYTES {
        problems.add(
            "params",
            format!(
                "must be at most {} bytes of JSON, not {bytes}",
                limits::PARAMS_BYTES
            ),
        );
        return None;
    }
    check_members(members.len(), "params", 1, problems)
}

fn object(
    members: &Map<String, Value>,
    path: &str,
    depth: usize,
    problems: &mut Problems,
) -> Option<Map<String, Value>> {
    check_members(members.len(), path, depth, problems)?;
    let mut checked = Map::new();
    for (name, member) in members {
        if name.is_empty() || name.chars().count() > limits::PARAMS_STRING_LENGTH {
            problems.add(
                path,
                format!(
                    "must have member names of 1 to {} characters",
                    limits::PARAMS_STRING_LENGTH
                ),
            );
            return None;
        }
        let member = any(member, &format!("{path}.{name}"), depth, problems)?;
        checked.insert(name.clone(), member);
    }
    Some(checked)
}

fn any(value: &Value, path: &str, depth: usize, problems: &mut Problems) -> Option<Value> {
    match value {
        Value::Object(members) => object(members, path, depth + 1, problems).map(Value::Object),
        Value::Array(items) => {
            check_members(items.len(), path, depth + 1, problems)?;
            let items = items
                .iter()
                .enumerate()
                .map(|(n, item)| any(item, &format!("{path}[{n}]"), depth + 1, problems));
            items.collect::<Option<_>>().map(Value::Array)
        }
        Value::Number(number) => self::number(number, path, problems),
        Value::String(string) if string.chars().count() > limits::PARAMS_STRING_LENGTH => {
            problems.add(
                path,
                format!(
                    "must be at most {} characters",
                    limits::PARAMS_STRING_LENGTH
                ),
            );
            None
        }
        Value::Null | Value::Bool(_) | Value::String(_) => Some(value.clone()),
    }
}

fn check_members(members: usize, path: &str, depth: usize, problems: &mut Problems) -> Option<()> {
    if depth > limits::PARAMS_DEPTH {
        problems.add(
            path,
            format!(
                "must not be nested deeper than {} levels",
                limits::PARAMS_DEPTH
            ),
        );
        return None;
    }
    if members > limits::PARAMS_MEMBERS {
        problems.add(
            path,
            format!(
                "must have at most {} members, not {members}",
                limits::PARAMS_MEMBERS
            ),
        );
        return None;
    }
    Some(())
}

/// `1.0` becomes `1`, as DynamoDB would return it, so that a run is the same before and after it is stored.
fn number(number: &Number, path: &str, problems: &mut Problems) -> Option<Value> {
    let magnitude = number.as_f64().map(f64::abs);
    let within = |magnitude: f64| {
        magnitude == 0.0
            || (1.0 / limits::PARAMS_MAGNITUDE..=limits::PARAMS_MAGNITUDE).contains(&magnitude)
    };
    if !magnitude.is_some_and(within) {
        problems.add(
            path,
            format!(
                "must be zero or of a magnitude from {:e} to {:e}",
                1.0 / limits::PARAMS_MAGNITUDE,
                limits::PARAMS_MAGNITUDE
            ),
        );
        return None;
    }
    let whole = number.as_f64().filter(|float| float.fract() == 0.0);
    #[expect(clippy::cast_possible_truncation, reason = "whole and at most 10^15")]
    Some(whole.map_or_else(
        || Value::Number(number.clone()),
        |whole| Value::from(whole as i64),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The problem's field, or nothing if the members are taken.
    fn problem(params: &Value) -> Option<String> {
        let mut problems = Problems::default();
        let checked = check(params, &mut problems);
        let problems = problems.finish(checked).err()?;
        Some(problems.0.first()?.field.clone())
    }

    /// Objects, or lists, within one another down to this level.
    fn nested(levels: usize, level: impl Fn(Value) -> Value) -> Value {
        let innermost = (1..levels).fold(Value::Null, |inner, _| level(inner));
        json!({ "a": innermost })
    }

    #[test]
    fn takes_what_is_just_within_each_limit_and_nothing_beyond() {
        let text = |length: usize| "\u{e9}".repeat(length);
        let length = limits::PARAMS_STRING_LENGTH;
        let wide = |members: usize| (0..members).map(|n| (n.to_string(), Value::Null)).collect();
        let large = |bytes: usize| {
            let text = "x".repeat(length);
            let filled = |rest: usize| json!({ "a": text, "b": text, "c": text, "d": text, "e": "x".repeat(rest) });
            filled(bytes - filled(0).to_string().len())
        };
        let depth = limits::PARAMS_DEPTH;
        let object = |inner| json!({ "a": inner });
        let list = |inner| json!([inner]);
        let inner = vec!["a"; depth].join(".");
        for (within, beyond, field) in [
            (
                json!({ "a": text(length) }),
                json!({ "a": text(length + 1) }),
                "params.a",
            ),
            (
                json!({ text(length): 1 }),
                json!({ text(length + 1): 1 }),
                "params",
            ),
            (
                Value::Object(wide(limits::PARAMS_MEMBERS)),
                Value::Object(wide(limits::PARAMS_MEMBERS + 1)),
                "params",
            ),
            (
                large(limits::PARAMS_BYTES),
                large(limits::PARAMS_BYTES + 1),
                "params",
            ),
            (
                nested(depth, object),
                nested(depth + 1, object),
                &format!("params.{inner}"),
            ),
            (
                nested(depth, list),
                nested(depth + 1, list),
                &format!("params.a{}", "[0]".repeat(depth - 1)),
            ),
            (json!({ "a": 1e15 }), json!({ "a": 1.1e15 }), "params.a"),
            (json!({ "a": -1e-15 }), json!({ "a": -0.9e-15 }), "params.a"),
        ] {
            assert_eq!(problem(&within), None);
            assert_eq!(problem(&beyond).as_deref(), Some(field));
        }
    }
}
