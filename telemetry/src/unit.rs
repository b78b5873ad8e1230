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
    /// No unit: a ratio, an index.
    None,
    /// Occurrences.
    Count,
    /// Occurrences a second.
    CountPerSecond,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Bits.
    Bits,
    /// Bits a second.
    BitsPerSecond,
    /// Bytes.
    Bytes,
    /// Bytes a second.
    BytesPerSecond,
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
    /// Any other, in Prometheus' spelling, such as a currency: `euros`.
    Custom(&'static str),
}

impl Unit {
    /// The unit as CloudWatch spells it.
    pub const fn cloudwatch(self) -> &'static str {
        match self {
            Self::Count | Self::CapacityUnits => "Count",
            Self::CountPerSecond => "Count/Second",
            Self::Microseconds => "Microseconds",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
            Self::Bits => "Bits",
            Self::BitsPerSecond => "Bits/Second",
            Self::Bytes => "Bytes",
            Self::BytesPerSecond => "Bytes/Second",
            Self::Percent | Self::RelativeHumidity => "Percent",
            Self::None | Self::Celsius | Self::Hectopascals | Self::Custom(_) => "None",
        }
    }

    /// The suffix that Prometheus' naming rules ask for; empty for plain counts.
    ///
    /// Those rules want base units: milliseconds are seconds there, see
    /// [`prometheus_factor`](Self::prometheus_factor).
    pub const fn prometheus(self) -> &'static str {
        match self {
            Self::None | Self::Count => "",
            Self::CountPerSecond => "per_second",
            Self::Microseconds | Self::Milliseconds | Self::Seconds => "seconds",
            Self::Bits => "bits",
            Self::BitsPerSecond => "bits_per_second",
            Self::Bytes => "bytes",
            Self::BytesPerSecond => "bytes_per_second",
            Self::Percent | Self::RelativeHumidity => "percent",
            Self::Celsius => "celsius",
            Self::Hectopascals => "hectopascals",
            Self::CapacityUnits => "units",
            Self::Custom(name) => name,
        }
    }

    /// How many microseconds one of it has.
    ///
    /// # Panics
    /// If it is no time; for a metric's unit that is when it is compiled.
    #[expect(clippy::panic, reason = "the compiler runs it and shows the message")]
    pub(crate) const fn in_microseconds(self) -> f64 {
        match self {
            Self::Microseconds => 1.0,
            Self::Milliseconds => 1e3,
            Self::Seconds => 1e6,
            _ => panic!("a duration is recorded in Seconds, Milliseconds or Microseconds"),
        }
    }

    /// What a value is multiplied by for Prometheus.
    pub const fn prometheus_factor(self) -> f64 {
        match self {
            Self::Microseconds => 1e-6,
            Self::Milliseconds => 1e-3,
            _ => 1.0,
        }
    }
}
