//! `dashboards drift`.

use std::io::Write;

use crate::live::{self, Kind};
use crate::model::Library;
use crate::render;
use crate::report::Check;
use clap::Args;
use serde_json::{Value, json};

use super::live::{Place, block_on, progress};
use super::output::Output;
use super::{Outcome, Result};

/// Compare the live alarms with the definitions; only reads.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} drift --environment prod --region eu-west-3 --api-id a1b2c3d4e5\n  {command} drift --alarms dev --json\n\nNeeds cloudwatch:DescribeAlarms. Alarms of another module than the first are compared if any of them is live."
)]
pub(super) struct Drift {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    output: Output,
}

impl Drift {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let drifts = block_on(self.look(library))?;
        let json: Vec<_> = drifts.iter().map(drift_json).collect();
        let checked = || {
            let checked = |drift: &live::Drift| Check {
                rule: "drift".to_owned(),
                place: drift.alarm.clone(),
                file: library.places.rendered.to_owned(),
                problem: Some(drift.kind.to_string()),
            };
            drifts.iter().map(checked).collect()
        };
        self.output.write("drift", out, &json, checked, |out| {
            if drifts.is_empty() {
                return Ok(writeln!(out, "The live alarms are as defined.")?);
            }
            Ok(drifts
                .iter()
                .try_for_each(|drift| writeln!(out, "{drift}"))?)
        })?;
        Ok(Outcome::from_findings(!drifts.is_empty()))
    }

    async fn look(&self, library: &Library) -> Result<Vec<live::Drift>> {
        const MAIN: &str = "/main.tf.json";
        let files = render::all(library)?.into_iter();
        let modules = files.filter_map(|file| {
            let module = file.path.strip_suffix(MAIN)?.to_owned();
            Some(serde_json::from_str::<Value>(&file.content).map(|main| (module, main)))
        });
        let modules = modules.collect::<std::result::Result<_, _>>()?;
        let client = live::connect(&self.place.access()).await?;
        let bar = progress("alarms read")?;
        let (environment, profile) = (self.place.environment(library), self.place.alarms());
        let drifts = live::drift(&client, &modules, &environment, profile, |read| {
            bar.set_length(read);
            bar.set_position(read);
        });
        let drifts = drifts.await?;
        bar.finish_and_clear();
        let nothing = |drift: &live::Drift| drift.kind == Kind::NotLive;
        if !drifts.is_empty() && drifts.iter().all(nothing) {
            let known = library.deployment.environments.join(", ");
            let environment = &environment.name;
            return Err(format!("no alarm of the environment {environment} is live here; the library knows {known}. Is it the right --environment, --region and --profile?").into());
        }
        Ok(drifts)
    }
}

fn drift_json(drift: &live::Drift) -> Value {
    match &drift.kind {
        Kind::NotLive => json!({"alarm": drift.alarm, "kind": "not live"}),
        Kind::NotDefined => json!({"alarm": drift.alarm, "kind": "not defined"}),
        Kind::Changed {
            attribute,
            defined,
            live,
        } => json!({
            "alarm": drift.alarm, "kind": "changed",
            "attribute": attribute, "defined": defined, "live": live,
        }),
    }
}
