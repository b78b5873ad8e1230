//! A small library for unit tests: two functions, a table, an API and little to look at.

use shop::{Function as Service, ORDER_ID, REQUEST_DURATION};
use telemetry::{DashboardLink, Dimension, dimension};

use crate::aws::Function;
use crate::model::{
    AssignedId, Dashboard, Deployment, Library, Naming, Narrow, Panel, Resource, Variable,
};

dimension! {
    /// Tables.
    pub enum Table as "TableName" {
        /// Of orders.
        Orders = "orders",
    }
}

dimension! {
    /// Indexes.
    pub enum Index as "GlobalSecondaryIndexName" {
        /// By time.
        ByStart = "by-start",
    }
}

dimension! {
    /// APIs.
    pub enum Api as "ApiId" {
        /// The only one.
        Http = "http",
    }
}

pub(crate) mod lambda {
    crate::lambda_metrics!(shop::Function);
}
pub(crate) mod dynamodb {
    crate::dynamodb_metrics!(super::Table, super::Index, shop::Operation);
}
pub(crate) mod apigateway {
    crate::http_api_metrics!(super::Api);
}

/// Chooses an order.
pub(crate) const ORDER: Variable = Variable::new("OrderId", "Order", ORDER_ID);

/// Addresses of dashboards.
pub(crate) const API: DashboardLink = DashboardLink::new("shop-api", "api");
pub(crate) const ORDERS: DashboardLink = DashboardLink::new("shop-orders", "orders");

pub(crate) const DEPLOYMENT: Deployment = Deployment {
    namespace: "Example",
    prefix: "example",
    environments: &["dev", "prod"],
    resources: &[
        Function::<Service>::named("example-{environment}-{name}"),
        Resource {
            dimension: Api::DEFINITION.name,
            variable: "api_ids",
            naming: Naming::Assigned(AssignedId {
                variable: "api",
                service: "apigateway",
                tags: &[("Environment", "$environment")],
                regex: "/\\/apis\\/([a-z0-9]+)$/",
            }),
        },
    ],
};

pub(crate) fn library() -> Library {
    let requests = Panel::time_series("Requests")
        .describe("Test")
        .draw("function", REQUEST_DURATION.total().samples())
        .draw("gateway", apigateway::COUNT.of(Api::Http).sum());
    Library {
        published: [lambda::ALL, dynamodb::ALL, apigateway::ALL].concat(),
        dashboards: vec![Dashboard::new(API, "Example").row("Requests", [requests])],
        tables: &[("one", |_| "1\n".to_owned()), ("two", |_| "2\n".to_owned())],
        ..Library::new(DEPLOYMENT, shop::SHOP)
    }
}
