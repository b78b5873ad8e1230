//! Properties: searchable members of an event that cost no metric.
//!
//! A property is declared once, by [`properties!`](crate::properties!), which also says
//! where else its values go: into log records, into the span of the request, into X-Ray's
//! index. Setting it is one call; [`STANDARD`] are those that the layers set by themselves.

use std::borrow::Cow;

use crate::name;

/// A named property of events, such as a run's id.
///
/// Properties are found by Logs Insights and never become dimensions, so their
/// values may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    /// How an event begins it: `,"run_id":`.
    member: &'static str,
    description: &'static str,
    logged: bool,
    traced: bool,
    annotated: bool,
}

impl Property {
    /// Used by [`properties!`](crate::properties!) alone; a name that breaks EMF's rules does
    /// not compile.
    #[doc(hidden)]
    pub const fn new(member: &'static str, description: &'static str) -> Self {
        let property = Self {
            member,
            description: name::description(description),
            logged: false,
            traced: false,
            annotated: false,
        };
        name::member_name(property.name());
        property
    }

    /// The same, also a member of every log record that is written after it was set.
    pub const fn logged(self) -> Self {
        name::record_member(self.name());
        Self {
            logged: true,
            ..self
        }
    }

    /// The same, also an attribute of the request's server span.
    pub const fn traced(self) -> Self {
        Self {
            traced: true,
            ..self
        }
    }

    /// The same, also an attribute that X-Ray indexes: an annotation, which a filter
    /// expression finds (`annotation.order_id = "1017"`). X-Ray takes 50 a segment.
    pub const fn annotated(self) -> Self {
        Self {
            annotated: true,
            ..self.traced()
        }
    }

    /// The name of the member in the event.
    pub const fn name(self) -> &'static str {
        let (_, name) = self.member.split_at(",\"".len());
        name.split_at(name.len() - "\":".len()).0
    }

    /// The name as an event has it, with the comma before it and the colon after it.
    pub(crate) const fn member(self) -> &'static str {
        self.member
    }

    /// What the property says, for people.
    pub const fn description(self) -> &'static str {
        self.description
    }

    /// Whether log records have it.
    pub const fn is_logged(self) -> bool {
        self.logged
    }

    /// Whether the server span has it.
    pub const fn is_traced(self) -> bool {
        self.traced
    }

    /// Whether X-Ray indexes it.
    pub const fn is_annotated(self) -> bool {
        self.annotated
    }
}

/// Declares properties; each becomes a constant, and all of them the list `PROPERTIES`.
///
/// After the name, and each with a comma before it, [`logged`](Property::logged),
/// [`traced`](Property::traced) and [`annotated`](Property::annotated) say where else it
/// goes.
///
/// ```
/// telemetry::properties! {
///     /// Id of the order.
///     ORDER_ID as "order_id", logged, annotated;
///     /// What the customer typed.
///     SEARCH as "search";
/// }
/// ORDER_ID.set("1017");
/// assert!(ORDER_ID.is_traced() && !SEARCH.is_logged());
/// ```
#[macro_export]
macro_rules! properties {
    ($(
        $(#[doc = $doc:literal])+
        $property:ident as $name:literal $(, $goes_to:ident)*;
    )+) => {
        $(
            $(#[doc = $doc])+
            pub const $property: $crate::Property =
                $crate::Property::new(concat!(",\"", $name, "\":"), concat!($($doc),+))$(.$goes_to())*;
        )+

        /// Every property that is declared here, in the order of declaration.
        pub const PROPERTIES: &[$crate::Property] = &[$($property),+];
    };
}

mod standard {
    properties! {
        /// Name of the function that wrote the event, where one log has those of several: on Lambda the log group says it.
        FUNCTION as "function", logged;
        /// Id of the request's trace. On Lambda only if the trace is recorded: what has it can be opened.
        TRACE_ID as "trace_id";
        /// Id of the request, as Lambda numbers it. On Lambda only if a log record or a trace has it too.
        REQUEST_ID as "request_id";
        /// HTTP status of the answer. On Lambda only if it is no success (2xx).
        STATUS as "status";
        /// Short, stable name of the error, if there was one.
        ERROR as "error";
        /// Why DynamoDB throttled a call, in its own words.
        DYNAMODB_THROTTLE_REASON as "dynamodb_throttle_reason";
        /// Table or index that DynamoDB throttled.
        DYNAMODB_THROTTLE_RESOURCE as "dynamodb_throttle_resource";
    }
}

mod reserved {
    properties! {
        /// Number of a line that continues an earlier line of the same event.
        CONTINUATION as "continuation";
        /// Values left out because they are NaN, infinite or beyond 2^360.
        INVALID_VALUES as "invalid_values";
        /// Properties left out because the event was full.
        DROPPED_PROPERTIES as "dropped_properties";
        /// How the event ended, if not well: panic, cancelled or deadline.
        OUTCOME as "outcome";
    }
}

/// What the encoder sets by itself.
pub use reserved::{
    CONTINUATION, DROPPED_PROPERTIES, INVALID_VALUES, OUTCOME, PROPERTIES as RESERVED,
};
/// What the layers set by themselves.
pub use standard::{
    DYNAMODB_THROTTLE_REASON, DYNAMODB_THROTTLE_RESOURCE, ERROR, FUNCTION, PROPERTIES as STANDARD,
    REQUEST_ID, STATUS, TRACE_ID,
};

/// The value of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text, escaped when it is written.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A number; one that JSON cannot hold is written as text.
    Number(f64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

macro_rules! whole_numbers {
    ($($number:ty),+) => { $(
        impl From<$number> for Value<'_> {
            fn from(number: $number) -> Self {
                Self::Integer(number.into())
            }
        }
    )+ };
}
whole_numbers!(i32, i64, u16, u32);

macro_rules! large_numbers {
    ($($number:ty),+) => { $(
        impl From<$number> for Value<'_> {
            /// Beyond what an [`i64`] holds it is written as text.
            fn from(number: $number) -> Self {
                i64::try_from(number).map_or_else(|_| number.to_string().into(), Self::Integer)
            }
        }
    )+ };
}
large_numbers!(u64, usize);
