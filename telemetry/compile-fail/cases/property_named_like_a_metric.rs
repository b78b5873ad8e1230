telemetry::properties! {
    /// When the order was placed.
    PLACED as "order_placed";
}

telemetry::catalogue! {
    /// Orders that were placed.
    ORDER_PLACED: Counter {
        name: "order_placed",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 1.0 },
    }
}

pub const SHOP: telemetry::Catalogue = telemetry::Catalogue::new(ALL, PROPERTIES);

fn main() {}
