//! A service that tests, benchmarks and fuzz targets measure: a shop with a cold store.
#![expect(clippy::expect_used, missing_docs, reason = "a catalogue in miniature")]

#[cfg(feature = "process")]
pub mod process;

use telemetry::{ApplicationNamespace, Catalogue};

/// Everything that the shop measures.
pub const SHOP: Catalogue = Catalogue::new(ALL, PROPERTIES);

/// The namespace of one environment of the shop.
pub fn namespace(environment: &str) -> ApplicationNamespace {
    ApplicationNamespace::new(format!("Shop/{environment}")).expect("a valid name")
}

telemetry::dimension! {
    /// Routes.
    pub enum Route as "Route" {
        PlaceOrder = "POST /orders",
        CancelOrder = "POST /orders/{id}/cancel",
        GetOrder = "GET /orders/{id}",
        ListOrders = "GET /orders",
        OpenOrders = "GET /orders/open",
        PickOrders = "POST /orders/pick",
        Stock = "GET /stock",
        Suppliers = "GET /suppliers",
        Returns = "GET /returns",
        Prices = "GET /prices",
        Unmatched = "unmatched",
    }
}

telemetry::dimension! {
    /// Functions.
    pub enum Function as "Function" {
        Orders = "orders",
        Picker = "picker",
    }
}

telemetry::dimension! {
    /// DynamoDB operations.
    pub enum Operation as "Operation" {
        GetItem = "GetItem",
        PutItem = "PutItem",
        Query = "Query",
        TransactWriteItems = "TransactWriteItems",
        Other = "Other",
    }
}

telemetry::dimension! {
    /// How an order ends.
    pub enum Ending as "Ending" {
        Delivered = "delivered",
        Cancelled = "cancelled",
    }
}

telemetry::properties! {
    /// Id of the order.
    ORDER_ID as "order_id", logged, annotated;
    /// Name of the customer.
    CUSTOMER as "customer", annotated;
    /// Id of a parcel.
    PARCEL_ID as "parcel_id";
    /// Parcels of a batch, as JSON: each with its id and its temperature.
    PARCELS as "parcels";
}

telemetry::catalogue! {
    http by Route else Unmatched;
    lambda by Function;
    dynamodb by Operation else Other;

    /// Orders that were placed.
    ORDER_PLACED: Counter {
        name: "order_placed",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 4.0 },
    }
    /// Orders that ended, by how they ended.
    ORDER_ENDED: Counter {
        name: "order_ended",
        unit: Count,
        by: [[], [Ending]],
        sample: Rate { per_minute: 4.0 },
    }
    /// Orders that are open.
    ORDERS_OPEN: Gauge {
        name: "orders_open",
        unit: Count,
        by: [[]],
        sample: Wave { low: 0.0, high: 50.0 },
    }
    /// Time from the order to the customer's door.
    DELIVERY_DURATION: Distribution {
        name: "delivery_duration",
        unit: Seconds,
        by: [[]],
        sample: Tail { median: 3600.0, p99: 86400.0 },
    }
    /// Temperature of the cold store.
    TEMPERATURE: Distribution {
        name: "temperature",
        unit: Celsius,
        by: [[]],
        sample: Wave { low: 2.0, high: 8.0 },
    }
    /// Air pressure in the cold store.
    PRESSURE: Distribution {
        name: "pressure",
        unit: Hectopascals,
        by: [[]],
        sample: Wave { low: 995.0, high: 1030.0 },
    }
}
