//! Functions as one bundle: what is measured of them, the panels that show it and the alarms
//! that watch it, for every function that a service's dimension names.
//!
//! ```standalone_crate
//! # mod shop {
//! #     telemetry::dimension! { pub enum Service as "Service" { Orders = "orders", Picker = "picker" } }
//! #     telemetry::catalogue! { lambda by Service; }
//! # }
//! # use dashboards::model::{AlarmKind, Dashboard, Period};
//! # use shop::Service;
//! # use telemetry::DashboardLink;
//! dashboards::functions!(crate::shop::Service);
//! # const PICKING: DashboardLink = DashboardLink::new("shop-picking", "picking");
//!
//! # fn main() {
//! let functions = functions(Period::seconds(30)).with_timeout(Service::Picker, Period::minutes(5));
//! let dashboard = Dashboard::new(PICKING, "Picking").row("Functions", functions.panels());
//! let alarms = functions.alarms(PICKING);
//! # assert_eq!(alarms.len(), 6);
//! # let durations = alarms.iter().filter(|alarm| alarm.id.ends_with("-duration"));
//! # let levels = durations.map(|alarm| match &alarm.kind {
//! #     AlarmKind::Metric(metric) => metric.threshold.value,
//! #     kind => panic!("{kind:?}"),
//! # });
//! # assert_eq!(levels.collect::<Vec<_>>(), [24_000.0, 240_000.0]);
//! # let lines = |functions: &dashboards::functions::Functions| functions.panels()[1].thresholds.len();
//! # assert_eq!(lines(&functions), 0);
//! # assert_eq!(lines(&self::functions(Period::seconds(30))), 1);
//! # assert_eq!(published().len(), 9);
//! # }
//! ```

use telemetry::{DashboardLink, Dimension};

use crate::model::{
    Alarm, Breakdown, Exemption, Expression, MissingData, Panel, Period, Profile, Quota, Threshold,
    Width,
};

/// Failed invocations in a minute.
const ERRORS: Threshold = Threshold::at_least(1.0);
/// Throttled invocations in a minute.
const THROTTLES: Threshold = Threshold::at_least(1.0);
/// Events of which metrics were lost, in five minutes.
const LOST_EVENTS: Threshold = Threshold::at_least(1.0);
/// Executions at a time that all functions of the account may claim: 80 % of the quota.
const CLAIMED: Threshold = Threshold::above(800.0);
/// What of Lambda's concurrency the account has; a new one has 10.
const CONCURRENCY: Quota = Quota {
    variable: "lambda_concurrency",
    title: "Lambda's concurrent executions quota of the account and region.",
    usual: 1_000.0,
};

/// The alarm that AWS recommends on functions and that [`Functions::alarms`] does without.
pub const EXEMPTION: Exemption = Exemption::new(
    "AWS/Lambda",
    "ConcurrentExecutions",
    "a reservation bounds it and what it refuses is counted: function-throttles",
);

/// The functions of a service; [`functions!`](crate::functions!) makes it.
#[derive(Clone, Debug)]
pub struct Functions {
    /// How long an invocation may take.
    pub timeout: Period,
    /// How long it may take of a function that has another time-out.
    pub others: Vec<(&'static str, Period)>,
    /// Invocations of each function.
    pub invocations: Breakdown,
    /// Failed invocations of each.
    pub errors: Breakdown,
    /// Refused invocations of each.
    pub throttles: Breakdown,
    /// The time that 99 of 100 invocations of each take.
    pub duration: Breakdown,
    /// The time of the slowest invocation of each.
    pub longest: Breakdown,
    /// Execution environments at work, of each.
    pub concurrency: Breakdown,
    /// First invocations of execution environments of each.
    pub cold_starts: Breakdown,
    /// Events of each log group of which metrics were lost.
    pub invalid: Breakdown,
    /// Events of each log group that could not be read.
    pub unreadable: Breakdown,
    /// Concurrency that the account's functions claim.
    pub claimed: Expression,
}

/// Declares what Lambda and CloudWatch Logs measure of the functions that a dimension names,
/// in the modules `lambda` and `log_groups`, and the functions `functions`, which bundles it
/// ([`Functions`]), and `published`, which lists it.
///
/// The dimension is named by a path from the crate, such as `crate::catalogue::Service`, and
/// `lambda by Service;` stands at the top of its catalogue.
#[macro_export]
macro_rules! functions {
    ($service:ty) => {
        /// Lambda's metrics of the functions.
        pub mod lambda {
            $crate::lambda_metrics!($service);
        }

        /// CloudWatch Logs' metrics of the functions' log groups.
        pub mod log_groups {
            $crate::log_metrics!($service);
        }

        /// The functions, of which an invocation may take this long.
        pub fn functions(timeout: $crate::model::Period) -> $crate::functions::Functions {
            use $crate::aws::{Function, LogGroup};
            use $crate::model::Narrow as _;
            use $crate::telemetry::signals::ServiceSignals;

            $crate::functions::Functions {
                timeout,
                others: ::std::vec::Vec::new(),
                invocations: lambda::INVOCATIONS.by::<Function<$service>>().sum(),
                errors: lambda::ERRORS.by::<Function<$service>>().sum(),
                throttles: lambda::THROTTLES.by::<Function<$service>>().sum(),
                duration: lambda::DURATION.by::<Function<$service>>().percentile(99.0),
                longest: lambda::DURATION.by::<Function<$service>>().maximum(),
                concurrency: lambda::CONCURRENT_EXECUTIONS
                    .by::<Function<$service>>()
                    .maximum(),
                cold_starts: <$service as ServiceSignals>::COLD_START
                    .by::<$service>()
                    .sum(),
                invalid: log_groups::EMF_VALIDATION_ERRORS
                    .by::<LogGroup<$service>>()
                    .sum(),
                unreadable: log_groups::EMF_PARSING_ERRORS
                    .by::<LogGroup<$service>>()
                    .sum(),
                claimed: lambda::CLAIMED_CONCURRENCY.total().maximum(),
            }
        }

        /// The metrics that AWS publishes about the functions.
        pub fn published() -> ::std::vec::Vec<&'static $crate::telemetry::Definition> {
            [lambda::ALL, log_groups::ALL].concat()
        }
    };
}

impl Functions {
    /// The same, where an invocation of this function may take another time than of the others.
    pub fn with_timeout(mut self, function: impl Dimension, timeout: Period) -> Self {
        self.others.push((function.value(), timeout));
        self
    }

    /// Milliseconds of an invocation of this function, 80 % of what it may take.
    fn near_timeout(&self, function: &str) -> Threshold {
        let mut others = self.others.iter();
        let own = others.find(|(name, _)| *name == function);
        let timeout = own.map_or(self.timeout, |(_, timeout)| *timeout);
        Threshold::above(f64::from(timeout.as_seconds()) * 1_000.0 * 0.8)
    }

    /// What Lambda says of the functions.
    pub fn panels(&self) -> [Panel; 7] {
        [
            self.invocations(),
            self.duration(),
            self.concurrency(),
            self.errors(),
            self.throttles(),
            self.cold_starts(),
            self.lost_events(),
        ]
    }

    /// Alarms on every function: `function-errors`, `function-throttles`, one `-duration` for
    /// each, `account-concurrency` and `emf-invalid`; each needs a runbook of its name, those
    /// on durations share `function-duration`.
    pub fn alarms(&self, dashboard: DashboardLink) -> Vec<Alarm> {
        let each = self.longest.each();
        let durations = each.map(|(name, longest)| self.slow(name, longest, dashboard));
        [self.failing(dashboard), self.throttled(dashboard)]
            .into_iter()
            .chain(durations)
            .chain([self.claimed(dashboard), self.losing(dashboard)])
            .collect()
    }

    fn invocations(&self) -> Panel {
        Panel::stacked_series("Invocations")
            .describe("How often each function ran. More than what was asked of it: schedules, and retries of failed events.")
            .draw("", self.invocations)
            .width(Width::Third)
    }

    /// A line that is one function's is no other's: there is one where it is all functions'.
    fn duration(&self) -> Panel {
        let panel = Panel::time_series("Duration of invocations")
            .draw("", self.duration)
            .width(Width::Third);
        let mut lines = self.longest.each().map(|(name, _)| self.near_timeout(name));
        let first = lines.next();
        match first.filter(|first| lines.all(|line| line == *first)) {
            Some(line) => panel.threshold(line).describe("The slowest of 100 invocations. At the line they are close to the time-out, after which callers get an error."),
            None => panel.describe("The slowest of 100 invocations. The functions have different time-outs, after which callers get an error: the alarms on durations know each."),
        }
    }

    fn concurrency(&self) -> Panel {
        Panel::time_series("Concurrent executions")
            .describe(
                "Execution environments at work. At the reserved concurrency Lambda throttles.",
            )
            .draw("", self.concurrency)
            .width(Width::Third)
    }

    fn errors(&self) -> Panel {
        Panel::stacked_series("Function errors")
            .describe("Invocations that panicked, timed out or ran out of memory. Answers of the function, even 5xx, are not among them.")
            .draw("", self.errors)
            .threshold(ERRORS)
            .width(Width::Third)
    }

    fn throttles(&self) -> Panel {
        Panel::stacked_series("Throttles")
            .describe("Invocations refused for lack of concurrency. Raise the reserved concurrency, or find who calls so much.")
            .draw("", self.throttles)
            .threshold(THROTTLES)
            .width(Width::Third)
    }

    fn cold_starts(&self) -> Panel {
        Panel::stacked_series("Cold starts")
            .describe("First invocations of new environments. Many at a steady rate: traffic comes in bursts, or environments die.")
            .draw("", self.cold_starts)
            .width(Width::Third)
    }

    fn lost_events(&self) -> Panel {
        Panel::stacked_series("Metric events that were lost")
            .describe("Events whose metrics CloudWatch could not extract: dashboards and alarms miss them. The runbook emf-invalid says how to find them.")
            .draw("invalid", self.invalid)
            .draw("unreadable", self.unreadable)
            .threshold(LOST_EVENTS)
            .width(Width::Full)
    }

    fn failing(&self, dashboard: DashboardLink) -> Alarm {
        let errors = Expression::sum(self.errors.each().map(|(_, errors)| errors));
        Alarm::metric("function-errors", errors, ERRORS, MissingData::NotBreaching)
            .points(2, 5)
            .ticket(
                dashboard,
                "A function panicked, timed out or ran out of memory in two of five minutes. Read its log around the error.",
            )
            .needs("one failed invocation in each of two minutes")
            .profile(Profile::Dev)
    }

    fn throttled(&self, dashboard: DashboardLink) -> Alarm {
        let throttles = Expression::sum(self.throttles.each().map(|(_, throttles)| throttles));
        Alarm::metric(
            "function-throttles",
            throttles,
            THROTTLES,
            MissingData::NotBreaching,
        )
        .points(3, 5)
        .ticket(
            dashboard,
            "Lambda refused invocations in three of five minutes. Compare concurrency with the reservation and the account's quota.",
        )
        .needs("one refused invocation in each of three minutes")
    }

    /// The slowest of them, since a percentile waits for a thousand.
    fn slow(&self, name: &str, longest: Expression, dashboard: DashboardLink) -> Alarm {
        Alarm::metric(
            format!("{name}-duration"),
            longest,
            self.near_timeout(name),
            MissingData::NotBreaching,
        )
        .every(Period::minutes(5))
        .points(2, 3)
        .ticket(
            dashboard,
            format!("Invocations of {name} came close to its time-out in two of three periods of five minutes. Slow traces show the call that takes the time."),
        )
        .needs("one slow invocation in each of two periods")
        .runbook("function-duration")
    }

    /// Nothing is left for us when others take it all.
    fn claimed(&self, dashboard: DashboardLink) -> Alarm {
        Alarm::metric(
            "account-concurrency",
            self.claimed.clone(),
            CLAIMED,
            MissingData::NotBreaching,
        )
        .points(5, 5)
        .share_of(CONCURRENCY)
        .ticket(
            dashboard,
            "The account's functions claim more than 80 % of its concurrency. When it is used up, ours are throttled. See who claims it, and ask for more.",
        )
        .needs("any invocation in the account")
    }

    fn losing(&self, dashboard: DashboardLink) -> Alarm {
        let pairs = self.invalid.each().zip(self.unreadable.each());
        let lost = pairs.flat_map(|((_, invalid), (_, unreadable))| [invalid, unreadable]);
        Alarm::metric(
            "emf-invalid",
            Expression::sum(lost),
            LOST_EVENTS,
            MissingData::NotBreaching,
        )
        .every(Period::minutes(5))
        .ticket(
            dashboard,
            "CloudWatch could not extract metrics from events of a function: dashboards and other alarms miss them.",
        )
        .needs("one event whose metrics are lost")
    }
}
