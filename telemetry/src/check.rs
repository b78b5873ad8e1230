//! Compile-time checks of definitions, by the rules of CloudWatch and EMF.
//!
//! Each function panics in a constant: a definition that breaks a rule does not compile.
//! Rules: [EMF specification][emf], [`MetricDatum`][datum].
//!
//! [emf]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
//! [datum]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
#![expect(clippy::panic, reason = "evaluated by the compiler, never at run time")]

use crate::name::{equal, member_name};
use crate::{
    definition::{Definition, Namespace},
    dimension::{DimensionDefinition, MAX_DIMENSIONS},
    property::{Property, RESERVED, STANDARD},
    unit::Unit,
};

/// A metric's name and dimension sets.
pub const fn metric(definition: &Definition) {
    if matches!(definition.namespace, Namespace::Application) {
        member_name(definition.name);
        prometheus_name(definition);
    }
    if let Some(buckets) = definition.buckets {
        rising(buckets);
    }
    if definition.sets.is_empty() {
        panic!("a metric needs at least one dimension set: `by: [[]]` is the total");
    }
    let finest = definition.dimensions();
    let mut set = 0;
    while set < definition.sets.len() {
        dimension_set(definition.sets[set], finest);
        let mut earlier = 0;
        while earlier < set {
            if contains_all(definition.sets[earlier], definition.sets[set]) {
                panic!("dimension sets go from coarse to fine: this one repeats an earlier one");
            }
            earlier += 1;
        }
        set += 1;
    }
}

/// A name becomes a family in Prometheus, with its unit and `_total` behind it: two metrics
/// become one, or a family says what it is not, where a name has either already.
const fn prometheus_name(definition: &Definition) {
    const TAKEN: &[&str] = &[
        "total",
        "count",
        "sum",
        "bucket",
        "created",
        "seconds",
        "milliseconds",
        "microseconds",
        "ms",
        "us",
        "bits",
        "bytes",
        "percent",
        "celsius",
        "hectopascals",
        "units",
        "per_second",
    ];
    let mut i = 0;
    while i < TAKEN.len() {
        if ends_with_word(definition.name, TAKEN[i]) {
            panic!(
                "a name has no unit and no `_total`, `_count`, `_sum` or `_bucket`: Prometheus \
                 gets them from the entry"
            );
        }
        i += 1;
    }
    if let Unit::Custom(unit) = definition.unit {
        member_name(unit);
        if ends_with_word(definition.name, unit) {
            panic!("a name has no unit: Prometheus gets it from the entry");
        }
    }
}

/// Whether a name is this word, or ends in `_` and this word.
const fn ends_with_word(name: &str, word: &str) -> bool {
    let (name, word) = (name.as_bytes(), word.as_bytes());
    if name.len() < word.len() {
        return false;
    }
    let start = name.len() - word.len();
    let mut i = 0;
    while i < word.len() {
        if !name[start + i].eq_ignore_ascii_case(&word[i]) {
            return false;
        }
        i += 1;
    }
    start == 0 || name[start - 1] == b'_'
}

const fn rising(buckets: &[f64]) {
    let mut i = 1;
    while i < buckets.len() {
        if buckets[i] <= buckets[i - 1] {
            panic!("buckets rise");
        }
        i += 1;
    }
}

/// One dimension set: not too many, none twice, none that the finest set lacks.
const fn dimension_set(set: &[DimensionDefinition], finest: &[DimensionDefinition]) {
    if set.len() > MAX_DIMENSIONS {
        panic!("a dimension set may hold at most MAX_DIMENSIONS dimensions");
    }
    if !contains_all(finest, set) {
        panic!("the last dimension set must hold every dimension of the others");
    }
    let mut i = 0;
    while i < set.len() {
        let mut j = i + 1;
        while j < set.len() {
            if equal(set[i].name, set[j].name) {
                panic!("a dimension set names a dimension twice");
            }
            j += 1;
        }
        i += 1;
    }
}

/// A dimension's name and values.
pub const fn dimension(definition: &DimensionDefinition) {
    member_name(definition.name);
    if is_set_here(definition.name) {
        panic!("a dimension has the name of a property that this crate sets");
    }
    if is_label_of_prometheus(definition.name) {
        panic!(
            "Prometheus sets the labels job, instance, le and quantile itself: give the dimension \
             another name"
        );
    }
    if definition.values.len() > 255 {
        panic!("a dimension may have at most 255 values: each one is a billed metric");
    }
    let mut i = 0;
    while i < definition.values.len() {
        dimension_value(definition.values[i]);
        let mut j = i + 1;
        while j < definition.values.len() {
            if equal(definition.values[i], definition.values[j]) {
                panic!("a dimension has the same value twice");
            }
            j += 1;
        }
        i += 1;
    }
}

/// Whether a dimension of this name is a label in Prometheus that is there already: a scraped one
/// would be renamed or overwritten, and queries by it would find something else.
const fn is_label_of_prometheus(name: &str) -> bool {
    let name = name.as_bytes();
    name.eq_ignore_ascii_case(b"job")
        || name.eq_ignore_ascii_case(b"instance")
        || name.eq_ignore_ascii_case(b"le")
        || name.eq_ignore_ascii_case(b"quantile")
}

/// The values of a dimension of routes: `METHOD /path`, but for the one that is no route.
pub const fn routes(definition: &DimensionDefinition, unmatched: usize) {
    let mut i = 0;
    while i < definition.values.len() {
        if i != unmatched && !is_route(definition.values[i].as_bytes()) {
            panic!("a route is a method in capitals, a blank and a path: `GET /orders`");
        }
        i += 1;
    }
}

const fn is_route(value: &[u8]) -> bool {
    let mut i = 0;
    while i < value.len() && value[i].is_ascii_uppercase() {
        i += 1;
    }
    i > 0 && i + 1 < value.len() && value[i] == b' ' && value[i + 1] == b'/'
}

/// A dimension value: 1 to 1,024 printable ASCII characters, not only blanks.
const fn dimension_value(value: &str) {
    let bytes = value.as_bytes();
    if bytes.is_empty() || bytes.len() > 1024 {
        panic!("a dimension value has 1 to 1,024 characters");
    }
    let mut blank = true;
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] < 0x20 || bytes[i] > 0x7e {
            panic!("a dimension value is printable ASCII");
        }
        if bytes[i] == b'"' || bytes[i] == b'\\' {
            panic!("a dimension value holds no quote or backslash: it is written as it stands");
        }
        blank = blank && bytes[i] == b' ';
        i += 1;
    }
    if blank {
        panic!("a dimension value is not blank");
    }
}

/// No two metrics of a catalogue share a name, and none has the name of a dimension or of
/// a property that this crate sets.
pub const fn unique(metrics: &[&Definition]) {
    let mut i = 0;
    while i < metrics.len() {
        if is_set_here(metrics[i].name) {
            panic!("a metric has the name of a property that this crate sets");
        }
        let mut j = 0;
        while j < metrics.len() {
            if i != j && equal(metrics[i].name, metrics[j].name) {
                panic!("two metrics of the catalogue have the same name");
            }
            if i != j && metrics[i].name.eq_ignore_ascii_case(metrics[j].name) {
                panic!("two metrics of the catalogue are one family in Prometheus");
            }
            if names(metrics[j].dimensions(), metrics[i].name) {
                panic!("a metric has the name of a dimension");
            }
            j += 1;
        }
        i += 1;
    }
}

/// The members of an event have names of their own: no property has the name of another,
/// of one that this crate sets, of a metric or of a dimension.
pub const fn properties(properties: &[Property], metrics: &[&Definition]) {
    let mut i = 0;
    while i < properties.len() {
        let name = properties[i].name();
        if is_set_here(name) {
            panic!("a property has the name of one that this crate sets");
        }
        if has(properties, name, i + 1) {
            panic!("two properties have the same name");
        }
        let mut j = 0;
        while j < metrics.len() {
            if equal(metrics[j].name, name) {
                panic!("a property has the name of a metric");
            }
            if names(metrics[j].dimensions(), name) {
                panic!("a property has the name of a dimension");
            }
            j += 1;
        }
        i += 1;
    }
}

/// Whether the encoder or a layer sets a property of this name.
const fn is_set_here(name: &str) -> bool {
    has(RESERVED, name, 0) || has(STANDARD, name, 0)
}

/// Whether a property from this position on has the name.
const fn has(properties: &[Property], name: &str, from: usize) -> bool {
    let mut i = from;
    while i < properties.len() {
        if equal(properties[i].name(), name) {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether `outer` has every dimension of `inner`.
const fn contains_all(outer: &[DimensionDefinition], inner: &[DimensionDefinition]) -> bool {
    let mut i = 0;
    while i < inner.len() {
        if !names(outer, inner[i].name) {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether a dimension of the set has this name.
const fn names(set: &[DimensionDefinition], name: &str) -> bool {
    let mut i = 0;
    while i < set.len() {
        if equal(set[i].name, name) {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use std::panic::{UnwindSafe, catch_unwind};

    use super::*;
    use crate::definition::{MetricKind, Resolution, Sample};

    /// What the compiler would say.
    fn refused(check: impl FnOnce() + UnwindSafe) -> String {
        let panic = catch_unwind(check).unwrap_err();
        (*panic.downcast_ref::<&str>().unwrap()).to_owned()
    }

    const fn dimension_of(
        name: &'static str,
        values: &'static [&'static str],
    ) -> DimensionDefinition {
        DimensionDefinition {
            name,
            values,
            members: &[],
        }
    }

    const A: DimensionDefinition = dimension_of("A", &["a"]);
    const B: DimensionDefinition = dimension_of("B", &["b"]);
    const C: DimensionDefinition = dimension_of("C", &["c"]);
    const D: DimensionDefinition = dimension_of("D", &["d"]);

    fn metric_of(
        name: &'static str,
        sets: &'static [&'static [DimensionDefinition]],
    ) -> Definition {
        Definition {
            namespace: Namespace::Application,
            name,
            kind: MetricKind::Counter,
            unit: Unit::Count,
            description: "For a test",
            sets,
            resolution: Resolution::Minute,
            buckets: None,
            sample: Sample::Rate { per_minute: 1.0 },
        }
    }

    #[test]
    fn names_have_rules() {
        let long: &str = Box::leak("a".repeat(256).into_boxed_str());
        for (name, why) in [
            ("", "1 to 255 characters"),
            (long, "1 to 255 characters"),
            ("1st", "starts with a letter"),
            ("_aws", "starts with a letter"),
            ("a b", "letters, digits and `_` only"),
            ("caf\u{e9}", "letters, digits and `_` only"),
            ("level", "Lambda would keep or drop"),
        ] {
            let said = refused(move || member_name(name));
            assert!(said.contains(why), "{name}: {said}");
        }
        member_name(&long[1..]);
    }

    #[test]
    fn a_name_leaves_units_and_suffixes_to_prometheus() {
        for name in [
            "wait_ms",
            "wait_Milliseconds",
            "orders_total",
            "count",
            "order_sum",
        ] {
            let said = refused(move || metric(&metric_of(name, &[&[]])));
            assert!(said.contains("gets them from the entry"), "{name}: {said}");
        }
        metric(&metric_of("discount", &[&[]]));
        let euros = Definition {
            unit: Unit::Custom("euros"),
            ..metric_of("order_euros", &[&[]])
        };
        let said = refused(move || metric(&euros));
        assert!(said.contains("no unit"), "{said}");
        let said = refused(|| unique(&[&metric_of("order", &[&[]]), &metric_of("Order", &[&[]])]));
        assert!(said.contains("one family"), "{said}");
        let falling = Definition {
            buckets: Some(&[2.0, 1.0]),
            ..metric_of("m", &[&[]])
        };
        assert!(refused(move || metric(&falling)).contains("buckets rise"));
    }

    #[test]
    fn dimension_values_have_rules() {
        let long: &str = Box::leak("a".repeat(1025).into_boxed_str());
        let many: Vec<&str> = (0..256).map(|n| &long[..=n]).collect();
        let leak = |values: &[&'static str]| &*Box::leak(values.to_vec().into_boxed_slice());
        for (values, why) in [
            (leak(&[""]), "1 to 1,024 characters"),
            (leak(&[long]), "1 to 1,024 characters"),
            (leak(&["  "]), "not blank"),
            (leak(&["a\n"]), "printable ASCII"),
            (leak(&["a\"b"]), "no quote or backslash"),
            (leak(&["a", "a"]), "the same value twice"),
            (leak(&many), "at most 255 values"),
        ] {
            let said = refused(move || dimension(&dimension_of("A", values)));
            assert!(said.contains(why), "{said}");
        }
        dimension(&dimension_of("A", leak(&[&long[1..]])));
    }

    #[test]
    fn dimension_sets_go_from_coarse_to_fine() {
        type Sets = &'static [&'static [DimensionDefinition]];
        const CASES: [(Sets, &str); 5] = [
            (&[], "at least one dimension set"),
            (&[&[A], &[]], "must hold every dimension"),
            (&[&[A], &[A]], "repeats an earlier one"),
            (&[&[A, A]], "names a dimension twice"),
            (&[&[A, B, C, D]], "at most MAX_DIMENSIONS"),
        ];
        for (sets, why) in CASES {
            let said = refused(move || metric(&metric_of("m", sets)));
            assert!(said.contains(why), "{said}");
        }
        metric(&metric_of("m", &[&[], &[A], &[A, B, C]]));
    }

    #[test]
    fn no_two_members_of_an_event_share_a_name() {
        const M: Property = Property::new(",\"m\":", "As the metric");
        const A_TOO: Property = Property::new(",\"A\":", "As the dimension");
        const OUTCOME: Property = Property::new(",\"outcome\":", "As the encoder's");
        type Check = fn(&Definition);
        const CASES: [(Check, &str); 4] = [
            (|m| properties(&[M], &[m]), "the name of a metric"),
            (|m| properties(&[A_TOO], &[m]), "the name of a dimension"),
            (|m| properties(&[OUTCOME], &[m]), "that this crate sets"),
            (|m| unique(&[m, m]), "have the same name"),
        ];
        for (check, why) in CASES {
            let said = refused(move || check(&metric_of("m", &[&[A]])));
            assert!(said.contains(why), "{said}");
        }
        let said = refused(|| properties(&[M, M], &[]));
        assert!(said.contains("two properties"), "{said}");
        let said = refused(|| unique(&[&metric_of("A", &[&[]]), &metric_of("m", &[&[A]])]));
        assert!(said.contains("the name of a dimension"), "{said}");
        let said = refused(|| unique(&[&metric_of("continuation", &[&[]])]));
        assert!(said.contains("that this crate sets"), "{said}");
        let said = refused(|| dimension(&dimension_of("outcome", &["panic"])));
        assert!(said.contains("that this crate sets"), "{said}");
    }

    #[test]
    fn a_dimension_is_no_label_that_prometheus_has_already() {
        for name in ["Job", "instance", "Le", "quantile"] {
            let said = refused(move || dimension(&dimension_of(name, &["a"])));
            assert!(
                said.contains("give the dimension another name"),
                "{name}: {said}"
            );
        }
        dimension(&dimension_of("JobName", &["a"]));
    }
}
