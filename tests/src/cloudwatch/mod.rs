//! A CloudWatch without AWS: moto, which knows metrics and alarms, as a child process.
#![expect(clippy::expect_used, reason = "tests report by failing")]

mod emf;

use std::path::Path;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cloudwatch::types::{Metric, MetricDatum};
use serde_json::Value;
use tokio::process::Command;

use crate::moto::Moto;

pub use emf::extract;

/// Any region will do.
const REGION: &str = "eu-west-3";
/// Most values of one `PutMetricData`.
const DATA: usize = 500;

/// An empty CloudWatch at a free port that is killed when this is dropped.
#[derive(Debug)]
pub struct CloudWatch {
    client: Client,
    moto: Moto,
}

impl CloudWatch {
    /// Starts one; nothing where moto is not installed.
    ///
    /// # Panics
    /// If it does not start, or is missing on CI.
    pub async fn start() -> Option<Self> {
        let moto = Moto::start("cloudwatch").await?;
        let http = aws_smithy_http_client::Builder::new().build_http();
        let config = aws_sdk_cloudwatch::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
            .region(Region::from_static(REGION))
            .http_client(http)
            .endpoint_url(moto.url())
            .build();
        Some(Self {
            client: Client::from_conf(config),
            moto,
        })
    }

    /// A client of it.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Lets a program find it.
    pub fn given_to<'c>(&self, program: &'c mut Command) -> &'c mut Command {
        program
            .args(["--endpoint-url", self.moto.url(), "--region", REGION])
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_CONFIG_FILE", Path::new("/nowhere"))
    }

    /// Takes in event lines as CloudWatch Logs does.
    pub async fn put_events(&self, lines: &str) {
        let events = lines.lines().map(serde_json::from_str);
        let events: Vec<Value> = events.collect::<Result<_, _>>().expect("JSON");
        let mut data: Vec<(String, MetricDatum)> = events.iter().flat_map(extract).collect();
        data.sort_by(|(one, _), (other, _)| one.cmp(other));
        for of_namespace in data.chunk_by(|(one, _), (other, _)| one == other) {
            let data = of_namespace.iter().map(|(_, datum)| datum.clone());
            self.put(&of_namespace[0].0, data.collect()).await;
        }
    }

    /// Publishes values.
    ///
    /// # Panics
    /// If they are refused.
    pub async fn put(&self, namespace: &str, data: Vec<MetricDatum>) {
        for data in data.chunks(DATA) {
            let put = self.client.put_metric_data().namespace(namespace);
            let put = put.set_metric_data(Some(data.to_vec())).send().await;
            put.expect("accepted");
        }
    }

    /// Every metric that has data.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub async fn metrics(&self) -> Vec<Metric> {
        let mut pages = self.client.list_metrics().into_paginator().send();
        let mut metrics = Vec::new();
        while let Some(page) = pages.next().await {
            metrics.extend(page.expect("a page").metrics.unwrap_or_default());
        }
        metrics
    }
}
