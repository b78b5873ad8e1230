//! Thresholds: written once, watched by an alarm and drawn in its graph.

use super::Comparison;

/// How good values are, from an edge up to the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Where it begins; the first step has no edge and reaches down for ever.
    pub from: Option<Edge>,
    /// How good they are.
    pub grade: Grade,
}

/// Where one step ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edge {
    /// The level itself belongs to the step above it.
    At(f64),
    /// The level itself still belongs to the step below it.
    Beyond(f64),
}

impl Edge {
    /// The level.
    pub const fn level(self) -> f64 {
        match self {
            Self::At(level) | Self::Beyond(level) => level,
        }
    }

    /// The lowest number of the step above: where a level belongs to what is below, that is the
    /// next number there is.
    pub const fn value(self) -> f64 {
        match self {
            Self::At(level) => level,
            Self::Beyond(level) => level.next_up(),
        }
    }
}

/// How good a value is, by the colour that tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Neither: nobody said what is good.
    Neutral,
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
            Self::Neutral => "text",
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

    /// Where its bad side begins or ends.
    const fn edge(self) -> Edge {
        match self.comparison {
            Comparison::AtLeast | Comparison::Below => Edge::At(self.value),
            Comparison::Above | Comparison::AtMost => Edge::Beyond(self.value),
        }
    }

    /// Whether a value is on the bad side.
    pub fn is_breached_by(self, value: f64) -> bool {
        self.comparison.holds(value, self.value)
    }
}

/// Steps from lowest to highest of a panel's thresholds, each as the thresholds themselves judge
/// the values in it.
///
/// The more of several levels of one side are broken, the worse; between a floor and a ceiling
/// all is well. Without a threshold, no value is good or bad.
pub fn steps(thresholds: &[Threshold]) -> impl Iterator<Item = Step> + use<> {
    let mut edges: Vec<Edge> = thresholds
        .iter()
        .map(|threshold| threshold.edge())
        .collect();
    edges.sort_by(|one, other| one.value().total_cmp(&other.value()));
    edges.dedup_by(|one, other| one.value() == other.value());
    let lowest = Step {
        from: None,
        grade: grade(thresholds, f64::NEG_INFINITY),
    };
    let above: Vec<_> = edges
        .into_iter()
        .map(|edge| Step {
            from: Some(edge),
            grade: grade(thresholds, edge.value()),
        })
        .collect();
    std::iter::once(lowest).chain(above)
}

/// How good a value is.
pub fn grade(thresholds: &[Threshold], value: f64) -> Grade {
    const WORSE: [Grade; 4] = [Grade::Yellow, Grade::Orange, Grade::Red, Grade::DarkRed];
    let worst = |floor: bool| {
        let side = || thresholds.iter().filter(move |one| one.is_floor() == floor);
        match (
            side().filter(|one| one.is_breached_by(value)).count(),
            side().count(),
        ) {
            (0, _) => None,
            (_, 1) => Some(Grade::Red),
            (broken, _) => Some(WORSE[(broken - 1).min(WORSE.len() - 1)]),
        }
    };
    match worst(true).or_else(|| worst(false)) {
        Some(worst) => worst,
        None if thresholds.is_empty() => Grade::Neutral,
        None => Grade::Green,
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_threshold() -> impl Strategy<Value = Threshold> {
        let make = |(kind, value): (u8, i8)| {
            let value = f64::from(value);
            match kind {
                0 => Threshold::above(value),
                1 => Threshold::at_least(value),
                2 => Threshold::below(value),
                _ => Threshold::at_most(value),
            }
        };
        (0..4_u8, any::<i8>()).prop_map(make)
    }

    /// As Grafana finds a step: the last one whose value is reached.
    fn drawn(thresholds: &[Threshold], value: f64) -> Grade {
        let reached = |step: &Step| step.from.is_none_or(|from| value >= from.value());
        steps(thresholds)
            .filter(reached)
            .last()
            .expect("a first step")
            .grade
    }

    proptest! {
        #[test]
        fn no_value_that_breaks_a_threshold_is_drawn_green(
            thresholds in prop::collection::vec(any_threshold(), 1..4),
            value in -130_i16..130,
            aside in prop::sample::select(vec![-0.001, 0.0, 0.001]),
        ) {
            let value = f64::from(value) + aside;
            let broken = thresholds.iter().any(|threshold| threshold.is_breached_by(value));
            let grade = drawn(&thresholds, value);
            prop_assert_eq!(grade != Grade::Green, broken, "{} is {:?}", value, grade);
        }
    }

    #[test]
    fn the_level_itself_is_on_the_side_that_the_comparison_says() {
        let at = |threshold| [-1.0, 0.0, 1.0].map(|value| drawn(&[threshold], value));
        use Grade::{Green, Red};
        assert_eq!(at(Threshold::at_most(0.0)), [Red, Red, Green]);
        assert_eq!(at(Threshold::below(0.0)), [Red, Green, Green]);
        assert_eq!(at(Threshold::above(0.0)), [Green, Green, Red]);
        assert_eq!(at(Threshold::at_least(0.0)), [Green, Red, Red]);
    }

    #[test]
    fn between_a_floor_and_a_ceiling_all_is_well() {
        let bounds = [Threshold::below(10.0), Threshold::above(90.0)];
        let grades = [5.0, 50.0, 90.0, 95.0].map(|value| drawn(&bounds, value));
        assert_eq!(grades, [Grade::Red, Grade::Green, Grade::Green, Grade::Red]);
    }

    #[test]
    fn several_levels_are_graded() {
        let above = [Threshold::above(1.0), Threshold::above(2.0)];
        let grades = [0.0, 1.5, 5.0].map(|value| drawn(&above, value));
        assert_eq!(grades, [Grade::Green, Grade::Yellow, Grade::Orange]);
        assert_eq!(drawn(&[], 1.0), Grade::Neutral);
    }
}
