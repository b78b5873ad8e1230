telemetry::catalogue! {
    /// Orders.
    ORDER: Counter {
        name: "order per day",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 1.0 },
    }
}

telemetry::properties! {
    /// Starts with a digit.
    PROPERTY as "2nd";
}

fn main() {
    PROPERTY.set("value");
}
