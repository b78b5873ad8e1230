//! How far a copy is, in a file.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ImportError, Summary};

/// What became of the items of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Stored now.
    pub copied: u64,
    /// Stored before.
    pub before: u64,
    /// Not such as could be stored; the log names each.
    pub refused: u64,
}

impl Counts {
    /// All items that were read.
    pub(super) fn seen(self) -> u64 {
        self.copied + self.before + self.refused
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            copied,
            before,
            refused,
        } = self;
        write!(
            f,
            "{copied} copied, {before} there before, {refused} refused"
        )
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    pub(super) runs: Table,
    pub(super) readings: Table,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) counts: Counts,
    /// The key after which the next page starts.
    pub(super) next: Option<HashMap<String, String>>,
    pub(super) done: bool,
}

impl Table {
    pub(super) fn page_ended(&mut self, next: Option<HashMap<String, String>>) {
        self.done = next.is_none();
        self.next = next;
    }
}

impl Progress {
    /// What the file says; without one, nothing is done yet.
    pub(super) fn open(path: &Path) -> Result<Self, ImportError> {
        match fs::read(path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| unusable(path)(error.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(unusable(path)(error)),
        }
    }

    /// Replaces the file at once, so that it is whole whenever the process ends.
    pub(super) fn save(&self, path: &Path) -> Result<(), ImportError> {
        let text = serde_json::to_vec(self).map_err(|error| unusable(path)(error.into()))?;
        let new = path.with_extension("new");
        fs::write(&new, text).map_err(unusable(path))?;
        fs::rename(&new, path).map_err(unusable(path))
    }

    pub(super) fn summary(&self) -> Summary {
        Summary {
            runs: self.runs.counts,
            readings: self.readings.counts,
        }
    }
}

fn unusable(path: &Path) -> impl Fn(io::Error) -> ImportError {
    let path = path.to_owned();
    move |source| ImportError::Progress {
        path: path.clone(),
        source,
    }
}
