//! Metric math: arithmetic on single series, with the unit of its result.

use std::ops::{Add, Div, Mul, Sub};

use telemetry::{Counter, Distribution};

use super::query::Cardinality;
use super::{
    Breakdown, DisplayUnit, MetricQuery, NumberVariable, Period, Selection, Series, Single,
    Statistic,
};

/// A number for each period, computed from metrics.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Expression {
    /// A metric.
    Metric(MetricQuery),
    /// The same number in each period.
    Number(f64),
    /// The number that the dashboard's variable has, in each period.
    Variable(NumberVariable),
    /// What a period has of a metric divided by the period's seconds; the query's statistic is the
    /// sum of the values or their number.
    Rate(MetricQuery),
    /// All values since the time range began, added up.
    RunningSum(Box<Expression>),
    /// Two operands.
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// The first operand, or this number where it has no data.
    Fill(Box<Expression>, f64),
    /// All of them added up; those without data count as 0.
    Sum(Vec<Expression>),
    /// `then` in the periods where `left` compares like this with `right`, else `otherwise`.
    If {
        /// What is compared.
        left: Box<Expression>,
        /// How.
        comparison: Comparison,
        /// With which number.
        right: f64,
        /// The result where it holds.
        then: Box<Expression>,
        /// The result where it does not.
        otherwise: f64,
    },
    /// The same numbers under another unit: a price, a burn rate.
    As(Box<Expression>, DisplayUnit),
}

/// The four operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

/// How two numbers may compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

impl Comparison {
    /// Whether `left` compares like this with `right`.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Above => left > right,
            Self::AtLeast => left >= right,
            Self::Below => left < right,
            Self::AtMost => left <= right,
        }
    }

    /// The operator, as CloudWatch and Prometheus write it.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}

/// `then` where `left` is above `limit`, else the number `otherwise`; no data where `left` has none.
pub fn if_above(left: Expression, limit: f64, then: Expression, otherwise: f64) -> Expression {
    Expression::If {
        left: Box::new(left),
        comparison: Comparison::Above,
        right: limit,
        then: Box::new(then),
        otherwise,
    }
}

impl Expression {
    /// This number where there is no data.
    pub fn or(self, number: f64) -> Self {
        Self::Fill(Box::new(self), number)
    }

    /// All of them added up, those without data as 0.
    pub fn sum(of: impl IntoIterator<Item = Self>) -> Self {
        Self::Sum(of.into_iter().collect())
    }

    /// Over periods of this length, whatever the time range.
    pub fn over(mut self, period: Period) -> Self {
        self.change(&mut |part| {
            if let Self::Metric(metric) | Self::Rate(metric) = part {
                metric.period = Some(period);
            }
        });
        self
    }

    /// With these numbers for its variables.
    pub fn choosing(mut self, number: impl Fn(&NumberVariable) -> f64) -> Self {
        self.change(&mut |part| {
            if let Self::Variable(variable) = part {
                *part = Self::Number(number(variable));
            }
        });
        self
    }

    /// Whether it counts: where nothing was observed it is 0, not unknown.
    pub fn is_count(&self) -> bool {
        match self {
            Self::Metric(metric) | Self::Rate(metric) => metric.is_count(),
            Self::Fill(inner, _) | Self::As(inner, _) | Self::RunningSum(inner) => inner.is_count(),
            Self::Sum(parts) => parts.iter().all(Self::is_count),
            Self::Number(_) | Self::Variable(_) | Self::Binary(..) | Self::If { .. } => false,
        }
    }

    /// All values since the time range began, added up.
    pub fn running_sum(self) -> Self {
        Self::RunningSum(Box::new(self))
    }

    /// The same numbers under another unit.
    pub fn in_unit(self, unit: DisplayUnit) -> Self {
        Self::As(Box::new(self), unit)
    }

    /// Its metrics, each as often as it occurs, from left to right.
    pub fn metrics(&self) -> Vec<&MetricQuery> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if let Self::Metric(metric) | Self::Rate(metric) = part {
                found.push(metric);
            }
        });
        found
    }

    /// The unit of the result; `None` if units do not fit together.
    pub fn unit(&self) -> Option<DisplayUnit> {
        match self {
            Self::Metric(metric) => Some(metric.unit()),
            Self::Number(_) | Self::Variable(_) => Some(DisplayUnit::None),
            Self::Rate(_) => Some(DisplayUnit::PerSecond),
            Self::As(inner, unit) => inner.unit().map(|_| *unit),
            Self::Fill(inner, _) | Self::RunningSum(inner) => inner.unit(),
            Self::If { left, then, .. } => left.unit().and(then.unit()),
            Self::Sum(parts) => common_unit(parts.iter().map(Self::unit)),
            Self::Binary(operator, left, right) => operator.unit(left.unit()?, right.unit()?),
        }
    }

    /// Calls `see` with this expression and every part of it, outside in, left to right.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        match self {
            Self::Metric(_) | Self::Rate(_) | Self::Number(_) | Self::Variable(_) => {}
            Self::Fill(inner, _) | Self::As(inner, _) | Self::RunningSum(inner) => inner.visit(see),
            Self::Binary(_, left, right) => {
                left.visit(see);
                right.visit(see);
            }
            Self::Sum(parts) => parts.iter().for_each(|part| part.visit(see)),
            Self::If { left, then, .. } => {
                left.visit(see);
                then.visit(see);
            }
        }
    }

    /// Calls `change` with every part of this expression and with itself, inside out.
    fn change(&mut self, change: &mut impl FnMut(&mut Self)) {
        match self {
            Self::Metric(_) | Self::Rate(_) | Self::Number(_) | Self::Variable(_) => {}
            Self::Fill(inner, _) | Self::As(inner, _) | Self::RunningSum(inner) => {
                inner.change(change);
            }
            Self::Binary(_, left, right) => {
                left.change(change);
                right.change(change);
            }
            Self::Sum(parts) => parts.iter_mut().for_each(|part| part.change(change)),
            Self::If { left, then, .. } => {
                left.change(change);
                then.change(change);
            }
        }
        change(self);
    }
}

/// The unit that all have; a plain number has any.
fn common_unit(units: impl Iterator<Item = Option<DisplayUnit>>) -> Option<DisplayUnit> {
    let mut common = DisplayUnit::None;
    for unit in units {
        common = Operator::Plus.unit(common, unit?)?;
    }
    Some(common)
}

impl Operator {
    /// The operator, as CloudWatch and Prometheus write it.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Over => "/",
        }
    }

    /// The unit of a result, where a plain number has [`DisplayUnit::None`].
    fn unit(self, left: DisplayUnit, right: DisplayUnit) -> Option<DisplayUnit> {
        match (self, left, right) {
            (_, unit, DisplayUnit::None) => Some(unit),
            (Self::Over, left, right) if left == right => Some(DisplayUnit::Ratio),
            (Self::Over, ..) => None,
            (_, DisplayUnit::None, unit) => Some(unit),
            (Self::Plus | Self::Minus, left, right) if left == right => Some(left),
            _ => None,
        }
    }
}

impl Cardinality for Single {
    type Query = Expression;
}

impl Series<Counter, Single> {
    /// Occurrences a second.
    pub fn rate(self) -> Expression {
        Expression::Rate(self.with(Statistic::Sum))
    }
}

impl Series<Distribution, Single> {
    /// All observations of a period added up, divided by the period's seconds: of
    /// durations, how much is going on at once.
    pub fn sum_per_second(self) -> Expression {
        Expression::Rate(self.with(Statistic::Sum))
    }

    /// Observations a second.
    pub fn samples_per_second(self) -> Expression {
        Expression::Rate(self.with(Statistic::SampleCount))
    }
}

impl Breakdown {
    /// The value and the series of each, by the first dimension of the set; the others have
    /// one value.
    pub fn each(self) -> impl Iterator<Item = (&'static str, Expression)> {
        let dimension = self.0.selection.dimensions.first();
        let values = dimension.map_or(&[][..], |dimension| dimension.values);
        (0..=u8::MAX).zip(values).map(move |(index, value)| {
            let mut key = telemetry::Key::default();
            key[0] = index;
            let selection = Selection {
                values: Some(key),
                ..self.0.selection
            };
            let query = MetricQuery {
                selection,
                ..self.0
            };
            (*value, Expression::from(query))
        })
    }
}

impl From<MetricQuery> for Expression {
    fn from(query: MetricQuery) -> Self {
        Self::Metric(query)
    }
}

impl From<NumberVariable> for Expression {
    fn from(variable: NumberVariable) -> Self {
        Self::Variable(variable)
    }
}

impl From<f64> for Expression {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// What may stand on the right of an operation: one series, or a number.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot take part in arithmetic",
    label = "not one series or a number",
    note = "a query by a dimension has several series; narrow it to one with `.total()` or `.of(...)`",
    note = "a number is written with a decimal point: `2.0`"
)]
pub trait Operand: Into<Expression> {}

impl Operand for Expression {}
impl Operand for f64 {}
impl Operand for NumberVariable {}

/// Nothing is: this exists for the message of arithmetic that begins with several series.
#[diagnostic::on_unimplemented(
    message = "a query of several series cannot take part in arithmetic",
    label = "only drawing is possible",
    note = "narrow it to one series with `.total()` or `.of(...)`"
)]
pub trait OperandOfSeveral {}

macro_rules! operators {
    ($($operation:ident::$method:ident => $operator:ident),+) => {
        $(
            impl<E: Operand> $operation<E> for Expression {
                type Output = Self;

                fn $method(self, right: E) -> Self {
                    Self::Binary(Operator::$operator, Box::new(self), Box::new(right.into()))
                }
            }

            impl<E: OperandOfSeveral> $operation<E> for Breakdown {
                type Output = Self;

                fn $method(self, _: E) -> Self {
                    self
                }
            }

            impl $operation<Expression> for f64 {
                type Output = Expression;

                fn $method(self, right: Expression) -> Expression {
                    Expression::from(self).$method(right)
                }
            }
        )+
    };
}

operators!(Add::add => Plus, Sub::sub => Minus, Mul::mul => Times, Div::div => Over);
