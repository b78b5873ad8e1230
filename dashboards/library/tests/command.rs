//! The command line, as CI calls it: exit codes, reports, and errors that say what to do.
#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::path::Path;
use std::process::{Command, Output};

fn dashboards(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Command::new(env!("CARGO_BIN_EXE_dashboards"))
        .args(arguments)
        .current_dir(root)
        // Nobody's own account, region or metadata service.
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .output()
        .expect("runs")
}

fn fails(arguments: &[&str], code: i32) -> String {
    let output = dashboards(arguments);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn a_budget_is_a_number_of_dollars() {
    for budget in ["nan", "inf", "-1"] {
        let budget = format!("--budget={budget}");
        let said = fails(&["cost", &budget], 2);
        assert!(
            said.contains("a budget is a number of US dollars"),
            "{said}"
        );
    }
    let share = fails(&["cost", "--max-share", "120"], 2);
    assert!(share.contains("a share is 0 to 100 percent"), "{share}");
    assert_eq!(
        dashboards(&["cost", "--max-share", "0"]).status.code(),
        Some(1)
    );
    assert_eq!(
        dashboards(&["cost", "--max-share", "100"]).status.code(),
        Some(0)
    );
}

#[test]
fn alarms_miss_their_runbooks_also_where_there_is_no_folder_of_them() {
    let output = Command::new(env!("CARGO_BIN_EXE_dashboards"))
        .arg("lint")
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("text");
    let missing = "api-5xx [runbook] there is no docs/runbooks/api-5xx.md";
    assert!(said.contains(missing), "{said}");
    let said = fails(&["lint", "--runbooks", "nowhere"], 2);
    assert!(said.contains("nowhere: No such file"), "{said}");
}

#[test]
fn drift_names_the_region_that_is_missing() {
    let said = fails(&["drift"], 2);
    assert!(said.contains("no region is set: give --region"), "{said}");
}

#[test]
fn drift_says_at_once_that_nobody_answers() {
    let began = std::time::Instant::now();
    let nobody = [
        "drift",
        "--region",
        "eu-west-3",
        "--endpoint-url",
        "http://127.0.0.1:1",
    ];
    let said = fails(&nobody, 2);
    assert!(said.contains("CloudWatch DescribeAlarms"), "{said}");
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

#[test]
fn a_diff_of_nothing_is_nothing() {
    let same = [
        "diff",
        "--exit-code",
        "--json",
        "infra/rendered",
        "infra/rendered",
    ];
    let output = dashboards(&same);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(output.stdout, b"[]\n");

    let said = fails(&["diff", "infra/rendred", "infra/rendered"], 2);
    assert!(said.contains("infra/rendred: No such file"), "{said}");

    let everything_gone = [
        "diff",
        "--exit-code",
        "--json",
        "infra/rendered",
        "infra/grafana",
    ];
    let output = dashboards(&everything_gone);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let changes: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(changes.as_array().is_some_and(|changes| changes.len() > 40));
}

#[test]
fn findings_are_written_for_tools() {
    let sarif = dashboards(&["lint", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_slice(&sarif.stdout).expect("JSON");
    assert_eq!(log["runs"][0]["tool"]["driver"]["name"], "dashboards lint");
    let file = "dashboards/library/scenarios/delivery.toml";
    let junit = dashboards(&["test", "--format", "junit", file]);
    let text = String::from_utf8(junit.stdout).expect("text");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let cases = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    assert_eq!(cases.count(), 6);
    let github = dashboards(&["test", "--format", "github", file]);
    assert!(
        github.status.success() && github.stdout.is_empty(),
        "{github:?}"
    );
}

#[test]
fn a_replay_is_of_events_or_of_a_time_that_cloudwatch_still_has() {
    let said = fails(&["replay"], 2);
    assert!(said.contains("<EVENTS>"), "{said}");
    let said = fails(&["replay", "--from", "2026-11-24T08:00:00Z"], 2);
    assert!(said.contains("--to <TIME>"), "{said}");
    let both = [
        "replay",
        "x",
        "--from",
        "2026-11-24T08:00:00Z",
        "--to",
        "2026-11-24T09:00:00Z",
    ];
    let said = fails(&both, 2);
    assert!(said.contains("cannot be used with"), "{said}");
    let said = fails(&["replay", "--from", "yesterday", "--to", "today"], 2);
    assert!(said.contains("--from <TIME>"), "{said}");
    let backwards = [
        "replay",
        "--from",
        "2026-11-24T08:00:00Z",
        "--to",
        "2026-11-24T08:00:00Z",
    ];
    let said = fails(&backwards, 2);
    assert!(said.contains("--to is not a minute after --from"), "{said}");
    let long_ago = [
        "replay",
        "--from",
        "2020-01-01T00:00:00Z",
        "--to",
        "2020-01-02T00:00:00Z",
    ];
    let said = fails(&long_ago, 2);
    assert!(said.contains("15 days ago"), "{said}");
}
