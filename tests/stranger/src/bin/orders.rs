//! The Lambda function that takes orders.

use lambda_http::{Adapter, Error};
use lambda_runtime::Runtime;
use stranger::{catalogue::Service, function, orders};
use telemetry::lambda::{Invocations, failed};
use tower::ServiceExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let _telemetry = function::start(Service::Orders)?;
    let handler = Adapter::from(orders::router()).map_err(failed);
    let runtime = Runtime::new(handler);
    runtime.layer(Invocations::of(Service::Orders)).run().await
}
