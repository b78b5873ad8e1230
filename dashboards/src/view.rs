//! What panels show: answers to their queries, before anything draws them.
//!
//! The data store answers a panel's queries with a [`View`], and the renderer draws it;
//! neither knows the other.

/// The stretch of time that a dashboard shows, in seconds since 1970; `end` is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// The first second.
    pub start: i64,
    /// The second after the last one.
    pub end: i64,
}

/// What one panel shows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum View {
    /// Values over time.
    Series(Vec<Series>),
    /// One large number.
    Number(Number),
    /// Rows and columns.
    Table(Table),
    /// Log lines, the newest first.
    Lines(Vec<Line>),
    /// Nothing can be shown here, and why: a sentence for a person.
    Unavailable(&'static str),
}

/// A number, and the points that became it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Number {
    /// The number; `None` without data.
    pub value: Option<f64>,
    /// The points, the oldest first: they are drawn small behind the number.
    pub points: Vec<Point>,
}

/// Values of one series over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub label: String,
    /// Its place among all series that the panel may have. Its colour follows from that, so that
    /// it stays the same when another series appears.
    pub place: usize,
    /// Its points, the oldest first.
    pub points: Vec<Point>,
}

/// A value of a series; the line breaks where it is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The start of its period, in seconds since 1970.
    pub at: i64,
    /// The value.
    pub value: Option<f64>,
}

/// Rows and columns of a table panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns' names, as the log query calls them.
    pub columns: Vec<String>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Empty,
    /// A number.
    Number(f64),
    /// Text; it may come from a user.
    Text(String),
    /// A moment, in milliseconds since 1970.
    Time(i64),
}

/// A log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was written, in milliseconds since 1970.
    pub at: i64,
    /// The line as it is; it may hold a user's text.
    pub message: String,
}
