//! The simulator: users who do what the frontend does, call by call, and a
//! check afterwards that every acknowledged reading can be read back.
//!
//! Each user asks whether a place is free, starts a run, sends one reading per
//! sensor in every interval, all sensors in parallel, polls the running list
//! beside it and finishes the run.

mod calls;
mod readback;
mod summary;
mod tally;
mod user;

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::{Client, ClientError};
pub(crate) use calls::{Calls, Reading};
pub use summary::{Latency, Summary};
use tally::Tally;
use user::{Schedule, User};

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server's base URL.
    pub url: String,
    /// How many users come. Those who find no free place wait for one.
    pub users: u32,
    /// Sensors per user.
    pub sensors: u32,
    /// How long each run lasts, and how long users wait for a place.
    pub duration: Duration,
    /// The time between two readings of one sensor.
    pub interval: Duration,
    /// Whether to draw a progress bar, if standard error is a terminal.
    pub progress: bool,
}

impl Options {
    /// The interval at which all sensors of all users together send `rate`
    /// readings per second.
    #[must_use]
    pub fn interval_for(rate: f64, users: u32, sensors: u32) -> Duration {
        Duration::from_secs_f64(f64::from(users) * f64::from(sensors) / rate)
    }
}

/// What the tasks of one simulation share.
#[derive(Clone, Debug)]
struct Simulation {
    calls: Calls,
    tally: Arc<Mutex<Tally>>,
    stop: watch::Receiver<bool>,
    progress: ProgressBar,
}

impl Simulation {
    /// Notes something in the tally; only counts are kept under the lock.
    fn note<T>(&self, change: impl FnOnce(&mut Tally) -> T) -> T {
        change(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Plays all users to their end, or until `stop` resolves: then each finishes
/// the run it started. Reads everything back in either case.
///
/// # Errors
/// If the server does not answer the first call.
pub async fn run(
    options: &Options,
    stop: impl Future<Output = ()>,
) -> Result<Summary, ClientError> {
    let client = Client::new(&options.url)?;
    let (stopper, stopped) = watch::channel(false);
    let simulation = Simulation {
        calls: Calls::new(client),
        tally: Arc::default(),
        stop: stopped,
        progress: progress_bar(options),
    };
    simulation.calls.can_start("sim").await?;

    let began = Instant::now();
    let mut users = arrive(options, &simulation, began);
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            left = users.join_next() => if left.is_none() { break },
            // Nobody may be listening any more; then there is nothing to stop.
            () = &mut stop, if !*stopper.borrow() => { let _ = stopper.send(true); }
        }
    }
    let played = began.elapsed();
    simulation.progress.set_message("reading back");
    let missing = readback::missing(&simulation).await;
    simulation.progress.finish_and_clear();
    let interrupted = *stopper.borrow();
    Ok(simulation.note(|tally| Summary::new(options, tally, played, missing, interrupted)))
}

fn arrive(options: &Options, simulation: &Simulation, began: Instant) -> JoinSet<()> {
    let schedule = Schedule {
        interval: options.interval,
        duration: options.duration,
        give_up: began + options.duration,
    };
    (1..=options.users)
        .map(|number| User::new(number, options.sensors, schedule, simulation.clone()).play())
        .collect()
}

fn progress_bar(options: &Options) -> ProgressBar {
    let rounds = options.duration.as_secs_f64() / options.interval.as_secs_f64();
    let expected = rounds.ceil() * f64::from(options.users) * f64::from(options.sensors);
    let target = if options.progress && std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a length to draw"
    )]
    let bar = ProgressBar::with_draw_target(Some(expected as u64), target);
    let style = ProgressStyle::with_template(
        "{elapsed:>4} {bar:40} {human_pos}/{human_len} readings, {per_sec} {msg}",
    );
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
