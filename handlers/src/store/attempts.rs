//! What the attempts of a call failed with.
//!
//! The SDK repeats a call for as long as it may, and says why only in the end. When a request's
//! time is up before that, the reason would be lost; this keeps it.

use std::cell::RefCell;

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::FinalizerInterceptorContextRef,
    },
    error::{BoxError, DisplayErrorContext},
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use telemetry::dynamodb;

tokio::task_local! {
    /// Of the call that this task is making; the SDK runs its interceptors in the caller's task.
    static LAST: RefCell<Option<Attempt>>;
}

/// An attempt that failed.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// The error's name, as AWS has it.
    pub(super) name: String,
    pub(super) message: String,
}

/// Makes a call; beside its answer, what its last failed attempt failed with.
pub(super) async fn with_last_failure<T>(call: impl Future<Output = T>) -> (T, Option<Attempt>) {
    let watched = async {
        let answer = call.await;
        (answer, LAST.with(RefCell::take))
    };
    LAST.scope(RefCell::default(), watched).await
}

/// Interceptor of the SDK's client that sees each attempt.
#[derive(Debug)]
pub(crate) struct Attempts;

#[dyn_dispatch_hint]
impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "handlers::store::Attempts"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(attempt) = failed(context) {
            // A client may be used outside of a call as well.
            let _ = LAST.try_with(|last| last.replace(Some(attempt)));
        }
        Ok(())
    }
}

fn failed(context: &FinalizerInterceptorContextRef<'_>) -> Option<Attempt> {
    let error = context.output_or_error()?.err()?;
    if let Some(connector) = error.as_connector_error() {
        return Some(Attempt {
            name: "NoConnection".to_owned(),
            message: DisplayErrorContext(connector).to_string(),
        });
    }
    let dynamodb::Failure { code, message, .. } = dynamodb::Failure::of(context.response()?)?;
    Some(Attempt {
        name: code,
        message,
    })
}
