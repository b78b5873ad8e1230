//! Text that cannot leave its place in a line.

use std::fmt::{self, Write};

/// Whether a character ends a line, steers a terminal or reorders what is shown: control
/// characters (ANSI sequences begin with one), line and paragraph separators, and the
/// bidirectional controls of "Trojan Source".
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

/// Writes text for a terminal; unsafe characters as Rust would write them, `\n`, `\u{1b}`.
pub(super) fn text(out: &mut impl Write, text: &str) -> fmt::Result {
    pieces(out, text, |out, c| write!(out, "{}", c.escape_default()))
}

/// Text that stays in its place on a terminal and in a line, whoever wrote it: a character that
/// would end a line, steer a terminal or reorder what is shown becomes an escape, such as `\\n`.
#[must_use]
pub fn escaped(input: &str) -> String {
    let mut out = String::with_capacity(input.len());
    // A string takes everything.
    let _ = text(&mut out, input);
    out
}

/// Writes finished JSON, in which unsafe characters can only be within strings; they
/// become `\u001b`.
pub(super) fn json(out: &mut impl Write, json: &str) -> fmt::Result {
    pieces(out, json, |out, c| write!(out, "\\u{:04x}", u32::from(c)))
}

fn pieces<W: Write>(
    out: &mut W,
    text: &str,
    escape: impl Fn(&mut W, char) -> fmt::Result,
) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(is_unsafe) {
        out.write_str(&rest[..at])?;
        let mut after = rest[at..].chars();
        if let Some(c) = after.next() {
            escape(out, c)?;
        }
        rest = after.as_str();
    }
    out.write_str(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_line_or_steers_a_terminal_becomes_an_escape() {
        assert_eq!(escaped("a\r\nb"), r"a\r\nb");
        assert_eq!(escaped("\u{1b}[31mred"), r"\u{1b}[31mred");
        assert_eq!(
            escaped("\u{9b}2J\u{2028}\u{202e}"),
            r"\u{9b}2J\u{2028}\u{202e}"
        );
        assert_eq!(escaped("plain, ünïcode, 日本"), "plain, ünïcode, 日本");
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"message": "\u{9b}\u{7f}\u{202e}\u{2029}\n"});
        let mut line = String::new();
        json(&mut line, &value.to_string()).unwrap();
        assert!(line.is_ascii());
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&line).unwrap(),
            value
        );
    }
}
