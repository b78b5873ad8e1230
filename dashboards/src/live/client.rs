//! The CloudWatch client: TLS by *ring*, and patience with throttling.

use std::error::Error;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::SdkError;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// CloudWatch allows some dozens of calls a second; the backoff outlasts a busy account.
const ATTEMPTS: u32 = 10;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// How to reach CloudWatch; what is not given comes from AWS's usual variables and files.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Profile of the shared configuration.
    pub profile: Option<String>,
    /// Region, such as `eu-west-3`.
    pub region: Option<String>,
    /// Address to call instead of the region's.
    pub endpoint_url: Option<String>,
}

/// A call that failed, retries included.
#[derive(Debug, thiserror::Error)]
#[error("CloudWatch {operation}: {problem}")]
pub struct AwsError {
    operation: &'static str,
    problem: String,
}

impl AwsError {
    pub(super) fn new(operation: &'static str, error: impl Error + 'static) -> Self {
        let mut problem = error.to_string();
        let mut cause = error.source();
        while let Some(deeper) = cause {
            problem = format!("{problem}: {deeper}");
            cause = deeper.source();
        }
        Self { operation, problem }
    }

    fn because(operation: &'static str, problem: &str) -> Self {
        Self {
            operation,
            problem: problem.to_owned(),
        }
    }
}

/// How long the first call may take to find out that there is nobody.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Builds the client, and makes sure that it reaches CloudWatch.
///
/// # Errors
/// [`AwsError`] within seconds if there is no region, no credentials or no connection.
pub async fn connect(access: &Access) -> Result<Client, AwsError> {
    let client = client(access).await;
    if client.config().region().is_none() {
        return Err(AwsError::because(
            "is not called",
            "no region is set: give --region, or AWS_REGION, or a profile that has one",
        ));
    }
    let hasty = aws_sdk_cloudwatch::Config::builder()
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_timeout(2 * CONNECT_TIMEOUT)
                .build(),
        );
    let first = client.describe_alarms().max_records(1).customize();
    match first.config_override(hasty).send().await {
        // Who answers, even with a refusal, is there; what it refuses shows later.
        Ok(_) | Err(SdkError::ServiceError(_)) => Ok(client),
        Err(error) => Err(AwsError::new("DescribeAlarms", error)),
    }
}

async fn client(access: &Access) -> Client {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls)
        .build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        );
    if let Some(profile) = &access.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &access.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = &access.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    Client::new(&loader.load().await)
}
