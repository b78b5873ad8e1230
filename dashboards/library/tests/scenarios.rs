//! Plays the scenarios of the library's alarms, as `dashboards test` does.

use std::path::Path;

use dashboards::scenario::{Coverage, play};
use library::library;

#[test]
fn every_alarm_fires_when_it_should_and_only_then() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let report = play(&folder, &library().alarms, Coverage::Complete).expect("playable");
    assert!(!report.cases.is_empty());
    assert!(report.passed(), "\n{report}");
}
