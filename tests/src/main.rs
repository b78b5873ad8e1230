//! The Lambda functions by hand: one event, or an API to send requests to.
//!
//! ```text
//! cargo run -- serve --dynamodb-addr 127.0.0.1:8000
//! cargo run -p system-tests -- invoke run-api GET /api/runs/can-start --access-key KEY
//! cargo run -p system-tests -- gateway --addr 127.0.0.1:9000 --access-key KEY
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::io::{Read, Write, stderr, stdout};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Method, Request, Uri};
use catalogue::Service;
use clap::{Args, Parser, Subcommand, ValueEnum};
use system_tests::lambda::{self, Format, Function, FunctionConfig, Gateway, Invocation, Outcome};
use telemetry::Dimension;

#[derive(Parser)]
#[command(about = "Runs the compiled Lambda functions under a stand-in for Lambda")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Send one event to a function; print its log on stderr and its answer on stdout
    Invoke(Invoke),
    /// Serve all functions over HTTP, as API Gateway does
    Gateway(Serve),
}

#[derive(Args)]
struct Invoke {
    /// Which function
    #[arg(value_parser = service)]
    function: Service,
    /// The request's method
    #[arg(required_unless_present = "event")]
    method: Option<Method>,
    /// The request's path and query, as /api/runs?limit=5
    #[arg(required_unless_present = "event")]
    path: Option<Uri>,
    /// A header of the request, as 'X-User: anna'; may be given several times
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The request's body; JSON unless a header says otherwise
    #[arg(short, long, default_value = "")]
    data: String,
    /// The program to run, as one taken from a package; default: cargo builds it
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// A file that holds a whole event, sent instead of a request; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "path"])]
    event: Option<PathBuf>,
    #[command(flatten)]
    setting: Setting,
}

#[derive(Args)]
struct Serve {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:9000")]
    addr: SocketAddr,
    /// The most execution environments of each function
    #[arg(long, default_value_t = 4)]
    environments: usize,
    #[command(flatten)]
    setting: Setting,
}

#[derive(Args)]
struct Setting {
    /// API Gateway's payload format: an HTTP API's or a REST API's
    #[arg(long, default_value = "http")]
    format: FormatName,
    /// The DynamoDB endpoint that holds the tables Runs and SensorData
    #[arg(long, default_value = "http://127.0.0.1:8000")]
    dynamodb_url: String,
    /// The access key that `sentori serve` printed for it
    #[arg(long, value_name = "KEY", default_value = "local")]
    access_key: String,
}

/// A function by its name.
fn service(text: &str) -> Result<Service, String> {
    Service::from_value(text).ok_or_else(|| {
        let names: Vec<_> = Service::all().map(Service::value).collect();
        format!("expected {}", names.join(" or "))
    })
}

#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    Http,
    Rest,
}

impl Setting {
    fn format(&self) -> Format {
        match self.format {
            FormatName::Http => Format::Http,
            FormatName::Rest => Format::Rest,
        }
    }

    fn function(
        &self,
        service: Service,
        program: Option<PathBuf>,
    ) -> Result<FunctionConfig, Box<dyn Error>> {
        let program = match program {
            Some(program) => program,
            None => lambda::program(service)?,
        };
        Ok(lambda::function(
            service,
            program,
            &self.dynamodb_url,
            &self.access_key,
        ))
    }
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(':').ok_or("expected NAME: VALUE")?;
    let name = HeaderName::try_from(name.trim()).map_err(|error| error.to_string())?;
    let value = HeaderValue::try_from(value.trim()).map_err(|error| error.to_string())?;
    Ok((name, value))
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Invoke(invoke) => invoke.run().await,
        Command::Gateway(serve) => serve.run().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(stderr(), "system-tests: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Invoke {
    async fn run(self) -> Result<(), Box<dyn Error>> {
        let event = self.payload()?;
        let mut function =
            Function::new(self.setting.function(self.function, self.program.clone())?);
        let invocation = function.invoke(event).await?;
        let exit = function.stop().await?;
        report(&invocation)?;
        for line in exit.iter().flat_map(|exit| &exit.log) {
            writeln!(stderr(), "{line}")?;
        }
        self.print(&invocation.outcome)
    }

    fn payload(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        match &self.event {
            Some(path) if path.as_os_str() == "-" => {
                let mut event = Vec::new();
                std::io::stdin().read_to_end(&mut event)?;
                Ok(event)
            }
            Some(path) => Ok(std::fs::read(path)?),
            None => Ok(self
                .setting
                .format()
                .event(&self.request()?)
                .to_string()
                .into_bytes()),
        }
    }

    fn request(&self) -> Result<Request<Bytes>, Box<dyn Error>> {
        let mut request = Request::new(Bytes::from(self.data.clone()));
        *request.method_mut() = self.method.clone().unwrap_or_default();
        *request.uri_mut() = self.path.clone().unwrap_or_default();
        let headers = request.headers_mut();
        headers.insert("host", HeaderValue::from_static("localhost"));
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        headers.extend(self.headers.iter().cloned());
        Ok(request)
    }

    fn print(&self, outcome: &Outcome) -> Result<(), Box<dyn Error>> {
        match outcome {
            Outcome::Response(answer) if self.event.is_some() => {
                writeln!(stdout(), "{}", String::from_utf8_lossy(answer))?;
            }
            Outcome::Response(answer) => {
                let response = self.setting.format().response(answer)?;
                writeln!(stderr(), "{}", response.status())?;
                writeln!(stdout(), "{}", String::from_utf8_lossy(response.body()))?;
            }
            Outcome::Error(error) => {
                return Err(format!("{}: {}", error.error_type, error.error_message).into());
            }
            Outcome::TimedOut => return Err("the function exceeded its time".into()),
        }
        Ok(())
    }
}

/// The function's log, and a line as Lambda's REPORT.
fn report(invocation: &Invocation) -> std::io::Result<()> {
    let mut out = stderr().lock();
    for line in &invocation.log {
        writeln!(out, "{line}")?;
    }
    let init = invocation
        .init_duration
        .map(|init| format!(" init {init:.1?}"))
        .unwrap_or_default();
    let (id, duration) = (&invocation.request_id, invocation.response_time);
    writeln!(
        out,
        "REPORT {id}{init} duration {duration:.1?} segments {}",
        invocation.segments.len()
    )
}

impl Serve {
    async fn run(self) -> Result<(), Box<dyn Error>> {
        let functions: Result<HashMap<_, _>, _> = Service::all()
            .map(|service| Ok((service, self.setting.function(service, None)?)))
            .collect::<Result<_, Box<dyn Error>>>();
        let functions = functions?;
        let format = self.setting.format();
        let function = |service| functions[&service].clone();
        let gateway = Gateway::start(self.addr, format, function, self.environments).await?;
        writeln!(stderr(), "listening on http://{}", gateway.addr())?;
        gateway.wait().await?;
        Ok(())
    }
}
