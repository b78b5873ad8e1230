//! What API Gateway says: the callers' view.

use super::alarms;
use crate::aws::{Api, apigateway};
use dashboards::model::{Narrow, Panel, Width};

pub(super) fn panels() -> [Panel; 3] {
    [count(), errors(), latency()]
}

fn count() -> Panel {
    Panel::time_series("Requests at the gateway")
        .describe("Requests that reached API Gateway. More than the functions saw: throttled or refused before them.")
        .draw("requests", apigateway::COUNT.of(Api::Http).sum())
        .width(Width::Third)
}

fn errors() -> Panel {
    Panel::time_series("Errors at the gateway")
        .describe("4xx are the callers', or throttling (429). 5xx beyond the functions' own: time-outs and throttled functions.")
        .draw("4xx", apigateway::CLIENT_ERRORS.of(Api::Http).sum())
        .draw("5xx", apigateway::SERVER_ERRORS.of(Api::Http).sum())
        .width(Width::Third)
}

fn latency() -> Panel {
    Panel::time_series("Latency at the gateway")
        .describe("What callers wait for, without the network. The gap to the integration is API Gateway's own time.")
        .draw("p50", apigateway::LATENCY.of(Api::Http).percentile(50.0))
        .draw("p99", apigateway::LATENCY.of(Api::Http).percentile(99.0))
        .draw(
            "integration p99",
            apigateway::INTEGRATION_LATENCY.of(Api::Http).percentile(99.0),
        )
        .threshold(alarms::SLOW)
        .width(Width::Third)
}
