//! Faults by chance, the same ones for the same seed.

use sentori::faults::Fault;

/// A plan that strikes `percent` of the requests, with kinds and points drawn
/// from `seed`.
pub fn seeded(seed: u64, percent: u32) -> impl FnMut(&str) -> Fault + Send + 'static {
    let mut random = fastrand::Rng::with_seed(seed);
    move |_| {
        if random.u32(0..100) < percent {
            Fault::PASSING[random.usize(0..Fault::PASSING.len())]
        } else {
            Fault::None
        }
    }
}
