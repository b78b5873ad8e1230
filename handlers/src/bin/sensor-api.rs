//! The sensor API as a Lambda function.

use std::process::ExitCode;

use catalogue::Service;
use handlers::client::{Connection, connect};
use handlers::{AppState, Clock, Config, lambda, sensor_api};
use telemetry::process_env;

// One invocation at a time: more threads would only take longer to start.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::ended(serve().await)
}

async fn serve() -> Result<(), lambda::Error> {
    let config = Config::from_lookup(process_env)?;
    let _telemetry = lambda::start_telemetry(Service::SensorApi, &config)?;
    let client = connect(&Connection::from_lookup(process_env)?);
    let state = AppState::new(config, client, Clock::system());
    let no_tick = || async { Err("the schedule is run-api's".into()) };
    let join_background_tasks = async || state.join_background_tasks().await;
    let router = sensor_api(state.clone());
    lambda::run(
        Service::SensorApi,
        state.config(),
        router,
        no_tick,
        join_background_tasks,
    )
    .await
}
