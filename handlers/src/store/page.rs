//! Page keys: where a page ended, opaque to clients and bound to the query they came with.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::{Error, Result, domain::Timestamp};

/// The position of an item in an index that is sorted by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) time: Timestamp,
    pub(super) id: Uuid,
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageKey {
    /// After this item of the queried index.
    After(Position),
    /// Within the readings of a run of a walk, after one of them; without one, after the whole run.
    Walk {
        run: Position,
        reading: Option<Position>,
    },
}

/// Bytes of a position: milliseconds and id.
const POSITION: usize = 8 + 16;
/// Bytes of the digest of the query.
const DIGEST: usize = 8;

impl PageKey {
    /// The key as text. `query` is what the page was asked for, its limit excepted.
    pub(super) fn encode(self, query: &str) -> String {
        let mut bytes = digest(query).to_vec();
        let (first, second) = match self {
            Self::After(position) => (position, None),
            Self::Walk { run, reading } => (run, reading),
        };
        bytes.push(match self {
            Self::After(_) => 0,
            Self::Walk { .. } => 1,
        });
        for position in [Some(first), second].into_iter().flatten() {
            bytes.extend(position.time.as_millis().to_be_bytes());
            bytes.extend(position.id.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The key that `text` holds, if it was made for the same query.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it has another form or belongs to another query.
    pub(super) fn decode(text: &str, query: &str) -> Result<Self> {
        let malformed = || {
            Error::invalid(
                "lastKey",
                "must be the nextKey of the page before, unchanged",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed())?;
        let (head, positions) = bytes.split_at_checked(DIGEST + 1).ok_or_else(malformed)?;
        let positions: Vec<Position> = positions
            .chunks(POSITION)
            .map(position)
            .collect::<Option<_>>()
            .ok_or_else(malformed)?;
        let key = match (head[DIGEST], positions.as_slice()) {
            (0, [position]) => Self::After(*position),
            (1, [run]) => Self::Walk {
                run: *run,
                reading: None,
            },
            (1, [run, reading]) => Self::Walk {
                run: *run,
                reading: Some(*reading),
            },
            _ => return Err(malformed()),
        };
        if head[..DIGEST] != digest(query) {
            return Err(Error::invalid(
                "lastKey",
                "belongs to another query; send it with the parameters it came with",
            ));
        }
        Ok(key)
    }
}

fn position(bytes: &[u8]) -> Option<Position> {
    let (time, id) = bytes.split_first_chunk::<8>()?;
    let millis = i64::from_be_bytes(*time);
    let time = Timestamp::from_millis(millis);
    (time.as_millis() == millis).then_some(Position {
        time,
        id: Uuid::from_slice(id).ok()?,
    })
}

/// A digest of the query: enough to notice a key that strayed, which is all it is for; a key
/// gives no access that its holder does not have.
fn digest(query: &str) -> [u8; DIGEST] {
    let mut digest = [0; DIGEST];
    digest.copy_from_slice(
        &Uuid::new_v5(&Uuid::NAMESPACE_OID, query.as_bytes()).as_bytes()[..DIGEST],
    );
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn positions() -> impl Strategy<Value = Position> {
        (946_684_800_000i64..4_102_444_799_999, any::<u128>()).prop_map(|(millis, id)| Position {
            time: Timestamp::from_millis(millis),
            id: Uuid::from_u128(id),
        })
    }

    fn keys() -> impl Strategy<Value = PageKey> {
        prop_oneof![
            positions().prop_map(PageKey::After),
            (positions(), proptest::option::of(positions()))
                .prop_map(|(run, reading)| PageKey::Walk { run, reading }),
        ]
    }

    proptest! {
        #[test]
        fn round_trips_within_its_query(key in keys(), query in ".{0,40}") {
            prop_assert_eq!(PageKey::decode(&key.encode(&query), &query).unwrap(), key);
        }

        #[test]
        fn is_refused_by_another_query(key in keys(), query in "[a-z]{0,9}", other in "[A-Z]{1,9}") {
            prop_assert!(PageKey::decode(&key.encode(&query), &other).is_err());
        }

        #[test]
        fn anything_else_is_refused(text in ".{0,200}") {
            prop_assert!(PageKey::decode(&text, "query").is_err());
        }

        #[test]
        fn a_cut_key_is_refused(key in keys(), keep in 0.0..1.0f64) {
            let text = key.encode("query");
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a short length")]
            let cut = &text[..(text.len() as f64 * keep) as usize];
            // A walk's key may be cut between its two positions and is whole again.
            prop_assume!(cut.len() != PageKey::Walk { run: Position { time: Timestamp::from_millis(0), id: Uuid::nil() }, reading: None }.encode("").len());
            prop_assert!(PageKey::decode(cut, "query").is_err());
        }
    }
}
