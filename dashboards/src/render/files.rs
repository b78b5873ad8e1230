//! The rendered files as a whole: made, compared with a folder, written to it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::grafana::{self, Backend};
use super::{File, alarms, json, reference, terraform};
use crate::cost::{self, Assumptions};
use crate::model::Library;

/// The price of a month, so that a change of it is seen in a review.
pub(crate) const COST: &str = "cost.json";

/// How a folder differs from what is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The file is not there, or holds something else: what it holds, and what it should.
    Stale {
        /// Path below the folder.
        path: String,
        /// What is there; empty if nothing is.
        old: String,
        /// What should be there.
        new: String,
    },
    /// The file is there and should not be.
    Extra(String),
}

/// Every file of a library, always in the same order.
///
/// # Errors
/// If a document cannot be written as JSON.
pub fn all(library: &Library) -> serde_json::Result<Vec<File>> {
    let mut files = Vec::new();
    for (folder, backend) in [
        ("cloudwatch", Backend::CloudWatch),
        ("prometheus", Backend::Prometheus),
    ] {
        for dashboard in &library.dashboards {
            let json = grafana::dashboard(&library.deployment, dashboard, backend)?;
            files.extend(json.map(|content| File {
                path: format!("grafana/{folder}/{}.json", dashboard.link.slug),
                content,
            }));
        }
    }
    files.extend(terraform::modules(library)?);
    files.push(File {
        path: "metrics.md".to_owned(),
        content: reference::text(library),
    });
    files.push(File {
        path: "alarms.md".to_owned(),
        content: alarms::text(library),
    });
    let cost = cost::estimate(library, &Assumptions::default());
    files.push(File {
        path: COST.to_owned(),
        content: json(&cost)?,
    });
    Ok(files)
}

/// Compares a folder with what is rendered.
///
/// # Errors
/// If the folder or a file in it cannot be read.
pub fn compare(folder: &Path, files: &[File]) -> io::Result<Vec<Change>> {
    let mut changes = Vec::new();
    for file in files {
        let old = match std::fs::read_to_string(folder.join(&file.path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            old => old?,
        };
        if old != file.content {
            changes.push(Change::Stale {
                path: file.path.clone(),
                old,
                new: file.content.clone(),
            });
        }
    }
    let extra = extra(folder, files)?.into_iter();
    changes.extend(extra.map(|path| Change::Extra(path.to_string_lossy().into_owned())));
    Ok(changes)
}

/// Writes the files whose text has changed and removes those that are no longer rendered;
/// returns how many it touched.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(folder: &Path, files: &[File]) -> io::Result<usize> {
    let changes = compare(folder, files)?;
    for change in &changes {
        match change {
            Change::Extra(path) => std::fs::remove_file(folder.join(path))?,
            Change::Stale { path, new, .. } => {
                let path = folder.join(path);
                path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                std::fs::write(path, new)?;
            }
        }
    }
    Ok(changes.len())
}

/// Files in folders that are ours, such as dashboards that were renamed. Other folders
/// and files beside them are somebody else's.
fn extra(folder: &Path, files: &[File]) -> io::Result<BTreeSet<PathBuf>> {
    let known: BTreeSet<&Path> = files.iter().map(|file| Path::new(&file.path)).collect();
    let parents = known.iter().filter_map(|path| path.parent());
    let ours: BTreeSet<&Path> = parents
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    let mut extra = BTreeSet::new();
    for own in ours {
        let entries = match std::fs::read_dir(folder.join(own)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = own.join(entry?.file_name());
            let rendered = path
                .extension()
                .is_some_and(|extension| extension == "json");
            if rendered && !known.contains(path.as_path()) {
                extra.insert(path);
            }
        }
    }
    Ok(extra)
}
