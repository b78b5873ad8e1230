//! The console: everything the system shows of itself, as pages at `/`.
//!
//! Pages are rendered on the server and read as they are. Scripts, one file a behaviour,
//! keep their [`live`] parts fresh and never change anything else. Nothing is loaded from
//! elsewhere, and the policy in [`page`] would forbid it.
//!
//! One file a page; `page` is what they have in common, and [`accept`] gives each of them as
//! JSON too.

mod accept;
mod alarms;
mod assets;
mod background;
mod board;
mod boards;
mod details;
mod download;
mod explorer;
mod format;
mod links;
mod live;
mod logs;
mod overview;
mod page;
mod panel;
mod picker;
mod points;
mod range;
mod reader;
mod request;
mod requests;
mod runbook;
mod runs;
mod selection;
mod system;
mod tables;
mod views;
mod waterfall;
mod why;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use accept::Accept;
use aws_sdk_dynamodb::Client;
use axum::Router;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use background::Background;
use dashboards::model::Library;
use dashboards::view::TimeRange;
use handlers::AppState;
use http::StatusCode;
use http::header::CONTENT_SECURITY_POLICY;
use page::{Page, Section};
use reader::Reader;
use telemetry::Metrics;

use crate::alarms::Alarms;
use crate::observations::Observations;

/// What the pages show.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    parts: Arc<Parts>,
    background: Background,
}

#[derive(Debug)]
pub(crate) struct Parts {
    /// Where the server listens.
    pub(crate) addr: SocketAddr,
    pub(crate) library: Arc<Library>,
    pub(crate) alarms: Alarms,
    pub(crate) observed: Observations,
    /// The tables, read for pages and never counted as the API's work.
    pub(crate) state: AppState,
    /// Metrics that go nowhere.
    pub(crate) silent: Metrics,
    /// The tables again, for those who want to see items as they are.
    pub(crate) store: Client,
    /// The time that was recorded, if that is what is shown.
    pub(crate) recorded: Option<TimeRange>,
}

impl std::ops::Deref for Console {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Console {
    /// A page that takes the processor for longer than requests of the API may wait.
    async fn draw(
        self,
        accept: Accept,
        section: Section,
        answer: impl FnOnce(&Self, &Accept) -> Response + Send + 'static,
    ) -> Response {
        let background = self.background.clone();
        let own = accept.clone();
        let drawn = background.run(move || answer(&self, &own)).await;
        drawn.unwrap_or_else(|| accept.page(&Page::broken(section)))
    }
}

/// What a browser is told of an address that nothing is at, with the way to what there is;
/// programs, and those who look at the API, get the API's words.
pub(crate) async fn unknown_address(request: Request, next: Next) -> Response {
    let wants_page = accept::media_types(request.headers()).starts_with("text/html")
        && !request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let is_page = response.headers().contains_key(CONTENT_SECURITY_POLICY);
    if !wants_page || is_page || response.status() != StatusCode::NOT_FOUND {
        return response;
    }
    let reason = "There is no page at this address. Those that there are stand above.";
    Accept::Page.page(&Page::not_found(Section::Overview, reason))
}

/// Serves the pages.
///
/// # Errors
/// If the system has no thread left to draw them.
pub(crate) fn router(parts: Parts) -> io::Result<Router> {
    let console = Console {
        parts: Arc::new(parts),
        background: Background::start()?,
    };
    let pages = [
        ("/dashboards", get(boards::page)),
        ("/requests", get(requests::page)),
        ("/logs", get(logs::page)),
        ("/alarms", get(alarms::page)),
        ("/system", get(system::page)),
        ("/runs", get(runs::page)),
        ("/tables", get(tables::page)),
        ("/explorer", get(explorer::page)),
    ];
    let with_json = |router: Router<Console>, (path, page): (&str, MethodRouter<Console>)| {
        let json = format!("{path}{}", accept::SUFFIX);
        router.route(path, page.clone()).route(&json, page)
    };
    let router = (pages.into_iter().fold(Router::new(), with_json))
        .route("/", get(overview::page))
        .route("/overview.json", get(overview::page))
        .route("/d/{uid}", get(board::page))
        .route("/d/{uid}/{slug}", get(board::page))
        .route("/requests/{id}", get(request::page))
        .route("/requests/{id}/why", get(request::why))
        .route("/runbooks/{name}", get(runbook::page))
        .route("/recording", get(download::file))
        .merge(assets::router())
        .with_state(console);
    Ok(router)
}
