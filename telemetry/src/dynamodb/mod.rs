//! Every DynamoDB call: duration, retries, throttles, and a client span with its capacity.
//!
//! An interceptor of the SDK sees what a caller cannot: each attempt of a call. It runs in
//! the caller's task, so what it records belongs to the caller's event and its span is a
//! child of the caller's. It asks DynamoDB for the consumed capacity itself, which adds a
//! few bytes to an answer and no cost, unless the call asks already.
//!
//! ```
//! telemetry::dimension! {
//!     /// The calls that the shop makes.
//!     pub enum Operation as "Operation" {
//!         /// Writes an order.
//!         PutItem = "PutItem",
//!         /// Anything else.
//!         Other = "Other",
//!     }
//! }
//! telemetry::catalogue! {
//!     dynamodb by Operation else Other;
//! }
//! let config = aws_sdk_dynamodb::Config::builder()
//!     .behavior_version_latest()
//!     .interceptor(telemetry::dynamodb::Calls::<Operation>::new())
//!     .build();
//! # let _ = config;
//! ```

mod call;
mod failure;
mod operation;

use std::{fmt, marker::PhantomData};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
                FinalizerInterceptorContextRef,
            },
            dyn_dispatch_hint,
        },
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;

use call::Call;
pub use failure::Failure;

use crate::signals::OperationSignals;

/// Interceptor for an `aws_sdk_dynamodb` client: records every call, by the operations `O`
/// of the service.
pub struct Calls<O>(PhantomData<fn() -> O>);

impl<O> Calls<O> {
    /// The interceptor.
    #[expect(clippy::new_without_default, reason = "nothing has a default here")]
    // As of `GoldenSignals`: for the compiler's message.
    pub const fn new() -> Self
    where
        O: OperationSignals,
    {
        Self(PhantomData)
    }
}

impl<O> fmt::Debug for Calls<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Calls")
    }
}

#[dyn_dispatch_hint]
impl<O: OperationSignals> Intercept for Calls<O> {
    fn name(&self) -> &'static str {
        "telemetry::dynamodb::Calls"
    }

    /// The first hook that knows which operation this is.
    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let name = bag.load::<Metadata>().map_or("Other", Metadata::name);
        let call = Call::<O>::begin(name, context.input());
        bag.interceptor_state().store_put(call);
        operation::ask_for_capacity(context.input_mut());
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(call) = bag.get_mut_from_interceptor_state::<Call<O>>() {
            call.attempt_begins();
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let (Some(call), Some(Err(_))) = (
            bag.get_mut_from_interceptor_state::<Call<O>>(),
            context.output_or_error(),
        ) {
            call.attempt_failed(context.response());
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(call) = bag.get_mut_from_interceptor_state::<Call<O>>() {
            call.end(context.response(), context.output_or_error());
        }
        Ok(())
    }
}
