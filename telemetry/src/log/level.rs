//! Which records are logged, chosen by the environment.

use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::env::Env;

/// The variables that choose, the one that wins first.
///
/// `RUST_LOG` may name targets, `info,handlers=debug`; `LOG_LEVEL` is for a deployment;
/// `AWS_LAMBDA_LOG_LEVEL` is what the function's logging configuration says, by which
/// Lambda filters JSON records anyway.
const VARIABLES: [&str; 3] = ["RUST_LOG", "LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL"];

/// The levels that the environment asks for; INFO if it asks for none. What is not
/// understood is said and left out.
pub(crate) fn from_env(env: Env<'_>, warnings: &mut Vec<String>) -> Targets {
    let set = VARIABLES
        .into_iter()
        .find_map(|name| Some((name, env(name)?)));
    let mut targets = Targets::new().with_default(LevelFilter::INFO);
    let Some((name, value)) = set else {
        return targets;
    };
    for part in value.split(',').filter(|part| !part.trim().is_empty()) {
        match directive(part.trim()) {
            Some((None, level)) => targets = targets.with_default(level),
            Some((Some(target), level)) => targets = targets.with_target(target, level),
            None => warnings.push(format!(
                "{name} holds {part:?}, which is left out: give off, error, warn, info, debug or \
                 trace, or target=level, separated by commas"
            )),
        }
    }
    targets
}

/// One part: a level, a target and its level, or a target alone, which means all of it.
fn directive(part: &str) -> Option<(Option<&str>, LevelFilter)> {
    if let Some((target, name)) = part.split_once('=') {
        return is_target(target).then_some((Some(target), level(name)?));
    }
    match level(part) {
        Some(level) => Some((None, level)),
        // A word without a path is more likely a level with a mistake in it.
        None => (is_target(part) && part.contains([':', '_', '-']))
            .then_some((Some(part), LevelFilter::TRACE)),
    }
}

fn is_target(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_:-".contains(c);
    !text.is_empty() && text.chars().all(allowed)
}

/// A level by the names of `tracing`, Lambda, Python's logging and syslog.
fn level(name: &str) -> Option<LevelFilter> {
    Some(match name.trim().to_ascii_lowercase().as_str() {
        // Lambda has a level above ERROR; nothing here logs at it.
        "off" | "none" | "fatal" => LevelFilter::OFF,
        "error" | "err" | "critical" | "alert" | "emergency" => LevelFilter::ERROR,
        "warn" | "warning" => LevelFilter::WARN,
        "info" | "information" | "notice" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" | "verbose" | "all" => LevelFilter::TRACE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the variables ask for, and how much is said of them.
    fn levels(set: &[(&str, &str)]) -> (String, usize) {
        let env = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut warnings = Vec::new();
        let targets = from_env(&env, &mut warnings).to_string();
        for warning in &warnings {
            assert!(warning.contains(set[0].0), "{warning}");
        }
        (targets, warnings.len())
    }

    #[test]
    fn the_most_specific_variable_wins() {
        let lambda = ("AWS_LAMBDA_LOG_LEVEL", "WARN");
        let deployment = ("LOG_LEVEL", "debug");
        let person = ("RUST_LOG", "error,handlers=trace");
        let asked = |set: &[(&str, &str)]| levels(set).0;
        assert_eq!(asked(&[]), "info");
        assert_eq!(asked(&[lambda]), "warn");
        assert_eq!(asked(&[lambda, deployment]), "debug");
        let all = asked(&[lambda, deployment, person]);
        assert_eq!(all, "handlers=trace,error");
        assert_eq!(asked(&[("AWS_LAMBDA_LOG_LEVEL", "FATAL")]), "off");
    }

    #[test]
    fn a_level_is_understood_as_people_write_it() {
        for (written, meant) in [
            ("WARNING", "warn"),
            ("Critical", "error"),
            ("notice", "info"),
            (" debug ", "debug"),
            ("warn, run_api", "run_api=trace,warn"),
            ("handlers::store", "handlers::store=trace,info"),
            ("handlers=WARNING", "handlers=warn,info"),
        ] {
            assert_eq!(
                levels(&[("RUST_LOG", written)]),
                (meant.to_owned(), 0),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_said_by_its_variable_and_the_rest_counts() {
        for (name, value) in [
            ("RUST_LOG", "handlers=loud,debug"),
            ("LOG_LEVEL", "debug,very"),
            ("RUST_LOG", "=trace,debug"),
            ("RUST_LOG", "run api=trace,debug"),
        ] {
            let lambda = ("AWS_LAMBDA_LOG_LEVEL", "ERROR");
            assert_eq!(
                levels(&[(name, value), lambda]),
                ("debug".to_owned(), 1),
                "{value}"
            );
        }
    }
}
