//! Which records are logged, chosen by the environment.

use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::env::{Env, InitError};

/// The variables that choose, the one that wins first.
///
/// `RUST_LOG` may name targets, `info,handlers=debug`; `LOG_LEVEL` is for a deployment;
/// `AWS_LAMBDA_LOG_LEVEL` is what the function's logging configuration says, by which
/// Lambda filters JSON records anyway.
const VARIABLES: [&str; 3] = ["RUST_LOG", "LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL"];

/// The levels that the environment asks for; INFO if it asks for none.
pub(crate) fn from_env(env: Env<'_>) -> Result<Targets, InitError> {
    let set = VARIABLES
        .into_iter()
        .find_map(|name| Some((name, env(name)?)));
    let Some((name, value)) = set else {
        return Ok(Targets::new().with_default(LevelFilter::INFO));
    };
    parse(&value).ok_or(InitError::Variable {
        name,
        value,
        fix: "give off, error, warn, info, debug or trace; RUST_LOG also takes target=level, separated by commas",
    })
}

fn parse(value: &str) -> Option<Targets> {
    // Lambda has a level above ERROR; nothing here logs at it.
    let value = value.trim().to_ascii_lowercase().replace("fatal", "off");
    let known = |part: &str| {
        let level = part.rsplit('=').next().unwrap_or(part);
        level.parse::<LevelFilter>().is_ok()
    };
    value
        .split(',')
        .all(known)
        .then(|| value.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(set: &[(&str, &str)]) -> Result<String, InitError> {
        let env = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        from_env(&env).map(|targets| targets.to_string())
    }

    #[test]
    fn the_most_specific_variable_wins() {
        let lambda = ("AWS_LAMBDA_LOG_LEVEL", "WARN");
        let deployment = ("LOG_LEVEL", "debug");
        let person = ("RUST_LOG", "error,handlers=trace");
        assert_eq!(levels(&[]).unwrap(), "info");
        assert_eq!(levels(&[lambda]).unwrap(), "warn");
        assert_eq!(levels(&[lambda, deployment]).unwrap(), "debug");
        let all = levels(&[lambda, deployment, person]).unwrap();
        assert_eq!(all, "handlers=trace,error");
        assert_eq!(levels(&[("AWS_LAMBDA_LOG_LEVEL", "FATAL")]).unwrap(), "off");
    }

    #[test]
    fn a_wrong_level_names_its_variable_and_does_not_fall_through() {
        for (name, value) in [("RUST_LOG", "handlers=loud"), ("LOG_LEVEL", "verbose")] {
            let error = levels(&[(name, value), ("AWS_LAMBDA_LOG_LEVEL", "INFO")]).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(name) && text.contains(value), "{text}");
            assert!(text.contains("give off, error, warn"), "{text}");
        }
    }
}
