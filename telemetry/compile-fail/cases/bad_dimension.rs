telemetry::dimension! {
    /// A value that CloudWatch does not take.
    pub enum Place as "Place" {
        /// Not ASCII.
        Cafe = "café",
    }
}

fn main() {}
