//! Thresholds: written once, watched by an alarm and drawn in its graph.

use super::Comparison;

/// How good values are, from a level up to the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The level; the first step has none and reaches down for ever.
    pub from: Option<f64>,
    /// How good they are.
    pub grade: Grade,
}

/// How good a value is, by the colour that tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Good.
    Green,
    /// The first of several bad levels.
    Yellow,
    /// The second.
    Orange,
    /// The third, or the only one.
    Red,
    /// Any above the third.
    DarkRed,
}

impl Grade {
    /// The colour's name, as Grafana and our style sheet call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
            Self::DarkRed => "dark-red",
        }
    }
}

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

    /// Whether what is below is bad, not what is above.
    pub const fn is_floor(self) -> bool {
        matches!(self.comparison, Comparison::Below | Comparison::AtMost)
    }

    /// Whether a value is on the bad side.
    pub fn is_breached_by(self, value: f64) -> bool {
        self.comparison.holds(value, self.value)
    }
}

/// Steps from lowest to highest of a panel's thresholds.
///
/// Several levels that are bad above are graded; what is bad below has one bad side.
pub fn steps(thresholds: &[Threshold]) -> impl Iterator<Item = Step> + use<> {
    const WORSE: [Grade; 4] = [Grade::Yellow, Grade::Orange, Grade::Red, Grade::DarkRed];
    let floor = thresholds.first().is_some_and(|first| first.is_floor());
    let (base, other) = if floor {
        (Grade::Red, Grade::Green)
    } else {
        (Grade::Green, Grade::Red)
    };
    let mut levels: Vec<f64> = thresholds.iter().map(|threshold| threshold.value).collect();
    levels.sort_by(f64::total_cmp);
    let graded = levels.len() > 1 && !floor;
    let above = levels
        .into_iter()
        .enumerate()
        .map(move |(place, level)| Step {
            from: Some(level),
            grade: if graded {
                WORSE[place.min(WORSE.len() - 1)]
            } else {
                other
            },
        });
    let lowest = Step {
        from: None,
        grade: base,
    };
    std::iter::once(lowest).chain(above)
}

/// The lowest floor and the highest ceiling: an axis that holds both shows every line that
/// a value must not cross.
pub fn bounds(thresholds: &[Threshold]) -> (Option<f64>, Option<f64>) {
    let side = |floor: bool| {
        let side = thresholds.iter().filter(move |one| one.is_floor() == floor);
        side.map(|threshold| threshold.value)
    };
    let lowest = side(true).min_by(f64::total_cmp);
    (lowest, side(false).max_by(f64::total_cmp))
}
