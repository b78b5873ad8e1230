use telemetry::signals::RouteSignals;

telemetry::dimension! {
    /// Not declared with `http by`.
    pub enum Page as "Page" {
        /// The first one.
        Home = "GET /",
    }
}

/// What a layer asks of its parameter.
fn layer<R: RouteSignals>() {}

fn main() {
    layer::<telemetry_compile_fail::Route>();
    layer::<Page>();
}
