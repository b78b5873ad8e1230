//! Every DynamoDB call: duration, retries, throttles, capacity, and a client span.
//!
//! An interceptor of the SDK sees what a caller cannot: each attempt of a call. It runs in
//! the caller's task, so what it records belongs to the caller's event and its span is a
//! child of the caller's. It asks DynamoDB for the consumed capacity itself, which adds a
//! few bytes to an answer and no cost, unless the call asks already.
//!
//! ```
//! let config = aws_sdk_dynamodb::Config::builder()
//!     .behavior_version_latest()
//!     .interceptor(telemetry::dynamodb::Calls)
//!     .build();
//! # let _ = config;
//! ```

mod call;
mod operation;

pub(crate) use call::DB_SYSTEM;

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

/// Interceptor for an `aws_sdk_dynamodb` client: records every call.
#[derive(Clone, Copy, Debug)]
pub struct Calls;

#[dyn_dispatch_hint]
impl Intercept for Calls {
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
        let call = Call::begin(name, context.input());
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
        if let Some(call) = bag.get_mut_from_interceptor_state::<Call>() {
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
        if let (Some(call), Some(Err(error))) = (
            bag.get_mut_from_interceptor_state::<Call>(),
            context.output_or_error(),
        ) {
            call.attempt_failed(error);
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(call) = bag.get_mut_from_interceptor_state::<Call>() {
            call.end(context.response(), context.output_or_error());
        }
        Ok(())
    }
}
