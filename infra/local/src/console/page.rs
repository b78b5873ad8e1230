//! What every page has: head, navigation, landmarks, and the rules for browsers.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Value, json};

use super::live::Live;

/// Nothing from elsewhere, no script or style within a page, and no page within another.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// The part of the console that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Dashboards,
    Requests,
    Logs,
    Alarms,
    System,
    Runs,
    Tables,
    Api,
}

impl Section {
    const ALL: [(Self, &'static str, &'static str); 9] = [
        (Self::Overview, "/", "Overview"),
        (Self::Dashboards, "/dashboards", "Dashboards"),
        (Self::Requests, "/requests", "Requests"),
        (Self::Logs, "/logs", "Logs"),
        (Self::Alarms, "/alarms", "Alarms"),
        (Self::System, "/system", "System"),
        (Self::Runs, "/runs", "Runs"),
        (Self::Tables, "/tables", "Tables"),
        (Self::Api, "/explorer", "API"),
    ];
}

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    section: Section,
    title: String,
    status: StatusCode,
    /// Why it is there instead of another, in words.
    reason: Option<String>,
    /// Seconds after which the live parts are asked for again.
    refresh: Option<u32>,
    scripts: Vec<&'static str>,
    body: Markup,
    pub(super) live: Live,
}

impl Page {
    pub(super) fn new(section: Section, title: impl Into<String>, body: Markup) -> Self {
        Self {
            section,
            title: title.into(),
            status: StatusCode::OK,
            reason: None,
            refresh: None,
            scripts: Vec::new(),
            body,
            live: Live::default(),
        }
    }

    /// A page that says that there is nothing, and why.
    pub(super) fn not_found(section: Section, reason: &str) -> Self {
        Self::without(section, StatusCode::NOT_FOUND, "Not found", reason)
    }

    /// A page that says what is wrong with what was asked for.
    pub(super) fn refused(section: Section, reason: &str) -> Self {
        Self::without(section, StatusCode::BAD_REQUEST, "Bad request", reason)
    }

    /// What is there instead of a page that could not be made.
    pub(super) fn broken(section: Section) -> Self {
        let reason = "Drawing this page failed; the server's log says why.";
        Self::without(section, StatusCode::INTERNAL_SERVER_ERROR, "Failed", reason)
    }

    fn without(section: Section, status: StatusCode, title: &str, reason: &str) -> Self {
        let body = html! {
            h1 { (title) }
            p { (reason) }
        };
        Self {
            status,
            reason: Some(reason.to_owned()),
            ..Self::new(section, title, body)
        }
    }

    /// Keeps its live parts fresh.
    pub(super) fn refresh(mut self, seconds: u32, live: Live) -> Self {
        self.refresh = Some(seconds);
        self.live = live;
        self
    }

    /// Runs a script of its own as well.
    pub(super) fn script(mut self, path: &'static str) -> Self {
        self.scripts.push(path);
        self
    }

    /// The page, or something of it, with its status and what browsers must keep to.
    pub(super) fn answer(&self, body: impl IntoResponse) -> Response {
        (self.status, HEADERS, body).into_response()
    }

    /// A page that is no success, as the API would say it.
    pub(super) fn problem(&self) -> Value {
        json!({ "error": self.title.to_lowercase().replace(' ', "_"), "message": self.reason })
    }

    pub(super) fn document(&self) -> Markup {
        document(self)
    }
}

fn document(page: &Page) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-refresh=[page.refresh] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (page.title) " · Sentori" }
                link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
                link rel="stylesheet" href="/assets/panels.css";
                link rel="stylesheet" href="/assets/console.css";
                // Before anything is drawn, because it sets the theme.
                script src="/assets/theme.js" {}
                @for script in &page.scripts { script src=(script) defer {} }
                script src="/assets/main.js" type="module" {}
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.top {
                    a.brand href="/" { img src="/assets/icon.svg" alt="" width="24" height="24"; "Sentori" }
                    nav aria-label="Main" { (links(page.section)) }
                    div.tools { (tools(page)) }
                }
                main #main tabindex="-1" { (page.body) }
                p.note.stale #stale role="status" aria-live="polite" {}
            }
        }
    }
}

/// How often a page may be asked for again, in Grafana's words.
const INTERVALS: [&str; 6] = ["1s", "5s", "10s", "30s", "1m", "5m"];

/// What a reader decides about every page. The style sheet hides it where there are no scripts, since
/// what a script shows moves the page under the reader.
fn tools(page: &Page) -> Markup {
    html! {
        @if let Some(seconds) = page.refresh {
            span.updated { "Updated " span #updated {} }
            select.quiet #refresh-interval aria-label="Refresh" {
                option value="default" { "every " (seconds) " s" }
                @for interval in INTERVALS { option value=(interval) { (interval) } }
            }
            button.quiet #pause type="button" aria-pressed="false" { "Pause" }
        }
        button.quiet #zone type="button" title="Time zone: yours or UTC" { "UTC" }
        button.quiet #theme type="button" { "Dark theme" }
        button.quiet #keys type="button" aria-label="Keyboard shortcuts" { "?" }
    }
}

fn links(current: Section) -> Markup {
    html! {
        ul {
            @for (section, path, name) in Section::ALL {
                li {
                    a href=(path) aria-current=[(section == current).then_some("page")] { (name) }
                }
            }
        }
    }
}
