//! OpenTelemetry's standard variables: which collector, whose spans, and what is set in vain.
//!
//! A setting that cannot be used is said once, when telemetry starts, by its name; it never
//! keeps a function from serving. Rules: [the specification's list][spec].
//!
//! [spec]: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

use percent_encoding::percent_decode_str;

use super::Exporter;
use crate::{context, env::Env};

/// A variable, the values that are understood, and what happens to others.
struct Variable {
    name: &'static str,
    values: &'static [&'static str],
    instead: &'static str,
}

/// What has a closed list of values here, some narrower than OpenTelemetry's.
const VARIABLES: &[Variable] = &[
    Variable {
        name: "OTEL_TRACES_EXPORTER",
        values: &["otlp", "xray", "none"],
        instead: "the destination is the one that the other variables name",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_PROTOCOL",
        values: &["http/protobuf"],
        instead: "spans are sent by http/protobuf",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        values: &["http/protobuf"],
        instead: "spans are sent by http/protobuf",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_COMPRESSION",
        values: &["none"],
        instead: "spans are sent as they are",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
        values: &["none"],
        instead: "spans are sent as they are",
    },
    Variable {
        name: "OTEL_PROPAGATORS",
        values: &["tracecontext", "xray", "none"],
        instead: "traceparent and x-amzn-trace-id are read and written",
    },
    Variable {
        name: "OTEL_TRACES_SAMPLER",
        values: &[
            "always_on",
            "always_off",
            "traceidratio",
            "parentbased_always_on",
            "parentbased_always_off",
            "parentbased_traceidratio",
        ],
        instead: "the caller's decision counts, and without one the process's default",
    },
    Variable {
        name: "OTEL_SDK_DISABLED",
        values: &["true", "false"],
        instead: "it counts as false",
    },
];

/// What is set and has no effect, each with what happens instead.
pub(crate) fn warn_of_unusable(env: Env<'_>, warnings: &mut Vec<String>) {
    for Variable {
        name,
        values,
        instead,
    } in VARIABLES
    {
        let Some(value) = env(name) else { continue };
        let known = |part: &str| values.contains(&part.trim().to_ascii_lowercase().as_str());
        if !value.split(',').all(known) {
            let values = values.join(", ");
            warnings.push(format!(
                "{name} is {value:?}, which has no effect: {instead}; known here: {values}"
            ));
        }
    }
    if let Some(value) = env("OTEL_TRACES_SAMPLER_ARG") {
        let sampler = env("OTEL_TRACES_SAMPLER").unwrap_or_default();
        let takes_one = sampler
            .trim()
            .to_ascii_lowercase()
            .ends_with("traceidratio");
        if !takes_one || context::share(env).is_none() {
            warnings.push(format!(
                "OTEL_TRACES_SAMPLER_ARG is {value:?}, which has no effect: it is a share from 0 \
                 to 1 for traceidratio"
            ));
        }
    }
}

/// Where the environment sends spans. On Lambda that is the daemon at
/// `AWS_XRAY_DAEMON_ADDRESS`, which is there when tracing is active, unless
/// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or, with `/v1/traces` added,
/// `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector. Elsewhere only a collector counts.
pub(crate) fn destination(env: Env<'_>, on_lambda: bool, warnings: &mut Vec<String>) -> Exporter {
    warn_of_unusable(env, warnings);
    let is = |name, value: &str| env(name).is_some_and(|v| v.trim().eq_ignore_ascii_case(value));
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return Exporter::Off;
    }
    let daemon_only = is("OTEL_TRACES_EXPORTER", "xray");
    if let Some((name, value, path)) = endpoint(env).filter(|_| !daemon_only) {
        return collector(name, &value, path, warnings);
    }
    match on_lambda && !is("OTEL_TRACES_EXPORTER", "otlp") {
        true => daemon(env, warnings),
        false => Exporter::Off,
    }
}

/// The variable that names the collector, its value, and the path to add.
fn endpoint(env: Env<'_>) -> Option<(&'static str, String, &'static str)> {
    const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    const ALL: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let traces = || Some((TRACES, env(TRACES)?, ""));
    traces().or_else(|| Some((ALL, env(ALL)?, "/v1/traces")))
}

#[cfg(feature = "otlp")]
fn collector(name: &str, value: &str, path: &str, warnings: &mut Vec<String>) -> Exporter {
    let url = format!("{}{path}", value.trim().trim_end_matches('/'));
    match url.parse::<http::Uri>() {
        Ok(uri) if uri.scheme_str() == Some("http") && uri.host().is_some() => Exporter::Otlp(uri),
        _ => {
            warnings.push(format!(
                "{name} is {value:?}, and no spans are sent: give an http:// URL, such as \
                 http://localhost:4318; for https let a local collector forward"
            ));
            Exporter::Off
        }
    }
}

#[cfg(not(feature = "otlp"))]
fn collector(name: &str, value: &str, _path: &str, warnings: &mut Vec<String>) -> Exporter {
    warnings.push(format!(
        "{name} is {value:?}, and no spans are sent: this program was built without the feature otlp"
    ));
    Exporter::Off
}

#[cfg(feature = "xray")]
fn daemon(env: Env<'_>, warnings: &mut Vec<String>) -> Exporter {
    use std::net::ToSocketAddrs as _;
    const NAME: &str = "AWS_XRAY_DAEMON_ADDRESS";
    let Some(address) = env(NAME) else {
        return Exporter::Off;
    };
    let resolved = address
        .to_socket_addrs()
        .ok()
        .and_then(|mut all| all.next());
    match resolved {
        Some(resolved) => Exporter::Xray(resolved),
        None => {
            warnings.push(format!(
                "{NAME} is {address:?}, and no spans are sent: give host:port, such as 127.0.0.1:2000"
            ));
            Exporter::Off
        }
    }
}

#[cfg(not(feature = "xray"))]
fn daemon(_env: Env<'_>, _warnings: &mut Vec<String>) -> Exporter {
    Exporter::Off
}

/// Whose spans they are: attributes of the resource, `service.name` among them. That is
/// `OTEL_SERVICE_NAME`, or else the one in `OTEL_RESOURCE_ATTRIBUTES`, or else the program's.
pub(crate) fn resource(
    env: Env<'_>,
    service: &str,
    warnings: &mut Vec<String>,
) -> Vec<(String, String)> {
    const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
    const SERVICE_NAME: &str = "service.name";
    let mut attributes = vec![(SERVICE_NAME.to_owned(), service.to_owned())];
    let set = env(ATTRIBUTES).unwrap_or_default();
    for pair in set.split(',').filter(|pair| !pair.trim().is_empty()) {
        let decoded = |text: &str| {
            percent_decode_str(text.trim())
                .decode_utf8_lossy()
                .into_owned()
        };
        match pair.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => {
                attributes.push((key.trim().to_owned(), decoded(value)));
            }
            _ => warnings.push(format!(
                "{ATTRIBUTES} holds {pair:?}, which is left out: give key=value, separated by commas"
            )),
        }
    }
    let name = env("OTEL_SERVICE_NAME");
    attributes.extend(name.map(|name| (SERVICE_NAME.to_owned(), name)));
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the variables choose, and what is said of them.
    fn chosen(on_lambda: bool, variables: &[(&str, &str)]) -> (Exporter, Vec<String>) {
        let env = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut warnings = Vec::new();
        let exporter = destination(&env, on_lambda, &mut warnings);
        (exporter, warnings)
    }

    const ALL: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318/");
    #[cfg(feature = "xray")]
    const DAEMON: (&str, &str) = ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");

    #[cfg(feature = "otlp")]
    #[test]
    fn the_standard_variables_choose_the_collector() {
        const TRACES: (&str, &str) = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://t:1/x");
        let to = |url: &'static str| (Exporter::Otlp(http::Uri::from_static(url)), Vec::new());
        let off = || (Exporter::Off, Vec::new());
        for on_lambda in [true, false] {
            let chosen = |variables: &[(&str, &str)]| chosen(on_lambda, variables);
            assert_eq!(chosen(&[]), off());
            assert_eq!(chosen(&[ALL]), to("http://localhost:4318/v1/traces"));
            assert_eq!(chosen(&[ALL, TRACES]), to("http://t:1/x"));
            assert_eq!(chosen(&[ALL, ("OTEL_SDK_DISABLED", "TRUE")]), off());
            assert_eq!(chosen(&[ALL, ("OTEL_TRACES_EXPORTER", "none")]), off());
        }
    }

    #[cfg(all(feature = "otlp", feature = "xray"))]
    #[test]
    fn on_lambda_the_daemon_serves_unless_a_collector_is_named() {
        let daemon = || Exporter::Xray("127.0.0.1:2000".parse().unwrap());
        assert_eq!(chosen(true, &[DAEMON]).0, daemon());
        assert_eq!(chosen(false, &[DAEMON]).0, Exporter::Off);
        assert!(matches!(chosen(true, &[DAEMON, ALL]).0, Exporter::Otlp(_)));
        let xray = ("OTEL_TRACES_EXPORTER", "xray");
        assert_eq!(chosen(true, &[DAEMON, ALL, xray]).0, daemon());
        assert_eq!(
            chosen(true, &[DAEMON, ("OTEL_SDK_DISABLED", "true")]).0,
            Exporter::Off
        );
        assert_eq!(
            chosen(true, &[DAEMON, ("OTEL_TRACES_EXPORTER", "otlp")]).0,
            Exporter::Off
        );
    }

    #[test]
    fn a_wrong_address_is_said_by_name_and_stops_nothing() {
        for wrong in ["https://collector:4318", "localhost:4318", "/x"] {
            let (exporter, warnings) = chosen(false, &[("OTEL_EXPORTER_OTLP_ENDPOINT", wrong)]);
            assert_eq!(exporter, Exporter::Off);
            assert_eq!(warnings.len(), 1);
            assert!(
                warnings[0].contains("OTEL_EXPORTER_OTLP_ENDPOINT"),
                "{warnings:?}"
            );
        }
        #[cfg(feature = "xray")]
        {
            let (exporter, warnings) = chosen(true, &[("AWS_XRAY_DAEMON_ADDRESS", "nowhere")]);
            assert_eq!(exporter, Exporter::Off);
            assert!(
                warnings[0].contains("AWS_XRAY_DAEMON_ADDRESS"),
                "{warnings:?}"
            );
        }
    }

    #[test]
    fn what_is_set_in_vain_is_said_by_name() {
        for (name, value) in [
            ("OTEL_TRACES_SAMPLER", "traceidratoi"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.1"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip"),
            ("OTEL_PROPAGATORS", "tracecontext,baggage"),
            ("OTEL_TRACES_EXPORTER", "jaeger"),
            ("OTEL_SDK_DISABLED", "yes"),
            ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
        ] {
            let (_, warnings) = chosen(false, &[(name, value)]);
            assert_eq!(warnings.len(), 1, "{name}: {warnings:?}");
            assert!(
                warnings[0].contains(name) && warnings[0].contains(value),
                "{warnings:?}"
            );
        }
        let fine = [
            ("OTEL_PROPAGATORS", "tracecontext, xray"),
            ("OTEL_TRACES_SAMPLER", "parentbased_TraceIdRatio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ];
        assert_eq!(chosen(false, &fine).1, Vec::<String>::new());
    }

    #[test]
    fn the_service_s_own_variable_wins_and_values_are_decoded() {
        let named = |variables: &[(&str, &str)]| {
            let env = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let mut warnings = Vec::new();
            let all = resource(&env, "orders", &mut warnings);
            let last = |key: &str| {
                let found = all.iter().rev().find(|(known, _)| known == key);
                found.map(|(_, value)| value.clone())
            };
            (last("service.name"), last("team"), warnings.len())
        };
        let attributes = (
            "OTEL_RESOURCE_ATTRIBUTES",
            "service.name=b, team=caf%C3%A9%2C%20west,x, =y",
        );
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(named(&[]), (some("orders"), None, 0));
        assert_eq!(named(&[attributes]), (some("b"), some("café, west"), 2));
        assert_eq!(
            named(&[attributes, ("OTEL_SERVICE_NAME", "a")]),
            (some("a"), some("café, west"), 2)
        );
    }
}
