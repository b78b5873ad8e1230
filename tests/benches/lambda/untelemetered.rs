//! sensor-api without telemetry: what is missing from its time is telemetry's share.

use handlers::client::{Connection, connect};
use handlers::{AppState, Clock, Config};
use lambda_http::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let environment = |name: &str| std::env::var(name).ok();
    let config = Config::from_lookup(environment)?;
    let client = connect(&Connection::from_lookup(environment)?);
    lambda_http::run(handlers::sensor_api(AppState::new(
        config,
        client,
        Clock::system(),
    )))
    .await
}
