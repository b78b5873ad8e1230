//! What the cases measure, and a home for them; see `tests/compile_fail.rs`.

pub use shop::*;
