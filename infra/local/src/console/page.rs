//! What every page has: head, navigation, landmarks, and the rules for browsers.

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use maud::{DOCTYPE, Markup, html};

/// Nothing from elsewhere, no script or style within a page, and no page within another.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 4] = [
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
    Runs,
    Alarms,
    Requests,
}

impl Section {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Overview, "/", "Overview"),
        (Self::Dashboards, "/dashboards", "Dashboards"),
        (Self::Runs, "/runs", "Runs"),
        (Self::Alarms, "/alarms", "Alarms"),
        (Self::Requests, "/requests", "Requests"),
    ];
}

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    section: Section,
    title: String,
    status: StatusCode,
    /// Seconds after which the live parts are asked for again.
    refresh: Option<u32>,
    script: Option<&'static str>,
    body: Markup,
}

impl Page {
    pub(super) fn new(section: Section, title: impl Into<String>, body: Markup) -> Self {
        Self {
            section,
            title: title.into(),
            status: StatusCode::OK,
            refresh: None,
            script: None,
            body,
        }
    }

    /// A page that says that there is nothing, and why.
    pub(super) fn not_found(section: Section, reason: &str) -> Self {
        Self::without(section, StatusCode::NOT_FOUND, "Not found", reason)
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
            ..Self::new(section, title, body)
        }
    }

    /// Keeps the live parts fresh: elements with `data-live` and an id.
    pub(super) fn refresh(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds);
        self
    }

    /// Runs a script of its own as well.
    pub(super) fn script(mut self, path: &'static str) -> Self {
        self.script = Some(path);
        self
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let status = self.status;
        (status, HEADERS, Html(document(&self).into_string())).into_response()
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
                script src="/assets/console.js" defer {}
                @if let Some(script) = page.script { script src=(script) defer {} }
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.top {
                    a.brand href="/" { img src="/assets/icon.svg" alt="" width="24" height="24"; "Sentori" }
                    nav aria-label="Main" { (links(page.section)) }
                    div.tools {
                        @if page.refresh.is_some() {
                            button.quiet #pause type="button" aria-pressed="false" hidden { "Pause" }
                        }
                        button.quiet #theme type="button" hidden { "Dark theme" }
                    }
                }
                main #main tabindex="-1" { (page.body) }
                p.note.stale #stale role="status" aria-live="polite" {}
            }
        }
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
