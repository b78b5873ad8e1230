//! `dashboards cost`.

use std::io::Write;

use crate::cost::{self, Assumptions, Grafana};
use crate::model::{Library, Profile};
use clap::Args;

use super::{Outcome, Result};

/// Estimate what a month costs: the system, its metrics, alarms, logs, traces, and looking at it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} cost --profile dev --units 0 --hours 0    an idle month\n  {command} cost --units 1000000 --viewers 3 --grafana task --spot\n  {command} cost --budget 50                             exit 1 above 50 USD\n  {command} cost --units 30000000 --max-share 20         exit 1 if watching takes more than a fifth"
)]
pub(super) struct Cost {
    /// People who have a dashboard open.
    #[arg(long, value_name = "N", default_value_t = 1)]
    viewers: u32,
    /// Hours of a day that they have, and that the system is in use.
    #[arg(long, value_name = "H", default_value_t = 2.0, value_parser = hours)]
    hours: f64,
    /// How much the system does in a month: readings, orders, or what else the library counts.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    units: u32,
    /// Which alarms there are.
    #[arg(long, value_enum, default_value_t = Profile::Prod)]
    profile: Profile,
    /// How Grafana is hosted.
    #[arg(long, value_enum, default_value_t = Grafana::None)]
    grafana: Grafana,
    /// Host it on Fargate Spot, which AWS may interrupt.
    #[arg(long)]
    spot: bool,
    /// Exit 1 if a month costs more.
    #[arg(long, value_name = "USD", value_parser = dollars)]
    budget: Option<f64>,
    /// Exit 1 if seeing what the system does costs more than this share of the month.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    max_share: Option<f64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn hours(text: &str) -> std::result::Result<f64, String> {
    let hours: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    let possible = (0.0..=24.0).contains(&hours);
    possible
        .then_some(hours)
        .ok_or("a day has 0 to 24 hours".to_owned())
}

fn dollars(text: &str) -> std::result::Result<f64, String> {
    let dollars: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    let possible = dollars.is_finite() && dollars >= 0.0;
    possible
        .then_some(dollars)
        .ok_or("a budget is a number of US dollars from 0, such as 50".to_owned())
}

fn percent(text: &str) -> std::result::Result<f64, String> {
    let percent: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    (0.0..=100.0)
        .contains(&percent)
        .then_some(percent)
        .ok_or("a share is 0 to 100 percent".to_owned())
}

impl Cost {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let estimate = cost::estimate(library, &self.assumptions());
        if self.json {
            serde_json::to_writer_pretty(&mut *out, &estimate)?;
            writeln!(out)?;
        } else {
            write!(out, "{estimate}")?;
        }
        let over = self.budget.filter(|budget| estimate.total > *budget);
        if let (Some(budget), false) = (over, self.json) {
            writeln!(
                out,
                "\n{:.2} USD is over the budget of {budget:.2}",
                estimate.total
            )?;
        }
        let share = 100.0 * estimate.observability / estimate.total.max(f64::MIN_POSITIVE);
        let too_much = self.max_share.filter(|most| share > *most);
        if let (Some(most), false) = (too_much, self.json) {
            writeln!(
                out,
                "\nobservability is {share:.1} % of the month, over {most} %"
            )?;
        }
        Ok(Outcome::from_findings(over.is_some() || too_much.is_some()))
    }

    fn assumptions(&self) -> Assumptions {
        Assumptions {
            viewers: self.viewers.into(),
            hours: self.hours,
            units: self.units.into(),
            profile: self.profile,
            grafana: self.grafana,
            spot: self.spot,
        }
    }
}
