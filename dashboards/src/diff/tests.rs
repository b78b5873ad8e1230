use serde_json::json;

use super::markdown::difference;
use super::*;

const FILE: &str = "grafana/cloudwatch/runs.json";

fn dashboard() -> Value {
    json!({
        "uid": "runs", "title": "Runs", "refresh": "1m", "time": {"from": "now-1h"},
        "templating": {"list": [{"name": "environment", "query": "dev,prod"}]},
        "annotations": {"list": [{"name": "Alarms", "target": {"alarmNamePrefix": "x"}}]},
        "links": [{"title": "Dashboards", "includeVars": true}],
        "panels": [
            {"type": "row", "title": "Row"},
            {"type": "stat", "title": "Errors", "id": 7, "gridPos": {"x": 0}, "datasource": {"uid": "c"},
             "fieldConfig": {"defaults": {"thresholds": {"steps": [{"color": "red", "value": 3}]}}},
             "targets": [{"refId": "A", "metricName": "Errors", "statistic": "Sum", "period": "60"}]}
        ]
    })
}

fn module() -> Value {
    json!({"resource": {"aws_cloudwatch_metric_alarm": {
        "errors": {"metric_name": "Errors", "threshold": 1.0, "period": 60, "evaluation_periods": 3,
                   "treat_missing_data": "breaching", "alarm_name": "e"}
    }}})
}

fn estimate(scan_dollars: f64) -> Value {
    json!({
        "total": 3.0,
        "items": [{"name": "Alarms", "dollars": 1.0}],
        "dashboards": [{"slug": "runs", "queryDollars": 2.0, "scanDollars": scan_dollars}],
    })
}

fn rendered(dashboard: &Value, module: &Value, scan_dollars: f64) -> Snapshot {
    let mut rendered = Snapshot {
        alarms: meaning::alarms(module),
        dollars: cost::dollars(&estimate(scan_dollars)),
        ..Snapshot::default()
    };
    rendered.add_dashboard(FILE, dashboard);
    rendered
}

fn before() -> Snapshot {
    rendered(&dashboard(), &module(), 1.0)
}

#[test]
fn a_folder_is_read_as_far_as_it_goes_and_what_is_wrong_in_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = || Snapshot::read(folder.path());
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    assert_eq!(read().expect("empty"), Snapshot::default());
    write(FILE, dashboard().to_string());
    write("alarms/main.tf.json", module().to_string());
    write(COST, estimate(1.0).to_string());
    assert_eq!(read().expect("rendered"), before());
    for wrong in [COST, "grafana/prometheus"] {
        write(wrong, "{".to_owned());
        let said = read().expect_err(wrong).to_string();
        assert!(said.contains(wrong), "{said}");
        fs::remove_file(folder.path().join(wrong)).expect("removed");
    }
}

#[test]
fn every_member_that_means_something_is_seen() {
    let of_dashboard = [
        ("/uid", "uid"),
        ("/refresh", "refresh"),
        ("/time/from", "time.from"),
        (
            "/templating/list/0/query",
            "templating.list.environment.query",
        ),
        (
            "/annotations/list/0/target/alarmNamePrefix",
            "annotations.list.Alarms.target.alarmNamePrefix",
        ),
        ("/links/0/includeVars", "links.Dashboards.includeVars"),
        (
            "/panels/1/fieldConfig/defaults/thresholds/steps/0/value",
            "fieldConfig.defaults.thresholds.steps.0.value",
        ),
        ("/panels/1/targets/0/period", "targets.A.period"),
        ("/panels/1/datasource/uid", "datasource.uid"),
    ];
    for (pointer, fact) in of_dashboard {
        let mut changed = dashboard();
        *changed.pointer_mut(pointer).expect(pointer) = json!("other");
        let found = changes(&before(), &rendered(&changed, &module(), 1.0));
        let [
            Change {
                what: ChangeKind::Changed { fact: found, .. },
                ..
            },
        ] = &found[..]
        else {
            panic!("{pointer}: {found:?}")
        };
        assert_eq!(found, fact);
    }
    for member in [
        "threshold",
        "period",
        "treat_missing_data",
        "evaluation_periods",
    ] {
        let mut changed = module();
        changed["resource"]["aws_cloudwatch_metric_alarm"]["errors"][member] = json!("other");
        let found = changes(&before(), &rendered(&dashboard(), &changed, 1.0));
        assert!(
            matches!(&found[..], [Change { what: ChangeKind::Changed { fact, .. }, .. }] if fact == member),
            "{member}: {found:?}"
        );
    }
}

#[test]
fn places_and_numbers_mean_nothing() {
    let mut moved = dashboard();
    moved["panels"][1]["id"] = json!(8);
    moved["panels"][1]["gridPos"] = json!({"x": 12});
    assert_eq!(changes(&before(), &rendered(&moved, &module(), 1.0)), []);
}

#[test]
fn a_rename_is_no_new_thing() {
    let mut renamed = dashboard();
    renamed["panels"][1]["title"] = json!("Failures");
    let mut alarms = module();
    let errors = alarms["resource"]["aws_cloudwatch_metric_alarm"]["errors"].take();
    alarms["resource"]["aws_cloudwatch_metric_alarm"] = json!({"failures": errors});
    let found = changes(&before(), &rendered(&renamed, &alarms, 1.0));
    let renamed: Vec<_> = found
        .iter()
        .filter(|change| matches!(change.what, ChangeKind::Renamed { .. }))
        .map(|change| format!("{} {}", change.subject, change.what))
        .collect();
    assert_eq!(renamed, ["Failures was Errors", "failures was errors"]);
    assert!(
        found.iter().all(|change| change.what != ChangeKind::New),
        "{found:?}"
    );

    let mut moved = Snapshot {
        alarms: before().alarms,
        ..Snapshot::default()
    };
    moved.add_dashboard("grafana/cloudwatch/simulations.json", &dashboard());
    let found = changes(&before(), &moved);
    assert!(
        matches!(&found[..], [Change { what: ChangeKind::Renamed { from }, .. }] if from == FILE),
        "{found:?}"
    );
}

#[test]
fn another_alarm_in_the_place_of_one_is_new() {
    let another = json!({"resource": {"aws_cloudwatch_metric_alarm": {
        "slow": {"metric_name": "Duration", "threshold": 9.0, "period": 300, "evaluation_periods": 3}
    }}});
    let found = changes(&before(), &rendered(&dashboard(), &another, 1.0));
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.subject.as_str(), &one.what))
        .collect();
    let (new, gone) = (&ChangeKind::New, &ChangeKind::Gone);
    assert_eq!(found, [("slow", new), ("errors", gone)]);
}

#[test]
fn a_threshold_and_a_price_as_markdown() {
    let mut changed = module();
    changed["resource"]["aws_cloudwatch_metric_alarm"]["errors"]["threshold"] = json!(2.0);
    assert_eq!(
        markdown(&before(), &rendered(&dashboard(), &changed, 2.0)),
        "### alarms\n\n- **errors**\n  - threshold: `1.0` became `2.0`\n\n\
         ### Price\n\n| USD a month | before | after |\n|---|--:|--:|\n\
         | dashboard runs, if all the time is spent on it | 3.00 | 4.00 |\n\n"
    );
    assert_eq!(markdown(&before(), &before()), "No change in meaning.\n");
}

#[test]
fn a_term_that_changed_in_a_long_formula() {
    let formula = |term: &str| format!("{} + {term} + {}", "a".repeat(100), "b".repeat(100));
    let (before, after) = difference(&formula("m1 * 2"), &formula("m1 * 3.5"));
    let around = |term| format!("…{} + {term} + {}…", "a".repeat(12), "b".repeat(17));
    assert_eq!((before, after), (around("m1 * 2"), around("m1 * 3.5")));
    let (before, after) = difference(&"x".repeat(200), &"x".repeat(201));
    assert_eq!(
        (before.len(), after.len()),
        (before.len(), before.len() + 1)
    );
}

#[test]
fn what_is_left_out_of_long_texts_only_is_marked() {
    let of = |before: &str, after: &str| {
        let text = |last| [before, last, after].concat();
        difference(&text("1"), &text("2")).0
    };
    let (long, around) = ("x".repeat(119), "x".repeat(20));
    assert_eq!(of(&long[1..], ""), format!("{}1", &long[1..]));
    assert_eq!(of(&long, ""), format!("…{around}1"));
    assert_eq!(of("", &long), format!("1{around}…"));
}

#[test]
fn what_is_new_and_what_is_gone() {
    let text = markdown(&Snapshot::default(), &before());
    assert!(
        text.contains("- **Runs** is new\n- **Errors** is new"),
        "{text}"
    );
    assert!(
        text.contains("| Alarms | | 1.00 |\n") && text.contains("| total | | 3.00 |\n"),
        "{text}"
    );
    assert!(markdown(&before(), &Snapshot::default()).contains("**errors** is gone"));
}
