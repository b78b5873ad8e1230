//! GitHub's workflows: actions pinned by hash, no right that is not needed.

use std::collections::BTreeSet;
use std::fs;

use serde_yaml_ng::Value;

use super::files;

fn workflows() -> Vec<(String, String)> {
    let found = files::below(&files::root().join(".github/workflows"), ".yml");
    let read = |path: std::path::PathBuf| {
        (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            fs::read_to_string(&path).unwrap(),
        )
    };
    found.into_iter().map(read).collect()
}

#[test]
fn actions_are_pinned_by_hash_and_say_their_version() {
    let mut pinned = 0;
    for (file, text) in workflows() {
        for line in text
            .lines()
            .filter_map(|line| line.split_once("uses: ").map(|(_, action)| action))
        {
            if line.starts_with("./") {
                continue;
            }
            let (action, version) = line
                .split_once(" # v")
                .unwrap_or_else(|| panic!("{file}: {line} says no version"));
            let hash = action.split_once('@').unwrap().1;
            assert!(
                hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{file}: {line}"
            );
            assert!(
                version.split('.').count() == 3,
                "{file}: {line} says no exact version"
            );
            pinned += 1;
        }
    }
    assert!(pinned >= 10, "only {pinned} actions were found");
}

#[test]
fn an_action_has_one_hash_everywhere() {
    let mut hashes = std::collections::BTreeMap::new();
    for (file, text) in workflows() {
        for action in text
            .lines()
            .filter_map(|line| line.split_once("uses: "))
            .map(|(_, action)| action.to_owned())
        {
            if let Some((name, hash)) = action.split_once('@') {
                let first = hashes
                    .entry(name.to_owned())
                    .or_insert_with(|| hash.to_owned());
                assert_eq!(first, hash, "{file}: {name}");
            }
        }
    }
}

#[test]
fn pull_requests_have_no_rights_on_aws() {
    let mut checked = 0;
    for (file, text) in workflows() {
        let workflow: Value = serde_yaml_ng::from_str(&text).unwrap();
        if workflow["on"].get("pull_request").is_some() {
            assert!(!text.contains("id-token"), "{file} could assume a role");
            assert!(!text.contains("secrets."), "{file} uses a secret");
            checked += 1;
        }
        assert!(
            workflow["on"].get("pull_request_target").is_none(),
            "{file} runs with rights on a stranger's code"
        );
    }
    assert_eq!(checked, 1);
}

#[test]
fn what_failing_tests_have_recorded_is_kept() {
    let text = fs::read_to_string(files::root().join(".github/workflows/ci.yml")).unwrap();
    let workflow: Value = serde_yaml_ng::from_str(&text).unwrap();
    let steps = workflow["jobs"]["check"]["steps"].as_sequence().unwrap();
    let checks = steps.iter().position(|step| step["run"] == ".ci/run");
    let keeps = steps.iter().position(|step| {
        let action = step["uses"].as_str().unwrap_or_default();
        action.starts_with("actions/upload-artifact@")
            && step["if"] == "failure()"
            && step["with"]["path"] == system_tests::RECORDINGS
    });
    assert!(checks.unwrap() < keeps.unwrap());
}

#[test]
fn rights_are_given_job_by_job() {
    for (file, text) in workflows() {
        let workflow: Value = serde_yaml_ng::from_str(&text).unwrap();
        let permissions = workflow["permissions"]
            .as_mapping()
            .unwrap_or_else(|| panic!("{file} gives every right"));
        assert!(
            permissions
                .iter()
                .all(|(right, value)| right == "contents" && value == "read"),
            "{file}"
        );
        assert!(
            !text.contains("AWS_SECRET_ACCESS_KEY"),
            "{file} uses a long-lived key"
        );
    }
}

/// Whether a job's condition holds for these inputs, nothing before it having failed.
fn runs(condition: &str, component: &str, action: &str) -> bool {
    let condition = condition.trim_start_matches("${{").trim_end_matches("}}");
    condition.split("&&").map(str::trim).all(|term| match term {
        "!cancelled()" | "!contains(needs.*.result, 'failure')" => true,
        term => {
            let (input, other) = term.split_once(" != ").unwrap();
            let value = match input {
                "inputs.component" => component,
                "inputs.action" => action,
                other => panic!("{other} is not an input"),
            };
            value != other.trim_matches('\'')
        }
    })
}

#[test]
fn a_deployment_touches_the_components_that_were_asked_for() {
    let text = files::text(".github/workflows/deploy-serverless-unified.yml");
    let workflow: Value = serde_yaml_ng::from_str(&text).unwrap();
    let jobs = |component: &str, action: &str| -> Vec<String> {
        let jobs = workflow["jobs"].as_mapping().unwrap();
        jobs.iter()
            .filter(|(_, job)| runs(job["if"].as_str().unwrap(), component, action))
            .map(|(name, _)| name.as_str().unwrap().to_owned())
            .collect()
    };
    for action in ["plan", "apply"] {
        assert_eq!(jobs("lambdas", action), ["build", "data", "api"]);
        assert_eq!(jobs("grafana", action), ["grafana"]);
        assert_eq!(jobs("full", action), ["build", "data", "api", "grafana"]);
    }
    let grafana = workflow["jobs"]["grafana"]["if"].as_str().unwrap();
    assert!(
        !grafana.contains("result"),
        "Grafana goes away though the API did not"
    );
    assert_eq!(jobs("lambdas", "destroy"), ["api"], "the data stay");
    assert_eq!(jobs("grafana", "destroy"), ["grafana"]);
    assert_eq!(jobs("full", "destroy"), ["api", "grafana"], "the data stay");
}

/// The steps of a job, each as what it runs, with its environment.
fn steps(file: &str, job: &str) -> Vec<(String, Value)> {
    let workflow: Value = serde_yaml_ng::from_str(&files::text(file)).unwrap();
    let steps = workflow["jobs"][job]["steps"].as_sequence().unwrap();
    let run = |step: &Value| {
        let run = step["run"].as_str().unwrap_or_default();
        (run.to_owned(), step["env"].clone())
    };
    steps.iter().map(run).collect()
}

#[test]
fn a_plan_is_answered_for_before_it_is_applied_and_no_other_is() {
    const COMPONENT: &str = ".github/workflows/deploy-component.yml";
    let planning = steps(COMPONENT, "plan");
    let position = |steps: &[(String, Value)], script: &str| {
        let found = steps.iter().position(|(run, _)| run.contains(script));
        found.unwrap_or_else(|| panic!("no step runs {script}"))
    };
    assert!(position(&planning, "scripts/plan ") < position(&planning, "scripts/approve "));
    let applying = steps(COMPONENT, "apply");
    let order = [
        "--sign-in",
        "--current",
        "scripts/mute \"$ENVIRONMENT\"",
        "scripts/apply ",
        "scripts/canary ",
        "scripts/smoke-or-restore ",
        "scripts/mute \"$ENVIRONMENT\" --end",
        "scripts/deployed \"$ENVIRONMENT\" \"$COMPONENT\"",
    ];
    assert!(order.map(|script| position(&applying, script)).is_sorted());
    let (_, given) = &applying[position(&applying, "scripts/apply ")];
    assert_eq!(given["HASH"], "${{ needs.plan.outputs.hash }}");
}

#[test]
fn alarms_are_heard_again_whatever_became_of_a_deployment() {
    let text = files::text(".github/workflows/deploy-component.yml");
    let workflow: Value = serde_yaml_ng::from_str(&text).unwrap();
    let steps = workflow["jobs"]["apply"]["steps"].as_sequence().unwrap();
    let condition = |end: &str| {
        let run = |step: &&Value| step["run"].as_str().is_some_and(|run| run.ends_with(end));
        steps.iter().find(run).unwrap()["if"].as_str().unwrap()
    };
    let begins = condition("scripts/mute \"$ENVIRONMENT\"");
    let ends = condition("scripts/mute \"$ENVIRONMENT\" --end");
    assert_eq!(ends, format!("always() && {begins}"));
}

#[test]
fn a_waiting_deployment_is_not_replaced() {
    for file in ["deploy-serverless-unified", "bootstrap"] {
        let text = files::text(&format!(".github/workflows/{file}.yml"));
        let workflow: Value = serde_yaml_ng::from_str(&text).unwrap();
        let concurrency = &workflow["concurrency"];
        assert_eq!(concurrency["queue"], "max", "{file}");
        assert_eq!(concurrency["cancel-in-progress"], false, "{file}");
    }
}

/// What is too secret for a file is given wherever a plan is made: a plan without it would take it away.
#[test]
fn secrets_reach_every_plan() {
    let variables = files::text("infra/aws/api/variables.tf");
    let blocks = variables.split("\nvariable \"").skip(1);
    let sensitive: Vec<_> = blocks
        .filter(|block| block.contains("sensitive   = true"))
        .map(|block| block.split('"').next().unwrap())
        .collect();
    assert_eq!(sensitive, ["page_webhooks", "ticket_webhooks"]);
    for file in ["deploy-component", "drift"] {
        let text = files::text(&format!(".github/workflows/{file}.yml"));
        for name in &sensitive {
            assert!(
                text.contains(&format!("TF_VAR_{name}: ${{{{ secrets.")),
                "{file}: {name}"
            );
        }
    }
}

#[test]
fn whatever_is_pinned_is_renewed() {
    let settings: Value = serde_yaml_ng::from_str(&files::text(".github/dependabot.yml")).unwrap();
    let renewed = |ecosystem: &str| -> BTreeSet<String> {
        let updates = settings["updates"].as_sequence().unwrap().iter();
        let updates = updates.filter(|update| update["package-ecosystem"] == ecosystem);
        let folders = updates.flat_map(|update| update["directories"].as_sequence().unwrap());
        folders
            .map(|folder| folder.as_str().unwrap().to_owned())
            .collect()
    };
    for (ecosystem, pins) in [
        ("cargo", "Cargo.lock"),
        ("npm", "package.json"),
        ("pip", "requirements.txt"),
    ] {
        let root = files::root();
        let folders = files::below(&root, pins).into_iter();
        let folders = folders.map(|file| {
            let file = file.strip_prefix(&root).unwrap();
            format!("/{}", file.parent().unwrap().display())
        });
        assert_eq!(
            renewed(ecosystem),
            folders.collect(),
            "left are the folders of {ecosystem} in .github/dependabot.yml, right those that pin"
        );
    }
}
