//! Nothing but a home for the cases; see `tests/compile_fail.rs`.
