//! A function under provisioned concurrency, with every setting wrong: it serves, says what
//! is wrong, and made nobody wait for its start.

use lambda_runtime::{Context, LambdaInvocation};
use shop::Function;
use shop::process::{self, Records};
use telemetry::{Config, Lines, lambda::Invocations};
use tower::{Layer as _, Service as _};

/// Variables that cannot be used.
const WRONG: [(&str, &str); 6] = [
    ("AWS_XRAY_DAEMON_ADDRESS", "nowhere"),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "grcp"),
    ("OTEL_TRACES_SAMPLER", "sometimes"),
    ("OTEL_PROPAGATORS", "b3"),
    ("OTEL_RESOURCE_ATTRIBUTES", "team"),
    ("RUST_LOG", "loud"),
];

#[tokio::test]
async fn the_first_invocation_of_an_environment_started_ahead_is_no_cold_start() {
    let (lines, records) = (Lines::default(), Records::default());
    let env = |name: &str| {
        let ahead = ("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency");
        let mut all = WRONG.iter().chain([&ahead]);
        let found = all.find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let mut config = Config::lambda("orders", process::metrics(&lines), &env);
    config.records = records.writer();
    let _telemetry = config.init().unwrap();

    let runtime = tower::service_fn(async |_event: LambdaInvocation| Ok::<_, String>(()));
    let mut function = Invocations::of(Function::Orders).layer(runtime);
    for _ in 0..2 {
        let (parts, ()) = http::Response::new(()).into_parts();
        let event = LambdaInvocation {
            parts,
            body: Default::default(),
            context: Context::default(),
        };
        function.call(event).await.unwrap();
    }
    let [event] = lines.json().try_into().unwrap();
    assert_eq!(
        (&event["cold_start"], &event["Function"]),
        (&0.into(), &"orders".into())
    );

    let said = records.text();
    for (name, value) in WRONG {
        let about = said.lines().filter(|line| line.contains(name));
        let about: Vec<_> = about.collect();
        assert_eq!(about.len(), 1, "{name}: {said}");
        assert!(
            about[0].contains(value) && about[0].contains("FATAL"),
            "{}",
            about[0]
        );
    }
}
