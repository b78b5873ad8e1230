//! The run API as a Lambda function, which also answers the schedule's tick.

use std::process::ExitCode;

use catalogue::Service;
use handlers::client::{Connection, connect};
use handlers::{AppState, Clock, Config, lambda, run_api, tick};
use telemetry::process_env;

// One invocation at a time: more threads would only take longer to start.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::ended(serve().await)
}

async fn serve() -> Result<(), lambda::Error> {
    let config = Config::from_lookup(process_env)?;
    let _telemetry = lambda::start_telemetry(Service::RunApi, &config)?;
    let client = connect(&Connection::from_lookup(process_env)?);
    let state = AppState::new(config, client, Clock::system());
    let schedule = state.clone();
    let tick = move || {
        let state = schedule.clone();
        async move { Ok(tick(&state).await?) }
    };
    let join_background_tasks = async || state.join_background_tasks().await;
    lambda::run(
        Service::RunApi,
        state.config(),
        run_api(state.clone()),
        tick,
        join_background_tasks,
    )
    .await
}
