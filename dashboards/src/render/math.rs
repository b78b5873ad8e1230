//! CloudWatch's metric math: expressions over the ids of metrics.

use std::fmt::Write as _;

use crate::model::{Expression, MetricQuery, Operator};

/// The metrics of one panel or alarm, each once, numbered `m1`, `m2`, ...
#[derive(Debug, Default)]
pub(crate) struct Metrics<'a>(Vec<&'a MetricQuery>);

impl<'a> Metrics<'a> {
    /// The metrics in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (String, &'a MetricQuery)> + '_ {
        self.0
            .iter()
            .enumerate()
            .map(|(place, metric)| (name(place), *metric))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The id of a metric, and whether it is new.
    pub(crate) fn id(&mut self, metric: &'a MetricQuery) -> (String, bool) {
        let known = self.0.iter().position(|other| *other == metric);
        let place = known.unwrap_or_else(|| {
            self.0.push(metric);
            self.0.len() - 1
        });
        (name(place), known.is_none())
    }

    /// The expression as text; its metrics get ids.
    pub(crate) fn text(&mut self, expression: &'a Expression) -> String {
        let mut text = String::new();
        self.write(&mut text, expression, Binding::Loose);
        text
    }

    fn write(&mut self, text: &mut String, expression: &'a Expression, around: Binding) {
        match expression {
            Expression::Metric(metric) => text.push_str(&self.id(metric).0),
            Expression::Number(number) => push(text, *number),
            Expression::Variable(variable) => {
                let _ = write!(text, "${}", variable.name);
            }
            Expression::Rate(metric) => {
                let id = self.id(metric).0;
                bracketed(text, Binding::Product, around, |text| {
                    let _ = write!(text, "{id} / PERIOD({id})");
                });
            }
            Expression::RunningSum(inner) => self.call(text, "RUNNING_SUM", inner),
            Expression::Fill(inner, number) => {
                text.push_str("FILL(");
                self.write(text, inner, Binding::Loose);
                text.push_str(", ");
                push(text, *number);
                text.push(')');
            }
            Expression::Sum(parts) => self.sum(text, parts),
            Expression::If { .. } => self.condition(text, expression),
            Expression::As(inner, _) => self.write(text, inner, around),
            Expression::Binary(operator, left, right) => {
                let (inside, right_side) = binding(*operator);
                bracketed(text, inside, around, |text| {
                    self.write(text, left, inside);
                    let _ = write!(text, " {} ", operator.symbol());
                    self.write(text, right, right_side);
                });
            }
        }
    }

    fn call(&mut self, text: &mut String, function: &str, argument: &'a Expression) {
        text.push_str(function);
        text.push('(');
        self.write(text, argument, Binding::Loose);
        text.push(')');
    }

    fn sum(&mut self, text: &mut String, parts: &'a [Expression]) {
        text.push_str("SUM([");
        for (place, part) in parts.iter().enumerate() {
            text.push_str(if place == 0 { "" } else { ", " });
            self.write(text, part, Binding::Loose);
        }
        text.push_str("])");
    }

    fn condition(&mut self, text: &mut String, expression: &'a Expression) {
        let Expression::If {
            left,
            comparison,
            right,
            then,
            otherwise,
        } = expression
        else {
            return;
        };
        text.push_str("IF(");
        self.write(text, left, Binding::Product);
        let _ = write!(text, " {} ", comparison.symbol());
        push(text, *right);
        text.push_str(", ");
        self.write(text, then, Binding::Loose);
        text.push_str(", ");
        push(text, *otherwise);
        text.push(')');
    }
}

fn name(place: usize) -> String {
    ["m", itoa::Buffer::new().format(place + 1)].concat()
}

/// Shortest digits that give the same number, never an exponent.
fn push(text: &mut String, number: f64) {
    let _ = write!(text, "{number}");
}

/// How tightly an operator binds its operands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Binding {
    /// Anything may stand here.
    Loose,
    /// An operand of `+` or `-`.
    Sum,
    /// The right operand of `-`.
    Difference,
    /// An operand of `*` or `/`.
    Product,
    /// The right operand of `/`.
    Divisor,
}

/// What an operator is, and what its right operand may not be without brackets.
pub(crate) const fn binding(operator: Operator) -> (Binding, Binding) {
    match operator {
        Operator::Plus => (Binding::Sum, Binding::Sum),
        Operator::Minus => (Binding::Sum, Binding::Difference),
        Operator::Times => (Binding::Product, Binding::Product),
        Operator::Over => (Binding::Product, Binding::Divisor),
    }
}

/// Writes with brackets if what is written binds more loosely than its place needs.
pub(crate) fn bracketed(
    text: &mut String,
    inside: Binding,
    around: Binding,
    write: impl FnOnce(&mut String),
) {
    let needed = inside < around;
    text.push_str(if needed { "(" } else { "" });
    write(text);
    text.push_str(if needed { ")" } else { "" });
}

#[cfg(test)]
mod tests {
    use shop::{REQUEST_DURATION, REQUEST_ERROR};

    use super::*;
    use crate::model::{Narrow, if_above};

    fn text(expression: &Expression) -> String {
        Metrics::default().text(expression)
    }

    #[test]
    fn a_metric_has_one_id_however_often_it_occurs() {
        let (errors, requests) = (
            REQUEST_ERROR.total().sum(),
            REQUEST_DURATION.total().samples(),
        );
        let guarded = if_above(requests.clone(), 20.0, errors / requests, 0.0);
        assert_eq!(text(&guarded), "IF(m1 > 20, m2 / m1, 0)");
    }

    #[test]
    fn brackets_only_where_they_are_needed() {
        let m = || REQUEST_DURATION.total().samples();
        assert_eq!(text(&(1.0 - m() / (m() + 2.0))), "1 - m1 / (m1 + 2)");
        assert_eq!(text(&(m() - (m() - 1.0))), "m1 - (m1 - 1)");
        assert_eq!(text(&(m() / (m() * 2.0))), "m1 / (m1 * 2)");
        assert_eq!(text(&((m() - 1.0) * 3.0)), "(m1 - 1) * 3");
        assert_eq!(
            text(&(2.0 / REQUEST_DURATION.total().samples_per_second())),
            "2 / (m1 / PERIOD(m1))"
        );
    }

    #[test]
    fn functions() {
        let m = || REQUEST_DURATION.total().samples();
        assert_eq!(text(&m().or(0.0).running_sum()), "RUNNING_SUM(FILL(m1, 0))");
        let both = Expression::sum([m(), REQUEST_ERROR.total().sum()]);
        assert_eq!(text(&both), "SUM([m1, m2])");
    }
}
