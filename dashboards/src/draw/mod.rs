//! Panels and dashboards as HTML and SVG, as they will look in Grafana.
//!
//! [`dashboard`] and [`panel`] are HTML for a page, with charts as SVG in it; [`picture`]
//! is a dashboard as one SVG for a pull request. Charts measure in percent of their place,
//! so a page stretches them without drawing anew, and text keeps its size. Colours are
//! custom properties of [`STYLE`], which a page overrides by `data-theme` on its root
//! element. Nothing depends on inline styles or scripts; [`SCRIPT`] adds values under the
//! pointer, the legend's clicks and tables of a chart's values. Any text may come from a user: none of it becomes markup.

mod chart;
mod dashboard;
mod format;
mod ids;
mod legend;
mod panel;
mod picture;
mod scale;
mod stacks;
mod stat;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod ticks;
mod timeline;

use crate::model::Link;

pub use dashboard::dashboard;
pub use format::moment;
pub use ids::ids;
pub use panel::panel;
pub use picture::picture;

/// The style sheet of pages with panels: colours, ink and layout.
pub const STYLE: &str = concat!(
    include_str!("theme.css"),
    include_str!("ink.css"),
    include_str!("page.css")
);

/// The script of charts: values under the pointer, hidden series, tables; pages work without it.
pub const SCRIPT: &str = include_str!("charts.js");

/// Where things lead on the page that is drawn for; by default nowhere.
pub trait Links {
    /// The address that a table's value leads to.
    fn cell(&self, _link: Link, _value: &str) -> Option<String> {
        None
    }

    /// The address of a panel, by its id.
    fn panel(&self, _id: u32) -> Option<String> {
        None
    }
}

/// A page on which nothing leads anywhere.
#[derive(Clone, Copy, Debug)]
pub struct NoLinks;

impl Links for NoLinks {}
