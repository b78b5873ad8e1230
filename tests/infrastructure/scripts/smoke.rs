//! The smoke test, against the compiled server.

use std::process::Command;

use serde_json::{Value, json};
use system_tests::LocalServer;
use system_tests::tool::if_installed;

use super::{Checkout, ScriptOutput};

const SMOKE: &str = "infra/aws/scripts/smoke";

async fn smoke(
    checkout: &Checkout,
    variables: &[(&str, &str)],
    arguments: &[&str],
) -> ScriptOutput {
    tokio::task::block_in_place(|| checkout.run_with(variables, SMOKE, arguments))
}

/// A server for the script, if this machine has what the script needs.
async fn served(checkout: &Checkout) -> Option<LocalServer> {
    for tool in ["curl", "jq"] {
        if_installed(tool, Command::new(tool).arg("--version").output())?;
    }
    Some(LocalServer::start(&checkout.path("tables")).await)
}

/// Runs of a server, newest first.
async fn runs(served: &LocalServer) -> Vec<Value> {
    served.api().pages("/api/runs?limit=50").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_server_passes_and_its_own_metrics_say_so() {
    let checkout = Checkout::new();
    let Some(served) = served(&checkout).await else {
        return;
    };
    let passed = smoke(&checkout, &[], &["local", served.base(), "--prometheus"]).await;
    assert_eq!(passed.status, 0, "{passed:?}");
    for metric in ["run_started", "sensor_data_ingested", "run_completed"] {
        let risen = format!("{metric}: 1, was 0\n");
        assert!(passed.out.contains(&risen), "{passed:?}");
    }
    let runs = runs(&served).await;
    assert_eq!(runs.len(), 1);
    assert_eq!(
        (
            &runs[0]["username"],
            &runs[0]["status"],
            &runs[0]["stats"]["count"]
        ),
        (&json!("smoke-test"), &json!("COMPLETED"), &json!(1))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_looked_for_in_the_environments_namespace() {
    let checkout = Checkout::new();
    let Some(served) = served(&checkout).await else {
        return;
    };
    let passed = smoke(&checkout, &[], &["dev", served.base()]).await;
    assert_eq!(passed.status, 0, "{passed:?}");
    let mut asked = checkout.calls();
    let traced = asked.pop().unwrap();
    assert!(
        traced.contains("xray batch-get-traces --trace-ids 1-"),
        "{traced}"
    );
    assert!(
        passed.out.contains("0000000000000001: 3 segments"),
        "{passed:?}"
    );
    assert_eq!(asked.len(), 6, "three metrics, before and after: {asked:?}");
    assert!(
        asked
            .iter()
            .all(|call| call.contains("--namespace Sentori/dev "))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_that_is_not_there_is_said_and_fails_nothing() {
    let checkout = Checkout::new();
    let Some(served) = served(&checkout).await else {
        return;
    };
    let passed = smoke(&checkout, &[("SEGMENTS", "0")], &["dev", served.base()]).await;
    assert_eq!(passed.status, 0, "{passed:?}");
    assert!(
        passed.err.contains("X-Ray does not have the trace 1-"),
        "{passed:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_that_do_not_come_fail_it() {
    let checkout = Checkout::new();
    let Some(served) = served(&checkout).await else {
        return;
    };
    let variables = [("METRIC", "0.0"), ("SMOKE_WAIT", "0")];
    let failed = smoke(&checkout, &variables, &["dev", served.base()]).await;
    assert_eq!(failed.status, 1, "{failed:?}");
    assert!(
        failed
            .err
            .contains("run_started of Sentori/dev stays at 0.0"),
        "{failed:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_board_is_waited_for_and_then_said() {
    let checkout = Checkout::new();
    let Some(served) = served(&checkout).await else {
        return;
    };
    for user in ["ada", "bob", "cyd", "dan", "eve"] {
        served.api().started(user).await;
    }
    let arguments = ["local", served.base(), "--prometheus"];
    let failed = smoke(&checkout, &[("SMOKE_WAIT", "0")], &arguments).await;
    assert_eq!(failed.status, 1, "{failed:?}");
    assert!(failed.err.contains("no place for a run"), "{failed:?}");
    assert_eq!(runs(&served).await.len(), 5, "it started none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_api_fails_it() {
    let checkout = Checkout::new();
    let Some(served) = served(&checkout).await else {
        return;
    };
    let elsewhere = format!("{}/elsewhere", served.base());
    let failed = smoke(&checkout, &[], &["dev", &elsewhere]).await;
    assert_eq!(failed.status, 1, "{failed:?}");
    assert!(failed.err.contains("404 instead of 200"), "{failed:?}");
}
