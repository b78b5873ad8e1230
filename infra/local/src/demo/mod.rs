//! `sentori demo`: a server in memory, a few users, and trouble on purpose.
//!
//! Everything is real but the cause of the trouble: users call the API as the frontend does,
//! a proxy refuses what DynamoDB would throttle, and the alarms are judged by the wall clock.
//! Nothing is filled in from before the start.

mod story;
mod user;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;

use crate::client::Client;
use crate::faults::Switch;
use crate::metrics::Emf;
use crate::observations::Observations;
use crate::serve::{self, Ready};
use crate::simulate::Calls;
use crate::store::Storage;
use crate::terminal::note;
use crate::{Error, Subject, process_environment, recording, signals};
use story::Story;

/// Seconds after the end of its duration until an abandoned run is interrupted.
const GRACE: &str = "15";

#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArgs {
    /// The address to serve at
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// Where a recording of the demo is left when it ends; `sentori open` shows it
    #[arg(long, value_name = "FILE", default_value = "sentori-demo.jsonl")]
    recording: PathBuf,
}

/// What the users and the story share.
#[derive(Clone, Debug)]
struct Stage {
    calls: Calls,
    /// Whether sensors are too hot.
    hot: Arc<AtomicBool>,
    faults: Switch,
}

/// Serves and plays until a signal ends it.
pub(crate) async fn run(subject: Subject, args: DemoArgs) -> Result<(), Error> {
    let shutdown = signals::shutdown()?;
    let faults = Switch::default();
    let mut environment = process_environment();
    environment.insert("LEASE_GRACE_SECONDS".to_owned(), GRACE.to_owned());
    let server = Ready::new(serve::Options {
        subject,
        addr: args.addr,
        storage: Storage::Memory,
        dynamodb_addr: None,
        emf: Emf::Off,
        environment,
        faults: Some(faults.clone()),
        quiet: true,
        recording: None,
    })
    .await?;
    let base = format!("http://{}", server.addr());
    let client = Client::new(&base).map_err(std::io::Error::other)?;
    let stage = Stage {
        calls: Calls::new(client),
        hot: Arc::default(),
        faults,
    };
    note(&where_to_look(&base));
    let observed = server.observed();
    let playing = tokio::spawn(Story::new(stage, server.alarms()).play());
    let served = server.run(shutdown).await;
    playing.abort();
    leave(&observed, &args.recording)?;
    served
}

/// Leaves what was observed in a file.
fn leave(observed: &Observations, path: &Path) -> Result<(), Error> {
    let Some(range) = observed.span() else {
        return Ok(());
    };
    let written = File::create(path).and_then(|file| {
        let mut file = BufWriter::new(file);
        recording::write(observed, range, &mut file)?;
        file.flush()
    });
    written.map_err(|source| Error::Record {
        path: path.to_owned(),
        source,
    })?;
    note(&format!(
        "A recording is in {0}; look at it with: sentori open {0}\n",
        path.display()
    ));
    Ok(())
}

fn where_to_look(base: &str) -> String {
    let dashboard = |link: telemetry::DashboardLink| {
        format!("{base}/d/{}/{}?from=now-15m", link.uid, link.slug)
    };
    format!(
        "Sentori's demo is at {base}\n\n  runs      {}\n  API       {}\n  alarms    {base}/alarms\n  \
         requests  {base}/requests?errors=1\n\nThe story takes nine minutes; Ctrl-C ends it.\n\n",
        dashboard(catalogue::links::SIMULATION_RUNS),
        dashboard(catalogue::links::API),
    )
}
