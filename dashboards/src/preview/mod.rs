//! All dashboards as files that need nothing else: one page, and a picture of each.
//!
//! The same events give the same files, byte for byte: ranges end where the events do, not
//! at the time of day.

mod page;
mod recording;

use std::collections::BTreeMap;

use crate::data::{Events, VariableValues, answer, samples};
use crate::draw::picture;
use crate::model::{Dashboard, Library, Period};
use crate::render::File;
use crate::view::{TimeRange, View};

pub use recording::{Recording, RecordingError, RejectedLine};

/// Where samples end: noon of a Monday, in seconds since 1970.
const NOON: i64 = 1_767_614_400;
const SEED: u64 = 1;

/// What is shown.
#[derive(Debug)]
pub enum Source {
    /// What the catalogue says that metrics look like.
    Samples,
    /// What a system has emitted.
    Recorded(Box<Recording>),
}

/// A dashboard, and what its panels show.
#[derive(Debug)]
struct DashboardViews<'a> {
    dashboard: &'a Dashboard,
    range: TimeRange,
    views: Vec<View>,
}

/// `index.html` with every dashboard, and `<slug>.svg` for each.
pub fn files(library: &Library, source: &Source) -> Vec<File> {
    let shown = match source {
        Source::Samples => sampled(library),
        Source::Recorded(recording) => {
            let Recording { events, range, .. } = recording.as_ref();
            let dashboards = library.dashboards.iter();
            dashboards.map(|one| show(one, events, *range)).collect()
        }
    };
    let pictures = shown.iter().map(|one| File {
        path: format!("{}.svg", one.dashboard.link.slug),
        content: picture(one.dashboard, &one.views, one.range),
    });
    let page = File {
        path: "index.html".to_owned(),
        content: page::page(source, &shown),
    };
    std::iter::once(page).chain(pictures).collect()
}

/// Each dashboard over the time that it shows at first.
fn sampled(library: &Library) -> Vec<DashboardViews<'_>> {
    let mut by_length: BTreeMap<Period, Events> = BTreeMap::new();
    let dashboards = library.dashboards.iter();
    dashboards
        .map(|dashboard| {
            let range = TimeRange {
                start: NOON - i64::from(dashboard.range.as_seconds()),
                end: NOON,
            };
            let events = by_length
                .entry(dashboard.range)
                .or_insert_with(|| samples(library, range, SEED));
            show(dashboard, events, range)
        })
        .collect()
}

fn show<'a>(dashboard: &'a Dashboard, events: &Events, range: TimeRange) -> DashboardViews<'a> {
    let panels = dashboard.panels();
    let view = |panel| answer(panel, events, range, &VariableValues::default());
    DashboardViews {
        dashboard,
        range,
        views: panels.map(view).collect(),
    }
}
