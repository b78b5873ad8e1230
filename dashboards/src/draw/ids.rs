//! Ids for lines that have none.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

/// An id for each line of a list of this name, the newest first, by which a page finds the line
/// again when newer ones come: equal ones are numbered from the oldest.
pub fn ids<L: Hash>(list: &str, lines: impl DoubleEndedIterator<Item = L>) -> Vec<String> {
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let id = |line: L| {
        let mut hasher = DefaultHasher::new();
        (list, line).hash(&mut hasher);
        let hash = hasher.finish();
        let equal = seen.entry(hash).or_default();
        *equal += 1;
        format!("line-{hash:x}-{equal}")
    };
    let mut ids: Vec<String> = lines.rev().map(id).collect();
    ids.reverse();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_ids_when_newer_ones_come() {
        let older = ids("log", ["b", "a", "a"].iter());
        let newer = ids("log", ["a", "b", "a", "a"].iter());
        assert_eq!(newer[1..], older);
        assert!(!older.contains(&newer[0]) && older[1] != older[2]);
    }
}
