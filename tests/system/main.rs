//! Whole-system tests: everything is asked over HTTP, as clients ask it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests report by failing")]

/// Declares a test of the API for every server that must pass it. The test
/// itself takes the API of a fresh system.
macro_rules! on_every_server {
    ($($test:ident),+ $(,)?) => { $(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn local() {
                let system = system_tests::System::start().await;
                super::$test(system.api().clone()).await;
                system.stop().await;
            }
        }
    )+ };
}

mod bad_input;
mod faults;
mod frontend;
mod killed;
mod leases;
mod openapi;
mod readings;
mod runs;
mod serving;
mod simulation;
