//! Metric math on aligned series: one value for each period.

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
}

/// Where evaluation finds data: the statistic that a query asks for in a window; `None`
/// where there was no observation.
pub type Lookup<'a> = dyn Fn(&MetricQuery, Window) -> Option<f64> + 'a;

/// A series: one value for each period, `None` for a gap.
pub type Values = Vec<Option<f64>>;

/// What `expression` is in each of the periods that end at `ends`, oldest first.
///
/// As in CloudWatch, arithmetic with a gap is a gap, and so is a division by zero.
/// Queries without a period of their own take `period`.
pub fn values(
    expression: &Expression,
    ends: &[i64],
    period: Period,
    lookup: &Lookup<'_>,
) -> Values {
    let of = |part: &Expression| values(part, ends, period, lookup);
    let points = |query: &MetricQuery| -> Values {
        let period = query.period.unwrap_or(period);
        ends.iter()
            .map(|&end| lookup(query, Window::ending(end, period)))
            .collect()
    };
    match expression {
        Expression::Metric(query) => points(query),
        Expression::Number(number) => vec![Some(*number); ends.len()],
        Expression::Variable(variable) => vec![Some(variable.first()); ends.len()],
        Expression::Rate(query) => {
            let seconds = f64::from(query.period.unwrap_or(period).as_seconds());
            each(points(query), |sum| Some(sum? / seconds))
        }
        Expression::Binary(operator, left, right) => {
            pairwise(of(left), of(right), |left, right| {
                apply(*operator, left?, right?)
            })
        }
        Expression::Fill(inner, number) => each(of(inner), |value| value.or(Some(*number))),
        Expression::Sum(parts) => {
            let gaps = vec![None; ends.len()];
            parts
                .iter()
                .map(of)
                .fold(gaps, |sum, part| pairwise(sum, part, add))
        }
        Expression::If {
            left,
            comparison,
            right,
            then,
            otherwise,
        } => pairwise(of(left), of(then), |left, then| {
            if comparison.holds(left?, *right) {
                then
            } else {
                Some(*otherwise)
            }
        }),
        Expression::RunningSum(inner) => {
            let mut total = 0.0;
            each(of(inner), |value| {
                total += value?;
                Some(total)
            })
        }
        Expression::As(inner, _) => of(inner),
    }
}

fn each(values: Values, change: impl FnMut(Option<f64>) -> Option<f64>) -> Values {
    values.into_iter().map(change).collect()
}

fn pairwise(
    left: Values,
    right: Values,
    combine: impl Fn(Option<f64>, Option<f64>) -> Option<f64>,
) -> Values {
    left.into_iter()
        .zip(right)
        .map(|(left, right)| combine(left, right))
        .collect()
}

/// Adds what there is; a gap only if both are gaps.
fn add(left: Option<f64>, right: Option<f64>) -> Option<f64> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left + right),
        (one, other) => one.or(other),
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
    use shop::{REQUEST_DURATION, REQUEST_ERROR};

    use super::*;
    use crate::model::{Narrow, if_above};

    const MINUTE: Period = Period::minutes(1);

    fn errors() -> Expression {
        REQUEST_ERROR.total().sum()
    }

    fn requests() -> Expression {
        REQUEST_DURATION.total().samples()
    }

    /// Evaluates with these sums of requests and of errors a minute.
    fn with(expression: &Expression, requests: Option<f64>, errors: Option<f64>) -> Option<f64> {
        let lookup = |query: &MetricQuery, window: Window| {
            let a_minute = if query.metric.name == REQUEST_DURATION.name() {
                requests
            } else {
                errors
            };
            let minutes = i32::try_from((window.end - window.start) / 60).expect("short");
            a_minute.map(|sum| sum * f64::from(minutes))
        };
        values(expression, &[600], MINUTE, &lookup)[0]
    }

    #[test]
    fn arithmetic_with_a_gap_is_a_gap() {
        let ratio = errors() / requests();
        assert_eq!(with(&ratio, Some(200.0), Some(3.0)), Some(0.015));
        assert_eq!(with(&ratio, Some(200.0), None), None);
        assert_eq!(with(&ratio, Some(0.0), Some(0.0)), None);
        let both = errors() + requests();
        assert_eq!(with(&both, Some(4.0), Some(3.0)), Some(7.0));
        assert_eq!(with(&both, Some(4.0), None), None);
        assert_eq!(
            with(&(100.0 - ratio * 100.0), Some(200.0), Some(3.0)),
            Some(98.5)
        );
    }

    #[test]
    fn gaps_can_be_filled_and_sums_skip_them() {
        assert_eq!(with(&errors().or(0.0), Some(1.0), None), Some(0.0));
        let sum = Expression::sum([errors(), requests()]);
        assert_eq!(with(&sum, Some(4.0), Some(3.0)), Some(7.0));
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
    fn running_sums_go_over_gaps() {
        let lookup = |_: &MetricQuery, window: Window| match window.end {
            120 => None,
            end => Some(f64::from(i32::try_from(end).expect("small"))),
        };
        let sums = values(&errors().running_sum(), &[60, 120, 180], MINUTE, &lookup);
        assert_eq!(sums, [Some(60.0), None, Some(240.0)]);
    }

    #[test]
    fn rates_and_windows_follow_the_period() {
        assert_eq!(
            with(&requests().over(Period::minutes(5)), Some(6.0), None),
            Some(30.0)
        );
        let rate = REQUEST_DURATION.total().samples_per_second();
        assert_eq!(with(&rate, Some(6.0), None), Some(0.1));
        assert_eq!(
            with(&rate.over(Period::minutes(5)), Some(6.0), None),
            Some(0.1)
        );
    }
}
