//! Names and ids that arrive in headers and paths.

use uuid::Uuid;

use super::{limits, problem::Problems};

/// The header that names the user.
pub(crate) const USER_HEADER: &str = "X-User";
/// The header that makes a start repeatable.
pub(crate) const IDEMPOTENCY_HEADER: &str = "Idempotency-Key";
/// The user of a run that nobody's name came with.
pub(crate) const UNKNOWN_USER: &str = "unknown";
/// The rule of [`is_name`], for messages.
pub(super) const NAME_RULE: &str = "must be 1 to 64 printable characters";

/// Checks a user's name; `field` is where it came from.
///
/// # Errors
/// [`Problems`] unless it is 1 to 64 printable characters.
pub fn username(field: &str, name: &str) -> Result<String, Problems> {
    if is_name(name) {
        Ok(name.to_owned())
    } else {
        Err(Problems::with(field, NAME_RULE))
    }
}

/// True if this may name a user or a sensor: people, e-mail addresses and ids have such names.
/// Spaces around a name would be lost on its way.
pub(super) fn is_name(name: &str) -> bool {
    limits::NAME_LENGTH.contains(&name.chars().count())
        && name.chars().all(is_printable)
        && name.trim() == name
}

/// True for what has a shape of its own or joins the letter before it, and for a space; false for
/// line ends, controls, and characters that change how others are shown.
pub(super) fn is_printable(character: char) -> bool {
    // As Rust decides it for a string's debug form, where it keeps quotes and backslashes.
    let after_a_letter = format!("a{character}");
    matches!(character, '"' | '\'' | '\\') || after_a_letter.escape_debug().count() == 2
}

/// Checks a run's id.
///
/// # Errors
/// [`Problems`], naming `field`, unless it is a UUID with hyphens.
pub fn run_id(field: &str, text: &str) -> Result<Uuid, Problems> {
    hyphenated_uuid(text).ok_or_else(|| Problems::with(field, "must be the UUID of a run"))
}

/// The UUID that `text` is in its usual form of 36 characters.
pub(crate) fn hyphenated_uuid(text: &str) -> Option<Uuid> {
    if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

/// An idempotency key of a user, in a form of one length: always the same one, and a different
/// one for every other user or key.
///
/// # Errors
/// [`Problems`] unless the key is 1 to 255 printable characters.
pub fn idempotency_key(user: &str, key: &str) -> Result<Uuid, Problems> {
    let valid = limits::IDEMPOTENCY_KEY_LENGTH.contains(&key.chars().count())
        && key.chars().all(is_printable);
    if !valid {
        return Err(Problems::with(
            IDEMPOTENCY_HEADER,
            "must be 1 to 255 printable characters",
        ));
    }
    // Neither has a line end, so they cannot run into each other.
    Ok(Uuid::new_v5(
        &KEYS_NAMESPACE,
        format!("{user}\n{key}").as_bytes(),
    ))
}

/// Namespace of the ids that are made from idempotency keys (RFC 9562, version 5).
const KEYS_NAMESPACE: Uuid = Uuid::from_u128(0x7a0f_5a3e_52c1_4d0b_9d63_0b9a_6f1c_22e7);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_names_that_people_and_identity_providers_have() {
        for name in [
            "bob",
            "x",
            "a.b-c_d",
            "Ada Lovelace",
            "ada+test@example.com",
            "3fa85f64-5717-4562-b3fc-2c963f66afa6",
            "Jürgen Müller",
            "O'Brien",
            "नेहा",
            "李小龍",
            "<b>\"&\\",
            &"n".repeat(64),
        ] {
            assert_eq!(username("X-User", name).unwrap(), name);
        }
    }

    #[test]
    fn refuses_other_names() {
        for name in [
            "",
            " ",
            " bob",
            "bob ",
            "bob\n",
            "b\0b",
            "b\u{7f}b",
            "b\u{202e}b",
            "b\u{200b}b",
            "b\u{2028}b",
            "b\u{feff}b",
            &"n".repeat(65),
        ] {
            assert!(username("X-User", name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn takes_only_hyphenated_uuids_as_run_ids() {
        assert!(run_id("id", "3fa85f64-5717-4562-b3fc-2c963f66afa6").is_ok());
        for text in [
            "",
            "1",
            "3fa85f6457174562b3fc2c963f66afa6",
            "{3fa85f64-5717-4562-b3fc-2c963f66afa6}",
            "board",
        ] {
            assert!(run_id("id", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_key_gives_one_id_per_user() {
        let id = |user, key| idempotency_key(user, key).unwrap();
        assert_eq!(id("bob", "1"), id("bob", "1"));
        let others = [
            id("bob", "1"),
            id("bob", "2"),
            id("eve", "1"),
            id("bob 1", "2"),
            id("bob", "1 2"),
            id("bob", "clé-1"),
            id("bob", "clé-2"),
            id("bob", "日本"),
            id("bob", "?"),
        ];
        let distinct: std::collections::BTreeSet<_> = others.into_iter().collect();
        assert_eq!(distinct.len(), others.len());
        assert!(idempotency_key("bob", "").is_err());
        assert!(idempotency_key("bob", "a\u{7f}").is_err());
        assert!(idempotency_key("bob", &"k".repeat(256)).is_err());
    }
}
