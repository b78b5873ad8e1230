//! The alarms that AWS recommends on metrics of services that functions stand on.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html>,
//! without those on features that need provisioned capacity, streams or global tables.

use telemetry::Namespace;

use crate::model::{Alarm, AlarmKind, Library};

/// An alarm that AWS recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecommendedAlarm {
    /// The namespace of the metric.
    pub namespace: &'static str,
    /// The metric.
    pub metric: &'static str,
    /// What there is one of.
    pub of: &'static str,
    /// What it is for.
    pub finds: &'static str,
}

const fn alarm(
    namespace: &'static str,
    metric: &'static str,
    of: &'static str,
    finds: &'static str,
) -> RecommendedAlarm {
    RecommendedAlarm {
        namespace,
        metric,
        of,
        finds,
    }
}

const LAMBDA: &str = "AWS/Lambda";
const GATEWAY: &str = "AWS/ApiGateway";
const DYNAMODB: &str = "AWS/DynamoDB";

/// Every one of them.
pub const RECOMMENDED: [RecommendedAlarm; 20] = [
    alarm(LAMBDA, "Errors", "function", "invocations that fail"),
    alarm(
        LAMBDA,
        "Throttles",
        "function",
        "invocations that are refused",
    ),
    alarm(LAMBDA, "Duration", "function", "invocations that take long"),
    alarm(
        LAMBDA,
        "ConcurrentExecutions",
        "function",
        "a function near its limit",
    ),
    alarm(
        LAMBDA,
        "ClaimedAccountConcurrency",
        "account",
        "an account near its quota",
    ),
    alarm(GATEWAY, "4xx", "API", "requests that are refused"),
    alarm(GATEWAY, "5xx", "API", "requests that fail"),
    alarm(GATEWAY, "Count", "API", "too little traffic"),
    alarm(GATEWAY, "Latency", "API", "slow answers"),
    alarm(GATEWAY, "IntegrationLatency", "API", "slow functions"),
    alarm(
        DYNAMODB,
        "ReadThrottleEvents",
        "table and index",
        "reads that are refused",
    ),
    alarm(
        DYNAMODB,
        "WriteThrottleEvents",
        "table and index",
        "writes that are refused",
    ),
    alarm(
        DYNAMODB,
        "SystemErrors",
        "table and operation",
        "failures inside DynamoDB",
    ),
    alarm(
        DYNAMODB,
        "SuccessfulRequestLatency",
        "table and operation",
        "a slow store",
    ),
    alarm(DYNAMODB, "UserErrors", "account", "requests that cannot be"),
    alarm(
        "AWS/ECS",
        "CPUUtilization",
        "service",
        "a service without processor",
    ),
    alarm(
        "AWS/ECS",
        "MemoryUtilization",
        "service",
        "a service about to be killed",
    ),
    alarm(
        "AWS/ApplicationELB",
        "UnHealthyHostCount",
        "target group",
        "targets that do not answer",
    ),
    alarm(
        "AWS/Scheduler",
        "InvocationDroppedCount",
        "schedule group",
        "invocations that are given up",
    ),
    alarm(
        "AWS/SNS",
        "NumberOfNotificationsFailed",
        "topic",
        "messages that do not arrive",
    ),
];

/// The alarms of a library that watch a recommended metric.
pub(crate) fn watching<'a>(
    library: &'a Library,
    wanted: &'a RecommendedAlarm,
) -> impl Iterator<Item = &'a Alarm> {
    library.alarms.iter().filter(|alarm| match &alarm.kind {
        AlarmKind::Metric(metric) => metric.expression.metrics().iter().any(|query| {
            query.metric.namespace == Namespace::Service(wanted.namespace)
                && query.metric.name == wanted.metric
        }),
        AlarmKind::Composite(_) => false,
    })
}

/// What AWS recommends for the services that a library uses.
pub(crate) fn used_by(library: &Library) -> impl Iterator<Item = &'static RecommendedAlarm> {
    let published = library.published.iter().map(|metric| metric.namespace);
    let exempt = library
        .recommended
        .iter()
        .map(|exemption| Namespace::Service(exemption.namespace));
    let used: Vec<_> = published.chain(exempt).collect();
    RECOMMENDED
        .iter()
        .filter(move |wanted| used.contains(&Namespace::Service(wanted.namespace)))
}
