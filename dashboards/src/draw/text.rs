//! Text of users and definitions as markup: escaped, and only characters that XML has.

use std::borrow::Cow;

use maud::Render;

/// Text that may hold anything.
pub(super) struct Text<'a>(pub(super) &'a str);

impl Render for Text<'_> {
    fn render_to(&self, buffer: &mut String) {
        clean(self.0).as_ref().render_to(buffer);
    }
}

/// Replaces what XML cannot hold even when escaped: control characters and non-characters.
fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_foreign) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(is_foreign, "\u{fffd}"))
}

const fn is_foreign(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

/// A coordinate, as short as a tenth of a pixel allows.
pub(super) struct Px(pub(super) f64);

impl Render for Px {
    fn render_to(&self, buffer: &mut String) {
        number(self.0).render_to(buffer);
    }
}

/// A share of the width or height, 0 to 1, as a percentage.
pub(super) struct Share(pub(super) f64);

impl Render for Share {
    fn render_to(&self, buffer: &mut String) {
        let hundredths = (self.0 * 10_000.0).round() / 100.0;
        (hundredths + 0.0).to_string().render_to(buffer);
        buffer.push('%');
    }
}

/// A number with at most one decimal; never `-0`.
pub(super) fn number(value: f64) -> String {
    ((value * 10.0).round() / 10.0 + 0.0).to_string()
}

/// About how wide a text of 12 pixels is: enough to reserve room.
pub(super) fn width(text: &str) -> f64 {
    let units = text.chars().map(|character| match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | ' ' | '/' => 3.4,
        'f' | 'r' | 't' | 'I' | '-' | '(' | ')' => 4.4,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 10.5,
        'A'..='Z' | '_' => 8.0,
        _ if character.is_ascii() => 6.5,
        _ => 12.0,
    });
    units.sum()
}

/// The text, cut with an ellipsis if it is wider than `room` pixels.
pub(super) fn fit(text: &str, room: f64) -> Cow<'_, str> {
    if width(text) <= room {
        return Cow::Borrowed(text);
    }
    let mut left = room - 12.0;
    let cut = text.char_indices().find(|(_, character)| {
        left -= width(character.encode_utf8(&mut [0; 4]));
        left < 0.0
    });
    let end = cut.map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}\u{2026}", &text[..end]))
}
