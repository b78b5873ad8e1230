use telemetry::http::GoldenSignals;

telemetry::dimension! {
    /// Not declared with `http by`.
    pub enum Page as "Page" {
        /// The first one.
        Home = "GET /",
    }
}

fn main() {
    let _ = GoldenSignals::<telemetry_compile_fail::Route>::new();
    let _ = GoldenSignals::<Page>::new();
}
