//! What the whole-system tests and benchmarks share.
