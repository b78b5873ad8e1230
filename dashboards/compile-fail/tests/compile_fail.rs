//! What does not fit a metric does not compile, and the message says why.
//!
//! `.ci/rewrite` keeps what it says now.

#[test]
fn what_does_not_fit_a_metric_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("cases/*.rs");
}
