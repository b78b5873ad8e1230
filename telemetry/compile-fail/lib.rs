//! What the cases measure, and a home for them; see `tests/compile_fail.rs`.

#[path = "../tests/shop/mod.rs"]
mod shop;

pub use shop::*;
