//! The DynamoDB client: built once per process, lean and quick to start.
//!
//! TLS is rustls with *ring* (aws-lc takes 30 to 45 ms longer at the first call), and credentials
//! come from the environment only, which is where Lambda puts them. The SDK repeats what
//! may be repeated, with backoff and jitter; how long is up to the request's [`crate::Deadline`].

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    config::{
        BehaviorVersion, Builder, Credentials, Region, SharedHttpClient,
        StalledStreamProtectionConfig,
        retry::{ReconnectMode, RetryConfig, RetryPartition, TokenBucket},
        timeout::TimeoutConfig,
    },
};
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};

use catalogue::DynamoOperation;
use telemetry::dynamodb::Calls;

use crate::{
    config::ConfigError,
    store::{attempts::Attempts, contention::Contention},
};

/// Attempts of one call. With the backoff below that is some five seconds on average; the
/// request's deadline usually comes first.
const ATTEMPTS: u32 = 16;
const FIRST_BACKOFF: Duration = Duration::from_millis(25);
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);

/// The SDK wants a region for every DynamoDB, also where it makes no difference.
const ANY_REGION: &str = "eu-west-3";

/// How DynamoDB is reached.
#[derive(Clone, Debug)]
pub enum Connection {
    /// Over the network, by requests that are signed.
    Network {
        /// AWS region.
        region: String,
        /// Address to call instead of the region's.
        endpoint: Option<String>,
        /// Access key, secret key and session token.
        credentials: Credentials,
    },
    /// In this process, by a client that nobody signs requests for.
    InProcess(SharedHttpClient),
}

impl Connection {
    /// The connection that AWS's own variables describe: `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and, to call another address,
    /// `AWS_ENDPOINT_URL_DYNAMODB`. Lambda sets all but the last.
    ///
    /// # Errors
    /// [`ConfigError`] with every variable that is missing.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut missing = ConfigError::default();
        let mut required =
            |name: &str, what: &str| lookup(name).unwrap_or_else(|| missing.missing(name, what));
        let region = required("AWS_REGION", "region, such as eu-west-3");
        let key = required("AWS_ACCESS_KEY_ID", "access key that Lambda provides");
        let secret = required("AWS_SECRET_ACCESS_KEY", "secret key that Lambda provides");
        missing.result(Self::Network {
            region,
            endpoint: lookup("AWS_ENDPOINT_URL_DYNAMODB"),
            credentials: Credentials::new(
                key,
                secret,
                lookup("AWS_SESSION_TOKEN"),
                None,
                "environment",
            ),
        })
    }

    /// The connection to a DynamoDB on this host at this address, by an access key of no secret.
    pub fn local(endpoint: impl Into<String>, access_key: impl Into<String>) -> Self {
        Self::Network {
            region: ANY_REGION.into(),
            endpoint: Some(endpoint.into()),
            credentials: Credentials::new(access_key, "local", None, None, "local"),
        }
    }

    /// Adds it to the client's settings.
    fn apply(&self, config: Builder) -> Builder {
        match self {
            Self::Network {
                region,
                endpoint,
                credentials,
            } => {
                let mut config = config
                    .region(Region::new(region.clone()))
                    .credentials_provider(credentials.clone())
                    .http_client(
                        aws_smithy_http_client::Builder::new()
                            .tls_provider(Provider::Rustls(CryptoMode::Ring))
                            .tls_context(tls_context(endpoint.as_deref()))
                            .build_https(),
                    );
                config.set_endpoint_url(endpoint.clone());
                config
            }
            // There is no connection that a failure could leave broken, which the SDK would say aloud.
            Self::InProcess(client) => config
                .retry_config(retries().with_reconnect_mode(ReconnectMode::ReuseAllConnections))
                .region(Region::new(ANY_REGION))
                .endpoint_url("http://in-process")
                .allow_no_auth()
                .http_client(client.clone()),
        }
    }
}

/// Builds the client, which records its calls in the current event and trace.
pub fn connect(connection: &Connection) -> Client {
    let config = settings(connection)
        .interceptor(Calls::<DynamoOperation>::new())
        .interceptor(Attempts);
    Client::from_conf(config.build())
}

/// The client's settings, telemetry excepted.
pub fn settings(connection: &Connection) -> Builder {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        )
        // Answers are small and each attempt has a timeout.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(retries())
        // Deadlines bound the retries of a request. A quota shared by all requests would turn
        // contention for the board into 503 for those who could wait.
        .retry_partition(
            RetryPartition::custom("sentori")
                .token_bucket(TokenBucket::unlimited())
                .build(),
        )
        .retry_classifier(Contention);
    connection.apply(config)
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(FIRST_BACKOFF)
        .with_max_backoff(LONGEST_BACKOFF)
}

/// AWS's endpoints are trusted by the roots of Amazon's own authority, which AWS promises to use:
/// reading the system's 140 takes longer than everything else that a function does to start.
/// Another endpoint with TLS is trusted by the system's roots.
fn tls_context(endpoint: Option<&str>) -> TlsContext {
    const AMAZON_ROOTS: &[u8] = include_bytes!("client/amazon_roots.pem");
    let elsewhere = endpoint.is_some_and(|endpoint| endpoint.starts_with("https://"));
    let roots = if elsewhere {
        TrustStore::default()
    } else {
        TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)
    };
    let context = TlsContext::builder().with_trust_store(roots).build();
    context.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_variables_that_lambda_would_set() {
        let error = Connection::from_lookup(|_| None).unwrap_err().to_string();
        assert!(error.contains("AWS_REGION is missing"), "{error}");
        assert!(
            error.contains("AWS_SECRET_ACCESS_KEY is missing"),
            "{error}"
        );
    }
}
