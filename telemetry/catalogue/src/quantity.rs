//! What sensors measure, each declared once: its metric has its name, unit and description.
//!
//! Readings, their limits, the store, the simulator, the console and the dashboards follow
//! (docs/add-a-quantity.md).

use std::ops::RangeInclusive;

use telemetry::{Definition, Sample};

use crate::{HUMIDITY, PRESSURE, TEMPERATURE};

macro_rules! quantities {
    ($dollar:tt $(
        $(#[doc = $doc:literal])+
        $quantity:ident: $metric:ident, $range:expr, $unit:literal;
    )+) => {
        /// A quantity that sensors measure, by the metric of its readings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Quantity {
            $( $(#[doc = $doc])+ $quantity ),+
        }

        impl Quantity {
            /// Every quantity, the one that a reading is about before the others.
            pub const ALL: [Self; [$( stringify!($quantity) ),+].len()] = [$( Self::$quantity ),+];

            /// The metric of its readings.
            pub const fn definition(self) -> &'static Definition {
                match self {
                    $( Self::$quantity => $metric.definition() ),+
                }
            }

            /// Records a reading.
            pub fn record(self, value: f64) {
                match self {
                    $( Self::$quantity => $metric.record(value, ()) ),+
                }
            }

            /// What a sensor may measure.
            pub const fn range(self) -> RangeInclusive<f64> {
                match self {
                    $( Self::$quantity => $range ),+
                }
            }

            /// The unit in words.
            pub const fn unit(self) -> &'static str {
                match self {
                    $( Self::$quantity => $unit ),+
                }
            }
        }

        /// What a function makes of the metric of each quantity, in an array: the metrics are
        /// of types of their own, so that no loop goes over them.
        #[macro_export]
        macro_rules! of_each_quantity {
            ($dollar make:expr) => { [$( $dollar make($crate::$metric) ),+] };
        }
    };
}

// The ranges are wide enough for any sensor and small enough to refuse what none measures.
quantities! { $
    /// From absolute zero to above any furnace's sensor.
    Temperature: TEMPERATURE, -273.15..=2_000.0, "degrees Celsius";
    /// Relative humidity.
    Humidity: HUMIDITY, 0.0..=100.0, "percent";
    /// Air pressure, from vacuum to twice that at sea level.
    Pressure: PRESSURE, 0.0..=2_000.0, "hectopascals";
}

impl Quantity {
    /// The name of its member in a reading, of its attribute in the store and of its metric.
    pub const fn name(self) -> &'static str {
        self.definition().name
    }

    /// The quantity of this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        let named = |quantity: &Self| quantity.name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(named)
    }

    /// What most sensors measure, for simulations: the lowest and the highest value.
    pub const fn usual(self) -> (f64, f64) {
        match self.definition().sample {
            Sample::Wave { low, high } => (low, high),
            _ => (*self.range().start(), *self.range().end()),
        }
    }

    /// All names in a sentence: `temperature, humidity or pressure`.
    pub fn names(last: &str) -> String {
        let [others @ .., end] = Self::ALL.map(Self::name);
        format!("{} {last} {end}", others.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_in_range() {
        for quantity in Quantity::ALL {
            let (low, high) = quantity.usual();
            let range = quantity.range();
            assert!(range.contains(&low) && range.contains(&high) && low < high);
        }
        assert_eq!(Quantity::names("or"), "temperature, humidity or pressure");
    }
}
