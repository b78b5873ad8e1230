//! Planning, applying and destroying: in what order, on which state, and nothing but what was shown.

use std::fs;

use super::{COMPONENTS, Checkout};

const STACK: &str = "infra/aws/scripts/stack";
const PLAN: &str = ".github/scripts/plan";
const APPLY: &str = ".github/scripts/apply";
/// Where the workflow keeps plans.
const KEPT: &str = "s3://state/plans/7";

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

#[test]
fn roles_are_bounded_where_roles_are_made() {
    let boundary = [("PERMISSIONS_BOUNDARY", "arn:of:it")];
    for (component, bounded) in [("data", false), ("api", true), ("grafana", true)] {
        let checkout = Checkout::new();
        checkout.run_with(&boundary, STACK, &[component, "plan", "dev"]);
        let given = checkout.calls()[1].contains("-var=permissions_boundary=arn:of:it");
        assert_eq!(given, bounded, "{component}");
    }
}

#[test]
fn what_was_planned_is_applied_once_and_nothing_else() {
    let checkout = Checkout::new();
    checkout.run(STACK, &["api", "plan", "dev"]);
    let applied = checkout.run(STACK, &["api", "apply", "dev"]);
    assert_eq!(applied.status, 0, "{applied:?}");
    assert_eq!(
        commands(&checkout.calls()),
        ["init", "plan", "init", "apply"]
    );
    assert!(checkout.noted("applied").contains("dev/api.tfvars"));
    let again = checkout.run(STACK, &["api", "apply", "dev"]);
    assert_eq!(again.status, 66);
    assert!(again.err.contains("stack api plan dev"), "{again:?}");
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

#[test]
fn the_workflow_shows_a_plan_keeps_it_and_applies_it_elsewhere() {
    let planning = Checkout::new();
    let (output, page) = (planning.path("output"), planning.path("page"));
    let files = [
        ("GITHUB_OUTPUT", output.to_str().unwrap()),
        ("GITHUB_STEP_SUMMARY", page.to_str().unwrap()),
    ];
    let planned = planning.run_with(&files, PLAN, &["api", "apply", "dev", KEPT]);
    assert_eq!(planned.status, 0, "{planned:?}");
    assert_eq!(fs::read_to_string(output).unwrap(), "changes=true\n");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.starts_with("### dev: plan api\n"), "{page}");
    assert!(
        page.contains("+ the change") && !page.contains("Refreshing"),
        "{page}"
    );

    let applying = planning.beside();
    let applied = applying.run(APPLY, &["api", "dev", KEPT]);
    assert_eq!(applied.status, 0, "{applied:?}");
    assert!(applying.noted("applied").contains("dev/api.tfvars"));
    let planned_with = fs::read(planning.path("infra/aws/api/.terraform.lock.hcl")).unwrap();
    let applied_with = fs::read(applying.path("infra/aws/api/.terraform.lock.hcl")).unwrap();
    assert_eq!(planned_with, applied_with, "the providers of the plan");
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
        planning.run(PLAN, &[component, "destroy", "dev", KEPT]);
        let applying = planning.beside();
        applying.run(APPLY, &[component, "dev", KEPT]);
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
