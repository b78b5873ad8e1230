//! Rolling back, the tunnel and the first stack of an environment.

use super::Checkout;

const ROLLBACK: &str = "infra/aws/scripts/rollback";
const RESTORE: &str = ".github/scripts/restore-versions";
const TUNNEL: &str = "infra/aws/scripts/tunnel";
const BOOTSTRAP: &str = "infra/aws/scripts/bootstrap";
const STACK: &str = "infra/aws/scripts/stack";
const PASSWORD: &str = "infra/aws/scripts/password";
const DEPLOYED: &str = "infra/aws/scripts/deployed";
const SMOKE_OR_RESTORE: &str = ".github/scripts/smoke-or-restore";

/// A checkout whose functions are live at these versions, any other at the newest.
fn live(run_api: &str, sensor_api: &str) -> Checkout {
    let checkout = Checkout::live("12");
    checkout.note("live/sentori-dev-run-api", run_api);
    checkout.note("live/sentori-dev-sensor-api", sensor_api);
    checkout
}

fn versions(checkout: &Checkout) -> [String; 2] {
    ["live/sentori-dev-run-api", "live/sentori-dev-sensor-api"]
        .map(|path| checkout.noted(path).trim().to_owned())
}

#[test]
fn rolling_back_moves_every_function_to_the_version_before() {
    let checkout = live("10", "7");
    let rolled = checkout.run(ROLLBACK, &["dev"]);
    assert_eq!(rolled.status, 0, "{rolled:?}");
    assert_eq!(versions(&checkout), ["9", "6"], "by number, not by letter");
}

#[test]
fn a_rollback_survives_the_next_apply_and_ends_with_the_newest_version() {
    let checkout = live("12", "12");
    checkout.run(ROLLBACK, &["dev"]);
    checkout.run(STACK, &["api", "plan", "dev"]);
    let planned = checkout.calls().pop().unwrap();
    let given = r#"run-api={version="11",held="12"},sensor-api={version="11",held="12"}"#;
    assert!(planned.contains(given), "{planned}");
    checkout.run(ROLLBACK, &["dev", "run-api=12", "sensor-api=12"]);
    checkout.run(STACK, &["api", "plan", "dev"]);
    let planned = checkout.calls().pop().unwrap();
    let given = r#"run-api={version="12"},sensor-api={version="12"}"#;
    assert!(planned.contains(given), "{planned}");
}

#[test]
fn an_answer_that_is_not_understood_plans_nothing() {
    let checkout = live("12", "12");
    checkout.note("throttled", "");
    let planned = checkout.run(STACK, &["api", "plan", "dev"]);
    assert_ne!(planned.status, 0);
    assert!(planned.err.contains("TooManyRequests"), "{planned:?}");
    let calls = checkout.calls();
    assert!(
        !calls.iter().any(|call| call.contains(" plan ")),
        "{calls:?}"
    );
}

#[test]
fn rolling_back_moves_nothing_if_one_cannot_go_back() {
    let checkout = live("10", "1");
    let rolled = checkout.run(ROLLBACK, &["dev"]);
    assert_eq!(rolled.status, 1);
    assert!(rolled.err.contains("sentori-dev-sensor-api"), "{rolled:?}");
    assert_eq!(versions(&checkout), ["10", "1"]);
}

#[test]
fn a_failed_deployment_goes_back_to_what_was_live_before_it() {
    let checkout = live("4", "5");
    let noted = checkout.run(ROLLBACK, &["dev", "--current"]);
    let file = checkout.path("live-versions");
    std::fs::write(&file, noted.out).unwrap();
    checkout.note("live/sentori-dev-run-api", "11");
    checkout.note("live/sentori-dev-sensor-api", "12");
    let restored = checkout.run(RESTORE, &["dev", file.to_str().unwrap()]);
    assert_eq!(restored.status, 0, "{restored:?}");
    assert_eq!(versions(&checkout), ["4", "5"]);
}

#[test]
fn an_identity_provider_that_fails_is_no_bad_deployment() {
    let checkout = live("11", "12");
    let file = checkout.path("live-versions");
    std::fs::write(&file, "run-api=4 sensor-api=5").unwrap();
    let arguments = ["dev", file.to_str().unwrap()];
    let nobody = [
        ("OAUTH_TOKEN_URL", "http://127.0.0.1:1/token"),
        ("OAUTH_CLIENT_ID", "client"),
        ("OAUTH_CLIENT_SECRET", "secret"),
    ];
    let unknown = checkout.run_with(&nobody, SMOKE_OR_RESTORE, &arguments);
    assert_eq!(unknown.status, 75, "{unknown:?}");
    assert!(
        unknown.err.contains("the new versions stay live"),
        "{unknown:?}"
    );
    assert_eq!(versions(&checkout), ["11", "12"]);
    let wrong = checkout.run(SMOKE_OR_RESTORE, &arguments);
    assert_eq!(wrong.status, 1, "{wrong:?}");
    assert_eq!(
        versions(&checkout),
        ["4", "5"],
        "an API that does not answer is"
    );
    assert!(checkout.noted("events").contains("rolled back"));
}

#[test]
fn a_first_deployment_has_nothing_to_go_back_to_and_says_so() {
    let checkout = live("1", "1");
    let restored = checkout.run(RESTORE, &["dev", "live-versions"]);
    assert_eq!(restored.status, 1);
    assert!(restored.err.contains("first deployment"), "{restored:?}");
    assert_eq!(versions(&checkout), ["1", "1"]);
}

#[test]
fn the_tunnel_leads_to_the_container_of_the_running_task() {
    let checkout = Checkout::new();
    let tunnel = checkout.run(TUNNEL, &["dev"]);
    assert_eq!(tunnel.status, 0, "{tunnel:?}");
    let session = checkout.calls().pop().unwrap();
    assert!(
        session.contains("--target ecs:sentori-dev-grafana_the-task_the-runtime "),
        "{session}"
    );
    assert!(
        session.contains("portNumber=3000,localPortNumber=3000"),
        "{session}"
    );
}

#[test]
fn a_tunnel_to_nothing_is_refused() {
    let checkout = Checkout::new();
    let tunnel = checkout.run_with(&[("TASK", "None")], TUNNEL, &["dev"]);
    assert_eq!(tunnel.status, 1);
    assert!(
        tunnel
            .err
            .contains("No Grafana runs in sentori-dev-grafana"),
        "{tunnel:?}"
    );
    assert_eq!(checkout.calls().len(), 1);
}

/// The arguments of the last `cloudformation deploy`.
fn deployed(checkout: &Checkout) -> String {
    let calls = checkout.calls();
    let found = calls
        .iter()
        .rfind(|call| call.contains("cloudformation deploy"));
    found.unwrap().clone()
}

#[test]
fn bootstrap_changes_nothing_unless_told_to() {
    let checkout = Checkout::new();
    let shown = checkout.run(BOOTSTRAP, &["dev", "owner/repository"]);
    assert_eq!(
        (shown.status, shown.out.as_str()),
        (0, "the changes\n"),
        "{shown:?}"
    );
    assert!(deployed(&checkout).contains(" --no-execute-changeset "));
    let done = checkout.run(BOOTSTRAP, &["dev", "owner/repository", "--execute"]);
    assert_eq!(
        (done.status, done.out.as_str()),
        (0, "the outputs\n"),
        "{done:?}"
    );
    let call = deployed(&checkout);
    assert!(!call.contains("--no-execute-changeset"), "{call}");
    for given in [
        "Repository=owner/repository",
        "RepositoryWithIds=owner@1111/repository@2222",
        "CreateOidcProvider=true",
        "CreateStateBucket=true",
        "HostedZoneId=none",
        "KmsKeyArn=none",
    ] {
        assert!(call.contains(&format!(" {given} ")), "{call}");
    }
}

#[test]
fn bootstrap_says_as_whom_the_jobs_sign_in() {
    let checkout = Checkout::new();
    let shown = checkout.run(BOOTSTRAP, &["dev", "owner/repository", "--subjects"]);
    assert_eq!(shown.status, 0, "{shown:?}");
    for subject in [
        "repo:owner/repository:environment:dev\n",
        "repo:owner@1111/repository@2222:environment:dev-plan\n",
    ] {
        assert!(shown.err.contains(subject), "{shown:?}");
    }
    assert!(!checkout.calls().iter().any(|call| call.starts_with("aws")));
}

#[test]
fn bootstrap_takes_ids_that_are_given_and_stops_without_any() {
    let checkout = Checkout::new();
    let given = [("REPOSITORY_IDS", "3/4")];
    checkout.run_with(&given, BOOTSTRAP, &["dev", "owner/repository", "--execute"]);
    let call = deployed(&checkout);
    assert!(call.contains("owner@3/repository@4"), "{call}");
    let wrong = [("REPOSITORY_IDS", "owner")];
    let stopped = checkout.run_with(&wrong, BOOTSTRAP, &["dev", "owner/repository"]);
    assert_eq!(stopped.status, 69);
    assert!(
        stopped.err.contains("REPOSITORY_IDS=OWNERID"),
        "{stopped:?}"
    );
}

#[test]
fn bootstrap_uses_what_is_there_and_removes_what_failed() {
    let checkout = Checkout::new();
    checkout.note(
        "providers",
        "arn:aws:iam::account:oidc-provider/token.actions.githubusercontent.com",
    );
    checkout.note("bucket", "");
    checkout.note("stack", "ROLLBACK_COMPLETE");
    let done = checkout.run(BOOTSTRAP, &["dev", "owner/repository", "--execute"]);
    assert_eq!(done.status, 0, "{done:?}");
    let call = deployed(&checkout);
    assert!(
        call.contains(" CreateOidcProvider=false CreateStateBucket=false "),
        "{call}"
    );
    let calls = checkout.calls();
    assert!(
        calls
            .iter()
            .any(|call| call.contains("cloudformation delete-stack")),
        "{calls:?}"
    );
}

#[test]
fn bootstrap_leaves_to_a_stack_what_it_made() {
    let checkout = Checkout::new();
    checkout.note(
        "providers",
        "arn:aws:iam::account:oidc-provider/token.actions.githubusercontent.com",
    );
    checkout.note("bucket", "");
    checkout.note("stack", "UPDATE_COMPLETE");
    checkout.run(BOOTSTRAP, &["dev", "owner/repository", "--execute"]);
    let call = deployed(&checkout);
    assert!(
        call.contains(" CreateOidcProvider=true CreateStateBucket=true HostedZoneId=Z111 "),
        "{call}"
    );
}

#[test]
fn a_password_is_drawn_once_and_again_when_asked() {
    let checkout = Checkout::new();
    let drawn = checkout.run(PASSWORD, &["dev"]);
    assert_eq!(drawn.status, 0, "{drawn:?}");
    let first = checkout.noted("password");
    let value = first.split(r#""Value":""#).nth(1).unwrap();
    let value = value.split('"').next().unwrap();
    assert!(
        value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{value}"
    );
    assert!(
        first.contains(r#""Name":"/sentori-dev-grafana/admin-password","Type":"SecureString""#),
        "{first}"
    );
    assert_eq!(checkout.run(PASSWORD, &["dev"]).status, 0);
    assert_eq!(checkout.noted("password"), first, "it stays");
    assert!(
        !checkout.calls().iter().any(|call| call.contains(value)),
        "in the arguments"
    );
    assert_eq!(checkout.run(PASSWORD, &["dev", "--new"]).status, 0);
    assert_ne!(checkout.noted("password"), first);
    let calls = checkout.calls();
    assert!(
        calls
            .iter()
            .any(|call| call.contains("--force-new-deployment")),
        "{calls:?}"
    );
}

#[test]
fn a_deployment_is_marked_where_dashboards_look() {
    let checkout = Checkout::new();
    let marked = checkout.run_with(
        &[("GITHUB_SHA", "abc")],
        DEPLOYED,
        &["dev", "api", "applied"],
    );
    assert_eq!(marked.status, 0, "{marked:?}");
    let events: serde_json::Value = serde_json::from_str(&checkout.noted("events")).unwrap();
    assert_eq!(events[0]["Source"], "sentori.dev");
    assert_eq!(events[0]["DetailType"], "Deployment");
    let detail: serde_json::Value =
        serde_json::from_str(events[0]["Detail"].as_str().unwrap()).unwrap();
    let expected = serde_json::json!({"environment": "dev", "component": "api", "outcome": "applied", "commit": "abc"});
    assert_eq!(detail, expected);
    let refused = checkout.run_with(
        &[("EVENTS_FAILED", "1")],
        DEPLOYED,
        &["dev", "api", "applied"],
    );
    assert_eq!(refused.status, 1);
}
