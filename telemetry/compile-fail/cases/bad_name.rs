telemetry::catalogue! {
    /// Orders.
    ORDER: Counter {
        name: "order per day",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 1.0 },
    }
}

const PROPERTY: telemetry::Property = telemetry::Property::new("2nd", "Starts with a digit");

fn main() {
    PROPERTY.set("value");
}
