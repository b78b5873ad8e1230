//! Names and descriptions, whatever they are of.
#![expect(clippy::panic, reason = "evaluated by the compiler, never at run time")]

/// Members of a log record that are not properties.
const RECORD: [&str; 7] = [
    "timestamp",
    "level",
    "message",
    "target",
    "trace_id",
    "request_id",
    "fields",
];

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
    if equal(name, "level") {
        panic!("no member is named `level`: Lambda would keep or drop events by its value");
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

/// The name of a property that log records have.
pub const fn record_member(name: &str) {
    let mut i = 0;
    while i < RECORD.len() {
        if equal(name, RECORD[i]) {
            panic!("a log record has a member of this name already");
        }
        i += 1;
    }
}

/// String equality in a constant.
pub(crate) const fn equal(a: &str, b: &str) -> bool {
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
