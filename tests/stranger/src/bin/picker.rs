//! The Lambda function that picks.

use lambda_runtime::{Error, Runtime, service_fn};
use stranger::{catalogue::Service, function, picker};
use telemetry::lambda::{Invocations, failed};
use tower::ServiceExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let _telemetry = function::start(Service::Picker)?;
    let runtime = Runtime::new(service_fn(picker::pick).map_err(failed));
    runtime.layer(Invocations::of(Service::Picker)).run().await
}
