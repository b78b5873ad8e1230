use telemetry::{Property, catalogue, check, emf};

const STARTED: Property = Property::new("run_started", "When the run started");
const _: () = check::properties(&[STARTED], emf::RESERVED, catalogue::ALL);

fn main() {}
