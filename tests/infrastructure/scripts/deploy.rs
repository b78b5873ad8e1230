//! Planning, applying and destroying: in what order, on which state, and nothing but what was shown.

use std::fs;

use super::{COMPONENTS, Checkout};
use crate::files;
use crate::terraform::{Module, attribute, nested};

const STACK: &str = "infra/aws/scripts/stack";
const PLAN: &str = ".github/scripts/plan";
const APPLY: &str = ".github/scripts/apply";
/// Where the workflow keeps plans.
const KEPT: &str = "s3://state/plans";

/// The commands of a list of calls: `terraform -chdir=FOLDER plan ...` is `plan`.
fn commands(calls: &[String]) -> Vec<&str> {
    calls
        .iter()
        .map(|call| call.split(' ').nth(2).unwrap())
        .collect()
}

#[test]
fn a_component_is_planned_on_its_own_state_with_its_own_settings() {
    for component in COMPONENTS {
        let checkout = Checkout::new();
        let planned = checkout.run(STACK, &[component, "plan", "dev", "-no-color"]);
        assert_eq!(
            planned.status, 2,
            "there is something to apply: {planned:?}"
        );
        let calls = checkout.calls();
        let calls: Vec<_> = calls
            .into_iter()
            .filter(|call| call.starts_with("terraform"))
            .collect();
        assert_eq!(commands(&calls), ["init", "plan"]);
        let root = checkout.path("infra/aws").join(component);
        for call in &calls {
            let folder = call.split(' ').nth(1).unwrap();
            assert_eq!(folder, format!("-chdir={}", root.display()));
        }
        let key = format!("-backend-config=key=dev/{component}.tfstate");
        assert!(calls[0].contains(&key), "{}", calls[0]);
        assert!(calls[0].contains("-backend-config=bucket=state "));
        let settings = format!("environments/dev/{component}.tfvars");
        assert!(calls[1].contains(&settings), "{}", calls[1]);
        assert!(calls[1].contains("-var=environment=dev -var=region=eu-west-3 "));
        assert!(calls[1].ends_with(" -no-color"), "{}", calls[1]);
    }
}

/// The bucket encrypts what it is given, with a key of your own where there is one. Whoever asks S3 to encrypt, as
/// `encrypt` does, without naming a key gets S3's instead.
#[test]
fn a_state_is_encrypted_with_the_key_of_its_bucket() {
    for component in COMPONENTS {
        let module = Module::read(component);
        let backends = module
            .blocks("terraform")
            .flat_map(|block| nested(block, "backend"));
        let asks: Vec<_> = backends
            .map(|backend| attribute(backend, "encrypt").is_some())
            .collect();
        assert_eq!(asks, [false], "{component}: one backend, without `encrypt`");
    }
}

#[test]
fn roles_are_bounded_where_roles_are_made() {
    let boundary = [("PERMISSIONS_BOUNDARY", "arn:of:it")];
    for component in COMPONENTS {
        let checkout = Checkout::new();
        checkout.run_with(&boundary, STACK, &[component, "plan", "dev"]);
        let planned = checkout.calls().pop().unwrap();
        let given = planned.contains("-var=permissions_boundary=arn:of:it");
        assert!(given, "{component}: {planned}");
    }
}

#[test]
fn what_was_planned_is_applied_once_and_nothing_else() {
    let checkout = Checkout::new();
    checkout.run(STACK, &["grafana", "plan", "dev"]);
    let applied = checkout.run(STACK, &["grafana", "apply", "dev"]);
    assert_eq!(applied.status, 0, "{applied:?}");
    assert_eq!(
        commands(&checkout.calls()),
        ["init", "plan", "init", "apply"]
    );
    assert!(checkout.noted("applied").contains("dev/grafana.tfvars"));
    let again = checkout.run(STACK, &["grafana", "apply", "dev"]);
    assert_eq!(again.status, 66);
    assert!(again.err.contains("stack grafana plan dev"), "{again:?}");
    assert_eq!(checkout.calls().len(), 4, "terraform was not called again");
}

#[test]
fn a_plan_is_for_one_component() {
    let checkout = Checkout::new();
    checkout.run(STACK, &["grafana", "plan", "dev"]);
    for other in ["data", "api"] {
        assert_eq!(checkout.run(STACK, &[other, "apply", "dev"]).status, 66);
    }
}

#[test]
fn what_is_missing_is_named() {
    let checkout = Checkout::new();
    let planned = checkout.run(STACK, &["api", "plan", "prod"]);
    assert_eq!(planned.status, 66);
    assert!(
        planned.err.contains("environments/example/api.tfvars"),
        "{planned:?}"
    );
    let planned = checkout.run_with(&[("STATE_BUCKET", "")], STACK, &["api", "plan", "dev"]);
    assert_ne!(planned.status, 0);
    assert!(planned.err.contains("STATE_BUCKET"), "{planned:?}");
    let planned = checkout.run(STACK, &["lambdas", "plan", "dev"]);
    assert_eq!(planned.status, 64);
    assert!(
        planned.err.contains("COMPONENT is data, api or grafana"),
        "{planned:?}"
    );
    assert!(checkout.calls().is_empty(), "{:?}", checkout.calls());
}

/// Plans for applying; the hash that approves it, and what stands on the run's page.
fn planned(checkout: &Checkout, arguments: &[&str]) -> (String, String) {
    let (output, page) = (checkout.path("output"), checkout.path("page"));
    let files = [
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
        ("GITHUB_STEP_SUMMARY", page.to_str().unwrap()),
    ];
    let planned = checkout.run_with(&files, PLAN, arguments);
    assert_eq!(planned.status, 0, "{planned:?}");
    let output = fs::read_to_string(output).unwrap();
    let (changes, hash) = output.trim().split_once("\nhash=").unwrap();
    assert_eq!(changes, "changes=true");
    (hash.to_owned(), fs::read_to_string(page).unwrap())
}

#[test]
fn the_plan_that_was_approved_is_the_one_that_is_applied() {
    let planning = Checkout::new();
    let package = planning.path("target/lambda/arm64/run-api/bootstrap.zip");
    fs::create_dir_all(package.parent().unwrap()).unwrap();
    fs::write(&package, "the function").unwrap();
    let (hash, page) = planned(&planning, &["api", "apply", "dev", KEPT]);
    assert_eq!(hash.len(), 64);
    assert!(page.starts_with("### dev: plan api\n"), "{page}");
    assert!(page.contains(&format!("api={hash}")), "{page}");
    assert!(
        page.contains("+ the change") && !page.contains("Refreshing"),
        "{page}"
    );

    let applying = planning.beside();
    let applied = applying.run(APPLY, &["api", "dev", KEPT, &hash]);
    assert_eq!(applied.status, 0, "{applied:?}");
    assert!(applying.noted("applied").contains("dev/api.tfvars"));
    for file in [
        "infra/aws/api/.terraform.lock.hcl",
        "target/lambda/arm64/run-api/bootstrap.zip",
    ] {
        let same = fs::read(planning.path(file)).unwrap() == fs::read(applying.path(file)).unwrap();
        assert!(same, "{file} is that of the plan");
    }
}

#[test]
fn what_was_changed_after_the_approval_is_refused() {
    for file in ["sums", "plan", "lock.hcl"] {
        let planning = Checkout::new();
        let (hash, _) = planned(&planning, &["grafana", "apply", "dev", KEPT]);
        let kept = format!("s3/{}/grafana/{hash}/{file}", &KEPT["s3://".len()..]);
        planning.note(&kept, "something else\n");
        let applying = planning.beside();
        let refused = applying.run(APPLY, &["grafana", "dev", KEPT, &hash]);
        assert_eq!(refused.status, 1, "{file}: {refused:?}");
        assert!(refused.err.contains("nothing was done"), "{refused:?}");
        assert_eq!(applying.noted("applied"), "", "{file}");
    }
}

#[test]
fn a_plan_that_was_read_is_not_made_again() {
    let reading = Checkout::new();
    let (hash, _) = planned(&reading, &["grafana", "plan", "dev", KEPT]);
    let confirming = reading.beside();
    let confirm = format!("data=other grafana={hash}");
    let before = confirming.calls().len();
    let skipped = confirming.run_with(
        &[("CONFIRM", &confirm)],
        PLAN,
        &["grafana", "apply", "dev", KEPT],
    );
    assert_eq!(
        skipped.out,
        format!("changes=true\nhash={hash}\n"),
        "{skipped:?}"
    );
    assert_eq!(confirming.calls().len(), before, "terraform was not called");
    assert_eq!(
        confirming
            .run(APPLY, &["grafana", "dev", KEPT, &hash])
            .status,
        0
    );
}

#[test]
fn somebody_answers_for_a_plan() {
    const APPROVE: &str = ".github/scripts/approve";
    let checkout = Checkout::new();
    let arguments = ["api", "dev", "abc"];
    let reviewed = checkout.run_with(&[("REVIEWERS", "true")], APPROVE, &arguments);
    assert_eq!(reviewed.status, 0, "{reviewed:?}");
    for reviewers in ["false", ""] {
        let alone = checkout.run_with(&[("REVIEWERS", reviewers)], APPROVE, &arguments);
        assert_eq!(alone.status, 1, "{alone:?}");
        assert!(alone.out.contains("    api=abc\n"), "{alone:?}");
        for (confirm, status) in [("data=1 api=abc", 0), ("api=ab", 1), ("grafana=abc", 1)] {
            let variables = [("REVIEWERS", reviewers), ("CONFIRM", confirm)];
            let confirmed = checkout.run_with(&variables, APPROVE, &arguments);
            assert_eq!(confirmed.status, status, "{confirm}: {confirmed:?}");
        }
    }
}

#[test]
fn a_change_by_hand_is_reported_and_a_moved_alias_is_not() {
    const DRIFT: &str = ".github/scripts/drift";
    let checkout = Checkout::new();
    let alias = r#"{"type":"aws_lambda_alias","address":"live","change":{"actions":["update"]}}"#;
    checkout.note("shown", &format!(r#"{{"resource_drift":[{alias}]}}"#));
    let quiet = checkout.run(DRIFT, &["api", "dev"]);
    assert_eq!(quiet.status, 0, "{quiet:?}");
    let table = r#"{"type":"aws_dynamodb_table","address":"runs","change":{"actions":["update"]}}"#;
    checkout.note(
        "shown",
        &format!(r#"{{"resource_drift":[{alias},{table}]}}"#),
    );
    let found = checkout.run(DRIFT, &["data", "dev"]);
    assert_eq!(found.status, 2, "{found:?}");
    assert!(
        found.out.contains("runs: update") && !found.out.contains("live:"),
        "{found:?}"
    );
    let planned = checkout.calls();
    assert!(
        planned.iter().any(|call| call.contains("-refresh-only")),
        "{planned:?}"
    );
    let failed = checkout.run_with(&[("PLAN_STATUS", "1")], DRIFT, &["data", "dev"]);
    assert_eq!(failed.status, 1);
}

#[test]
fn nothing_is_kept_if_nothing_changes_or_the_plan_fails() {
    for (status, ends_with) in [("0", 0), ("1", 1)] {
        let checkout = Checkout::new();
        let arguments = ["grafana", "plan", "dev", KEPT];
        let planned = checkout.run_with(&[("PLAN_STATUS", status)], PLAN, &arguments);
        assert_eq!(planned.status, ends_with, "{planned:?}");
        assert_eq!(planned.out.contains("changes=false"), status == "0");
        assert!(!checkout.calls().iter().any(|call| call.contains("s3 cp")));
    }
}

#[test]
fn a_component_is_destroyed_alone() {
    for component in ["api", "grafana"] {
        let planning = Checkout::new();
        let (hash, _) = planned(&planning, &[component, "destroy", "dev", KEPT]);
        let applying = planning.beside();
        applying.run(APPLY, &[component, "dev", KEPT, &hash]);
        assert!(planning.noted("applied").contains("-destroy"));
        let others = COMPONENTS.into_iter().filter(|other| *other != component);
        for other in others {
            let touched = |call: &String| {
                call.contains(&format!("infra/aws/{other} "))
                    || call.contains(&format!("{other}.tfstate"))
            };
            assert!(!planning.calls().iter().any(touched), "{other}");
        }
    }
}

#[test]
fn every_component_is_locked_for_every_machine_that_plans() {
    let checkout = Checkout::new();
    let locked = checkout.run("infra/aws/scripts/lock", &[]);
    assert_eq!(locked.status, 0, "{locked:?}");
    for component in COMPONENTS {
        let file = checkout.path(&format!("infra/aws/{component}/.terraform.lock.hcl"));
        let lock = fs::read_to_string(file).unwrap();
        for machine in ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"] {
            assert!(lock.contains(&format!("-platform={machine}")), "{lock}");
        }
    }
}

/// The job of ci.yml that has the real provider.
#[test]
fn ci_validates_and_tests_each_component_with_the_locked_provider() {
    let text = files::text(".github/workflows/ci.yml");
    let workflow: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).unwrap();
    let job = &workflow["jobs"]["terraform"];
    let components = job["strategy"]["matrix"]["component"]
        .as_sequence()
        .unwrap();
    assert!(
        components
            .iter()
            .map(|one| one.as_str().unwrap())
            .eq(COMPONENTS)
    );
    let steps = job["steps"].as_sequence().unwrap().iter();
    let runs: String = steps.filter_map(|step| step["run"].as_str()).collect();
    for part in [
        "init -backend=false",
        "-lockfile=readonly",
        "validate",
        " test",
    ] {
        assert!(runs.contains(part), "ci.yml does not {part}");
    }
}
