//! How a command writes what it found.

use std::io::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Result;
use crate::report::{self, Check};

/// How a report is written.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Output {
    /// Print JSON.
    #[arg(long, conflicts_with = "format")]
    pub(super) json: bool,
    /// Print a report for a tool.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit's XML, for test reports.
    Junit,
    /// Annotations of a GitHub workflow.
    Github,
}

impl Output {
    /// Writes JSON or a report if one is asked for, and otherwise what `text` writes.
    pub(super) fn write(
        self,
        command: &str,
        out: &mut dyn Write,
        json: &impl Serialize,
        checked: impl FnOnce() -> Vec<Check>,
        text: impl FnOnce(&mut dyn Write) -> Result<()>,
    ) -> Result<()> {
        let format = match self.format {
            _ if self.json => {
                serde_json::to_writer_pretty(&mut *out, json)?;
                return Ok(writeln!(out)?);
            }
            None => return text(out),
            Some(Format::Sarif) => report::Format::Sarif,
            Some(Format::Junit) => report::Format::Junit,
            Some(Format::Github) => report::Format::Github,
        };
        Ok(out.write_all(format.write(command, &checked()).as_bytes())?)
    }
}
