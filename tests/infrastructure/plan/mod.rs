//! What Terraform would deploy, compared with what the program expects: the values of a plan, made by
//! Terraform itself on a provider that stands in for AWS's (infra/aws/tests/scenarios.py). Each message names
//! both sides. Without that stand-in at hand these tests say that they are skipped.

mod alarms;
mod data;
mod functions;
mod gateway;
mod grafana;
mod notifications;
mod settings;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use catalogue::Service;
use library::DEPLOYMENT;
use serde_json::Value;
use telemetry::Dimension as _;

use super::files;

/// A resource of a plan: its address, its type, its values.
#[derive(Clone, Debug)]
struct Resource {
    address: String,
    kind: String,
    values: Value,
}

impl Resource {
    /// A value by its path, as `/environment/0/variables/ENVIRONMENT`.
    fn at(&self, path: &str) -> &Value {
        self.values
            .pointer(path)
            .unwrap_or_else(|| panic!("{} has no {path}", self.address))
    }

    fn text(&self, path: &str) -> &str {
        let value = self.at(path);
        value
            .as_str()
            .unwrap_or_else(|| panic!("{}: {path} is {value}", self.address))
    }

    /// The statements of a policy, as `aws_iam_policy_document` has them.
    fn statements(&self, path: &str) -> Vec<Value> {
        let policy = self.document(path);
        policy["statement"].as_array().unwrap().clone()
    }

    /// A member that holds a document of its own.
    fn document(&self, path: &str) -> Value {
        serde_json::from_str(self.text(path)).unwrap()
    }
}

/// What is planned for a component of an environment, and the settings that it is planned with.
struct Plan {
    resources: Vec<Resource>,
    settings: Value,
}

impl Plan {
    fn read(plan: &Value) -> Self {
        let mut resources = Vec::new();
        collect(&plan["planned_values"]["root_module"], &mut resources);
        assert!(!resources.is_empty(), "the plan is empty");
        Self {
            resources,
            settings: plan["variables"].clone(),
        }
    }

    fn setting(&self, name: &str) -> &Value {
        &self.settings[name]["value"]
    }

    fn all(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        let of_kind = move |resource: &&Resource| resource.kind == kind;
        let mut found = self.resources.iter().filter(of_kind).peekable();
        assert!(found.peek().is_some(), "no {kind} is planned");
        found
    }

    /// The resource of a kind whose address ends so.
    fn one(&self, kind: &str, address: &str) -> &Resource {
        let mut found = self.all(kind).filter(|one| one.address.ends_with(address));
        let one = found.next();
        one.unwrap_or_else(|| panic!("no {kind} {address} is planned"))
    }

    fn function(&self, name: &str) -> &Resource {
        self.one(
            "aws_lambda_function",
            &format!("function[\"{name}\"].aws_lambda_function.this"),
        )
    }
}

fn collect(module: &Value, found: &mut Vec<Resource>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        found.push(Resource {
            address: resource["address"].as_str().unwrap().to_owned(),
            kind: resource["type"].as_str().unwrap().to_owned(),
            values: resource["values"].clone(),
        });
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        collect(child, found);
    }
}

/// What Terraform plans, and what AWS's models of its APIs say of it.
struct Plans {
    /// By `CASE-COMPONENT`.
    components: BTreeMap<String, Value>,
    judged: Output,
}

/// Made once; nothing without the stand-in.
static PLANS: LazyLock<Option<Plans>> = LazyLock::new(|| {
    let root = files::root();
    let checker = std::env::var_os("TERRAFORM_CHECK")
        .map_or_else(|| root.join("../shared/checks/terraform"), PathBuf::from);
    let [terraform, models] = ["terraform-venv", "dashboard-venv"]
        .map(|venv| root.join("target").join(venv).join("bin/python"));
    let missing = [&checker.join("check.py"), &terraform, &models];
    let mut missing = missing.into_iter().filter(|path| !path.exists());
    if let Some(missing) = missing.next() {
        assert!(
            !checker.exists() || std::env::var_os("CI").is_none(),
            "{} is missing; see .ci/install",
            missing.display()
        );
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: planned values need {}",
            missing.display()
        );
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = |python: &Path, script: &str, arguments: &[&OsStr]| {
        Command::new(python)
            .arg(root.join("infra/aws/tests").join(script))
            .arg(&checker)
            .args(arguments)
            .output()
            .unwrap()
    };
    let written = ["--plans".as_ref(), folder.path().as_os_str()];
    let written = run(&terraform, "scenarios.py", &written);
    assert!(
        written.status.success(),
        "{}",
        String::from_utf8_lossy(&written.stderr)
    );
    let paths = files::below(folder.path(), ".json");
    let component = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (
            name,
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
        )
    };
    let arguments: Vec<_> = paths.iter().map(|path| path.as_os_str()).collect();
    Some(Plans {
        components: paths.iter().map(component).collect(),
        judged: run(&models, "models.py", &arguments),
    })
});

/// The provider's schema knows names and types; what AWS takes is in the models that its SDKs are made of.
#[test]
fn aws_takes_every_value() {
    let Some(Plans { judged, .. }) = PLANS.as_ref() else {
        return;
    };
    assert!(
        judged.status.success(),
        "{}{}",
        String::from_utf8_lossy(&judged.stdout),
        String::from_utf8_lossy(&judged.stderr)
    );
}

/// Environments are names: one of them is in no list anywhere.
const ENVIRONMENTS: [&str; 2] = ["staging", "prod"];

/// What is planned for a component of an environment.
fn planned(environment: &str, component: &str) -> Option<Plan> {
    let plans = PLANS.as_ref()?;
    let name = format!("{environment}-{component}");
    Some(Plan::read(&plans.components[&name]))
}

/// Checks a component of every environment.
fn each(component: &str, check: impl Fn(&str, &Plan)) {
    for environment in ENVIRONMENTS {
        if let Some(planned) = planned(environment, component) {
            check(environment, &planned);
        }
    }
}

/// The name that dashboards and alarms expect of a resource.
fn expected(dimension: &str, environment: &str, name: &str) -> String {
    let resource = DEPLOYMENT.resource(dimension).unwrap();
    resource.naming.resolve(environment, name, "")
}

/// Fails with both sides.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "both sides are made for this call"
)]
fn same<T: PartialEq + std::fmt::Debug>(terraform: (&str, T), rust: (&str, T)) {
    assert!(
        terraform.1 == rust.1,
        "Terraform's {} is {:?}, but {} is {:?}",
        terraform.0,
        terraform.1,
        rust.0,
        rust.1
    );
}

const FUNCTIONS: &[&str] = Service::DEFINITION.values;
