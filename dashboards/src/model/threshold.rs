//! Thresholds: written once, watched by an alarm and drawn in its graph.

use super::Comparison;

/// A level and the side of it that is bad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// How a bad value compares with the level.
    pub comparison: Comparison,
    /// The level, in the unit of what is compared.
    pub value: f64,
}

impl Threshold {
    /// Bad above the level.
    pub const fn above(value: f64) -> Self {
        Self {
            comparison: Comparison::Above,
            value,
        }
    }

    /// Bad at the level and above it.
    pub const fn at_least(value: f64) -> Self {
        Self {
            comparison: Comparison::AtLeast,
            value,
        }
    }

    /// Bad below the level.
    pub const fn below(value: f64) -> Self {
        Self {
            comparison: Comparison::Below,
            value,
        }
    }

    /// Bad at the level and below it.
    pub const fn at_most(value: f64) -> Self {
        Self {
            comparison: Comparison::AtMost,
            value,
        }
    }

    /// Whether a value is on the bad side.
    pub fn is_breached_by(self, value: f64) -> bool {
        self.comparison.holds(value, self.value)
    }
}
