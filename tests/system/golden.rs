//! Files that a test compares what there is with, so that a change to it is seen.

use std::path::PathBuf;

use similar::TextDiff;

/// Set to rewrite the files: `.ci/rewrite` does.
const UPDATE: &str = "UPDATE_SNAPSHOTS";

/// Compares with a file of this package.
pub(crate) fn check(name: &str, now: &str) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), name].iter().collect();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = TextDiff::from_lines(committed.as_str(), now);
    let diff = diff
        .unified_diff()
        .header(&format!("tests/{name}"), "now")
        .to_string();
    assert!(diff.is_empty(), "if it is right, run .ci/rewrite\n{diff}");
}
