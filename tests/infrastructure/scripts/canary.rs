//! A new version with a share of the requests: all of them, or back.

use catalogue::Service;
use telemetry::Dimension as _;

use super::{Checkout, ScriptOutput, functions};

const CANARY: &str = "infra/aws/scripts/canary";

/// Version 7 of each function is live, and version 8 has a share.
fn shared() -> Checkout {
    let checkout = Checkout::live("7");
    for function in functions() {
        checkout.note(&format!("share/{function}"), "8");
    }
    checkout
}

/// What the versions of the run API logged.
fn logged(checkout: &Checkout, lines: &str) {
    checkout.note("logged/sentori-dev-run-api", lines);
}

fn decide(checkout: &Checkout) -> ScriptOutput {
    let at_once = [("CANARY_MINUTES", "0"), ("CANARY_PAUSE", "0")];
    checkout.run_with(&at_once, CANARY, &["dev"])
}

/// That this stands in a file of each function.
fn assert_each(checkout: &Checkout, folder: &str, expected: &str) {
    for function in functions() {
        let noted = checkout.noted(&format!("{folder}/{function}"));
        assert_eq!(noted.trim(), expected, "{function}");
    }
}

#[test]
fn a_version_that_answers_as_well_gets_every_request() {
    let checkout = shared();
    logged(&checkout, "7 900 1\n8 100 0\n");
    let decided = decide(&checkout);
    assert_eq!(decided.status, 0, "{decided:?}");
    assert_each(&checkout, "live", "8");
    assert_each(&checkout, "note", "The version that callers get.");
    assert!(!decided.err.contains("proves little"), "{decided:?}");
}

#[test]
fn a_version_that_fails_every_tenth_request_goes_back_by_itself() {
    let checkout = shared();
    logged(&checkout, "7 900 0\n8 100 10\n");
    let decided = decide(&checkout);
    assert_eq!(decided.status, 1, "{decided:?}");
    assert!(
        decided.err.contains("version 8 failed 10 of 100"),
        "{decided:?}"
    );
    // All of them, since they share the tables.
    assert_each(&checkout, "live", "7");
    assert_each(&checkout, "note", "held: 8");
    assert_each(&checkout, "share", "");
}

#[test]
fn a_version_that_was_taken_back_stays_back_through_the_next_apply() {
    let checkout = shared();
    logged(&checkout, "7 900 0\n8 100 10\n");
    decide(&checkout);
    checkout.run("infra/aws/scripts/stack", &["api", "plan", "dev"]);
    let planned = checkout.calls().pop().unwrap();
    for function in Service::all().map(Service::value) {
        let given = format!(r#"{function}={{version="7",held="8"}}"#);
        assert!(planned.contains(&given), "{planned}");
    }
}

#[test]
fn an_outage_of_the_store_is_not_the_new_versions_fault() {
    let checkout = shared();
    logged(&checkout, "7 900 90\n8 100 10\n");
    assert_eq!(decide(&checkout).status, 0);
    assert_each(&checkout, "live", "8");
}

#[test]
fn a_version_that_cannot_even_log_goes_back() {
    let checkout = shared();
    logged(&checkout, "7 900 0\n");
    checkout.note("crashed", "12.0");
    let decided = decide(&checkout);
    assert_eq!(decided.status, 1, "{decided:?}");
    assert_each(&checkout, "live", "7");
}

#[test]
fn an_alarm_that_goes_off_takes_it_back_and_one_that_was_on_does_not() {
    let checkout = shared();
    checkout.note("alarms", "sentori-dev-old\n");
    assert_eq!(decide(&checkout).status, 0);
    let checkout = shared();
    checkout.note("alarms", "sentori-dev-old\n");
    checkout.note("alarms-later", "sentori-dev-new\nsentori-dev-old\n");
    let decided = decide(&checkout);
    assert_eq!(decided.status, 1, "{decided:?}");
    assert!(decided.err.contains("alarm sentori-dev-new"), "{decided:?}");
    assert_each(&checkout, "live", "7");
}

#[test]
fn few_requests_prove_little_and_it_says_so() {
    let checkout = shared();
    logged(&checkout, "7 9 0\n8 1 1\n");
    let decided = decide(&checkout);
    assert_eq!(decided.status, 0, "{decided:?}");
    assert!(decided.err.contains("only 1 requests"), "{decided:?}");
}

#[test]
fn without_a_share_there_is_nothing_to_decide() {
    let checkout = Checkout::live("7");
    let decided = decide(&checkout);
    assert_eq!(decided.status, 0, "{decided:?}");
    assert_each(&checkout, "live", "7");
}
