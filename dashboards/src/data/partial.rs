//! What a period that is still running says of the value that it will have.

use crate::model::{Breakdown, Expression, MetricQuery, Operator, Period, Statistic};

/// How a value moves while its period runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trend {
    /// It is right from the first event on, if rough.
    Steady,
    /// A share of the events so far: of the first few, anything.
    Settling,
    /// It grows from nothing.
    Growing,
}

/// A share of the events of less time than this is one of too few.
const FEW: Period = Period::minutes(5);

/// Whether the newest value of an expression is to be trusted before its period has ended.
pub(super) fn is_trusted(expression: &Expression, period: Period) -> bool {
    trusted(trend(expression), period)
}

/// The same of a breakdown.
pub(super) fn is_trusted_of(breakdown: &Breakdown, period: Period) -> bool {
    trusted(of_metric(&breakdown.0), period)
}

fn trusted(trend: Trend, period: Period) -> bool {
    match trend {
        Trend::Steady => true,
        Trend::Settling => period > FEW,
        Trend::Growing => false,
    }
}

const fn of_metric(metric: &MetricQuery) -> Trend {
    match metric.statistic {
        Statistic::Sum | Statistic::SampleCount => Trend::Growing,
        _ => Trend::Steady,
    }
}

fn trend(expression: &Expression) -> Trend {
    match expression {
        Expression::Metric(metric) => of_metric(metric),
        Expression::Rate(_) => Trend::Growing,
        // The periods before it outweigh the one that is running.
        Expression::RunningSum(_) | Expression::Number(_) | Expression::Variable(_) => {
            Trend::Steady
        }
        Expression::Fill(inner, _) | Expression::As(inner, _) => trend(inner),
        Expression::Sum(parts) => parts.iter().map(trend).max().unwrap_or(Trend::Steady),
        Expression::Binary(operator, left, right) => match (operator, trend(left), trend(right)) {
            (Operator::Over, Trend::Growing, Trend::Growing) => Trend::Settling,
            (_, left, right) => left.max(right),
        },
        // What is compared matters where the result says nothing but how it compares.
        Expression::If { left, then, .. } => match then.as_ref() {
            Expression::Number(_) => trend(left),
            then => trend(then),
        },
    }
}

#[cfg(test)]
mod tests {
    use shop::{REQUEST_DURATION, REQUEST_ERROR};

    use super::*;
    use crate::model::{Narrow, if_above};

    #[test]
    fn counts_and_rates_are_not_shares_of_long_periods_are() {
        let requests = || REQUEST_DURATION.total().samples();
        let share = || REQUEST_ERROR.total().sum() / requests();
        let (minute, hour) = (Period::minutes(1), Period::hours(1));
        assert!(!is_trusted(&requests(), hour));
        assert!(!is_trusted(
            &REQUEST_DURATION.total().samples_per_second(),
            minute
        ));
        assert!(!is_trusted(&share(), minute));
        assert!(is_trusted(&share(), hour));
        assert!(is_trusted(&if_above(requests(), 20.0, share(), 0.0), hour));
        assert!(!is_trusted(
            &if_above(requests(), 20.0, Expression::Number(1.0), 0.0),
            hour
        ));
        assert!(is_trusted(&(1.0 - requests().running_sum()), minute));
        assert!(is_trusted(
            &REQUEST_DURATION.total().percentile(99.0),
            minute
        ));
    }
}
