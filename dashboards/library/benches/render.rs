//! How long rendering takes: one dashboard of 20 panels in process, beside what other
//! generators take for the same one, and the entire library as a whole process.
//!
//! `dashboards/library/benches/peers/install && cargo bench -p library`
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints its results and reports by failing"
)]

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use catalogue::links::API;
use catalogue::{
    DYNAMODB_THROTTLE, DynamoOperation, REQUEST_DURATION, RUN_COMPLETED, Route, RunOutcome,
    TEMPERATURE,
};
use dashboards::model::{Dashboard, Narrow, Panel, Source, Threshold};
use dashboards::render::grafana::{self, Backend};
use library::DEPLOYMENT;
use serde_json::{Value, json};

const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers");
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const PANELS: usize = 20;
const ROUNDS: usize = 3_000;
const PROCESSES: usize = 200;

fn main() {
    let mut ours = times(ROUNDS, || {
        black_box(rendered());
    });
    let dashboard: Value = serde_json::from_str(&rendered()).expect("JSON");
    let values = values(&dashboard);
    println!("| 20 panels, in process | best, µs | median, µs | times ours |\n|---|--:|--:|--:|");
    let own = row("dashboards", &mut ours, None);
    for (name, program, script) in [
        (
            "grafana-foundation-sdk 0.0.21, TypeScript",
            "node",
            "foundation.mjs",
        ),
        (
            "grafana-foundation-sdk 0.0.21, Python",
            "venv/bin/python",
            "foundation.py",
        ),
        (
            "grafanalib 0.7.1, Python",
            "venv/bin/python",
            "with_grafanalib.py",
        ),
    ] {
        let answer = peer(program, script, &values);
        assert_same(&dashboard, &answer["dashboard"], name);
        let taken = answer["nanoseconds"].as_array().expect("a list");
        let mut taken: Vec<f64> = taken.iter().filter_map(Value::as_f64).collect();
        row(name, &mut taken, Some(own));
    }
    println!("\n| the library, whole process | best, ms | median, ms |\n|---|--:|--:|");
    let folder = std::env::temp_dir().join(format!("render-{}", std::process::id()));
    process("`render` into an empty folder", &folder, true, &[]);
    process("`render`, nothing changed", &folder, false, &[]);
    process("`render --check`", &folder, false, &["--check"]);
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// The dashboard, made and rendered anew.
fn rendered() -> String {
    let panels = (0..PANELS).map(|place| {
        let source: Source = match place % 5 {
            0 => REQUEST_DURATION.by::<Route>().samples().into(),
            1 => REQUEST_DURATION.by::<Route>().percentile(99.0).into(),
            2 => RUN_COMPLETED.of(RunOutcome::Failed).sum().into(),
            3 => TEMPERATURE.total().average().into(),
            _ => DYNAMODB_THROTTLE.by::<DynamoOperation>().sum().into(),
        };
        Panel::time_series(format!("Panel {place}"))
            .describe("What it means, and what whoever is on call does about it first.")
            .draw("", source)
            .threshold(Threshold::above(100.0))
    });
    let dashboard = Dashboard::new(API, "Twenty panels")
        .describe("As much as fits on a large screen.")
        .row("All", panels);
    let json = grafana::dashboard(&DEPLOYMENT, &dashboard, Backend::CloudWatch);
    json.expect("renders").expect("has panels")
}

/// What the dashboard says, as the peers are told.
fn values(dashboard: &Value) -> Value {
    let panels = panels(dashboard).map(|panel| {
        let target = &panel["targets"][0];
        json!({
            "id": panel["id"],
            "title": panel["title"],
            "description": panel["description"],
            "gridPos": panel["gridPos"],
            "unit": panel["fieldConfig"]["defaults"]["unit"],
            "threshold": panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"],
            "softMax": panel["fieldConfig"]["defaults"]["custom"]["axisSoftMax"],
            "insertNulls": panel["fieldConfig"]["defaults"]["custom"]["insertNulls"],
            "fillOpacity": panel["fieldConfig"]["defaults"]["custom"]["fillOpacity"],
            "stacked": panel["fieldConfig"]["defaults"]["custom"]["stacking"].is_object(),
            "namespace": target["namespace"],
            "metricName": target["metricName"],
            "dimensions": target["dimensions"],
            "statistic": target["statistic"],
            "label": target["label"],
        })
    });
    json!({
        "title": dashboard["title"],
        "uid": dashboard["uid"],
        "description": dashboard["description"],
        "panels": panels.collect::<Vec<_>>(),
    })
}

fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    let panels = dashboard["panels"].as_array().expect("panels");
    panels.iter().filter(|panel| panel["type"] != "row")
}

/// Whether a peer's dashboard says as much as ours.
fn assert_same(ours: &Value, theirs: &Value, name: &str) {
    assert_eq!(panels(theirs).count(), PANELS, "{name}");
    for (ours, theirs) in panels(ours).zip(panels(theirs)) {
        for member in ["type", "title", "description"] {
            assert_eq!(ours[member], theirs[member], "{name}");
        }
        for side in ["x", "y", "w", "h"] {
            assert_eq!(ours["gridPos"][side], theirs["gridPos"][side], "{name}");
        }
        for member in ["namespace", "metricName", "dimensions", "statistic"] {
            let (ours, theirs) = (&ours["targets"][0], &theirs["targets"][0]);
            assert_eq!(ours[member], theirs[member], "{name}");
        }
        let defaults = |panel: &Value| panel["fieldConfig"]["defaults"].clone();
        let (our, their) = (defaults(ours), defaults(theirs));
        assert_eq!(our["unit"], their["unit"], "{name}");
        let steps = |defaults: &Value| defaults["thresholds"]["steps"][1].clone();
        assert_eq!(steps(&our)["color"], steps(&their)["color"], "{name}");
        for (member, value) in our["custom"].as_object().expect("custom") {
            let (our, their) = (value, &their["custom"][member]);
            // 100 and 100.0 are one number.
            let numbers = our.is_number() && our.as_f64() == their.as_f64();
            assert!(numbers || our == their, "{name}: {member}: {our}, {their}");
        }
        for member in ["displayMode", "placement", "calcs"] {
            let legend = |panel: &Value| panel["options"]["legend"][member].clone();
            assert_eq!(legend(ours), legend(theirs), "{name}: {member}");
        }
        assert_eq!(
            ours["options"]["tooltip"], theirs["options"]["tooltip"],
            "{name}"
        );
    }
}

fn peer(program: &str, script: &str, values: &Value) -> Value {
    let program = match program {
        "node" => Path::new(program).to_path_buf(),
        installed => Path::new(PEERS).join(installed),
    };
    let child = Command::new(program)
        .arg(script)
        .current_dir(PEERS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{error}: run {PEERS}/install"));
    let mut input = child.stdin.take().expect("piped");
    let text = values.to_string();
    input.write_all(text.as_bytes()).expect("written");
    drop(input);
    let done = child.wait_with_output().expect("ended");
    serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{script}: {error}"))
}

fn process(name: &str, folder: &Path, anew: bool, options: &[&str]) {
    let mut taken = Vec::with_capacity(PROCESSES);
    for _ in 0..PROCESSES {
        if anew {
            let _ = std::fs::remove_dir_all(folder);
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_dashboards"));
        command.args(["render", "--out"]).arg(folder).args(options);
        command.current_dir(WORKSPACE).stdout(Stdio::null());
        let start = Instant::now();
        let status = command.status().expect("started");
        taken.push(start.elapsed().as_secs_f64() * 1e3);
        assert!(status.success(), "{name}");
    }
    taken.sort_by(f64::total_cmp);
    println!("| {name} | {:.1} | {:.1} |", taken[0], taken[PROCESSES / 2]);
}

fn times(rounds: usize, mut run: impl FnMut()) -> Vec<f64> {
    let one = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e9
    };
    (0..rounds).map(one).collect()
}

/// Prints best and median, and how many times the median is that of ours; answers the median.
fn row(name: &str, nanoseconds: &mut [f64], ours: Option<f64>) -> f64 {
    nanoseconds.sort_by(f64::total_cmp);
    let (best, median) = (nanoseconds[0], nanoseconds[nanoseconds.len() / 2]);
    let times = ours.map_or(String::new(), |ours| format!("{:.1}", median / ours));
    println!(
        "| {name} | {:.0} | {:.0} | {times} |",
        best / 1e3,
        median / 1e3
    );
    median
}
