telemetry::dimension! {
    /// Routes.
    pub enum Route as "Route" {
        /// No method.
        Home = "/",
        /// Anything else.
        Unmatched = "unmatched",
    }
}

telemetry::catalogue! {
    http by Route else Unmatched;
}

fn main() {}
