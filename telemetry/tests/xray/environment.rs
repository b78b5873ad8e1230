//! What Lambda is to a function: its invocations, its daemon, its stdout and its log.

use std::{
    net::UdpSocket,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use lambda_runtime::{Context, LambdaInvocation};
use serde_json::Value;
use shop::{
    Function,
    process::{self, Records},
};
use telemetry::{Config, Lines, Telemetry, lambda::Invocations};
use tower::{Layer as _, Service};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// Telemetry of this process, started once: a function has one.
pub(crate) struct Process {
    pub(crate) daemon: UdpSocket,
    pub(crate) lines: Lines,
    records: Records,
    _telemetry: Telemetry,
}

pub(crate) static PROCESS: LazyLock<Mutex<Process>> = LazyLock::new(|| {
    let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
    daemon.set_nonblocking(true).unwrap();
    let address = daemon.local_addr().unwrap().to_string();
    let (lines, records) = (Lines::default(), Records::default());
    let env = |name: &str| (name == "AWS_XRAY_DAEMON_ADDRESS").then(|| address.clone());
    let mut config = Config::lambda("orders", process::metrics(&lines), &env);
    config.records = records.writer();
    Mutex::new(Process {
        daemon,
        lines,
        records,
        _telemetry: config.init().unwrap(),
    })
});

/// What one invocation left behind.
pub(crate) struct Outcome {
    pub(crate) trace: String,
    pub(crate) segments: Vec<Value>,
    pub(crate) events: Vec<Value>,
    pub(crate) records: Vec<Value>,
}

pub(crate) const LAMBDA_SEGMENT: &str = "53995c3f42cd8ad8";

/// The time that an invocation has.
const PLENTY: Duration = Duration::from_secs(30);

/// Invokes the function; the layer is around what its runtime would be.
#[expect(
    clippy::await_holding_lock,
    reason = "each test has a runtime and a thread of its own"
)]
pub(crate) async fn run<S>(runtime: S, sampled: bool) -> Outcome
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: Send + 'static,
{
    let mut service = Invocations::of(Function::Orders).layer(runtime);
    // Held over the invocation: what arrives meanwhile is this one's.
    let function = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    let (event, trace) = event(sampled);
    let before = function.records.json().len();
    function.lines.clear();
    let _ = service.call(event).await;
    Outcome {
        trace,
        segments: received(&function.daemon),
        events: function.lines.json(),
        records: function.records.json().split_off(before),
    }
}

pub(crate) fn event(sampled: bool) -> (LambdaInvocation, String) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let trace = format!("1-{:08x}-{:024x}", now.as_secs(), now.as_nanos());
    let mut context = Context::default();
    context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned();
    context.deadline = (now + PLENTY).as_millis().try_into().unwrap();
    let decision = u8::from(sampled);
    context.xray_trace_id = Some(format!(
        "Root={trace};Parent={LAMBDA_SEGMENT};Sampled={decision};Lineage=1:ab12:0"
    ));
    let (parts, ()) = http::Response::new(()).into_parts();
    let event = LambdaInvocation {
        parts,
        body: Default::default(),
        context,
    };
    (event, trace)
}

/// Datagrams that have arrived; those of an invocation that is over are all there.
pub(crate) fn received(daemon: &UdpSocket) -> Vec<Value> {
    let mut buffer = [0; 65_536];
    let mut segments = Vec::new();
    while let Ok(length) = daemon.recv(&mut buffer) {
        let text = str::from_utf8(&buffer[..length]).unwrap();
        let (header, document) = text.split_once('\n').unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(header).unwrap(),
            serde_json::json!({"format": "json", "version": 1})
        );
        let segment: Value = serde_json::from_str(document).unwrap();
        let members = |text: &str| text.matches("\":").count();
        let kept = members(&segment.to_string());
        assert_eq!(kept, members(document), "a member twice: {document}");
        segments.push(segment);
    }
    segments
}

pub(crate) fn named<'a>(segments: &'a [Value], name: &str) -> &'a Value {
    let found = segments.iter().find(|segment| segment["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {segments:#?}"))
}
