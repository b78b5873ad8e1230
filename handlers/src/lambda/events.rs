//! The loop that asks Lambda for events.
//!
//! `lambda_runtime`'s own loop also writes each invocation's trace header into the process's
//! environment, and glibc keeps every value that was ever written there: 144 bytes an
//! invocation, for ever. Nothing here reads that variable. So this loop takes the service that
//! the runtime has made, with its layers, and calls it; the rest is the runtime's.

use std::cell::Cell;
use std::future::ready;
use std::sync::Arc;

use http_body_util::BodyExt;
use lambda_runtime::{Config, Context, LambdaInvocation, Runtime, Service, service_fn};
use lambda_runtime_api_client::{PooledClient, body::Body, build_request};
use tower::ServiceExt;
use tower::layer::layer_fn;

use super::Error;

const NEXT: &str = "/2018-06-01/runtime/invocation/next";
const REQUEST_ID: &str = "lambda-runtime-aws-request-id";

/// Serves events, one after the other, until Lambda can't be asked for another. Between two
/// events Lambda stops the process, so `join_background_tasks` is waited for before the next is
/// asked for.
pub(super) async fn serve<S>(
    runtime: Runtime<S>,
    join_background_tasks: impl AsyncFn(),
) -> Result<(), Error>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
{
    let mut service = service_of(runtime)?;
    let client = PooledClient::builder().build();
    let config = Arc::new(Config::from_env());
    loop {
        let next = build_request().uri(NEXT).body(Body::empty())?;
        let (parts, body) = client.call(next).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        let id = parts.headers.get(REQUEST_ID);
        let id = id.ok_or_else(|| format!("no event but {}", parts.status))?;
        let context = Context::new(id.to_str()?, config.clone(), &parts.headers)?;
        let invocation = LambdaInvocation {
            parts,
            body,
            context,
        };
        service.ready().await?.call(invocation).await?;
        join_background_tasks().await;
    }
}

/// What the runtime calls for each event: a layer is given it, and keeps it.
fn service_of<S>(runtime: Runtime<S>) -> Result<S, Error>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
{
    let kept = Cell::new(None);
    let keep = layer_fn(|service| {
        kept.set(Some(service));
        service_fn(|_: LambdaInvocation| ready(Err::<(), Error>("never called".into())))
    });
    drop(runtime.layer(keep));
    Ok(kept.into_inner().ok_or("the runtime has no service")?)
}
