//! What is deployed, compared with the program: Terraform, workflows and provisioning are read as the
//! data they are, without Terraform, AWS or GitHub.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail by panicking"
)]

mod alarms;
mod contract;
mod files;
mod functions;
mod grafana;
mod iam;
mod plan;
mod provisioning;
mod scripts;
mod terraform;
mod workflows;
