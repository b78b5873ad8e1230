//! The command `sentori import`.

use std::io::{Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use handlers::Clock;
use handlers::client::{Connection, settings};
use handlers::store::Store;
use telemetry::process_env;

use super::{Import, Summary};
use crate::store::free_port;
use crate::{Error, config, process_environment};

const NOTES: &str = "\
The variables are those of the functions: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
AWS_SESSION_TOKEN, AWS_ENDPOINT_URL_DYNAMODB for tables elsewhere, RUNS_TABLE_NAME and
SENSOR_DATA_TABLE_NAME for the tables to copy to.

Examples:
  RUNS_TABLE_NAME=sentori-dev-runs SENSOR_DATA_TABLE_NAME=sentori-dev-sensor-data \\
    sentori import --runs Runs --readings SensorData

Exit status: 0 if every item was copied or there before, 1 if some could not be, 2 if it stopped; then
start it again, and it goes on where it was.";

#[derive(Clone, Debug, Args)]
#[command(after_help = NOTES)]
pub(crate) struct ImportArgs {
    /// The old table of runs
    #[arg(long, value_name = "TABLE")]
    runs: String,
    /// The old table of readings
    #[arg(long, value_name = "TABLE")]
    readings: String,
    /// The file that says how far the copy is
    #[arg(long, value_name = "FILE", default_value = "import.json")]
    progress: PathBuf,
}

pub(crate) async fn run(args: ImportArgs) -> ExitCode {
    match copy(args).await {
        Ok(summary) => {
            let _ = writeln!(stdout(), "{summary}");
            ExitCode::from(u8::from(
                summary.runs.refused + summary.readings.refused > 0,
            ))
        }
        Err(error) => {
            let _ = writeln!(stderr(), "sentori: {error}");
            ExitCode::from(2)
        }
    }
}

async fn copy(args: ImportArgs) -> Result<Summary, Box<dyn std::error::Error>> {
    let handlers = config::handlers(&process_environment(), free_port()).map_err(Error::from)?;
    if args.runs == handlers.runs_table || args.readings == handlers.sensor_data_table {
        return Err("a table can't be copied into itself: set RUNS_TABLE_NAME and SENSOR_DATA_TABLE_NAME to the new ones".into());
    }
    let connection = Connection::from_lookup(process_env)?;
    let client = || aws_sdk_dynamodb::Client::from_conf(settings(&connection).build());
    let import = Import {
        from: client(),
        runs: args.runs,
        readings: args.readings,
        to: Store::new(&handlers, client(), Clock::system()),
        progress: args.progress,
    };
    let said = |summary: &Summary| {
        let (runs, readings) = (summary.runs.seen(), summary.readings.seen());
        let _ = write!(stderr(), "\r{runs} runs, {readings} readings");
    };
    let copied = import.run(said).await;
    let _ = writeln!(stderr());
    Ok(copied?)
}
