//! Units, as CloudWatch and Prometheus name them.

/// The unit of a metric's values.
///
/// CloudWatch accepts a closed list of units ([`MetricDatum`][datum]) that has no
/// temperature, pressure or humidity; such metrics are sent with unit `None` (or
/// `Percent`) and keep their real unit here, for dashboards and for Prometheus.
///
/// [datum]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Occurrences.
    Count,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Percent, 0 to 100.
    Percent,
    /// Degrees Celsius.
    Celsius,
    /// Relative humidity in percent, 0 to 100.
    RelativeHumidity,
    /// Pressure in hectopascals.
    Hectopascals,
    /// DynamoDB capacity units.
    CapacityUnits,
}

impl Unit {
    /// The unit as CloudWatch spells it.
    pub const fn cloudwatch(self) -> &'static str {
        match self {
            Self::Count | Self::CapacityUnits => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
            Self::Bytes => "Bytes",
            Self::Percent | Self::RelativeHumidity => "Percent",
            Self::Celsius | Self::Hectopascals => "None",
        }
    }

    /// The suffix that Prometheus' naming rules ask for; empty for plain counts.
    ///
    /// Those rules want base units: milliseconds are seconds there, see
    /// [`prometheus_factor`](Self::prometheus_factor).
    pub const fn prometheus(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Milliseconds | Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::Percent | Self::RelativeHumidity => "percent",
            Self::Celsius => "celsius",
            Self::Hectopascals => "hectopascals",
            Self::CapacityUnits => "units",
        }
    }

    /// What a value is multiplied by for Prometheus.
    pub const fn prometheus_factor(self) -> f64 {
        match self {
            Self::Milliseconds => 0.001,
            _ => 1.0,
        }
    }
}
