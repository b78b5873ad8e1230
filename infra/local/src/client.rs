//! A small HTTP client for one server, as the simulator and the whole-system
//! tests need it: any method, header and body, and every failure named.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use http::{HeaderMap, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client as Pool};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Above the 30 s after which API Gateway itself gives up on a function.
const TIMEOUT: Duration = Duration::from_secs(35);

/// Sends requests to one base URL over kept-alive connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Reply {
    /// The body as JSON; null if it is anything else.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header's value, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why no reply came back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The base URL is not an absolute http or https URL.
    #[error("{url:?} is not a URL like http://127.0.0.1:8080")]
    Url {
        /// What was given.
        url: String,
    },
    /// The request cannot be written: its path or a header has a forbidden byte.
    #[error("the request is not valid HTTP: {0}")]
    Request(#[from] http::Error),
    /// Nothing listens, or the name or the certificate is wrong.
    #[error("cannot connect")]
    Connect(#[source] legacy::Error),
    /// The connection ended before the reply was complete.
    #[error("the connection broke")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No complete reply in time.
    #[error("no reply within {} s", TIMEOUT.as_secs())]
    Timeout,
    /// TLS is not available on this system.
    #[error("cannot use TLS: {0}")]
    Tls(Box<dyn std::error::Error + Send + Sync>),
}

impl Client {
    /// A client for `base`, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// If `base` is not an absolute http or https URL.
    pub fn new(base: &str) -> Result<Self, ClientError> {
        let wrong = || ClientError::Url {
            url: base.to_owned(),
        };
        let uri: Uri = base.parse().map_err(|_| wrong())?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        if uri.query().is_some() {
            return Err(wrong());
        }
        let pool = Pool::builder(TokioExecutor::new()).build(connector(tls)?);
        Ok(Self {
            pool,
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    /// The base URL, without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends `request`, whose URI is a path and query below the base URL.
    ///
    /// # Errors
    /// If there is no complete reply. A reply of any status is not an error.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Reply, ClientError> {
        tokio::time::timeout(TIMEOUT, self.exchange(request))
            .await
            .map_err(|_| ClientError::Timeout)?
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Reply, ClientError> {
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("{}{}", self.base, parts.uri)
            .parse()
            .map_err(http::Error::from)?;
        let sent = self
            .pool
            .request(Request::from_parts(parts, Full::new(body)))
            .await;
        let (parts, body) = sent.map_err(sort)?.into_parts();
        let body = body
            .collect()
            .await
            .map_err(|error| ClientError::Broken(error.into()))?;
        Ok(Reply {
            status: parts.status,
            headers: parts.headers,
            body: body.to_bytes(),
        })
    }
}

fn sort(error: legacy::Error) -> ClientError {
    if error.is_connect() {
        ClientError::Connect(error)
    } else {
        ClientError::Broken(error.into())
    }
}

fn connector(tls: bool) -> Result<HttpsConnector<HttpConnector>, ClientError> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = HttpsConnectorBuilder::new();
    let builder = if tls {
        builder
            .with_provider_and_native_roots(ring)
            .map_err(|e| ClientError::Tls(e.into()))?
    } else {
        // Nothing to verify: reading the system's certificates takes longer
        // than starting the whole server.
        let config = rustls::ClientConfig::builder_with_provider(ring)
            .with_safe_default_protocol_versions()
            .map_err(|e| ClientError::Tls(e.into()))?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        builder.with_tls_config(config)
    };
    Ok(builder.https_or_http().enable_http1().wrap_connector(tcp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_an_absolute_url() {
        for good in [
            "http://127.0.0.1:8080",
            "http://localhost:1/",
            "https://api.example.org/stage",
        ] {
            Client::new(good).unwrap();
        }
        for bad in [
            "",
            "127.0.0.1:8080",
            "/api",
            "ftp://x",
            "http://",
            "http://a/?q=1",
        ] {
            assert!(
                matches!(Client::new(bad), Err(ClientError::Url { .. })),
                "{bad}"
            );
        }
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_a_connect_error() {
        let free = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let client = Client::new(&format!("http://{free}")).unwrap();
        let error = client
            .send(Request::get("/x").body(Bytes::new()).unwrap())
            .await
            .unwrap_err();
        assert!(matches!(error, ClientError::Connect(_)), "{error}");
    }
}
