//! The committed files are what the definitions render to, byte for byte.

use std::path::Path;
use std::process::Command;

use dashboards::render::{all, compare, write};
use library::library;

#[test]
fn committed_files_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut check = Command::new(env!("CARGO_BIN_EXE_dashboards"));
    let output = check.args(["render", "--check"]).current_dir(root).output();
    let output = output.expect("runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "run .ci/rewrite\n{said}");
}

#[test]
fn rendering_is_reproducible() {
    assert_eq!(
        all(&library()).expect("renders"),
        all(&library()).expect("renders")
    );
}

#[test]
fn writing_removes_what_is_not_rendered_any_more() {
    let folder = std::env::temp_dir().join(format!("dashboards-{}", std::process::id()));
    let files = all(&library()).expect("renders");
    assert_eq!(write(&folder, &files).expect("writable"), files.len());
    let gone = folder.join("grafana/cloudwatch/gone.json");
    std::fs::write(&gone, "{}").expect("writable");
    assert_eq!(compare(&folder, &files).expect("readable").len(), 1);
    assert_eq!(write(&folder, &files).expect("writable"), 1);
    assert!(!gone.exists());
    std::fs::remove_dir_all(&folder).expect("removable");
}

#[test]
fn nothing_of_one_deployment_is_committed() {
    for file in all(&library()).expect("renders") {
        for secret in ["arn:aws", "amazonaws.com", "sentori-dev-", "sentori-prod-"] {
            assert!(
                !file.content.contains(secret),
                "{} holds {secret}",
                file.path
            );
        }
    }
}
