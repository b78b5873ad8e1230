//! The console: everything the system shows of itself, as pages at `/`.
//!
//! Pages are rendered on the server and work as they are; one script swaps their live parts
//! every few seconds, sends the forms of [`runs`] and switches the theme. Nothing is loaded
//! from elsewhere, and the policy in [`page`] would forbid it.
//!
//! One file a page; `page` is what they have in common.

mod alarms;
mod assets;
mod background;
mod board;
mod boards;
mod format;
mod links;
mod overview;
mod page;
mod panel;
mod range;
mod request;
mod requests;
mod runs;
mod waterfall;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use background::Background;
use dashboards::model::Library;
use handlers::AppState;
use page::{Page, Section};
use telemetry::Metrics;

use crate::alarms::Alarms;
use crate::observed::Observed;

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
    pub(crate) observed: Observed,
    /// The tables, read for pages and never counted as the API's work.
    pub(crate) state: AppState,
    /// Metrics that go nowhere.
    pub(crate) silent: Metrics,
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
        section: Section,
        page: impl FnOnce(&Self) -> Page + Send + 'static,
    ) -> Response {
        let background = self.background.clone();
        let drawn = background.run(move || page(&self).into_response()).await;
        drawn.unwrap_or_else(|| Page::broken(section).into_response())
    }
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
    let router = Router::new()
        .route("/", get(overview::page))
        .route("/dashboards", get(boards::page))
        .route("/d/{uid}", get(board::page))
        .route("/d/{uid}/{slug}", get(board::page))
        .route("/runs", get(runs::page))
        .route("/alarms", get(alarms::page))
        .route("/requests", get(requests::page))
        .route("/requests/{id}", get(request::page))
        .merge(assets::router())
        .with_state(console);
    Ok(router)
}
