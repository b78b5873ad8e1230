//! Sentori on a laptop.
fn main() {}
