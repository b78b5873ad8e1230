//! Units of what is drawn: a metric's own, or what arithmetic made of it.

use telemetry::Unit;

/// The unit of an axis, a stat or a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DisplayUnit {
    /// The unit of a metric.
    Of(Unit),
    /// Occurrences a second.
    PerSecond,
    /// A share, 0 to 1.
    Ratio,
    /// A multiple of something, such as a burn rate.
    Times,
    /// US dollars.
    Dollars,
    /// A point in time, in milliseconds since 1970.
    Time,
    /// Text, traces, logs: nothing to scale.
    None,
}

impl From<Unit> for DisplayUnit {
    fn from(unit: Unit) -> Self {
        Self::Of(unit)
    }
}
