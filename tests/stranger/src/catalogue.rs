//! What the shop measures.

use telemetry::Catalogue;

/// Everything, for whoever checks, lists or draws it.
pub const SHOP: Catalogue = Catalogue::new(ALL, PROPERTIES);

telemetry::dimension! {
    /// Routes of the orders function.
    pub enum Route as "Route" {
        /// Take an order.
        PlaceOrder = "POST /orders",
        /// What there is to order.
        Prices = "GET /prices",
        /// Anything else.
        Unmatched = "unmatched",
    }
}

telemetry::dimension! {
    /// The functions.
    pub enum Service as "Service" {
        /// Takes orders.
        Orders = "orders",
        /// Picks what was ordered.
        Picker = "picker",
    }
}

telemetry::properties! {
    /// Id of the order.
    ORDER_ID as "order_id", logged, annotated;
    /// What is ordered.
    ARTICLE as "article", traced;
}

telemetry::catalogue! {
    http by Route else Unmatched;
    lambda by Service;

    /// Orders that were taken.
    ORDER_PLACED: Counter {
        name: "order_placed",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 4.0 },
    }
    /// Pieces that were picked.
    PIECES_PICKED: Counter {
        name: "pieces_picked",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 9.0 },
    }
    /// Orders that could not be picked, which the queue brings again.
    PICK_FAILED: Counter {
        name: "pick_failed",
        unit: Count,
        by: [[]],
        sample: Rate { per_minute: 0.1 },
    }
}
