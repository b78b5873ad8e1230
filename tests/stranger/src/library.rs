//! The shop's dashboards and alarms.

use dashboards::aws::{Function, LogGroup};
use dashboards::model::MissingData::NotBreaching;
use dashboards::model::logs::{Field, last, maximum, search};
use dashboards::model::{Alarm, Dashboard, Deployment, Library, Narrow, Panel, Period, Threshold};
use telemetry::DashboardLink;
use telemetry::property::{ERROR, TRACE_ID};

use crate::catalogue::{
    ORDER_PLACED, PICK_FAILED, PIECES_PICKED, REQUEST_DURATION, REQUEST_ERROR, SHOP,
    Service,
};

dashboards::functions!(crate::catalogue::Service);

const ORDERS: DashboardLink = DashboardLink::new("shop-orders", "orders");
const PICKING: DashboardLink = DashboardLink::new("shop-picking", "picking");
/// The share of requests that may fail.
const FAILED: Threshold = Threshold::above(0.05);
/// Orders that could not be picked, in a minute.
const UNPICKED: Threshold = Threshold::at_least(3.0);

const DEPLOYMENT: Deployment = Deployment {
    namespace: "Shop",
    prefix: "shop",
    environments: &["dev", "live"],
    resources: &[
        Function::<Service>::named("shop-{environment}-{name}"),
        LogGroup::<Service>::named("/aws/lambda/shop-{environment}-{name}"),
    ],
};

/// How long an invocation may take.
const TIMEOUT: Period = Period::seconds(10);

/// Everything that is rendered, checked and priced.
pub fn library() -> Library {
    let mut alarms = functions(TIMEOUT).alarms(PICKING);
    alarms.extend([failing(), unpicked()]);
    Library {
        published: published(),
        dashboards: vec![orders(), picking()],
        alarms,
        recommended: &[dashboards::functions::EXEMPTION],
        ..Library::new(DEPLOYMENT, SHOP)
    }
}

fn orders() -> Dashboard {
    let taken = Panel::time_series("Orders taken")
        .describe("Falls to zero when the page does not reach the API.")
        .draw("taken", ORDER_PLACED.total().sum());
    let failed = Panel::time_series("Share of failed requests")
        .describe("Above the line the alarm orders-failing fires.")
        .draw(
            "failed",
            REQUEST_ERROR.total().sum() / REQUEST_DURATION.total().samples(),
        )
        .threshold(FAILED);
    let duration = Panel::time_series("Duration")
        .describe("99 of 100 requests are answered within this time.")
        .draw("p99", REQUEST_DURATION.total().percentile(99.0));
    let newest = ("last_event", maximum(Field::Timestamp));
    let refused = search([LogGroup(Service::Orders)])
        .having(ERROR)
        .table([newest, ("trace_id", last(TRACE_ID))], 20)
        .by(ERROR);
    let refused = Panel::table("Refused orders")
        .describe("Newest first; the trace shows what was asked.")
        .draw("", refused);
    Dashboard::new(ORDERS, "Orders")
        .describe("Do customers get what they ask for?")
        .row("Orders", [taken, failed, duration, refused])
}

fn picking() -> Dashboard {
    let pieces = Panel::time_series("Pieces picked")
        .describe("Zero while orders come in: the queue is not read.")
        .draw("picked", PIECES_PICKED.total().sum());
    let given_back = Panel::time_series("Orders given back")
        .describe("Above the line somebody looks into the dead-letter queue.")
        .draw("given back", PICK_FAILED.total().sum())
        .threshold(UNPICKED);
    Dashboard::new(PICKING, "Picking")
        .describe("Does the warehouse keep up?")
        .row("Picking", [pieces, given_back])
        .row("Functions", functions(TIMEOUT).panels())
}

fn failing() -> Alarm {
    let share = REQUEST_ERROR.total().sum() / REQUEST_DURATION.total().samples();
    Alarm::metric("orders-failing", share, FAILED, NotBreaching)
        .points(3, 5)
        .page(ORDERS, "One of twenty requests fails.")
        .runbook("orders-failing")
        .needs("a request a minute")
}

fn unpicked() -> Alarm {
    let given_back = PICK_FAILED.total().sum();
    Alarm::metric("orders-unpicked", given_back, UNPICKED, NotBreaching)
        .ticket(PICKING, "Orders cannot be picked and go back to the queue.")
        .runbook("orders-unpicked")
        .needs("three orders a minute")
}
