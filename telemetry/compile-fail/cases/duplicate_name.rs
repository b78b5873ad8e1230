telemetry::catalogue! {
    /// Orders.
    ORDER: Counter {
        name: "order",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 1.0 },
    }
    /// Orders again.
    ORDER_AGAIN: Counter {
        name: "order",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 1.0 },
    }
}

fn main() {}
