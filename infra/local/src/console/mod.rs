//! The console: everything the system shows of itself, as pages at `/`.
//!
//! Pages are rendered on the server and work as they are; one script swaps their live parts
//! every few seconds, sends the forms of [`runs`] and switches the theme. Nothing is loaded
//! from elsewhere, and the policy in [`page`] would forbid it.
//!
//! One file a page; `page` is what they have in common.

mod alarms;
mod assets;
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

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use dashboards::model::Library;
use handlers::AppState;
use telemetry::Metrics;

use crate::alarms::Alarms;
use crate::observed::Observed;

/// What the pages show.
#[derive(Clone, Debug)]
pub(crate) struct Console(Arc<Parts>);

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
        &self.0
    }
}

/// Serves the pages.
pub(crate) fn router(parts: Parts) -> Router {
    Router::new()
        .route("/", get(overview::page))
        .route("/dashboards", get(boards::page))
        .route("/d/{uid}", get(board::page))
        .route("/d/{uid}/{slug}", get(board::page))
        .route("/runs", get(runs::page))
        .route("/alarms", get(alarms::page))
        .route("/requests", get(requests::page))
        .route("/requests/{id}", get(request::page))
        .merge(assets::router())
        .with_state(Console(Arc::new(parts)))
}
