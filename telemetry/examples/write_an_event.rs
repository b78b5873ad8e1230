//! How does a program of mine write an event, and would CloudWatch take it?
//!
//! `cargo run -p sentori-telemetry --example write_an_event` prints the event's line, then what
//! the live check says about it.

use std::{error::Error, io::Write as _};

use telemetry::{ApplicationNamespace, Catalogue, Destination, Lines, Metrics, emf::check::Check};

telemetry::dimension! {
    /// How an order leaves the shop.
    pub enum Shipping as "Shipping" {
        /// In one day.
        Express = "express",
        /// In a week.
        Standard = "standard",
    }
}

telemetry::catalogue! {
    /// Orders that were placed.
    ORDER_PLACED: Counter {
        name: "order_placed",
        unit: Count,
        by: [[], [Shipping]],
        sample: Rate { per_minute: 4.0 },
    }
    /// Time from the first click to the order.
    CHECKOUT_DURATION: Distribution {
        name: "checkout_duration",
        unit: Seconds,
        by: [[]],
        sample: Tail { median: 40.0, p99: 600.0 },
    }
}

telemetry::properties! {
    /// Id of the order: found by Logs Insights, free of metric cost.
    ORDER_ID as "order_id";
}

/// Everything that the shop measures.
const SHOP: Catalogue = Catalogue::new(ALL, PROPERTIES);

/// What a handler does: its own work, and one line for each thing worth knowing.
async fn place_order(id: &str) {
    ORDER_ID.set(id);
    ORDER_PLACED.increment(Shipping::Express);
    CHECKOUT_DURATION.record(38.5, ());
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let lines = Lines::default();
    let metrics = Metrics::builder(ApplicationNamespace::new("Shop/dev")?)
        .emf(Destination::stdout())
        .emf(Destination::lines(&lines))
        .build()?;
    metrics.scope(place_order("1017")).await;

    let now = std::time::SystemTime::UNIX_EPOCH.elapsed()?.as_millis();
    let check = Check::new(SHOP, now.try_into()?);
    let report = check.read(lines.text().as_bytes())?;
    write!(std::io::stderr(), "{report}")?;
    match report.never_seen.as_slice() {
        [] if report.is_clean() => Ok(()),
        _ => Err("this is not what the catalogue says".into()),
    }
}

#[test]
fn it_runs() {
    assert!(main().is_ok());
}
