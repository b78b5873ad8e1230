//! A dashboard for metrics of your own: `cargo run -p dashboards --example render_a_dashboard`.

use std::io::{self, Write};

use dashboards::model::{Dashboard, Deployment, Narrow, Panel, Threshold};
use dashboards::render::grafana::{self, Backend};
use telemetry::DashboardLink;

telemetry::dimension! {
    /// How an order left the shop.
    pub enum Shipping as "Shipping" {
        /// In one day.
        Express = "express",
        /// In a week.
        Standard = "standard",
    }
}

telemetry::catalogue! {
    /// Orders that left the shop.
    ORDER_SHIPPED: Counter {
        name: "order_shipped",
        unit: Count,
        by: [[], [Shipping]],
        sample: Rate { per_minute: 4.0 },
    }
    /// Time from an order to its parcel.
    PACKING_TIME: Distribution {
        name: "packing_time",
        unit: Seconds,
        by: [[]],
        sample: Tail { median: 300.0, p99: 3600.0 },
    }
}

const SHOP: DashboardLink = DashboardLink {
    uid: "shop",
    slug: "shop",
};
const DEPLOYMENT: Deployment = Deployment {
    namespace: "Shop",
    prefix: "shop",
    environments: &["prod"],
    resources: &[],
};

fn shop() -> Dashboard {
    let shipped = Panel::stacked_series("Orders shipped")
        .describe("Falls to zero when the warehouse is offline: call it.")
        .draw("", ORDER_SHIPPED.by::<Shipping>().sum());
    let packing = Panel::time_series("Packing time")
        .describe("Above the line, parcels miss the evening's lorry.")
        .draw("95 of 100", PACKING_TIME.total().percentile(95.0))
        .threshold(Threshold::above(1_800.0));
    Dashboard::new(SHOP, "Shop")
        .describe("Do orders leave the shop in time?")
        .row("Orders", [shipped, packing])
}

fn main() -> io::Result<()> {
    let json = grafana::dashboard(&DEPLOYMENT, &shop(), Backend::CloudWatch)?;
    io::stdout().write_all(json.unwrap_or_default().as_bytes())
}
