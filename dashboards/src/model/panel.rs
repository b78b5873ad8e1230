//! Panels: what is drawn of which queries.

use telemetry::{DashboardLink, Dimension};

use super::logs::{Aggregate, Field, LogQuery, Shape};
use super::{
    Breakdown, DisplayUnit, Expression, Grade, MetricQuery, Period, ResourceName, Text, Threshold,
    Variable,
};

/// How many bins a graph of log events has about, whatever the time range. Grafana rounds their
/// length, so that there may be half as many more; then a hundred series are still fewer than
/// the 10,000 rows that a log query returns.
pub const BINS: u32 = 60;
/// How long a series of log events may be silent before its line ends.
pub const LOG_GAP: Period = Period::minutes(5);

/// A panel of a dashboard.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The title; unique within a dashboard.
    pub title: Text,
    /// What it means and what to do about it, for whoever is on call.
    pub description: Text,
    /// How it is drawn.
    pub visual: Visual,
    /// What is drawn.
    pub targets: Vec<Target>,
    /// The unit of its values, if not the unit of its first target.
    pub unit: Option<DisplayUnit>,
    /// Levels that are drawn as lines or colours, from lowest to highest.
    pub thresholds: Vec<Threshold>,
    /// How many columns it takes.
    pub width: Width,
    /// Digits after the decimal point, if not as many as fit.
    pub decimals: Option<u8>,
    /// Columns of a table that lead somewhere.
    pub links: Vec<ColumnLink>,
    /// Values of dimensions that are good or bad in themselves.
    pub graded: Vec<ValueGrade>,
    /// What stands for a dimension that has no value yet.
    pub blank: Option<&'static str>,
}

/// How good a value of a dimension is: the colour of its series and of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueGrade {
    /// The dimension's name.
    pub dimension: &'static str,
    /// The value.
    pub value: &'static str,
    /// How good it is.
    pub grade: Grade,
}

/// How a panel is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Visual {
    /// Lines over time.
    TimeSeries,
    /// Areas over time, one on the other.
    StackedSeries,
    /// For each query a bar over time: good where it is 0, bad where it is 1.
    StateTimeline,
    /// One large number.
    Stat(Reduce),
    /// Rows and columns.
    Table,
    /// Log lines.
    Logs,
    /// Services and the calls between them.
    ServiceMap,
}

/// How a series becomes one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reduce {
    /// Its newest value.
    Last,
    /// Its values added up.
    Total,
    /// Their mean.
    Mean,
}

/// How much of a dashboard's width a panel takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Width {
    /// Four panels side by side.
    Quarter,
    /// Three.
    Third,
    /// Two.
    Half,
    /// One and a [`Width::Third`].
    TwoThirds,
    /// One.
    Full,
}

/// A query and how its series are called.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The name of the series; of a [`Breakdown`] a prefix to each series' own.
    pub label: Text,
    /// The query.
    pub source: Source,
}

/// Where a target's data comes from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// One series of metrics and arithmetic.
    Expression(Expression),
    /// Several series of one metric.
    Breakdown(Breakdown),
    /// Log events.
    Logs(LogQuery),
    /// Traces.
    Traces(TraceQuery),
}

impl Source {
    /// The longest period that it asks for, if it does not leave that to the time range.
    pub fn period(&self) -> Option<Period> {
        let metrics = self.metrics().into_iter();
        metrics.filter_map(|metric| metric.period).max()
    }

    /// How many series it may have; of log events nobody knows, and they count as one.
    pub fn series(&self) -> usize {
        match self {
            Self::Breakdown(breakdown) => breakdown.0.series(),
            Self::Expression(_) | Self::Logs(_) | Self::Traces(_) => 1,
        }
    }

    /// The metrics it reads.
    pub fn metrics(&self) -> Vec<&MetricQuery> {
        match self {
            Self::Expression(expression) => expression.metrics(),
            Self::Breakdown(breakdown) => vec![&breakdown.0],
            Self::Logs(_) | Self::Traces(_) => Vec::new(),
        }
    }
}

impl From<Expression> for Source {
    fn from(expression: Expression) -> Self {
        Self::Expression(expression)
    }
}

impl From<Breakdown> for Source {
    fn from(breakdown: Breakdown) -> Self {
        Self::Breakdown(breakdown)
    }
}

impl From<LogQuery> for Source {
    fn from(query: LogQuery) -> Self {
        Self::Logs(query)
    }
}

impl From<TraceQuery> for Source {
    fn from(query: TraceQuery) -> Self {
        Self::Traces(query)
    }
}

/// A question to the trace store.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TraceQuery {
    /// Services and the calls between them.
    ServiceMap,
    /// Traces through any of these functions that took longer.
    Slower {
        /// The functions.
        functions: Vec<ResourceName>,
        /// Seconds.
        than: f64,
    },
    /// Traces through any of these functions that a variable has chosen.
    Variable {
        /// The functions.
        functions: Vec<ResourceName>,
        /// The variable; its property is an annotation of the traces.
        variable: Variable,
    },
}

/// A table's column that leads somewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnLink {
    /// The column.
    pub column: Field,
    /// Where its values lead.
    pub link: Link,
}

/// Where a value leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Link {
    /// To a dashboard with the value as one of its variables.
    Dashboard(DashboardLink, Variable),
    /// To the trace with this id.
    Trace,
}

impl Panel {
    fn new(visual: Visual, width: Width, title: Text) -> Self {
        Self {
            title,
            description: Text::default(),
            visual,
            targets: Vec::new(),
            unit: None,
            thresholds: Vec::new(),
            width,
            decimals: None,
            links: Vec::new(),
            graded: Vec::new(),
            blank: None,
        }
    }

    /// Lines over time, half as wide as the dashboard.
    pub fn time_series(title: impl Into<Text>) -> Self {
        Self::new(Visual::TimeSeries, Width::Half, title.into())
    }

    /// Areas over time, one on the other.
    pub fn stacked_series(title: impl Into<Text>) -> Self {
        Self::new(Visual::StackedSeries, Width::Half, title.into())
    }

    /// For each query a bar over time: good where it is 0, bad where it is 1.
    pub fn state_timeline(title: impl Into<Text>) -> Self {
        Self::new(Visual::StateTimeline, Width::Full, title.into())
    }

    /// One large number: the newest.
    pub fn stat(title: impl Into<Text>) -> Self {
        Self::new(Visual::Stat(Reduce::Last), Width::Quarter, title.into())
    }

    /// Rows and columns.
    pub fn table(title: impl Into<Text>) -> Self {
        Self::new(Visual::Table, Width::Full, title.into())
    }

    /// Log lines.
    pub fn logs(title: impl Into<Text>) -> Self {
        Self::new(Visual::Logs, Width::Full, title.into())
    }

    /// Services and the calls between them.
    pub fn service_map(title: impl Into<Text>) -> Self {
        Self::new(Visual::ServiceMap, Width::Half, title.into()).draw("", TraceQuery::ServiceMap)
    }

    /// What it means and what to do about it.
    pub fn describe(mut self, description: impl Into<Text>) -> Self {
        self.description = description.into();
        self
    }

    /// Draws a query under a name.
    pub fn draw(mut self, label: impl Into<Text>, source: impl Into<Source>) -> Self {
        self.targets.push(Target {
            label: label.into(),
            source: source.into(),
        });
        self
    }

    /// Shows a level.
    pub fn threshold(mut self, threshold: Threshold) -> Self {
        self.thresholds.push(threshold);
        self
    }

    /// Takes this much of the width.
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// Shows values in this unit.
    pub fn unit(mut self, unit: impl Into<DisplayUnit>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// Shows so many digits after the decimal point.
    pub fn decimals(mut self, digits: u8) -> Self {
        self.decimals = Some(digits);
        self
    }

    /// Makes a stat show this of the time range.
    pub fn reduce(mut self, reduce: Reduce) -> Self {
        self.visual = Visual::Stat(reduce);
        self
    }

    /// Makes a column lead somewhere.
    pub fn link(mut self, column: impl Into<Field>, link: Link) -> Self {
        let column = column.into();
        self.links.push(ColumnLink { column, link });
        self
    }

    /// Says how good a value of a dimension is.
    pub fn grade<D: Dimension>(mut self, value: D, grade: Grade) -> Self {
        self.graded.push(ValueGrade {
            dimension: D::DEFINITION.name,
            value: value.value(),
            grade,
        });
        self
    }

    /// Says what stands for a dimension that has no value yet.
    pub fn blank(mut self, text: &'static str) -> Self {
        self.blank = Some(text);
        self
    }

    /// The grade of what is called so, if it has one.
    pub fn grade_of(&self, value: &str) -> Option<Grade> {
        let graded = self.graded.iter().find(|graded| graded.value == value);
        graded.map(|graded| graded.grade)
    }

    /// Whether it is a table that has one row at most.
    pub fn is_one_row(&self) -> bool {
        let one = |target: &Target| match &target.source {
            Source::Logs(query) => matches!(query.shape, Shape::Table { limit: 1, .. }),
            _ => false,
        };
        self.targets.iter().all(one)
    }

    /// The shortest bin of its graphs of log events, if it has any.
    pub fn least_bin(&self) -> Option<Period> {
        let bins = self
            .targets
            .iter()
            .filter_map(|target| match &target.source {
                Source::Logs(query) => match query.shape {
                    Shape::Graph { bin, .. } => Some(bin),
                    Shape::Lines { .. } | Shape::Table { .. } => None,
                },
                _ => None,
            });
        bins.min()
    }

    /// The unit its values are shown in: its own, or that of its first target.
    pub fn shown_unit(&self) -> DisplayUnit {
        self.unit
            .or_else(|| self.targets.first().and_then(|target| target.source.unit()))
            .unwrap_or(DisplayUnit::None)
    }

    /// Whether all of it counts: nothing that was counted is none, not a missing measurement.
    pub fn counts(&self) -> bool {
        let counts = |target: &Target| match &target.source {
            Source::Expression(expression) => expression.is_count(),
            Source::Breakdown(breakdown) => breakdown.0.is_count(),
            Source::Logs(_) | Source::Traces(_) => false,
        };
        self.visual == Visual::Stat(Reduce::Total)
            || !self.targets.is_empty() && self.targets.iter().all(counts)
    }

    /// What stands in place of values where there are none.
    pub fn nothing(&self) -> &'static str {
        if self.counts() { "0" } else { "No data" }
    }

    /// Whether it scans logs, which costs by the gigabyte.
    pub fn scans_logs(&self) -> bool {
        self.targets
            .iter()
            .any(|target| matches!(target.source, Source::Logs(_)))
    }
}

impl Source {
    /// What its log events become.
    pub(crate) fn aggregates(&self) -> Vec<&Aggregate> {
        let Self::Logs(query) = self else {
            return Vec::new();
        };
        match &query.shape {
            Shape::Lines { .. } => Vec::new(),
            Shape::Graph { aggregate, .. } => vec![aggregate],
            Shape::Table { columns, .. } => columns.iter().map(|one| &one.aggregate).collect(),
        }
    }

    /// The unit of its values; `None` if units do not fit together or are not known.
    pub fn unit(&self) -> Option<DisplayUnit> {
        match self {
            Self::Expression(expression) => expression.unit(),
            Self::Breakdown(breakdown) => Some(breakdown.0.unit()),
            Self::Logs(LogQuery {
                shape: Shape::Graph { aggregate, .. },
                ..
            }) => aggregate.unit(),
            Self::Logs(_) | Self::Traces(_) => None,
        }
    }
}
