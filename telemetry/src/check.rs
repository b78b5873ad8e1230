//! Compile-time checks of definitions, by the rules of CloudWatch and EMF.
//!
//! Each function panics in a constant: a definition that breaks a rule does not compile.
//! Rules: [EMF specification][emf], [`MetricDatum`][datum].
//!
//! [emf]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
//! [datum]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
#![expect(clippy::panic, reason = "evaluated by the compiler, never at run time")]

use crate::{Definition, DimensionDefinition, MAX_DIMENSIONS, Namespace, Property};

/// A metric's name, dimension sets and description.
pub const fn metric(definition: &Definition) {
    if matches!(definition.namespace, Namespace::Application) {
        member_name(definition.name);
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

/// The name of a metric, dimension or property: a letter, then letters, digits and `_`,
/// 255 at most. Narrower than CloudWatch's rule, so that Prometheus, Logs Insights and
/// JSON need no escaping.
pub const fn member_name(name: &str) {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 255 {
        panic!("a name has 1 to 255 characters");
    }
    if !bytes[0].is_ascii_alphabetic() {
        panic!("a name starts with a letter");
    }
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_alphanumeric() && bytes[i] != b'_' {
            panic!("a name holds letters, digits and `_` only");
        }
        i += 1;
    }
}

/// A description, without the blank that `///` leaves before it.
pub const fn description(text: &'static str) -> &'static str {
    let trimmed = text.trim_ascii();
    if trimmed.is_empty() {
        panic!("a metric needs a description: its doc comment");
    }
    trimmed
}

/// No two metrics of a catalogue share a name, and none has the name of a dimension.
pub const fn unique(metrics: &[&Definition]) {
    let mut i = 0;
    while i < metrics.len() {
        let mut j = 0;
        while j < metrics.len() {
            if i != j && equal(metrics[i].name, metrics[j].name) {
                panic!("two metrics of the catalogue have the same name");
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
/// of one that the encoder sets, of a metric or of a dimension.
pub const fn properties(properties: &[Property], reserved: &[Property], metrics: &[&Definition]) {
    let mut i = 0;
    while i < properties.len() {
        let name = properties[i].name();
        if has(reserved, name, 0) {
            panic!("a property has the name of one that the encoder sets");
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

/// String equality in a constant.
const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
