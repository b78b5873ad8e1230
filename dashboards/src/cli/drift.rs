//! `dashboards drift`.

use std::io::Write;

use crate::live::{self, Kind};
use crate::model::Library;
use crate::render;
use clap::Args;
use serde_json::{Value, json};

use super::live::{Place, block_on, progress};
use super::{Outcome, Result};

/// The rendered Terraform of the alarms.
const ALARMS: &str = "alarms/main.tf.json";

/// Compare the live alarms with the definitions; only reads.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  {command} drift --environment prod --region eu-west-3 --api-id a1b2c3d4e5\n  {command} drift --alarms dev --json\n\nNeeds cloudwatch:DescribeAlarms."
)]
pub(super) struct Drift {
    #[command(flatten)]
    place: Place,
}

impl Drift {
    pub(super) fn run(&self, library: &Library, out: &mut dyn Write) -> Result<Outcome> {
        let drifts = block_on(self.look(library))?;
        if self.place.json {
            let drifts: Vec<_> = drifts.iter().map(drift_json).collect();
            serde_json::to_writer_pretty(&mut *out, &drifts)?;
            writeln!(out)?;
        } else if drifts.is_empty() {
            writeln!(out, "The live alarms are as defined.")?;
        } else {
            drifts
                .iter()
                .try_for_each(|drift| writeln!(out, "{drift}"))?;
        }
        Ok(Outcome::from_findings(!drifts.is_empty()))
    }

    async fn look(&self, library: &Library) -> Result<Vec<live::Drift>> {
        let files = render::all(library)?;
        let file = files.iter().find(|file| file.path == ALARMS);
        let rendered = file.ok_or("the library has no alarms")?;
        let rendered: Value = serde_json::from_str(&rendered.content)?;
        let client = live::connect(&self.place.access()).await;
        let bar = progress("alarms read")?;
        let (deployed, profile) = (self.place.deployed(library), self.place.profile());
        let drifts = live::drift(&client, &rendered, &deployed, profile, |read| {
            bar.set_length(read);
            bar.set_position(read);
        });
        let drifts = drifts.await?;
        bar.finish_and_clear();
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
