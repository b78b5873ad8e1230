//! What does not fit the catalogue does not compile, and the message says why.
//!
//! `.ci/rewrite` keeps what it says now.

#[test]
fn what_does_not_fit_the_catalogue_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("cases/*.rs");
}
