//! What would make telemetry disappear, said when a function starts.

/// Warnings about Lambda's configuration; `env` looks up an environment variable.
///
/// With its JSON log format Lambda drops lines below the function's log level, and counts
/// a line without `level`, such as an event with metrics, as INFO ([documentation]).
///
/// [documentation]: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
pub fn startup_warnings(env: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let format = env("AWS_LAMBDA_LOG_FORMAT").unwrap_or_default();
    let level = env("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default();
    let hides = ["WARN", "ERROR", "FATAL"].contains(&level.to_ascii_uppercase().as_str());
    if format.eq_ignore_ascii_case("JSON") && hides {
        vec![format!(
            "metrics are lost: Lambda's application log level is {level} and hides events, which \
             count as INFO; set it to INFO (logging_config in Terraform) and use RUST_LOG for \
             records"
        )]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::startup_warnings;

    fn warnings(format: &str, level: &str) -> usize {
        let env = |name: &str| match name {
            "AWS_LAMBDA_LOG_FORMAT" => Some(format.to_owned()),
            "AWS_LAMBDA_LOG_LEVEL" => Some(level.to_owned()),
            _ => None,
        };
        startup_warnings(env).len()
    }

    #[test]
    fn a_log_level_that_hides_events_is_a_warning() {
        assert_eq!(warnings("JSON", "WARN"), 1);
        assert_eq!(warnings("json", "error"), 1);
        assert_eq!(warnings("JSON", "INFO"), 0);
        assert_eq!(warnings("Text", "ERROR"), 0);
        assert!(startup_warnings(|_| None).is_empty());
    }
}
