//! What the whole-system tests and benchmarks share.

pub mod lambda;
