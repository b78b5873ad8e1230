//! The golden signals: what the layers of this crate record, for whatever service.
//!
//! A layer knows what it measures, but not the routes, functions and operations of the
//! service that it measures. Those are a dimension of the service's own, and a line in its
//! [`catalogue!`](crate::catalogue!) gives that dimension its metrics:
//!
//! | line | trait of the dimension | metrics | recorded by |
//! |---|---|---|---|
//! | `http by Route else Unmatched;` | [`RouteSignals`] | `request_error`, `request_duration` | `http::GoldenSignals` |
//! | `lambda by Service;` | [`ServiceSignals`] | `cold_start` | `lambda::Invocations` |
//! | `dynamodb by Operation else Other;` | [`OperationSignals`] | `dynamodb_request_duration`, `dynamodb_retry`, `dynamodb_throttle` | `dynamodb::Calls` |
//!
//! The layer takes the dimension as its parameter, so that a signature says whose metrics
//! it records; a dimension without the line does not compile there.

use crate::{
    definition::{Counter, Distribution},
    dimension::Dimension,
    metric::{CatalogueEntry, Metric},
};

/// A dimension of routes, with the metrics of HTTP requests by it.
///
/// Its values are routes as API Gateway writes them, `GET /orders/{id}`, and one for all
/// that is no route.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dimension of routes with metrics",
    label = "no metrics of HTTP requests by this",
    note = "put `http by {Self} else Unmatched;` at the top of its `catalogue!`"
)]
pub trait RouteSignals: Dimension {
    /// The route of a request that is for none.
    const UNMATCHED: Self;
    /// Requests that failed with a 5xx status. One of each route says in ten seconds, with 0, that
    /// none has: then each minute in which there were requests has a value.
    const REQUEST_ERROR: Metric<Counter, Self::RequestError> = Metric::new();
    /// Time from a request's arrival to its answer, once for each: its sample count is how many
    /// requests there were.
    const REQUEST_DURATION: Metric<Distribution, Self::RequestDuration> = Metric::new();
    /// Type of [`REQUEST_ERROR`](Self::REQUEST_ERROR).
    type RequestError: CatalogueEntry<Labels = Self>;
    /// Type of [`REQUEST_DURATION`](Self::REQUEST_DURATION).
    type RequestDuration: CatalogueEntry<Labels = Self>;
}

/// A dimension of Lambda functions, with the metrics of invocations by it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dimension of functions with metrics",
    label = "no metrics of invocations by this",
    note = "put `lambda by {Self};` at the top of its `catalogue!`"
)]
pub trait ServiceSignals: Dimension {
    /// First invocations of a new execution environment.
    const COLD_START: Metric<Counter, Self::ColdStart> = Metric::new();
    /// Type of [`COLD_START`](Self::COLD_START).
    type ColdStart: CatalogueEntry<Labels = Self>;
}

/// A dimension of DynamoDB operations, with the metrics of calls by it.
///
/// Its values are operations as AWS writes them, `PutItem`, and one for all others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dimension of DynamoDB operations with metrics",
    label = "no metrics of DynamoDB calls by this",
    note = "put `dynamodb by {Self} else Other;` at the top of its `catalogue!`"
)]
pub trait OperationSignals: Dimension {
    /// The operation of a call that is none of the others.
    const OTHER: Self;
    /// Time of DynamoDB calls, retries included; of all operations together, since every event
    /// pays for what it says. Within HTTP requests on Lambda it is recorded of one request of each
    /// route in ten seconds: how long calls take, not how many there are. AWS has its own part of
    /// it by operation, and spans have each call.
    const REQUEST_DURATION: Metric<Distribution, Self::RequestDuration> = Metric::new();
    /// Attempts that were repeated.
    const RETRY: Metric<Counter, Self::Retry> = Metric::new();
    /// Attempts that were throttled.
    const THROTTLE: Metric<Counter, Self::Throttle> = Metric::new();
    /// Type of [`REQUEST_DURATION`](Self::REQUEST_DURATION).
    type RequestDuration: CatalogueEntry<Labels = ()>;
    /// Type of [`RETRY`](Self::RETRY).
    type Retry: CatalogueEntry<Labels = Self>;
    /// Type of [`THROTTLE`](Self::THROTTLE).
    type Throttle: CatalogueEntry<Labels = Self>;
}

/// Takes the lines of the golden signals off the top of a catalogue, and puts their metrics
/// behind its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __signals {
    ([$($signals:tt)*] http by $route:ident else $unmatched:ident; $($rest:tt)*) => {
        impl $crate::signals::RouteSignals for $route {
            const UNMATCHED: Self = Self::$unmatched;
            type RequestError = REQUEST_ERROR;
            type RequestDuration = REQUEST_DURATION;
        }
        const _: () = $crate::check::routes(
            &<$route as $crate::Dimension>::DEFINITION,
            $route::$unmatched as usize,
        );
        $crate::__signals! {
            [
                $($signals)*
                #[doc = "Requests that failed with a 5xx status; recorded as 0 in each minute in which none has, so that ratios have no gaps."]
                REQUEST_ERROR: Counter {
                    name: "request_error",
                    unit: Count,
                    by: [[], [$route]],
                    sample: Rate { per_minute: 0.5 },
                }
                #[doc = "Time from a request's arrival to its answer, once for each request: the sample count is how many there were."]
                REQUEST_DURATION: Distribution {
                    name: "request_duration",
                    unit: Milliseconds,
                    by: [[], [$route]],
                    sample: Tail { median: 6.0, p99: 45.0 },
                }
            ]
            $($rest)*
        }
    };
    ([$($signals:tt)*] lambda by $service:ident; $($rest:tt)*) => {
        impl $crate::signals::ServiceSignals for $service {
            type ColdStart = COLD_START;
        }
        $crate::__signals! {
            [
                $($signals)*
                #[doc = "First invocations of a new execution environment."]
                COLD_START: Counter {
                    name: "cold_start",
                    unit: Count,
                    by: [[$service]],
                    sample: Rate { per_minute: 0.1 },
                }
            ]
            $($rest)*
        }
    };
    ([$($signals:tt)*] dynamodb by $operation:ident else $other:ident; $($rest:tt)*) => {
        impl $crate::signals::OperationSignals for $operation {
            const OTHER: Self = Self::$other;
            type RequestDuration = DYNAMODB_REQUEST_DURATION;
            type Retry = DYNAMODB_RETRY;
            type Throttle = DYNAMODB_THROTTLE;
        }
        $crate::__signals! {
            [
                $($signals)*
                #[doc = "Time of DynamoDB calls, retries included. On Lambda of one HTTP request of each route in ten seconds."]
                DYNAMODB_REQUEST_DURATION: Distribution {
                    name: "dynamodb_request_duration",
                    unit: Milliseconds,
                    by: [[]],
                    sample: Tail { median: 3.0, p99: 20.0 },
                }
                #[doc = "Attempts of DynamoDB calls that were repeated."]
                DYNAMODB_RETRY: Counter {
                    name: "dynamodb_retry",
                    unit: Count,
                    by: [[$operation]],
                    sample: Rate { per_minute: 0.3 },
                }
                #[doc = "Attempts of DynamoDB calls that were throttled."]
                DYNAMODB_THROTTLE: Counter {
                    name: "dynamodb_throttle",
                    unit: Count,
                    by: [[], [$operation]],
                    sample: Rate { per_minute: 0.1 },
                }
            ]
            $($rest)*
        }
    };
    ([$($signals:tt)*] $($own:tt)*) => {
        $crate::__catalogue! { $crate::Namespace::Application; $($own)* $($signals)* }
    };
}
