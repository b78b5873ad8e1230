//! Metric math at one moment: what an expression is over the window that ends there.

use crate::model::{Expression, MetricQuery, Operator, Period};

/// The stretch of time that becomes one point: from its start up to, not including, its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First second, since 1970.
    pub start: i64,
    /// The second after the last one.
    pub end: i64,
}

impl Window {
    /// The window of one period that ends at `end` (seconds since 1970).
    pub fn ending(end: i64, period: Period) -> Self {
        Self {
            start: end - i64::from(period.as_seconds()),
            end,
        }
    }

    /// How long it is.
    #[expect(clippy::cast_precision_loss, reason = "windows are days, not aeons")]
    pub fn seconds(self) -> f64 {
        (self.end - self.start) as f64
    }
}

/// Where evaluation finds data: the statistic that a query asks for in a window; `None`
/// where there was no observation.
pub type Lookup<'a> = dyn Fn(&MetricQuery, Window) -> Option<f64> + 'a;

/// What `expression` is in the period that ends at `end`; `None` for a gap.
///
/// As in CloudWatch, arithmetic with a gap is a gap, and so is a division by zero.
/// Queries without a period of their own take `period`; a running sum starts with it.
pub fn value_at(
    expression: &Expression,
    end: i64,
    period: Period,
    lookup: &Lookup<'_>,
) -> Option<f64> {
    let value = |part: &Expression| value_at(part, end, period, lookup);
    let window = |query: &MetricQuery| Window::ending(end, query.period.unwrap_or(period));
    match expression {
        Expression::Metric(query) => lookup(query, window(query)),
        Expression::Number(number) => Some(*number),
        Expression::Rate(sum) => Some(lookup(sum, window(sum))? / window(sum).seconds()),
        Expression::Binary(operator, left, right) => apply(*operator, value(left)?, value(right)?),
        Expression::Fill(inner, number) => Some(value(inner).unwrap_or(*number)),
        Expression::Sum(parts) => parts
            .iter()
            .filter_map(value)
            .reduce(|sum, part| sum + part),
        Expression::If {
            left,
            comparison,
            right,
            then,
            otherwise,
        } => {
            if comparison.holds(value(left)?, *right) {
                value(then)
            } else {
                Some(*otherwise)
            }
        }
        Expression::As(inner, _) | Expression::RunningSum(inner) => value(inner),
    }
}

fn apply(operator: Operator, left: f64, right: f64) -> Option<f64> {
    let result = match operator {
        Operator::Plus => left + right,
        Operator::Minus => left - right,
        Operator::Times => left * right,
        Operator::Over => left / right,
    };
    result.is_finite().then_some(result)
}

#[cfg(test)]
mod tests {
    use telemetry::catalogue::{REQUEST, REQUEST_ERROR};

    use super::*;
    use crate::model::{Narrow, if_above};

    const MINUTE: Period = Period::minutes(1);

    fn errors() -> Expression {
        REQUEST_ERROR.total().sum()
    }

    fn requests() -> Expression {
        REQUEST.total().sum()
    }

    /// Evaluates with these sums of requests and of errors a minute.
    fn with(expression: &Expression, requests: Option<f64>, errors: Option<f64>) -> Option<f64> {
        let lookup = |query: &MetricQuery, window: Window| {
            let a_minute = if query.metric.name == REQUEST.name() {
                requests
            } else {
                errors
            };
            let minutes = i32::try_from((window.end - window.start) / 60).expect("short");
            a_minute.map(|sum| sum * f64::from(minutes))
        };
        value_at(expression, 600, MINUTE, &lookup)
    }

    #[test]
    fn arithmetic_with_a_gap_is_a_gap() {
        let ratio = errors() / requests();
        assert_eq!(with(&ratio, Some(200.0), Some(3.0)), Some(0.015));
        assert_eq!(with(&ratio, Some(200.0), None), None);
        assert_eq!(with(&ratio, Some(0.0), Some(0.0)), None);
        assert_eq!(
            with(&(100.0 - ratio * 100.0), Some(200.0), Some(3.0)),
            Some(98.5)
        );
    }

    #[test]
    fn gaps_can_be_filled_and_sums_skip_them() {
        assert_eq!(with(&errors().or(0.0), Some(1.0), None), Some(0.0));
        let sum = Expression::sum([errors(), requests()]);
        assert_eq!(with(&sum, Some(4.0), None), Some(4.0));
        assert_eq!(with(&sum, None, None), None);
    }

    #[test]
    fn a_guard_hides_little_traffic() {
        let guarded = if_above(requests(), 10.0, errors() / requests(), 0.0);
        assert_eq!(with(&guarded, Some(10.0), Some(10.0)), Some(0.0));
        assert_eq!(with(&guarded, Some(20.0), Some(10.0)), Some(0.5));
        assert_eq!(with(&guarded, None, Some(10.0)), None);
    }

    #[test]
    fn rates_and_windows_follow_the_period() {
        assert_eq!(
            with(&requests().over(Period::minutes(5)), Some(6.0), None),
            Some(30.0)
        );
        let rate = REQUEST.total().rate();
        assert_eq!(with(&rate, Some(6.0), None), Some(0.1));
        assert_eq!(
            with(&rate.over(Period::minutes(5)), Some(6.0), None),
            Some(0.1)
        );
    }
}
