//! Alarms on Grafana, which is deployed apart from the API.

use catalogue::links::API;
use dashboards::model::{Alarm, MissingData, Narrow, Period, Threshold};

use crate::aws::{Balancer, Cluster, Container, Targets, ecs, load_balancer};

/// The Terraform module of these alarms.
const MODULE: &str = "grafana-alarms";
/// Samples of CPU in a minute: each running task sends one.
const RUNNING: Threshold = Threshold::below(1.0);
/// Percent of its memory beyond which the task is about to be killed.
const MEMORY: Threshold = Threshold::above(90.0);
/// Percent of its processor beyond which Grafana is slow for everybody.
const PROCESSOR: Threshold = Threshold::above(90.0);
/// Tasks that do not answer the load balancer.
const UNHEALTHY: Threshold = Threshold::at_least(1.0);

/// Every alarm on Grafana.
pub fn alarms() -> Vec<Alarm> {
    let task = (Cluster::Grafana, Container::Grafana);
    let processor = || ecs::CPU_UTILIZATION.of(task);
    let targets = (Targets::Grafana, Balancer::Grafana);
    let unhealthy = load_balancer::UNHEALTHY_HOSTS.of(targets).maximum();
    let alarms = [
        Alarm::metric("grafana-task", processor().samples(), RUNNING, MissingData::Breaching)
            .points(5, 5)
            .warm_up(Period::minutes(30))
            .ticket(
                API,
                "No task of Grafana has run for 5 minutes: nobody sees a dashboard. Look at the service's events and at the log of the last task.",
            ),
        Alarm::metric(
            "grafana-memory",
            ecs::MEMORY_UTILIZATION.of(task).maximum(),
            MEMORY,
            MissingData::NotBreaching,
        )
        .points(5, 5)
        .ticket(
            API,
            "Grafana uses more than 90 % of its memory, and is killed when it wants more. Give it more (`memory_mb`).",
        ),
        Alarm::metric("grafana-cpu", processor().average(), PROCESSOR, MissingData::NotBreaching)
            .points(15, 15)
            .ticket(
                API,
                "Grafana has been short of processor for 15 minutes: dashboards load slowly. Give it more (`cpu`), or close some.",
            ),
        Alarm::metric("grafana-target", unhealthy, UNHEALTHY, MissingData::NotBreaching)
            .points(5, 5)
            .only_with("load_balancer_names")
            .ticket(
                API,
                "Grafana's task does not answer the load balancer. It is replaced again and again if it never does: look at its log.",
            ),
    ];
    let grafana = |alarm: Alarm| {
        let needs = "nothing but the task";
        alarm.needs(needs).module(MODULE).runbook("grafana-down")
    };
    alarms.map(grafana).to_vec()
}
