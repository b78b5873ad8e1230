//! What does not fit a metric does not compile, and the message says why.
//!
//! After a change of the messages: `TRYBUILD=overwrite cargo test -p dashboards-compile-fail`.

#[test]
fn what_does_not_fit_a_metric_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("cases/*.rs");
}
