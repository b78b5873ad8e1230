//! Chromium, driven through WebDriver, and what it must not have done by the end.

use std::process::Stdio;
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, MouseActions, PointerAction};
use fantoccini::key::Key;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use system_tests::tool;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A page may take this long to show what is waited for: alarms are judged once a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// A browser of its own, with an empty profile.
pub(crate) struct Browser {
    client: Client,
    base: String,
    others: Vec<String>,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Opens a browser for the server at `base`; none if the machine has no Chromium.
    pub(crate) async fn open(base: &str) -> Option<Self> {
        // The free port that it finds for IPv4 may be taken for IPv6: then it ends.
        let (driver, port) = loop {
            let mut command = Command::new("chromedriver");
            command
                .arg("--port=0")
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .kill_on_drop(true);
            let mut driver = tool::if_installed("chromedriver", command.spawn())?;
            if let Some(port) = port(&mut driver).await {
                break (driver, port);
            }
        };
        let profile = tempfile::tempdir().unwrap();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&profile))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Some(Self {
            client,
            base: base.to_owned(),
            others: Vec::new(),
            _driver: driver,
            _profile: profile,
        })
    }

    /// Lets it ask another origin as well.
    pub(crate) fn and(mut self, origin: &str) -> Self {
        self.others.push(origin.to_owned());
        self
    }

    /// Puts an empty tab in front of the one that is seen, for as long as `meanwhile` takes.
    pub(crate) async fn behind_another_tab(&self, meanwhile: impl Future<Output = ()>) {
        let seen = self.client.window().await.unwrap();
        let front = self.client.new_window(true).await.unwrap();
        let front = self.client.switch_to_window(front.handle);
        front.await.unwrap();
        meanwhile.await;
        self.client.close_window().await.unwrap();
        self.client.switch_to_window(seen).await.unwrap();
    }

    /// Opens a page of the server, or a whole address.
    pub(crate) async fn goto(&self, path: &str) {
        let url = match path.strip_prefix('/') {
            Some(_) => format!("{}{path}", self.base),
            None => path.to_owned(),
        };
        self.client.goto(&url).await.unwrap();
    }

    /// Waits for an element.
    pub(crate) async fn wait(&self, css: &str) -> fantoccini::elements::Element {
        let waiting = self.client.wait().at_most(PATIENCE);
        let found = waiting.for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    pub(crate) async fn click(&self, css: &str) {
        self.wait(css).await.click().await.unwrap();
    }

    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let field = self.wait(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.wait(css).await.text().await.unwrap()
    }

    /// Evaluates the body of a function.
    pub(crate) async fn script(&self, body: &str) -> Value {
        self.client.execute(body, Vec::new()).await.unwrap()
    }

    /// Evaluates the body of a function that calls its last argument with the result.
    pub(crate) async fn later(&self, body: &str) -> Value {
        self.client.execute_async(body, Vec::new()).await.unwrap()
    }

    /// Waits until the body of a function gives something true, and gives it.
    pub(crate) async fn until(&self, body: &str) -> Value {
        let began = Instant::now();
        loop {
            let found = self.script(body).await;
            if !matches!(found, Value::Null | Value::Bool(false)) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "never true: {body}");
            tokio::task::yield_now().await;
        }
    }

    /// Types on whatever has the focus.
    pub(crate) async fn type_keys(&self, keys: &str) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Drags over an element, from one share of its width to another.
    pub(crate) async fn drag(&self, css: &str, from: f64, to: f64) {
        let (element, width) = self.shown(css).await;
        let at = |share: f64| ((share - 0.5) * width).round();
        let onto = |share: f64| PointerAction::MoveToElement {
            element: element.clone(),
            duration: None,
            x: at(share),
            y: 0.0,
        };
        let mouse = MouseActions::new("mouse".to_owned());
        let actions = mouse
            .then(onto(from))
            .then(PointerAction::Down { button: 0 })
            .then(onto((from + to) / 2.0))
            .then(onto(to))
            .then(PointerAction::Up { button: 0 });
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Clicks the middle of an element so often, as fast as a double click is.
    pub(crate) async fn click_times(&self, css: &str, times: usize) {
        let (element, _) = self.shown(css).await;
        let mouse = MouseActions::new("mouse".to_owned());
        let mut actions = mouse.then(PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        });
        for _ in 0..times {
            actions = (actions.then(PointerAction::Down { button: 0 }))
                .then(PointerAction::Up { button: 0 });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    /// Taps the middle of an element with a finger.
    pub(crate) async fn tap(&self, css: &str) {
        self.shown(css).await;
        let middle = self
            .script(&format!(
                "const box = document.querySelector({css:?}).getBoundingClientRect();
                 return [box.left + box.width / 2, box.top + box.height / 2]"
            ))
            .await;
        let points = json!([{ "x": middle[0], "y": middle[1] }]);
        for (kind, points) in [("touchStart", points), ("touchEnd", json!([]))] {
            let touch = json!({ "type": kind, "touchPoints": points });
            let command = DevTools("Input.dispatchTouchEvent", touch);
            self.client.issue_cmd(command).await.unwrap();
        }
    }

    /// An element in the middle of the window, and its width.
    async fn shown(&self, css: &str) -> (fantoccini::elements::Element, f64) {
        let element = self.wait(css).await;
        let width = self
            .script(&format!(
                "const one = document.querySelector({css:?}); one.scrollIntoView({{ block: 'center' }});
                 return one.getBoundingClientRect().width"
            ))
            .await;
        (element, width.as_f64().unwrap())
    }

    /// Goes back, as the browser's own button does.
    pub(crate) async fn back(&self) {
        self.client.back().await.unwrap();
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Presses a key on whatever has the focus.
    pub(crate) async fn press(&self, key: Key) {
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(&key.to_string()).await.unwrap();
    }

    /// Gives an element the focus.
    pub(crate) async fn focus(&self, css: &str) {
        self.script(&format!("document.querySelector({css:?}).focus()"))
            .await;
    }

    /// Moves the pointer to the middle of an element.
    pub(crate) async fn point_at(&self, css: &str) {
        let element = self.wait(css).await;
        // The pointer cannot leave the window.
        self.script(&format!(
            "document.querySelector({css:?}).scrollIntoView({{ block: 'center' }})"
        ))
        .await;
        let mouse = MouseActions::new("mouse".to_owned());
        let onto = PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        };
        self.client.perform_actions(mouse.then(onto)).await.unwrap();
    }

    /// Shows pages as a phone does.
    pub(crate) async fn phone(&self) {
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        let touch = json!({ "enabled": true });
        for command in [
            DevTools("Emulation.setDeviceMetricsOverride", screen),
            DevTools("Emulation.setTouchEmulationEnabled", touch),
        ] {
            self.client.issue_cmd(command).await.unwrap();
        }
    }

    /// Lets every answer take so long, as one does that comes from another machine.
    pub(crate) async fn latency(&self, millis: u32) {
        let network = json!({ "offline": false, "latency": millis, "downloadThroughput": -1, "uploadThroughput": -1 });
        let command = DevTools("Network.emulateNetworkConditions", network);
        self.client.issue_cmd(command).await.unwrap();
    }

    /// Moves the browser to a time zone.
    pub(crate) async fn zone(&self, name: &str) {
        let command = DevTools(
            "Emulation.setTimezoneOverride",
            json!({ "timezoneId": name }),
        );
        self.client.issue_cmd(command).await.unwrap();
    }

    /// Closes it, if it has reported nothing and asked nobody else.
    pub(crate) async fn close(self) {
        self.close_after(&[]).await;
    }

    /// Like [`Browser::close`], where the API answered with these errors, each of which
    /// Chromium reports by itself.
    pub(crate) async fn close_after(self, statuses: &[u16]) {
        let mut console = self.log("browser").await;
        console.retain(|entry| {
            let text = entry["message"].as_str().unwrap();
            !statuses
                .iter()
                .any(|status| text.contains(&format!("status of {status} ")))
        });
        assert!(console.is_empty(), "{console:#?}");
        for entry in self.log("performance").await {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let event = &message["message"];
            if event["method"] == "Network.requestWillBeSent" {
                let url = event["params"]["request"]["url"].as_str().unwrap();
                // Pages of Chromium itself, such as an empty tab, ask nobody.
                let inside = url.starts_with("chrome://") || url.starts_with("data:");
                let known = std::iter::once(&self.base).chain(&self.others);
                let asked = known.into_iter().any(|origin| url.starts_with(origin));
                assert!(inside || asked, "{url}");
            }
        }
        self.client.close().await.unwrap();
    }

    async fn log(&self, kind: &'static str) -> Vec<Value> {
        let log = self.client.issue_cmd(Log(kind)).await.unwrap();
        log.as_array().cloned().unwrap_or_default()
    }
}

/// What a browser does to tabs that are not looked at, which chromedriver turns off.
const SWITCHED_ON: [&str; 3] = [
    "disable-background-timer-throttling",
    "disable-backgrounding-occluded-windows",
    "disable-renderer-backgrounding",
];

fn capabilities(profile: &TempDir) -> Capabilities {
    let folder = format!("--user-data-dir={}", profile.path().display());
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        &folder,
    ];
    let wanted = json!({
        "goog:chromeOptions": { "args": arguments, "excludeSwitches": SWITCHED_ON },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    wanted.as_object().unwrap().clone()
}

/// The port that chromedriver says it has taken; none if it ends without.
async fn port(driver: &mut Child) -> Option<u16> {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let port = line.rsplit("on port ").next().unwrap_or_default();
        if let Ok(port @ 1..) = port.trim_end_matches('.').parse() {
            // Whatever else it writes must not fill the pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some(port);
        }
    }
    None
}

/// Chromium's own command: one of its protocol for developers' tools, and its parameters.
#[derive(Debug)]
struct DevTools(&'static str, Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _url: &url::Url) -> (Method, Option<String>) {
        let command = json!({ "cmd": self.0, "params": self.1 });
        (Method::POST, Some(command.to_string()))
    }
}

/// Chromium's own command: entries of a log since it was asked for last.
#[derive(Debug)]
struct Log(&'static str);

impl WebDriverCompatibleCommand for Log {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _url: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "type": self.0 }).to_string()))
    }
}
