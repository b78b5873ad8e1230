//! Units of what is drawn: a metric's own, or what arithmetic made of it.

use std::fmt;

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

/// As people write it; nothing for a number without a unit.
impl fmt::Display for DisplayUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Of(Unit::Custom(name)) => return f.write_str(&words(name)),
            Self::Of(Unit::None) | Self::None => "",
            Self::Of(Unit::Count) => "count",
            Self::Of(Unit::CountPerSecond) | Self::PerSecond => "count/s",
            Self::Of(Unit::Microseconds) => "µs",
            Self::Of(Unit::Milliseconds) => "ms",
            Self::Of(Unit::Seconds) => "s",
            Self::Of(Unit::Bits) => "bits",
            Self::Of(Unit::BitsPerSecond) => "bits/s",
            Self::Of(Unit::Bytes) => "bytes",
            Self::Of(Unit::BytesPerSecond) => "bytes/s",
            Self::Of(Unit::Percent) => "%",
            Self::Of(Unit::Celsius) => "degrees Celsius",
            Self::Of(Unit::RelativeHumidity) => "% relative humidity",
            Self::Of(Unit::Hectopascals) => "hPa",
            Self::Of(Unit::CapacityUnits) => "capacity units",
            Self::Of(other) => other.cloudwatch(),
            Self::Ratio => "ratio",
            Self::Times => "times",
            Self::Dollars => "USD",
            Self::Time => "time",
        })
    }
}

/// A unit of a service's own as people read it: `megawatt_hours` has a blank.
pub(crate) fn words(custom: &str) -> String {
    custom.replace('_', " ")
}
