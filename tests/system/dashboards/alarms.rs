//! `dashboards drift` and `dashboards verify` against a CloudWatch with the rendered alarms.

use aws_sdk_cloudwatch::types::{
    ComparisonOperator, Dimension, Metric, MetricDataQuery, MetricStat, Statistic,
};
use serde_json::{Value, json};
use system_tests::CloudWatch;
use system_tests::program::{self, Profile};
use tokio::process::Command;

use super::cloudwatch::loaded;
use super::rendered_files::{API_ID, ENVIRONMENT, composite_alarms, metric_alarms};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_drift_only_if_they_are_changed() {
    let Some(cloudwatch) = CloudWatch::start().await else {
        return;
    };
    let alarms = metric_alarms();
    for alarm in &alarms {
        put(&cloudwatch, alarm).await;
    }
    // moto has no composite alarms and no warm-up: those, and nothing else, drift.
    let (status, drifts) = run(&cloudwatch, "drift").await;
    let drifts = drifts.as_array().unwrap();
    let (missing, changed): (Vec<_>, Vec<_>) =
        drifts.iter().partition(|drift| drift["kind"] == "not live");
    assert_eq!(
        (status, missing.len()),
        (1, composite_alarms()),
        "{drifts:#?}"
    );
    assert!(changed.iter().all(|drift| is_warm_up(drift)), "{drifts:#?}");

    // A share of what the deployment has is known to Terraform alone, and matches anything.
    let mut known = alarms.iter().filter(|alarm| alarm["threshold"].is_number());
    let mut changed = known.next().unwrap().clone();
    changed["threshold"] = json!(99.0);
    put(&cloudwatch, &changed).await;
    let (_, drifts) = run(&cloudwatch, "drift").await;
    let changes = drifts.as_array().unwrap().iter();
    let changes: Vec<_> = changes
        .filter(|drift| drift["kind"] != "not live" && !is_warm_up(drift))
        .collect();
    let [change] = changes[..] else {
        panic!("{changes:#?}")
    };
    assert_eq!(change["alarm"], changed["alarm_name"]);
    assert_eq!(change["attribute"], "threshold");
    assert_eq!(change["live"], "99.0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_have_data_after_a_simulation_and_none_before() {
    let (Some(empty), Some(loaded)) = (CloudWatch::start().await, loaded().await) else {
        return;
    };
    let (status, before) = run(&empty, "verify").await;
    assert_eq!((status, &before["withData"]), (1, &json!(0)));
    let (status, after) = run(&loaded, "verify").await;
    let missing = after["missing"].as_array().unwrap();
    assert_eq!(status, 0, "{missing:#?}");
    assert!(
        missing
            .iter()
            .all(|missing| missing["expected"].is_string())
    );
    let missed = before["missing"].as_array().unwrap().len();
    assert_eq!(after["withData"], missed - missing.len());
}

/// Whether it is about what moto does not keep.
fn is_warm_up(drift: &Value) -> bool {
    let attribute = drift["attribute"].as_str().unwrap_or_default();
    attribute.starts_with("warm_up_configuration")
}

/// The exit status and the answer of a command.
async fn run(cloudwatch: &CloudWatch, command: &str) -> (i32, Value) {
    let built = tokio::task::spawn_blocking(|| program::build("library", Profile::Dev));
    let programs = built.await.unwrap().unwrap();
    let mut program = Command::new(program::find(&programs, "dashboards").unwrap());
    program.args([
        command,
        "--json",
        "--environment",
        ENVIRONMENT,
        "--api-id",
        API_ID,
    ]);
    let done = cloudwatch.given_to(&mut program).output().await.unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    let answer = serde_json::from_slice(&done.stdout);
    (
        done.status.code().unwrap(),
        answer.unwrap_or_else(|_| panic!("{said}")),
    )
}

/// Makes an alarm as Terraform's provider does.
async fn put(cloudwatch: &CloudWatch, alarm: &Value) {
    let text = |name: &str| alarm[name].as_str().map(str::to_owned);
    let number = |name: &str| {
        alarm[name]
            .as_i64()
            .map(|number| i32::try_from(number).unwrap())
    };
    let topics = |name: &str| {
        let topics = alarm[name].as_array().into_iter().flatten();
        Some(
            topics
                .map(|topic| topic.as_str().unwrap().to_owned())
                .collect(),
        )
    };
    let queries = alarm["metric_query"].as_array();
    let queries = queries.map(|queries| queries.iter().map(query).collect());
    let dimensions = queries.is_none().then(|| dimensions(&alarm["dimensions"]));
    cloudwatch
        .client()
        .put_metric_alarm()
        .set_alarm_name(text("alarm_name"))
        .set_alarm_description(text("alarm_description"))
        // What is part of a composite acts by itself in the small profile only.
        .actions_enabled(alarm["actions_enabled"].is_null())
        .set_alarm_actions(topics("alarm_actions"))
        .set_ok_actions(topics("ok_actions"))
        .comparison_operator(ComparisonOperator::from(
            text("comparison_operator").unwrap().as_str(),
        ))
        // A share of what the deployment has is computed by Terraform.
        .set_threshold(alarm["threshold"].as_f64().or(Some(800.0)))
        .set_evaluation_periods(number("evaluation_periods"))
        .set_datapoints_to_alarm(number("datapoints_to_alarm"))
        .set_treat_missing_data(text("treat_missing_data"))
        .set_evaluate_low_sample_count_percentile(text("evaluate_low_sample_count_percentiles"))
        .set_metrics(queries)
        .set_namespace(text("namespace"))
        .set_metric_name(text("metric_name"))
        .set_dimensions(dimensions)
        .set_period(number("period"))
        .set_statistic(text("statistic").map(|name| Statistic::from(name.as_str())))
        .set_extended_statistic(text("extended_statistic"))
        .send()
        .await
        .unwrap();
}

fn query(block: &Value) -> MetricDataQuery {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let metric = &block["metric"];
    let stat = metric.is_object().then(|| {
        let watched = Metric::builder()
            .set_namespace(text(&metric["namespace"]))
            .set_metric_name(text(&metric["metric_name"]))
            .set_dimensions(Some(dimensions(&metric["dimensions"])));
        MetricStat::builder()
            .metric(watched.build())
            .set_period(
                metric["period"]
                    .as_i64()
                    .map(|period| i32::try_from(period).unwrap()),
            )
            .set_stat(text(&metric["stat"]))
            .build()
    });
    MetricDataQuery::builder()
        .set_id(text(&block["id"]))
        .set_expression(text(&block["expression"]))
        .set_label(text(&block["label"]))
        .set_return_data(block["return_data"].as_bool())
        .set_metric_stat(stat)
        .build()
}

fn dimensions(values: &Value) -> Vec<Dimension> {
    let values = values.as_object().into_iter().flatten();
    let dimension = |(name, value): (&String, &Value)| {
        let value = value.as_str().unwrap();
        Dimension::builder().name(name).value(value).build()
    };
    values.map(dimension).collect()
}
