//! What can wait is quiet while a deployment is under way, and nothing else is.

use serde_json::{Value, json};

use super::{Checkout, ScriptOutput};

const TOLD: &str = "sentori-dev-run-failures sentori-dev-ticket\n\
    sentori-dev-api-5xx sentori-dev-page\n\
    sentori-dev-function-errors sentori-dev-ticket\n";

fn mute(checkout: &Checkout, arguments: &[&str]) -> ScriptOutput {
    let arguments = [&["dev"], arguments].concat();
    checkout.run("infra/aws/scripts/mute", &arguments)
}

#[test]
fn tickets_are_muted_and_pages_are_not() {
    let checkout = Checkout::new();
    checkout.note("told", TOLD);
    let muted = mute(&checkout, &[]);
    assert_eq!(muted.status, 0, "{muted:?}");
    let targets: Value = serde_json::from_str(&checkout.noted("muted")).unwrap();
    let tickets = ["sentori-dev-run-failures", "sentori-dev-function-errors"];
    assert_eq!(targets, json!({ "AlarmNames": tickets }));
    let call = checkout.calls().pop().unwrap();
    assert!(
        call.contains("--name sentori-dev-deployment ") && call.contains(r#""Duration":"PT60M""#),
        "{call}"
    );
    let ended = mute(&checkout, &["--end"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(checkout.noted("muted"), "");
}

#[test]
fn a_first_deployment_has_nothing_to_mute() {
    let checkout = Checkout::new();
    let muted = mute(&checkout, &[]);
    assert_eq!(muted.status, 0, "{muted:?}");
    assert!(!checkout.calls().join("\n").contains("put-alarm-mute-rule"));
}

#[test]
fn an_option_that_does_not_exist_mutes_nothing() {
    let checkout = Checkout::new();
    checkout.note("told", TOLD);
    assert_eq!(mute(&checkout, &["--stop"]).status, 64);
    assert!(checkout.calls().is_empty());
}
