//! The parts of an event that are known when the program is compiled.

use crate::{
    definition::{Definition, Resolution},
    dimension::DimensionDefinition,
};

/// A metric as text of an event; made by [`catalogue!`](crate::catalogue!).
///
/// Every fragment starts with a comma, which the first one of a list leaves out.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fragments {
    /// The metric as data.
    pub metric: &'static Definition,
    /// Its dimension sets: `"Dimensions":[[],["Origin"]]`.
    pub dimensions: &'static str,
    /// Its definition: `,{"Name":"order_placed"}`. Every event would pay for the unit, which
    /// is in the catalogue: CloudWatch calculates without it.
    pub definition: &'static str,
    /// The name of its member: `,"order_placed":`.
    pub member: &'static str,
}

impl Fragments {
    /// Most bytes that the metric adds to a line, without its values.
    pub(crate) fn bytes(&self) -> usize {
        const DIRECTIVE: usize = 300;
        DIRECTIVE + self.dimensions.len() + self.definition.len() + self.member.len()
    }

    /// Most fields that the metric adds to a line, without its values: its name and resolution,
    /// the namespace, and the names of its sets.
    pub(crate) fn fields(&self) -> usize {
        let sets = self.metric.sets.iter();
        3 + sets.map(|set| set.len()).sum::<usize>()
    }
}

/// Text that is put together by the compiler: `N` bytes, or with `N` = 0 only their count.
#[doc(hidden)]
#[derive(Debug)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Text<N> {
    const fn new() -> Self {
        Self {
            bytes: [0; N],
            length: 0,
        }
    }

    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() {
            if self.length < N {
                self.bytes[self.length] = text[i];
            }
            self.length += 1;
            i += 1;
        }
        self
    }

    /// How many bytes the text has.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// The text.
    #[expect(clippy::panic, reason = "evaluated by the compiler, never at run time")]
    pub const fn as_str(&self) -> &str {
        match str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(_) => panic!("fragments are made of strings"),
        }
    }
}

/// See [`Fragments::dimensions`].
#[doc(hidden)]
pub const fn dimensions<const N: usize>(sets: &[&[DimensionDefinition]]) -> Text<N> {
    let mut text = Text::new().push("\"Dimensions\":[");
    let mut i = 0;
    while i < sets.len() {
        text = text.push(if i == 0 { "[" } else { ",[" });
        let mut j = 0;
        while j < sets[i].len() {
            text = text.push(if j == 0 { "\"" } else { ",\"" });
            text = text.push(sets[i][j].name).push("\"");
            j += 1;
        }
        text = text.push("]");
        i += 1;
    }
    text.push("]")
}

/// See [`Fragments::definition`].
#[doc(hidden)]
pub const fn definition<const N: usize>(metric: &Definition) -> Text<N> {
    let text = Text::new().push(",{\"Name\":\"").push(metric.name);
    match metric.resolution {
        Resolution::Minute => text.push("\"}"),
        Resolution::Second => text.push("\",\"StorageResolution\":1}"),
    }
}

/// See [`Fragments::member`].
#[doc(hidden)]
pub const fn member<const N: usize>(name: &str) -> Text<N> {
    Text::new().push(",\"").push(name).push("\":")
}

/// The fragments of a definition, a constant.
#[doc(hidden)]
#[macro_export]
macro_rules! __fragments {
    ($definition:expr) => {{
        use $crate::emf::{Text, fragments};
        const METRIC: &$crate::Definition = $definition;
        const DIMENSIONS: &Text<{ fragments::dimensions::<0>(METRIC.sets).length() }> =
            &fragments::dimensions(METRIC.sets);
        const MEMBER: &Text<{ fragments::member::<0>(METRIC.name).length() }> =
            &fragments::member(METRIC.name);
        const TEXT: &Text<{ fragments::definition::<0>(METRIC).length() }> =
            &fragments::definition(METRIC);
        $crate::emf::Fragments {
            metric: METRIC,
            dimensions: DIMENSIONS.as_str(),
            definition: TEXT.as_str(),
            member: MEMBER.as_str(),
        }
    }};
}

/// Metrics of no catalogue.
#[cfg(test)]
pub(crate) mod fixture {
    use super::{DimensionDefinition, Fragments};
    use crate::{
        definition::{Definition, MetricKind, Namespace, Resolution, Sample},
        unit::Unit,
    };

    /// A metric of this name, by no dimension.
    pub(crate) fn metric(name: &str) -> &'static Fragments {
        metric_by(name, &[])
    }

    /// The same, by this set.
    pub(crate) fn metric_by(name: &str, set: &'static [DimensionDefinition]) -> &'static Fragments {
        let leak = |text: String| &*text.leak();
        let names: Vec<&str> = set.iter().map(|dimension| dimension.name).collect();
        Box::leak(Box::new(Fragments {
            definition: leak(format!(",{{\"Name\":\"{name}\"}}")),
            member: leak(format!(",\"{name}\":")),
            metric: Box::leak(Box::new(Definition {
                namespace: Namespace::Application,
                name: leak(name.to_owned()),
                kind: MetricKind::Gauge,
                unit: Unit::Count,
                description: "Of a test.",
                sets: Box::leak(Box::new([set])),
                resolution: Resolution::Minute,
                buckets: None,
                sample: Sample::Wave {
                    low: 0.0,
                    high: 5.0,
                },
            })),
            dimensions: leak(format!("\"Dimensions\":[{names:?}]")),
        }))
    }
}
