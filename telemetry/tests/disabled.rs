//! What no level asks for is not even put together; what nobody may miss is said all the same.

use std::cell::Cell;

use shop::process::{self, Records};
use telemetry::{Config, Lines};

#[test]
fn records_are_disabled_and_the_warning_that_metrics_are_lost_is_not() {
    let env = |name: &str| match name {
        "AWS_LAMBDA_LOG_FORMAT" => Some("JSON".to_owned()),
        "AWS_LAMBDA_LOG_LEVEL" => Some("FATAL".to_owned()),
        _ => None,
    };
    let (lines, records) = (Lines::default(), Records::default());
    let mut config = Config::lambda("orders", process::metrics(&lines), &env);
    config.records = records.writer();
    let _telemetry = config.init().unwrap();
    let evaluated = Cell::new(false);
    tracing::error!(expensive = evaluated.replace(true), "nobody reads this");
    assert!(!evaluated.get());

    let [warning] = records.json().try_into().unwrap();
    assert_eq!(warning["level"], "FATAL", "Lambda drops any other");
    let message = warning["message"].as_str().unwrap();
    assert!(message.contains("metrics are lost"), "{message}");
    assert!(message.contains("FATAL and hides events"), "{message}");
}
