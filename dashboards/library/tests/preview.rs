//! `dashboards preview`: files that need nothing else, the same for the same events.

#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::path::Path;
use std::process::{Command, Output};

use library::library;
use roxmltree::Document;

fn preview(out: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dashboards"));
    command.arg("preview").arg("--out").arg(out).args(arguments);
    command.output().expect("the program starts")
}

fn read(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).expect(file)
}

fn recorded(folder: &Path, lines: &[&str]) -> String {
    let path = folder.join("events.jsonl");
    std::fs::write(&path, lines.join("\n")).expect("writable");
    path.to_string_lossy().into_owned()
}

const STARTED: &str = r#"{"_aws":{"Timestamp":1764000030000,"CloudWatchMetrics":[{"Namespace":"Sentori/local","Dimensions":[[]],"Metrics":[{"Name":"run_started","Unit":"Count"}]}]},"run_started":1,"function":"run-api","run_id":"5e0c9d3e","user":"<script>alert(1)</script>"}"#;

#[test]
fn every_dashboard_is_drawn_from_samples_byte_for_byte_the_same() {
    let [one, other] = [(), ()].map(|()| tempfile::tempdir().expect("a folder"));
    for folder in [&one, &other] {
        let output = preview(folder.path(), &[]);
        assert!(output.status.success(), "{output:?}");
    }
    let page = read(one.path(), "index.html");
    assert_eq!(page, read(other.path(), "index.html"));
    for dashboard in library().dashboards {
        let file = format!("{}.svg", dashboard.link.slug);
        let picture = read(one.path(), &file);
        assert_eq!(picture, read(other.path(), &file));
        let document = Document::parse(&picture).expect(&file);
        let texts: Vec<_> = document
            .descendants()
            .filter_map(|node| node.text())
            .collect();
        for panel in dashboard.panels() {
            assert!(
                texts.contains(&panel.title.as_ref()),
                "{file} lacks {}",
                panel.title
            );
        }
        assert!(page.contains(&format!("<section id=\"{}\"", dashboard.link.uid)));
        loads_nothing(&picture);
    }
    loads_nothing(&page);
}

fn loads_nothing(text: &str) {
    // The name of a namespace, which nobody fetches.
    let text = text.replace("\"http://www.w3.org/2000/svg\"", "");
    for outside in [
        "src=", "http://", "https://", "@import", "url(", "<link", "<image",
    ] {
        assert!(!text.contains(outside), "{outside}");
    }
}

#[test]
fn recorded_events_are_shown_and_a_user_s_text_stays_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let events = recorded(folder.path(), &[STARTED, STARTED, ""]);
    let output = preview(folder.path(), &["--events", &events]);
    assert!(output.status.success(), "{output:?}");
    let page = read(folder.path(), "index.html");
    assert!(page.contains("aria-label=\"Runs started: 2\""));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("2025-11-24 15:56:00 to 2025-11-24 16:01:00 UTC"));
}

#[test]
fn lines_that_are_no_events_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let events = recorded(folder.path(), &[STARTED, "Listening on port 80"]);
    let output = preview(folder.path(), &["--events", &events]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("line 2: is not a JSON object"), "{said}");
    assert!(said.contains("1 events, 1 lines that are none"), "{said}");
    assert!(folder.path().join("index.html").exists());
}

#[test]
fn what_cannot_be_shown_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let others = STARTED.replace("Sentori/local", "Shop/local");
    let events = recorded(folder.path(), &[&others]);
    let cases = [
        (events.as_str(), "namespace Sentori/<environment>"),
        ("missing.jsonl", "missing.jsonl: "),
    ];
    for (events, reason) in cases {
        let output = preview(&folder.path().join("out"), &["--events", events]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(reason), "{said}");
        assert!(!folder.path().join("out").exists());
    }
}
