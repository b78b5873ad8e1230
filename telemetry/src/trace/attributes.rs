//! What is done to the attributes of a span that has ended.

use opentelemetry_sdk::trace::SpanData;

/// Keeps the last value of each attribute. The SDK keeps all that were set, in order; a
/// document that names one twice is not one that X-Ray or a collector has to take.
pub(super) fn keep_last_values(span: &mut SpanData) {
    let mut position = 0;
    while let Some(attribute) = span.attributes.get(position) {
        let later = &span.attributes[position + 1..];
        if later.iter().any(|other| other.key == attribute.key) {
            span.attributes.remove(position);
        } else {
            position += 1;
        }
    }
}
