//! What `drift` and `verify` have in common: the account and the environment.

use std::io::{IsTerminal, stderr};

use crate::live::{Access, Environment};
use crate::model::{Library, Profile};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Result;

/// Where to look.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The environment to look at; without it, the first one of the library.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// Which alarms the environment has.
    #[arg(long, value_enum, default_value_t = Profile::Prod)]
    alarms: Profile,
    /// The HTTP API's id, which AWS made; without it, what it identifies is left out.
    #[arg(long, value_name = "ID")]
    api_id: Option<String>,
    /// Profile of the AWS configuration.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// AWS region.
    #[arg(long)]
    region: Option<String>,
    /// Call this address instead of AWS.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
}

impl Place {
    pub(super) fn access(&self) -> Access {
        Access {
            profile: self.profile.clone(),
            region: self.region.clone(),
            endpoint_url: self.endpoint_url.clone(),
        }
    }

    pub(super) fn environment(&self, library: &Library) -> Environment {
        let first = library.deployment.environments.first().copied();
        let name = self.environment.as_deref().or(first);
        let api = self.api_id.clone().map(|id| ("http".to_owned(), id));
        Environment {
            deployment: library.deployment,
            name: name.unwrap_or_default().to_owned(),
            assigned: api.into_iter().collect(),
        }
    }

    pub(super) const fn alarms(&self) -> Profile {
        self.alarms
    }
}

/// Runs a command that calls AWS.
pub(super) fn block_on<T>(command: impl Future<Output = Result<T>>) -> Result<T> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build()?.block_on(command)
}

/// A progress bar on a terminal, nothing elsewhere.
pub(super) fn progress(what: &'static str) -> Result<ProgressBar> {
    if !stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}")?;
    Ok(ProgressBar::new(0).with_style(style).with_message(what))
}
