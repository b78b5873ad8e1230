//! API Gateway: HTTP requests become invocations of the functions.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::Service;
use telemetry::Dimension as _;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::{Format, Function, FunctionConfig, Invocation, InvokeError, Outcome, routes};

/// A running API in front of the functions. It ends when it is dropped, and so do they.
pub struct Gateway {
    addr: SocketAddr,
    state: Arc<Api>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Gateway {
    /// Serves the functions at `addr` (port 0: any free one). Each may have up to `environments`
    /// execution environments, as Lambda starts one for each event that arrives while others run.
    ///
    /// # Errors
    /// If the address can't be bound, or run-api's configuration is wrong: the frontend's origin
    /// is taken from it, as Terraform gives it to the API.
    pub async fn start(
        addr: SocketAddr,
        format: Format,
        functions: impl Fn(Service) -> FunctionConfig,
        environments: usize,
    ) -> std::io::Result<Self> {
        let run_api = functions(Service::RunApi);
        let config = handlers::Config::from_lookup(|name| run_api.env.get(name).cloned());
        let cors = handlers::routes::cors(&config.map_err(std::io::Error::other)?);
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let state = Arc::new(Api {
            format,
            fleets: Service::all()
                .map(|service| (service, Fleet::new(functions(service), environments)))
                .collect(),
            invocations: Mutex::default(),
        });
        let mut routes = Router::new().fallback(handle).with_state(state.clone());
        // A REST API answers no preflight request by itself, and adds no headers.
        if format == Format::Http {
            routes = routes.layer(cors);
        }
        let server = tokio::spawn(axum::serve(listener, routes).into_future());
        Ok(Self {
            addr,
            state,
            server,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Takes the invocations that have ended since the last call.
    pub fn take_invocations(&self) -> Vec<Invocation> {
        std::mem::take(
            &mut self
                .state
                .invocations
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Waits until the server ends by itself, which it does only on an error.
    ///
    /// # Errors
    /// What ended it.
    pub async fn wait(mut self) -> std::io::Result<()> {
        (&mut self.server).await.map_err(std::io::Error::other)?
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}

struct Api {
    format: Format,
    fleets: HashMap<Service, Fleet>,
    invocations: Mutex<Vec<Invocation>>,
}

/// The execution environments of one function.
struct Fleet {
    config: FunctionConfig,
    idle: Mutex<Vec<Function>>,
    places: Semaphore,
}

impl Fleet {
    fn new(config: FunctionConfig, environments: usize) -> Self {
        Self {
            config,
            idle: Mutex::default(),
            places: Semaphore::new(environments),
        }
    }

    async fn invoke(&self, event: Vec<u8>) -> Result<Invocation, InvokeError> {
        let place = self.places.acquire().await;
        let idle = self.idle().pop();
        let mut function = idle.unwrap_or_else(|| Function::new(self.config.clone()));
        let invocation = function.invoke(event).await;
        self.idle().push(function);
        drop(place);
        invocation
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Function>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn handle(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, super::PAYLOAD_LIMIT).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let function = routes::function(&parts.method, parts.uri.path());
    let event = api.format.event(&Request::from_parts(parts, body));
    match api.fleets[&function]
        .invoke(event.to_string().into_bytes())
        .await
    {
        Ok(invocation) => {
            let response = api.respond(&invocation.outcome);
            api.invocations
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(invocation);
            response
        }
        Err(InvokeError::TooLarge(_)) => {
            refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
        }
        Err(_) => api.failure(),
    }
}

impl Api {
    fn respond(&self, outcome: &Outcome) -> Response {
        match outcome {
            Outcome::Response(answer) => match self.format.response(answer) {
                Ok(response) => response.map(axum::body::Body::from).into_response(),
                Err(_) => self.failure(),
            },
            Outcome::Error(_) | Outcome::TimedOut => self.failure(),
        }
    }

    /// What the two products answer when the function fails.
    fn failure(&self) -> Response {
        match self.format {
            Format::Http => refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Format::Rest => refusal(StatusCode::BAD_GATEWAY, "Internal server error"),
        }
    }
}

fn refusal(status: StatusCode, message: &str) -> Response {
    (
        status,
        axum::Json(serde_json::json!({ "message": message })),
    )
        .into_response()
}
