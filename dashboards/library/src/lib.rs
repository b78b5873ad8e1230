//! Sentori's dashboards and alarms: one module a subject.

/// The examples of the pages compile.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../../docs/add-a-function.md")]
    struct AddAFunction;
    #[doc = include_str!("../../../docs/add-a-panel.md")]
    struct AddAPanel;
    #[doc = include_str!("../../../docs/add-an-alarm.md")]
    struct AddAnAlarm;
}

pub mod api;
pub mod aws;
mod changes;
mod composites;
pub mod cost;
pub mod delivery;
pub mod dynamodb;
pub mod grafana;
mod recommended;
pub mod run;
pub mod runs;
mod samples;
pub mod slo;
pub mod workload;

use catalogue::Service;
use dashboards::model::{AssignedId, Deployment, Exclusion, Library, Naming, Places, Resource};
use telemetry::Dimension;

use aws::{Api, Balancer, Cluster, EventLog, Function, LogGroup, Table, Targets, Topic};
use workload::WORKLOAD;

/// How Sentori's names depend on the environment.
pub const DEPLOYMENT: Deployment = Deployment {
    namespace: "Sentori",
    prefix: "sentori",
    environments: &["dev", "prod"],
    resources: &[
        Function::<Service>::named("sentori-{environment}-{name}"),
        LogGroup::<Service>::named("/aws/lambda/sentori-{environment}-{name}"),
        Resource {
            dimension: Table::DEFINITION.name,
            variable: "table_names",
            naming: Naming::Pattern("sentori-{environment}-{name}"),
        },
        Resource {
            dimension: EventLog::DEFINITION.name,
            variable: "event_log_group_names",
            naming: Naming::Pattern(EVENTS_LOG_GROUP),
        },
        Resource {
            dimension: Api::DEFINITION.name,
            variable: "api_ids",
            naming: Naming::Assigned(AssignedId {
                variable: "api",
                service: "apigateway",
                tags: &[("Project", "sentori"), ("Environment", "$environment")],
                regex: "/\\/apis\\/([a-z0-9]+)$/",
            }),
        },
        Resource {
            dimension: Topic::DEFINITION.name,
            variable: "topic_names",
            naming: Naming::Pattern("sentori-{environment}-{name}"),
        },
        Resource {
            dimension: Cluster::DEFINITION.name,
            variable: "cluster_names",
            naming: Naming::Pattern("sentori-{environment}-{name}"),
        },
        Resource {
            dimension: Balancer::DEFINITION.name,
            variable: "load_balancer_names",
            naming: Naming::Deployed,
        },
        Resource {
            dimension: Targets::DEFINITION.name,
            variable: "target_group_names",
            naming: Naming::Deployed,
        },
    ],
};

/// Log group of what happens to an environment: EventBridge writes its alarms' state changes there
/// (`detail-type` "CloudWatch Alarm State Change", names in `detail.alarmName`, states in
/// `detail.state.value`) and its deployments ("Deployment", `detail.component`, `detail.outcome`).
/// Terraform's is in `infra/aws/modules/events`.
pub const EVENTS_LOG_GROUP: &str = "/aws/events/sentori-{environment}";

/// Where things are in this repository.
const PLACES: Places = Places {
    command: "cargo dashboards",
    catalogue: "telemetry/catalogue",
    rendered: "infra/rendered",
    runbooks: "docs/runbooks",
    scenarios: "dashboards/library/scenarios",
    page: "docs/cost.md",
};

/// Findings of the lint that are accepted.
const EXCLUSIONS: &[Exclusion] = &[Exclusion {
    rule: "undrawn",
    place: "heartbeat",
    reason: "a clock is not worth a panel: its alarm is what reads it",
}];

/// Everything that is rendered, checked and priced.
pub fn library() -> Library {
    let mut library = Library {
        deployment: DEPLOYMENT,
        places: PLACES,
        catalogue: catalogue::SENTORI,
        published: aws::ALL.concat(),
        rare: vec![
            catalogue::RUN_REJECTED.definition(),
            catalogue::SENSOR_DATA_REJECTED.definition(),
            catalogue::DYNAMODB_RETRY.definition(),
            catalogue::DYNAMODB_THROTTLE.definition(),
        ],
        dashboards: vec![
            runs::dashboard(),
            run::dashboard(),
            api::dashboard(),
            dynamodb::dashboard(),
            slo::dashboard(),
        ],
        objectives: slo::objectives(),
        alarms: [
            runs::alarms::all(),
            api::alarms::all(),
            dynamodb::alarms::all(),
            slo::alarms(),
            composites::alarms(),
            delivery::alarms(),
            grafana::alarms(),
        ]
        .concat(),
        exclusions: EXCLUSIONS,
        recommended: recommended::EXEMPTIONS,
        workload: WORKLOAD,
        tables: cost::TABLES,
        samples: samples::events,
    };
    let cost = cost::dashboard(&library);
    library.dashboards.push(cost);
    library
}
