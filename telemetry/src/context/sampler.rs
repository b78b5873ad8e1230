//! Which requests are recorded: `OTEL_TRACES_SAMPLER`, decided before a span exists.

use opentelemetry::trace::{SpanKind, TraceId};
use opentelemetry_sdk::trace::{Sampler as Ratio, SamplingDecision, ShouldSample as _};

use crate::env::Env;

/// Whether the caller's decision counts, and the share of the other requests that is recorded.
///
/// A share is decided by the trace's id, as OpenTelemetry's SDKs do it, so that all services
/// of one share agree about a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sampler {
    /// Whether a caller that has decided is followed.
    pub follows_caller: bool,
    /// The share of all others, from 0 to 1.
    pub share: f64,
}

impl Sampler {
    /// `parentbased_always_on`, OpenTelemetry's default.
    pub const ALL: Self = Self {
        follows_caller: true,
        share: 1.0,
    };
    /// `parentbased_always_off`: what nobody has decided about is not recorded.
    pub const NONE: Self = Self {
        follows_caller: true,
        share: 0.0,
    };

    /// The one that the environment names, or else this.
    #[must_use]
    pub(crate) fn or_named(self, env: Env<'_>) -> Self {
        let name = env("OTEL_TRACES_SAMPLER").unwrap_or_default();
        let name = name.trim().to_ascii_lowercase();
        let root = name.strip_prefix("parentbased_");
        let share = match root.unwrap_or(&name) {
            "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => share(env).unwrap_or(1.0),
            _ => return self,
        };
        Self {
            follows_caller: root.is_some(),
            share,
        }
    }

    /// Whether a request of this trace is recorded.
    pub(crate) fn samples(self, trace: TraceId, caller: Option<bool>) -> bool {
        if let Some(decided) = caller.filter(|_| self.follows_caller) {
            return decided;
        }
        let ratio = Ratio::TraceIdRatioBased(self.share);
        let result = ratio.should_sample(None, trace, "", &SpanKind::Server, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }
}

/// The share that `OTEL_TRACES_SAMPLER_ARG` names, if it is one.
pub(crate) fn share(env: Env<'_>) -> Option<f64> {
    let share = env("OTEL_TRACES_SAMPLER_ARG")?.trim().parse().ok()?;
    (0.0..=1.0).contains(&share).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &'static str, share: &'static str) -> Sampler {
        let env = |variable: &str| match variable {
            "OTEL_TRACES_SAMPLER" => Some(name.to_owned()),
            "OTEL_TRACES_SAMPLER_ARG" => Some(share.to_owned()),
            _ => None,
        };
        Sampler::NONE.or_named(&env)
    }

    /// How many of a thousand traces are recorded.
    fn recorded(sampler: Sampler, caller: Option<bool>) -> usize {
        let traces =
            (0..1_000_u128).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
        traces
            .filter(|trace| sampler.samples(TraceId::from(*trace), caller))
            .count()
    }

    #[test]
    fn the_standard_names_decide() {
        let of = |name, caller| recorded(named(name, "1"), caller);
        for caller in [None, Some(true), Some(false)] {
            assert_eq!(of("always_on", caller), 1_000);
            assert_eq!(of("always_off", caller), 0);
        }
        assert_eq!(of("parentbased_always_on", None), 1_000);
        assert_eq!(of("parentbased_always_on", Some(false)), 0);
        assert_eq!(of(" ParentBased_Always_Off ", Some(true)), 1_000);
        assert_eq!(named("sometimes", "1"), Sampler::NONE);
        assert_eq!(named("traceidratio", "many").share, 1.0);
    }

    #[test]
    fn a_share_is_of_what_nobody_decided_about_or_of_everything() {
        let tenth = |caller| recorded(named("traceidratio", "0.1"), caller);
        assert!((70..130).contains(&tenth(None)), "{}", tenth(None));
        assert_eq!(tenth(None), tenth(Some(true)), "whatever a client asks for");
        let followed = named("parentbased_traceidratio", "0.1");
        assert_eq!(recorded(followed, None), tenth(None));
        assert_eq!(recorded(followed, Some(true)), 1_000);
    }
}
