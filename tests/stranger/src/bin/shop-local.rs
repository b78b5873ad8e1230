//! The orders API without Lambda, which Prometheus can scrape at `/metrics`.

use std::io::Write as _;

use axum::routing::get;
use stranger::{function, orders};
use telemetry::{Config, process_env, prometheus::CONTENT_TYPE};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let metrics = function::metrics()?;
    let scraped = metrics.clone();
    let _telemetry = Config::local("shop", metrics, &process_env).init()?;
    let page = async move || {
        let page = scraped.prometheus().unwrap_or_default();
        ([("content-type", CONTENT_TYPE)], page)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stderr(), "http://{}", listener.local_addr()?)?;
    let router = orders::router().route("/metrics", get(page));
    Ok(axum::serve(listener, router).await?)
}
