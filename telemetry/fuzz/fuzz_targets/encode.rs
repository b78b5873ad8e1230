#![no_main]

#[path = "../properties/encode.rs"]
mod encode;

libfuzzer_sys::fuzz_target!(|input: &[u8]| encode::holds(input));
