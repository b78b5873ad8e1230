//! Configuration: everything the handlers need to know, read from the environment in one place.

use std::{ops::RangeInclusive, time::Duration};

use http::{HeaderValue, Uri};

use crate::Problem;

/// An environment variable that configures the handlers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it says and which values are right.
    pub description: &'static str,
    /// False if it may be left out.
    pub required: bool,
}

/// Every variable; the deployment is compared with this list.
pub const VARIABLES: &[Variable] = &[
    RUNS_TABLE_NAME,
    SENSOR_DATA_TABLE_NAME,
    GRAFANA_URL,
    ENVIRONMENT,
    MAX_CONCURRENT_RUNS,
    ALLOWED_ORIGIN,
    LEASE_GRACE_SECONDS,
    AUTHENTICATION,
    JWT_USER_CLAIM,
    JWT_INTERRUPT_SCOPE,
    RETENTION_DAYS,
];

const RUNS_TABLE_NAME: Variable = required(
    "RUNS_TABLE_NAME",
    "name of the DynamoDB table of runs, such as Runs-dev",
);
const SENSOR_DATA_TABLE_NAME: Variable = required(
    "SENSOR_DATA_TABLE_NAME",
    "name of the DynamoDB table of readings, such as SensorData-dev",
);
const GRAFANA_URL: Variable = required(
    "GRAFANA_URL",
    "address of Grafana, such as https://grafana.example.com",
);
const ENVIRONMENT: Variable = required(
    "ENVIRONMENT",
    "name of the environment, such as dev or prod: 1 to 20 of a-z, 0-9 and hyphen",
);
const MAX_CONCURRENT_RUNS: Variable = required(
    "MAX_CONCURRENT_RUNS",
    "number of runs that may be running at once: 1 to 50",
);
const ALLOWED_ORIGIN: Variable = required(
    "ALLOWED_ORIGIN",
    "origins of the frontend, divided by commas, such as https://app.example.com",
);
const LEASE_GRACE_SECONDS: Variable = required(
    "LEASE_GRACE_SECONDS",
    "number of seconds after its duration at which a run counts as abandoned: 10 to 3600, usually 120",
);
const AUTHENTICATION: Variable = required(
    "AUTHENTICATION",
    "way in which users are known: jwt (the token says) or anonymous (the header X-User says)",
);
const JWT_USER_CLAIM: Variable = optional(
    "JWT_USER_CLAIM",
    "claim of a token that names its user: `username` without it",
);
const JWT_INTERRUPT_SCOPE: Variable = optional(
    "JWT_INTERRUPT_SCOPE",
    "scope that a token needs to end runs of others: `sentori/interrupt` without it",
);
const RETENTION_DAYS: Variable = optional(
    "RETENTION_DAYS",
    "number of days after which ended runs and readings are deleted: 2 to 3650; kept for ever without it",
);

/// The claim that names a token's user; Cognito's access tokens have it.
pub const USER_CLAIM: &str = "username";
/// The scope that a token needs to end runs of others.
pub const INTERRUPT_SCOPE: &str = "sentori/interrupt";

const fn required(name: &'static str, description: &'static str) -> Variable {
    Variable {
        name,
        description,
        required: true,
    }
}

const fn optional(name: &'static str, description: &'static str) -> Variable {
    Variable {
        name,
        description,
        required: false,
    }
}

/// Runs that the board can hold and still be one read unit: 4 KB at less than 60 bytes a lease.
const RUNS: RangeInclusive<u64> = 1..=50;
const GRACE_SECONDS: RangeInclusive<u64> = 10..=3_600;
/// A reading's time to live starts with its arrival: two days outlast the longest run.
const DAYS: RangeInclusive<u64> = 2..=3_650;

/// How users are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Whoever calls may say any name: nobody checks it.
    Anonymous,
    /// A token says, which an authorizer before the handlers has checked.
    Jwt(TokenRules),
}

/// What the handlers read in a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRules {
    /// The claim that names the user.
    pub user_claim: String,
    /// The scope that lets end runs of others.
    pub interrupt_scope: String,
}

/// What the handlers need to know about where they run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Table of runs.
    pub runs_table: String,
    /// Table of readings.
    pub sensor_data_table: String,
    /// Address of Grafana, without a slash at the end.
    pub grafana_url: String,
    /// Name of the environment.
    pub environment: String,
    /// How many runs may be running at once.
    pub max_concurrent_runs: usize,
    /// Origins of the frontend.
    pub allowed_origins: Vec<HeaderValue>,
    /// How users are known.
    pub authentication: Authentication,
    /// Time after its planned end at which a run counts as abandoned.
    pub lease_grace: Duration,
    /// Time after which ended runs and readings are deleted; for ever if there is none.
    pub retention: Option<Duration>,
}

impl Config {
    /// Reads the configuration; `lookup` gives the value of a variable.
    ///
    /// ```
    /// use handlers::Config;
    ///
    /// let error = Config::from_lookup(|name| std::env::var(name).ok().filter(|_| name != "GRAFANA_URL"));
    /// assert!(error.unwrap_err().to_string().contains("GRAFANA_URL is missing"));
    /// ```
    ///
    /// # Errors
    /// [`ConfigError`] with every variable that is missing or wrong.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader {
            lookup,
            errors: ConfigError::default(),
        };
        let config = Self {
            runs_table: reader.read(RUNS_TABLE_NAME, table_name).unwrap_or_default(),
            sensor_data_table: reader
                .read(SENSOR_DATA_TABLE_NAME, table_name)
                .unwrap_or_default(),
            grafana_url: reader.read(GRAFANA_URL, base_url).unwrap_or_default(),
            environment: reader.read(ENVIRONMENT, environment).unwrap_or_default(),
            max_concurrent_runs: reader
                .read(MAX_CONCURRENT_RUNS, number(RUNS))
                .and_then(|runs| usize::try_from(runs).ok())
                .unwrap_or_default(),
            allowed_origins: reader.read(ALLOWED_ORIGIN, origins).unwrap_or_default(),
            authentication: reader.authentication(),
            lease_grace: Duration::from_secs(
                reader
                    .read(LEASE_GRACE_SECONDS, number(GRACE_SECONDS))
                    .unwrap_or_default(),
            ),
            retention: reader
                .read(RETENTION_DAYS, number(DAYS))
                .map(|days| Duration::from_secs(days * 86_400)),
        };
        reader.errors.result(config)
    }
}

/// The variables that are missing or wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct ConfigError(Vec<Problem>);

impl ConfigError {
    /// Notes a variable that is missing; an empty text stands in for it.
    pub(crate) fn missing(&mut self, name: &str, what: &str) -> String {
        self.0.push(Problem {
            field: name.to_owned(),
            message: format!("is missing: set it to the {what}"),
        });
        String::new()
    }

    /// `value`, if nothing is missing or wrong.
    pub(crate) fn result<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems
        .iter()
        .map(|problem| format!("{} {}", problem.field, problem.message))
        .collect();
    lines.join("; ")
}

struct Reader<F> {
    lookup: F,
    errors: ConfigError,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    /// The variable's value, if it is set and `parse` takes it.
    fn read<T>(&mut self, variable: Variable, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = (self.lookup)(variable.name).filter(|text| !text.is_empty());
        let Some(text) = text else {
            if variable.required {
                self.errors.missing(variable.name, variable.description);
            }
            return None;
        };
        let value = parse(&text);
        if value.is_none() {
            let message = format!("is {text:?}: set it to the {}", variable.description);
            self.errors.0.push(Problem {
                field: variable.name.to_owned(),
                message,
            });
        }
        value
    }
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn authentication(&mut self) -> Authentication {
        let is_jwt = self.read(AUTHENTICATION, |text| match text {
            "jwt" => Some(true),
            "anonymous" => Some(false),
            _ => None,
        });
        let mut word = |variable, default: &str| {
            let is_word = |text: &str| !text.contains(char::is_whitespace);
            let given = self.read(variable, |text| is_word(text).then(|| text.to_owned()));
            given.unwrap_or_else(|| default.to_owned())
        };
        let rules = TokenRules {
            user_claim: word(JWT_USER_CLAIM, USER_CLAIM),
            interrupt_scope: word(JWT_INTERRUPT_SCOPE, INTERRUPT_SCOPE),
        };
        match is_jwt {
            Some(false) => Authentication::Anonymous,
            Some(true) | None => Authentication::Jwt(rules),
        }
    }
}

/// A name by DynamoDB's rules.
fn table_name(text: &str) -> Option<String> {
    let valid = (3..=255).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    valid.then(|| text.to_owned())
}

fn environment(text: &str) -> Option<String> {
    let valid = (1..=20).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    valid.then(|| text.to_owned())
}

fn base_url(text: &str) -> Option<String> {
    let uri = http_uri(text)?;
    (uri.query().is_none() && !text.contains('#')).then(|| text.trim_end_matches('/').to_owned())
}

fn origin(text: &str) -> Option<HeaderValue> {
    let uri = http_uri(text)?;
    let bare = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
    (bare == text).then(|| text.parse().ok()).flatten()
}

fn origins(text: &str) -> Option<Vec<HeaderValue>> {
    text.split(',').map(|one| origin(one.trim())).collect()
}

fn http_uri(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    let anonymous = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    (web && anonymous).then_some(uri)
}

fn number(range: RangeInclusive<u64>) -> impl Fn(&str) -> Option<u64> {
    move |text| text.parse().ok().filter(|number| range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 11] = [
        ("RUNS_TABLE_NAME", "Runs"),
        ("SENSOR_DATA_TABLE_NAME", "SensorData"),
        ("GRAFANA_URL", "https://grafana.example.com/"),
        ("ENVIRONMENT", "dev"),
        ("MAX_CONCURRENT_RUNS", "5"),
        (
            "ALLOWED_ORIGIN",
            "http://localhost:4200, https://app.example.com",
        ),
        ("LEASE_GRACE_SECONDS", "120"),
        ("AUTHENTICATION", "jwt"),
        ("JWT_USER_CLAIM", "sub"),
        ("JWT_INTERRUPT_SCOPE", "runs.end"),
        ("RETENTION_DAYS", "30"),
    ];

    fn with(name: &str, value: Option<&str>) -> Result<Config, ConfigError> {
        Config::from_lookup(|asked| {
            let good = GOOD
                .iter()
                .find(|(name, _)| *name == asked)
                .map(|(_, value)| *value);
            if asked == name { value } else { good }.map(ToOwned::to_owned)
        })
    }

    #[test]
    fn reads_every_variable() {
        let config = with("", None).unwrap();
        assert_eq!(config.grafana_url, "https://grafana.example.com");
        assert_eq!(config.lease_grace, Duration::from_secs(120));
        let allowed = ["http://localhost:4200", "https://app.example.com"];
        assert_eq!(config.allowed_origins, allowed);
        let rules = TokenRules {
            user_claim: "sub".into(),
            interrupt_scope: "runs.end".into(),
        };
        assert_eq!(config.authentication, Authentication::Jwt(rules));
        assert_eq!(config.retention, Some(Duration::from_secs(30 * 86_400)));
        assert_eq!(
            GOOD.map(|(name, _)| name).as_slice(),
            VARIABLES
                .iter()
                .map(|variable| variable.name)
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn names_each_missing_variable() {
        for variable in VARIABLES {
            let read = with(variable.name, None);
            assert_eq!(read.is_err(), variable.required, "{}", variable.name);
            if let Err(error) = read {
                assert!(
                    error
                        .to_string()
                        .starts_with(&format!("{} is missing: set it to", variable.name))
                );
            }
        }
        let error = Config::from_lookup(|_| None).unwrap_err().to_string();
        for variable in VARIABLES.iter().filter(|variable| variable.required) {
            assert!(error.contains(variable.name), "{}", variable.name);
        }
    }

    #[test]
    fn names_each_wrong_variable() {
        let wrong = [
            ("RUNS_TABLE_NAME", "my runs"),
            ("GRAFANA_URL", "grafana.example.com"),
            ("GRAFANA_URL", "https://user:secret@grafana.example.com"),
            ("GRAFANA_URL", "https://grafana.example.com/?a=b"),
            ("ENVIRONMENT", "Prod!"),
            ("MAX_CONCURRENT_RUNS", "0"),
            ("MAX_CONCURRENT_RUNS", "51"),
            ("MAX_CONCURRENT_RUNS", "five"),
            ("ALLOWED_ORIGIN", "*"),
            ("ALLOWED_ORIGIN", "https://app.example.com/"),
            ("ALLOWED_ORIGIN", "https://app.example.com,"),
            ("AUTHENTICATION", "none"),
            ("JWT_USER_CLAIM", "user name"),
            ("LEASE_GRACE_SECONDS", "-1"),
            ("RETENTION_DAYS", "1"),
        ];
        for (name, value) in wrong {
            let error = with(name, Some(value)).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("{name} is {value:?}")),
                "{error}"
            );
        }
    }
}
