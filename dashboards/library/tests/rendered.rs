//! The committed files are what the definitions render to, byte for byte.

use std::path::Path;

use dashboards::cost::page;
use dashboards::render::{all, compare, write};
use library::library;

fn committed() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/rendered"))
}

#[test]
fn committed_files_are_fresh() {
    let files = all(&library()).expect("renders");
    let stale = compare(committed(), &files).expect("readable");
    let names: Vec<_> = stale
        .iter()
        .map(|change| format!("{change:?}").chars().take(120).collect::<String>())
        .collect();
    assert!(
        stale.is_empty(),
        "run `cargo dashboards render`: {names:#?}"
    );
}

#[test]
fn the_page_on_cost_is_fresh() {
    let page = committed().join("../../docs/cost.md");
    let text = std::fs::read_to_string(page).expect("readable");
    let filled = page::fill(&text, &library()).expect("a place for each table");
    assert_eq!(text, filled, "run `cargo dashboards render`");
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
