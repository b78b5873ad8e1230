//! Names and ids that arrive in headers and paths.

use uuid::Uuid;

use super::limits;
use crate::{Error, Result};

/// The header that names the user.
pub(crate) const USER_HEADER: &str = "X-User";
/// The header that makes a start repeatable.
pub(crate) const IDEMPOTENCY_HEADER: &str = "Idempotency-Key";

/// Checks a user's name.
///
/// # Errors
/// [`Error::Invalid`] unless it is 3 to 20 of `A-Z a-z 0-9 . _ -`.
pub fn username(name: &str) -> Result<String> {
    let valid = limits::USERNAME_LENGTH.contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if valid {
        Ok(name.to_owned())
    } else {
        Err(Error::invalid(
            USER_HEADER,
            "must be 3 to 20 characters of A-Z, a-z, 0-9, dot, underscore and hyphen",
        ))
    }
}

/// Checks a run's id.
///
/// # Errors
/// [`Error::Invalid`], naming `field`, unless it is a UUID with hyphens.
pub fn run_id(field: &str, text: &str) -> Result<Uuid> {
    hyphenated_uuid(text).ok_or_else(|| Error::invalid(field, "must be the UUID of a run"))
}

/// The UUID that `text` is in its usual form of 36 characters.
pub(crate) fn hyphenated_uuid(text: &str) -> Option<Uuid> {
    if text.len() == 36 {
        Uuid::try_parse(text).ok()
    } else {
        None
    }
}

/// The id of the run that `user` starts with an idempotency key: always the same one, and a
/// different one for every other user or key.
///
/// # Errors
/// [`Error::Invalid`] unless the key is 1 to 255 printable ASCII characters.
pub fn idempotency_key(user: &str, key: &str) -> Result<Uuid> {
    let valid = limits::IDEMPOTENCY_KEY_LENGTH.contains(&key.len())
        && key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if !valid {
        return Err(Error::invalid(
            IDEMPOTENCY_HEADER,
            "must be 1 to 255 printable ASCII characters",
        ));
    }
    // A user's name has no space, so user and key cannot run into each other.
    Ok(Uuid::new_v5(
        &RUNS_NAMESPACE,
        format!("{user} {key}").as_bytes(),
    ))
}

/// Namespace of the ids that are made from idempotency keys (RFC 9562, version 5).
const RUNS_NAMESPACE: Uuid = Uuid::from_u128(0x7a0f_5a3e_52c1_4d0b_9d63_0b9a_6f1c_22e7);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_names_that_clients_send() {
        for name in ["bob", "a.b-c_d", "A2345678901234567890"] {
            assert_eq!(username(name).unwrap(), name);
        }
    }

    #[test]
    fn refuses_other_names() {
        for name in [
            "",
            "ab",
            "A23456789012345678901",
            "bob smith",
            "bob\n",
            "böb",
            "<b>",
            "a/b",
        ] {
            assert!(username(name).is_err(), "{name:?}");
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
        assert_ne!(id("bob", "1"), id("bob", "2"));
        assert_ne!(id("bob", "1"), id("eve", "1"));
        assert!(idempotency_key("bob", "").is_err());
        assert!(idempotency_key("bob", "a\u{7f}").is_err());
        assert!(idempotency_key("bob", &"k".repeat(256)).is_err());
    }
}
