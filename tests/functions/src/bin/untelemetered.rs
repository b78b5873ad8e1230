//! sensor-api without telemetry: what is missing from its time is telemetry's share.

use aws_sdk_dynamodb::Client;
use catalogue::Service;
use handlers::client::{Connection, settings};
use handlers::routes::router_without_telemetry;
use handlers::{AppState, Clock, Config};
use lambda_http::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let environment = |name: &str| std::env::var(name).ok();
    let config = Config::from_lookup(environment)?;
    let client = Client::from_conf(settings(&Connection::from_lookup(environment)?).build());
    let state = AppState::new(config, client, Clock::system());
    lambda_http::run(router_without_telemetry(Service::SensorApi, state)).await
}
