//! Rolling back, the tunnel and the first stack of an environment.

use super::Checkout;

const ROLLBACK: &str = "infra/aws/scripts/rollback";
const RESTORE: &str = ".github/scripts/restore-versions";
const TUNNEL: &str = "infra/aws/scripts/tunnel";
const BOOTSTRAP: &str = "infra/aws/scripts/bootstrap";

/// A checkout whose functions are live at these versions.
fn live(run_api: &str, sensor_api: &str) -> Checkout {
    let checkout = Checkout::new();
    checkout.note("live/sentori-dev-run-api", run_api);
    checkout.note("live/sentori-dev-sensor-api", sensor_api);
    checkout
}

fn versions(checkout: &Checkout) -> [String; 2] {
    ["live/sentori-dev-run-api", "live/sentori-dev-sensor-api"]
        .map(|path| checkout.noted(path).trim().to_owned())
}

#[test]
fn rolling_back_moves_both_functions_to_the_version_before() {
    let checkout = live("10", "7");
    let rolled = checkout.run(ROLLBACK, &["dev"]);
    assert_eq!(rolled.status, 0, "{rolled:?}");
    assert_eq!(versions(&checkout), ["9", "6"], "by number, not by letter");
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

#[test]
fn bootstrap_changes_nothing_unless_told_to() {
    let checkout = Checkout::new();
    let shown = checkout.run(BOOTSTRAP, &["dev", "owner/repository"]);
    assert_eq!((shown.status, shown.out.as_str()), (0, "the changes\n"));
    assert!(checkout.calls()[0].contains(" --no-execute-changeset "));
    let done = checkout.run(BOOTSTRAP, &["dev", "owner/repository", "--execute"]);
    assert_eq!((done.status, done.out.as_str()), (0, "the outputs\n"));
    let deployed = &checkout.calls()[3];
    assert!(!deployed.contains("--no-execute-changeset"), "{deployed}");
    assert!(
        deployed.contains(" Repository=owner/repository "),
        "{deployed}"
    );
}
