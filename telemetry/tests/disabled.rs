//! What no level asks for is not even put together.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::cell::Cell;

use telemetry::{Config, Lines, catalogue::Service};

#[test]
fn a_record_below_every_level_is_not_evaluated() {
    let lines = Lines::default();
    let config = Config::lambda(Service::RunApi, support::metrics(&lines), &|_| None).unwrap();
    let _telemetry = config.init().unwrap();
    let evaluated = Cell::new(false);
    tracing::trace!(expensive = evaluated.replace(true), "nobody reads this");
    assert!(!evaluated.get());
}
