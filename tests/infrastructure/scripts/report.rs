//! What a pull request is told about dashboards and cost, of this working tree.

use std::fs;
use std::process::Command;

use crate::files;

#[test]
fn a_report_says_what_changes_and_what_it_costs() {
    let out = tempfile::tempdir().unwrap();
    let ran = Command::new(files::root().join(".github/scripts/dashboards-report"))
        .arg("HEAD")
        .arg(out.path())
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let report = fs::read_to_string(out.path().join("report.md")).unwrap();
    let sections: Vec<_> = report.split("\n## ").skip(1).collect();
    assert_eq!(sections.len(), 3, "{report}");
    assert!(sections[0].starts_with("What changes\n"), "{report}");
    for cost in &sections[1..] {
        assert!(
            cost.starts_with("Cost of ") && cost.contains("**total**"),
            "{report}"
        );
    }
    let pictures = files::below(&out.path().join("preview"), ".svg");
    assert!(!pictures.is_empty(), "no pictures of the dashboards");
}
