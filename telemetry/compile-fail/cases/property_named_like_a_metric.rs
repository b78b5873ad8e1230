use telemetry::{Property, catalogue};

const STARTED: Property = Property::new("run_started", "When the run started");
pub const PROPERTIES: &[Property] = Property::distinct(&[STARTED], catalogue::ALL);

fn main() {}
