//! What does not fit the catalogue does not compile, and the message says why.
//!
//! After a change of the messages: `TRYBUILD=overwrite cargo test -p telemetry-compile-fail`.

#[test]
fn what_does_not_fit_the_catalogue_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("cases/*.rs");
}
