//! Whole-system tests: everything is asked over HTTP, as clients ask it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests report by failing")]

/// Declares a test of the API for every server that must pass it. The test
/// itself takes the API of a fresh system.
macro_rules! on_every_server {
    ($($test:ident),+ $(,)?) => { $(
        mod $test {
            use system_tests::lambda::Format;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn local() {
                let system = system_tests::System::start().await;
                super::$test(system.api().clone()).await;
                system.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn another_dynamodb() {
                crate::another_dynamodb::serve(super::$test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn lambda_behind_an_http_api() {
                crate::lambda::serve(Format::Http, super::$test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn lambda_behind_a_rest_api() {
                crate::lambda::serve(Format::Rest, super::$test).await;
            }
        }
    )+ };
}

mod another_dynamodb;
mod aws_metrics;
mod bad_input;
mod crashes;
mod dashboards;
mod documentation;
mod embedded_dynamodb;
mod faults;
mod front_door;
mod frontend;
mod golden;
mod hidden_tab;
mod html;
mod import;
mod lambda;
mod leases;
mod openapi;
mod readings;
mod recordings;
mod refreshes;
mod retention;
mod runs;
mod serving;
mod signals;
mod simulation;
mod stranger;
mod subject;
mod telemetry;
mod why;
