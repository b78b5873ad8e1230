//! The page: every dashboard, one at a time, with nothing loaded from elsewhere.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{DashboardViews, Source};
use crate::draw::{NoLinks, SCRIPT, STYLE, dashboard, moment};
use crate::view::TimeRange;

/// What is written into the page may run and style it; nothing else may, and nothing loads.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
const LAYOUT: &str = include_str!("page.css");
const THEME: &str = include_str!("theme.js");

pub(super) fn page(source: &Source, shown: &[DashboardViews<'_>]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width";
                title { "Dashboards" }
                style { (PreEscaped(STYLE)) (PreEscaped(LAYOUT)) }
            }
            body {
                nav aria-label="Dashboards" {
                    @for one in shown {
                        a href={ "#" (one.dashboard.link.uid) } { (one.dashboard.title) }
                    }
                    button #theme type="button" hidden { "Light or dark" }
                }
                main {
                    @for one in shown { (section(source, one)) }
                }
                script { (PreEscaped(SCRIPT)) (PreEscaped(THEME)) }
            }
        }
    };
    page.into_string() + "\n"
}

fn section(source: &Source, shown: &DashboardViews<'_>) -> Markup {
    let DashboardViews {
        dashboard: defined,
        range,
        views,
    } = shown;
    let what = match source {
        Source::Samples => "Sample data",
        Source::Recorded(_) => "Recorded events",
    };
    html! {
        section id=(defined.link.uid) {
            div.head {
                h1 { (defined.title) }
                p { (defined.description) }
                p { (what) ", " (between(*range)) " UTC" }
            }
            (dashboard(defined, views, *range, &NoLinks))
        }
    }
}

fn between(range: TimeRange) -> String {
    let [start, end] = [range.start, range.end].map(|at| moment(at.saturating_mul(1_000)));
    format!("{start} to {end}")
}
