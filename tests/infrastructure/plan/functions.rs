//! Functions, their logs, the tick, and what happens to an environment.

use handlers::lambda::TICK;
use library::api::alarms::TIMEOUT;
use library::workload::{TRACED, WORKLOAD};
use library::{DEPLOYMENT, EVENTS_LOG_GROUP};
use serde_json::Value;
use telemetry::Dimension as _;

use super::{FUNCTIONS, each, expected, same};

#[test]
fn functions_are_what_is_priced_alarmed_and_packaged() {
    each("api", |environment, api| {
        for name in FUNCTIONS {
            let function = api.function(name);
            let what = |part: &str| format!("{part} of {name}");
            same(
                (&what("name"), function.text("/function_name")),
                ("DEPLOYMENT's", &expected("FunctionName", environment, name)),
            );
            let memory = function.at("/memory_size").as_f64();
            same(
                (&what("memory"), memory),
                (
                    "the priced WORKLOAD.gigabytes",
                    Some(WORKLOAD.gigabytes * 1024.0),
                ),
            );
            let timeout = function.at("/timeout").as_u64();
            same(
                (&what("time-out"), timeout),
                ("the alarms' TIMEOUT", Some(TIMEOUT.as_seconds().into())),
            );
            same(
                (&what("architecture"), function.at("/architectures")),
                ("the priced and packaged one", &serde_json::json!(["arm64"])),
            );
            same(
                (&what("runtime"), function.text("/runtime")),
                ("what docs/lambda.md packages for", "provided.al2023"),
            );
            same(
                (&what("tracing"), function.text("/tracing_config/0/mode")),
                ("what lets the function decide", "PassThrough"),
            );
            let sampler =
                |part: &str| function.text(&format!("/environment/0/variables/OTEL_TRACES_{part}"));
            same(
                (&what("sampler"), sampler("SAMPLER")),
                ("what no caller can raise", "traceidratio"),
            );
            let priced = TRACED.iter().find(|(service, _)| service.value() == *name);
            let set = api.setting("trace_sampling_rates")[name].as_f64();
            same(
                (&what("share"), sampler("SAMPLER_ARG").parse().ok()),
                (
                    "the one that is set, or priced",
                    set.or(priced.map(|(_, share)| *share)),
                ),
            );
        }
    });
}

#[test]
fn events_become_metrics() {
    each("api", |environment, api| {
        for name in FUNCTIONS {
            let function = api.function(name);
            let logging = |part: &str| function.text(&format!("/logging_config/0/{part}"));
            let lambda = |variable: &str| match variable {
                "AWS_LAMBDA_LOG_FORMAT" => Some(logging("log_format").to_owned()),
                "AWS_LAMBDA_LOG_LEVEL" => Some(logging("application_log_level").to_owned()),
                _ => None,
            };
            let warnings = telemetry::startup_warnings(lambda);
            same(
                (&format!("logging_config of {name}"), warnings),
                ("telemetry::startup_warnings", Vec::new()),
            );
            let wanted = expected("LogGroupName", environment, name);
            same(
                (&format!("log group of {name}"), logging("log_group")),
                ("DEPLOYMENT's", &wanted),
            );
            let address = format!("function[\"{name}\"].aws_cloudwatch_log_group.this");
            let group = api.one("aws_cloudwatch_log_group", &address);
            same(
                (
                    &format!("name of the log group of {name}"),
                    group.text("/name"),
                ),
                ("DEPLOYMENT's", &wanted),
            );
            same(
                (
                    &format!("class of {wanted}"),
                    group.text("/log_group_class"),
                ),
                ("the one that extracts EMF", "STANDARD"),
            );
        }
    });
}

#[test]
fn what_happens_is_logged_where_dashboards_look() {
    each("api", |environment, api| {
        let group = api.one(
            "aws_cloudwatch_log_group",
            "module.events.aws_cloudwatch_log_group.this",
        );
        let wanted = EVENTS_LOG_GROUP.replace("{environment}", environment);
        same(
            ("log group of events", group.text("/name")),
            ("EVENTS_LOG_GROUP", &wanted),
        );
        let pattern = api
            .one("aws_cloudwatch_event_rule", "[\"alarm-states\"]")
            .document("/event_pattern");
        same(
            (
                "prefix of the alarms",
                &pattern["detail"]["alarmName"][0]["prefix"],
            ),
            (
                "DEPLOYMENT's",
                &Value::from(format!("{}-{environment}-", DEPLOYMENT.prefix)),
            ),
        );
    });
}

#[test]
fn the_tick_is_what_the_function_knows_and_the_price_counts() {
    each("api", |_, api| {
        let schedule = api.one("aws_scheduler_schedule", "this");
        let input = schedule.document("/target/0/input");
        same(
            ("event of the tick", input["source"].as_str()),
            ("handlers::lambda::TICK", Some(TICK)),
        );
        let every = WORKLOAD.ticks / (30.0 * 24.0 * 60.0);
        assert!(
            (every - 1.0).abs() < f64::EPSILON,
            "{} ticks are priced",
            WORKLOAD.ticks
        );
        same(
            ("schedule", schedule.text("/schedule_expression")),
            ("the priced WORKLOAD.ticks", "rate(1 minute)"),
        );
        let target = schedule.text("/target/0/arn");
        let alias = api.one(
            "aws_lambda_alias",
            "function[\"run-api\"].aws_lambda_alias.live",
        );
        same(
            ("target of the tick", target),
            ("the alias of run-api", alias.text("/arn")),
        );
    });
}
