//! What the functions do at their start.

use telemetry::{
    ApplicationNamespace, Destination, Dimension as _, Metrics, Telemetry, process_env,
};

use crate::catalogue::{SHOP, Service};

/// Metrics to stdout, in the namespace of the environment.
pub fn metrics() -> Result<Metrics, lambda_runtime::Error> {
    let environment = process_env("ENVIRONMENT").unwrap_or_else(|| "dev".to_owned());
    let namespace = ApplicationNamespace::new(format!("Shop/{environment}"))?;
    let metrics = Metrics::builder(namespace).emf(Destination::stdout());
    Ok(metrics.prometheus(SHOP).build()?)
}

/// Starts the telemetry of a Lambda function.
pub fn start(service: Service) -> Result<Telemetry, lambda_runtime::Error> {
    Ok(telemetry::Config::lambda(service.value(), metrics()?, &process_env).init()?)
}
