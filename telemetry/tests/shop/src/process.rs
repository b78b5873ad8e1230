//! What the tests of a whole process share: records in memory, and DynamoDB.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "the test harness shows it when a test fails"
)]

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use crate::Operation;
use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
        ScalarAttributeType,
    },
};
use serde_json::Value;
use telemetry::{Destination, Lines, Metrics};
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// Log records in memory.
#[derive(Clone, Default)]
pub struct Records(Arc<Mutex<Vec<u8>>>);

impl Records {
    pub fn writer(&self) -> BoxMakeWriter {
        let records = self.clone();
        BoxMakeWriter::new(move || records.clone())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub fn json(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).unwrap();
        self.text().lines().map(parse).collect()
    }
}

impl Write for Records {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A panic is a record too: a test that fails shows what it says.
        print!("{}", String::from_utf8_lossy(bytes));
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub fn metrics(lines: &Lines) -> Metrics {
    let namespace = crate::namespace("test");
    let metrics = Metrics::builder(namespace).emf(Destination::lines(lines));
    metrics.build().unwrap()
}

/// A client with the interceptor, for the DynamoDB at this address.
pub fn client(address: std::net::SocketAddr) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-3"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(3)
                .with_initial_backoff(std::time::Duration::from_millis(1)),
        )
        .interceptor(telemetry::dynamodb::Calls::<Operation>::new())
        .build();
    Client::from_conf(config)
}

/// The embedded DynamoDB with an empty table `Runs`.
pub async fn dynamodb() -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(listener.local_addr().unwrap());
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_with_shutdown(
        listener,
        database,
        std::future::pending(),
    ));
    let id = AttributeDefinition::builder()
        .attribute_name("id")
        .attribute_type(ScalarAttributeType::S);
    let key = KeySchemaElement::builder()
        .attribute_name("id")
        .key_type(KeyType::Hash);
    client
        .create_table()
        .table_name("Runs")
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(id.build().unwrap())
        .key_schema(key.build().unwrap())
        .send()
        .await
        .unwrap();
    client
}

pub fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}
