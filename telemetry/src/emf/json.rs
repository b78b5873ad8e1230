//! JSON strings and numbers, appended to a buffer.

/// Whole numbers up to here are exact in a double and are written without a fraction.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Appends a string with its quotes, escaped where JSON asks for it.
///
/// Inlined, because a call costs as much as half of what it does for a short text.
#[inline(always)]
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if needs_escape(text.as_bytes()) {
        escape(out, text.as_bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

/// Whether a byte cannot stand in a JSON string as it is. Asked of eight bytes at once;
/// the last eight may overlap those before.
fn needs_escape(text: &[u8]) -> bool {
    match text.last_chunk() {
        Some(last) => {
            let words = text.as_chunks().0.iter().chain([last]);
            words.fold(0, |any, word| any | special(*word)) != 0
        }
        None => {
            let mut word = [b' '; 8];
            word[..text.len()].copy_from_slice(text);
            special(word) != 0
        }
    }
}

/// Not 0 if one of the bytes is a control character, a quote or a backslash.
///
/// Subtracting sets the highest bit of a byte that is too small, which no ASCII byte has
/// set before; what it borrows from the next byte matters only if one was found.
const fn special(word: [u8; 8]) -> u64 {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let word = u64::from_ne_bytes(word);
    let control = word.wrapping_sub(all(b' '));
    let quote = (word ^ all(b'"')).wrapping_sub(all(1));
    let backslash = (word ^ all(b'\\')).wrapping_sub(all(1));
    (control | quote | backslash) & !word & all(0x80)
}

/// Appends what stands between the quotes of a string.
#[cold]
pub(crate) fn escape(out: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(DIGITS[usize::from(byte >> 4)]);
                out.push(DIGITS[usize::from(byte & 15)]);
            }
            _ => out.push(*byte),
        }
    }
}

/// Appends a number, or as text what JSON has no number for.
pub(crate) fn number_or_text(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        number(out, value);
    } else {
        string(out, &value.to_string());
    }
}

/// Appends a finite number in its shortest form.
#[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
#[expect(
    clippy::float_cmp,
    reason = "asks whether the fraction is exactly none"
)]
pub(crate) fn number(out: &mut Vec<u8>, value: f64) {
    let whole = value as i64;
    if value.abs() < EXACT && whole as f64 == value {
        integer(out, whole);
    } else {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    }
}

/// Appends a whole number.
pub(crate) fn integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn whole_numbers_have_no_fraction() {
        assert_eq!(written(|out| super::number(out, 1.0)), "1");
        assert_eq!(written(|out| super::number(out, 9.0)), "9");
        assert_eq!(written(|out| super::number(out, 10.0)), "10");
        assert_eq!(written(|out| super::number(out, -1.0)), "-1");
        assert_eq!(written(|out| super::number(out, 256.0)), "256");
        assert_eq!(written(|out| super::number(out, -0.5)), "-0.5");
        assert_eq!(
            written(|out| super::number(out, 2f64.powi(60))),
            "1.152921504606847e+18"
        );
    }

    #[test]
    fn every_byte_that_needs_it_is_escaped_at_every_place() {
        for length in 1..40 {
            for place in 0..length {
                for byte in 0..128u8 {
                    let mut text = vec![b'a'; length];
                    text[place] = byte;
                    let expected = byte < 0x20 || byte == b'"' || byte == b'\\';
                    assert_eq!(super::needs_escape(&text), expected, "{text:?}");
                }
            }
        }
        assert!(!super::needs_escape("é€😀 é€😀".as_bytes()));
    }

    #[test]
    fn what_json_asks_for_is_escaped() {
        assert_eq!(
            written(|out| super::string(out, "\"\\\n\r\t\u{1}\u{1f}\u{7f}é")),
            "\"\\\"\\\\\\n\\r\\t\\u0001\\u001f\u{7f}é\""
        );
    }

    proptest! {
        #[test]
        fn strings_parse_back(text in any::<String>()) {
            let json = written(|out| super::string(out, &text));
            prop_assert!(!json.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn numbers_parse_back(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            let json = written(|out| super::number(out, value));
            prop_assert_eq!(json.parse::<f64>().unwrap(), value);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&json).unwrap().is_number());
        }
    }
}
