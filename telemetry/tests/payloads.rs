//! At the most talkative level too, libraries that log payloads are held to INFO.

use shop::process::{self, Records};
use telemetry::{Config, Lines};

#[test]
fn libraries_that_log_payloads_are_held_to_info() {
    let env = |name: &str| {
        (name == "RUST_LOG").then(|| "trace,aws_smithy_runtime=trace,hyper=debug".to_owned())
    };
    let records = Records::default();
    let mut config = Config::local("sentori", process::metrics(&Lines::default()), &env);
    config.records = records.writer();
    let _telemetry = config.init().unwrap();

    tracing::trace!(target: "handlers::store", "ours at trace");
    tracing::info!(target: "aws_smithy_runtime::client", "theirs at info");
    tracing::debug!(target: "aws_smithy_runtime::client", "Authorization: secret");
    tracing::debug!(target: "aws_sigv4", "secret");
    tracing::debug!(target: "hyper::proto", "secret");
    tracing::trace!(target: "lambda_runtime::layers", "secret body");
    tracing::trace!(target: "opentelemetry_http", "secret");

    let text = records.text();
    assert!(text.contains("ours at trace"), "{text}");
    assert!(text.contains("theirs at info"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}
