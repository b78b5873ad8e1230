//! A Prometheus as people run it (Debian's package `prometheus`), as a child process.
#![expect(clippy::expect_used, clippy::panic, reason = "tests report by failing")]

use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::Api;
use crate::tool::if_installed;

/// The configuration that the repository ships, and what differs in a test.
const CONFIG: &str = include_str!("../../infra/grafana/prometheus/prometheus.yml");
const TARGET: &str = "127.0.0.1:8080";
const INTERVAL: &str = "15s";
const TEST_INTERVAL: &str = "200ms";

/// Far above what starting or a scrape takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A Prometheus at a free port that is killed when this is dropped.
#[derive(Debug)]
pub struct Prometheus {
    api: Api,
    _child: Child,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts one that scrapes the server at this base URL every 200 ms; nothing where
    /// Prometheus is not installed.
    ///
    /// # Panics
    /// If it does not start, or is missing on CI.
    pub async fn scraping(base: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("prometheus.yml");
        let target = base.trim_start_matches("http://");
        assert!(CONFIG.contains(TARGET) && CONFIG.contains(INTERVAL));
        let text = CONFIG
            .replace(TARGET, target)
            .replace(INTERVAL, TEST_INTERVAL);
        std::fs::write(&config, text).expect("written");
        let mut command = Command::new("prometheus");
        command
            .arg("--config.file")
            .arg(&config)
            .arg("--storage.tsdb.path")
            .arg(folder.path().join("data"))
            .args(["--web.listen-address", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = if_installed("prometheus", command.spawn())?;
        let base = timeout(PATIENCE, address(&mut child)).await.expect("ready");
        Some(Self {
            api: Api::at(&base),
            _child: child,
            _folder: folder,
        })
    }

    /// Evaluates an expression now: the members of the resulting vector, each with its
    /// `metric` (labels) and `value` (time and text).
    ///
    /// # Panics
    /// If Prometheus refuses the expression.
    pub async fn query(&self, expression: &str) -> Vec<Value> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", expression)
            .finish();
        let answer = self.get(&format!("/api/v1/query?{query}")).await;
        let Some(Value::Array(members)) = answer.pointer("/data/result").cloned() else {
            panic!("{expression}: {answer}")
        };
        members
    }

    /// Waits for the end of a scrape that began after this was called.
    ///
    /// # Panics
    /// If there is none, or it fails.
    pub async fn scraped(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.expect("after 1970").as_secs_f64();
        let later = format!("up{{job=\"sentori\"}} and timestamp(up) > {now}");
        let scraped = async {
            loop {
                match self.query(&later).await.pop() {
                    Some(up) => break up,
                    None => sleep(Duration::from_millis(20)).await,
                }
            }
        };
        let up = timeout(PATIENCE, scraped).await.expect("a scrape");
        let why = self.get("/api/v1/targets").await;
        assert_eq!(up["value"][1], "1", "{why}");
    }

    /// What its HTTP API answers at this path.
    ///
    /// # Panics
    /// If it is anything but 200 with JSON.
    pub async fn get(&self, path: &str) -> Value {
        self.api.get(path).expect(200).await
    }
}

/// Where it listens, once it is ready: it says both in its log.
async fn address(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let (mut base, mut ready, mut said) = (None, false, Vec::new());
    loop {
        let Some(line) = lines.next_line().await.expect("text") else {
            panic!("prometheus ended:\n{}", said.join("\n"))
        };
        if line.contains("\"Listening on\"") {
            base = line
                .rsplit_once("address=")
                .map(|(_, address)| format!("http://{address}"));
        }
        ready |= line.contains("Server is ready");
        said.push(line);
        if let Some(base) = base.take_if(|_| ready) {
            // Whatever else it writes must not fill the pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return base;
        }
    }
}
