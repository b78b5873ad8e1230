//! Alarms that AWS recommends and that there are not.

use dashboards::model::Exemption;

/// What stands in for each, or why it is not needed.
pub(crate) const EXEMPTIONS: &[Exemption] = &[
    dashboards::functions::EXEMPTION,
    Exemption::new(
        "AWS/ApiGateway",
        "4xx",
        "a full system and a bad reading are 4xx too: api-refused counts what reached no function",
    ),
    Exemption::new(
        "AWS/ApiGateway",
        "Latency",
        "its percentiles wait for a thousand requests: slo-latency-page counts slow ones",
    ),
    Exemption::new(
        "AWS/ApiGateway",
        "IntegrationLatency",
        "as Latency: slo-latency-page; the alarms on durations see the slowest",
    ),
    Exemption::new(
        "AWS/DynamoDB",
        "ReadThrottleEvents",
        "six series that are silent when all is well: dynamodb-throttles counts the attempts themselves",
    ),
    Exemption::new(
        "AWS/DynamoDB",
        "WriteThrottleEvents",
        "as ReadThrottleEvents: dynamodb-throttles",
    ),
    Exemption::new(
        "AWS/Scheduler",
        "InvocationDroppedCount",
        "one dropped tick harms nobody, ten are tick-missing, whatever the reason",
    ),
];
