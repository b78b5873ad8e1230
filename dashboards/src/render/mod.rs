//! How Grafana, Terraform and Markdown spell a library: one file for each dashboard and
//! data source, a Terraform module of the alarms, and the metric reference.

mod alarms;
mod file;
mod files;
pub mod grafana;
pub(crate) mod insights;
pub(crate) mod math;
pub(crate) mod names;
mod reference;
pub mod terraform;

pub use file::File;
pub(crate) use files::COST;
pub use files::{Change, all, compare, write};
pub(crate) use names::widest_search;
pub(crate) use reference::draws;

/// A text as the cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// A document as text, with a line break at its end.
///
/// # Errors
/// None that a definition can cause: documents are made of text and numbers.
fn json(document: &impl serde::Serialize) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}
