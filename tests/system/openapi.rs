//! The API's description, kept as a file so that a change to it is seen.

use std::path::PathBuf;

use similar::TextDiff;
use system_tests::System;

/// Set it to rewrite the file.
const UPDATE: &str = "UPDATE_SNAPSHOTS";

#[tokio::test]
async fn the_description_is_the_committed_one() {
    let system = System::start().await;
    let served = system.api().get("/api/openapi.json").expect(200).await;
    assert!(
        served["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1")),
        "{served}"
    );
    let served = format!("{served:#}\n");
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "openapi.json"]
        .iter()
        .collect();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &served).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = TextDiff::from_lines(&committed, &served);
    let diff = diff
        .unified_diff()
        .header("tests/openapi.json", "/api/openapi.json")
        .to_string();
    assert!(diff.is_empty(), "run .ci/rewrite\n{diff}");
}
