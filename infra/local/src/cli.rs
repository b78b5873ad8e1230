//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use dashboards::emf_check::EmfCheck;

use crate::demo::{self, DemoArgs};
use crate::import::{self, command::ImportArgs};
use crate::metrics::Emf;
use crate::query::{self, Question};
use crate::record::Recorder;
use crate::serve::{self, Ready};
use crate::simulate::{self, Options};
use crate::store::Storage;
use crate::terminal::{fail, note, say};
use crate::{Subject, process_environment, signals};

const EXAMPLES: &str = "\
Examples:
  sentori                                  serve on http://127.0.0.1:8080, tables in .sentori/
  sentori serve --memory --addr 0.0.0.0:80 keep nothing, let other machines in
  sentori serve --dynamodb-addr 127.0.0.1:8000
                                           let AWS tools read and write the same tables:
                                           aws dynamodb scan --table-name Runs --endpoint-url http://127.0.0.1:8000
  sentori requests --errors                what failed lately, on the server that runs
  sentori why REQUEST_ID                   what happened to a request, in words
  sentori open FILE                        look at a recording
  sentori demo                             see dashboards move and alarms fire
  sentori simulate --users 3 --sensors 5   three users with five sensors each, for 30 s";

/// An IoT simulation backend: both of its APIs on an embedded DynamoDB, and a
/// simulator that calls them as the frontend does.
#[derive(Debug, Parser)]
#[command(name = "sentori", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(flatten)]
    serve: ServeArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve both APIs on an embedded DynamoDB (the default)
    Serve(ServeArgs),
    /// Play users of the frontend against a server, then read everything back
    Simulate(SimulateArgs),
    /// See everything move: a server, a few users, and trouble on purpose
    Demo(DemoArgs),
    /// Copy runs and readings from the tables of the Python API
    Import(ImportArgs),
    /// Open a recording: what a server saw, in the console
    Open(OpenArgs),
    #[command(flatten)]
    Ask(Question),
    EmfCheck(EmfCheck),
}

#[derive(Clone, Debug, Args)]
struct ServeArgs {
    /// The address to serve at
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// The folder that keeps the tables over restarts
    #[arg(long, value_name = "DIR", default_value = ".sentori")]
    data: PathBuf,
    /// Keep the tables in memory, until the server stops
    #[arg(long, conflicts_with = "data")]
    memory: bool,
    /// Serve the embedded DynamoDB at this loopback address, for AWS tools
    #[arg(long, value_name = "IP:PORT")]
    dynamodb_addr: Option<SocketAddr>,
    /// Where each request's event line goes: a file, `-` for standard output, or `off`
    #[arg(long, value_name = "FILE|-|off", default_value = "-")]
    emf: Emf,
}

#[derive(Clone, Debug, Args)]
#[command(after_help = OPEN_NOTES)]
struct OpenArgs {
    /// The recording; a collector's file of OTLP JSON lines opens as well
    file: PathBuf,
    /// The address to serve at
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8081")]
    addr: SocketAddr,
}

const OPEN_NOTES: &str = "\
Examples:
  curl -O -J 'http://127.0.0.1:8080/recording?from=now-15m'     save what a server saw
  sentori open sentori-2026-11-25T20-00-00.jsonl                look at it, here or elsewhere

Nothing is judged anew: alarms are in the states that were recorded.";

#[derive(Clone, Debug, Args)]
#[command(after_help = SIMULATE_NOTES)]
struct SimulateArgs {
    /// The server's URL
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Users; each starts one run, and those who find no free place wait for one
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    users: u32,
    /// Sensors per user
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    sensors: u32,
    /// Seconds that each run lasts
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    duration: u64,
    /// Milliseconds between two readings of a sensor
    #[arg(long, value_name = "MS", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    interval_ms: u64,
    /// Readings per second of all users together, in place of an interval
    #[arg(long, value_name = "PER_SECOND", conflicts_with = "interval_ms", value_parser = positive)]
    rate: Option<f64>,
    /// Serve in memory for this simulation alone, and write the server's event lines to FILE
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    record: Option<PathBuf>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

const SIMULATE_NOTES: &str = "\
Examples:
  sentori simulate --users 5 --rate 50              against the server at --url
  sentori simulate --record events.jsonl            keep the events of a server of its own, and
  cargo dashboards preview --events events.jsonl    draw the dashboards of them

Exit status: 0 if every acknowledged reading could be read back, else 1.
Ctrl-C finishes the runs that were started, then reads back and sums up.";

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && rate <= 1e6 => Ok(rate),
        _ => Err("a number above 0, at most 1000000".to_owned()),
    }
}

impl Cli {
    /// Does what was asked for, of this service, until it is done or a signal ends it.
    pub async fn run(self, subject: Subject) -> ExitCode {
        match self.command.unwrap_or(Command::Serve(self.serve)) {
            Command::Serve(args) => ended(serve(subject, args).await),
            Command::Simulate(args) => simulate(subject, args).await,
            Command::Demo(args) => ended(demo::run(subject, args).await),
            Command::Import(args) => import::command::run(args).await,
            Command::Open(args) => ended(open(subject, args).await),
            Command::Ask(question) => match query::run(question).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(&error),
            },
            Command::EmfCheck(args) => emf_check(&subject, &args),
        }
    }
}

fn ended(outcome: Result<(), crate::Error>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Exit status: 0 if nothing is wrong, 1 if there are findings, 2 if nothing could be read.
fn emf_check(subject: &Subject, args: &EmfCheck) -> ExitCode {
    match args.run(&subject.library) {
        Ok((report, clean)) => {
            say(&report);
            ExitCode::from(u8::from(!clean))
        }
        Err(error) => {
            fail(&error);
            ExitCode::from(2)
        }
    }
}

async fn serve(subject: Subject, args: ServeArgs) -> Result<(), crate::Error> {
    let shutdown = signals::shutdown()?;
    let (storage, kept) = if args.memory {
        (Storage::Memory, "in memory".to_owned())
    } else {
        let kept = format!("in {}", args.data.display());
        (Storage::Folder(args.data), kept)
    };
    let server = Ready::new(serve::Options {
        subject,
        addr: args.addr,
        storage,
        dynamodb_addr: args.dynamodb_addr,
        emf: args.emf,
        environment: process_environment(),
        faults: None,
        quiet: false,
        recording: None,
    })
    .await?;
    note(&format!(
        "Sentori serves on http://{} with its tables {kept}; open it in a browser\n",
        server.addr()
    ));
    if let Some((url, key)) = server.store_url().filter(|_| args.dynamodb_addr.is_some()) {
        note(&format!(
            "DynamoDB is at {url} for AWS tools, with AWS_ACCESS_KEY_ID={key} and any secret\n"
        ));
    }
    server.run(shutdown).await?;
    note("Sentori has answered every request and stopped\n");
    Ok(())
}

async fn open(subject: Subject, args: OpenArgs) -> Result<(), crate::Error> {
    let shutdown = signals::shutdown()?;
    let server = Ready::new(serve::Options {
        subject,
        addr: args.addr,
        storage: Storage::Memory,
        dynamodb_addr: None,
        emf: Emf::Off,
        environment: process_environment(),
        faults: None,
        recording: Some(args.file.clone()),
        quiet: true,
    })
    .await?;
    note(&format!(
        "{} is open at http://{} in a browser; Ctrl-C closes it\n",
        args.file.display(),
        server.addr()
    ));
    server.run(shutdown).await
}

async fn simulate(subject: Subject, mut args: SimulateArgs) -> ExitCode {
    let Some(file) = args.record.take() else {
        return play(args).await;
    };
    let recorder = match Recorder::start(subject, &file).await {
        Ok(recorder) => recorder,
        Err(error) => return fail(&error),
    };
    recorder.url().clone_into(&mut args.url);
    let played = play(args).await;
    match recorder.finish().await {
        Ok(()) => played,
        Err(error) => fail(&error),
    }
}

async fn play(args: SimulateArgs) -> ExitCode {
    let shutdown = match signals::shutdown() {
        Ok(shutdown) => shutdown,
        Err(error) => return fail(&error),
    };
    let interval = match args.rate {
        Some(rate) => Options::interval_for(rate, args.users, args.sensors),
        None => Duration::from_millis(args.interval_ms),
    };
    let options = Options {
        url: args.url,
        users: args.users,
        sensors: args.sensors,
        duration: Duration::from_secs(args.duration),
        interval,
        progress: !args.json,
    };
    match simulate::run(&options, shutdown).await {
        Err(error) => fail(&format!(
            "{} does not answer: {error}; start a server with `sentori serve`, or name one with --url",
            options.url
        )),
        Ok(summary) => {
            let text = if args.json {
                serde_json::to_string(&summary)
            } else {
                Ok(summary.to_string())
            };
            say(&text.map(|text| text + "\n").unwrap_or_default());
            if summary.nothing_lost() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_is_the_default() {
        let cli = parse("sentori --memory --addr 127.0.0.1:0").unwrap();
        assert!(cli.command.is_none() && cli.serve.memory);
        assert!(matches!(
            parse("sentori serve").unwrap().command,
            Some(Command::Serve(_))
        ));
    }

    #[test]
    fn contradictions_and_absurd_values_are_refused() {
        for line in [
            "sentori --memory --data x",
            "sentori --memory simulate",
            "sentori --addr localhost",
            "sentori simulate --users 0",
            "sentori simulate --sensors 101",
            "sentori simulate --duration 86401",
            "sentori simulate --rate 0",
            "sentori simulate --rate NaN",
            "sentori simulate --rate 5 --interval-ms 100",
            "sentori simulate --record events.jsonl --url http://127.0.0.1:80",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
