//! The console's pages, asked for as a browser and its script do.
#![expect(clippy::expect_used, reason = "tests report by failing")]

use std::time::Duration;

use crate::{Api, text};

/// Pages that have an address of their own; the test of refreshes holds that the navigation
/// leads to none that is not here.
const PAGES: [&str; 9] = [
    "/",
    "/dashboards",
    "/requests",
    "/logs",
    "/alarms",
    "/system",
    "/runs",
    "/tables",
    "/explorer",
];

/// The address of every page: each dashboard, one panel, and the newest request too, if there is
/// one.
///
/// # Panics
/// If the server does not answer.
pub async fn pages(api: &Api) -> Vec<String> {
    let mut all = PAGES.map(str::to_owned).to_vec();
    let known = api.get("/dashboards.json").expect(200).await;
    let dashboards = known["dashboards"].as_array().expect("dashboards");
    all.extend(dashboards.iter().map(|one| text(one, "url")));
    let runs = api.get("/d/sentori-runs.json").expect(200).await;
    let panel = &runs["panels"][0]["id"];
    all.push(format!("/d/sentori-runs/simulation-runs?viewPanel={panel}"));
    let requests = api.get("/requests.json").expect(200).await;
    let newest = requests["requests"][0]["id"].as_str();
    all.extend(newest.map(|id| format!("/requests/{id}")));
    all.push("/runbooks/run-failures".to_owned());
    all
}

/// A page that somebody has open.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its address.
    pub path: String,
    /// How often its script asks for what has changed, if at all.
    pub refresh: Option<Duration>,
    /// Bytes of the whole page.
    pub bytes: usize,
    /// The parts that are shown: `id=digest`.
    shown: Vec<String>,
}

impl Page {
    /// Opens it.
    ///
    /// # Panics
    /// If there is no such page.
    pub async fn open(api: &Api, path: &str) -> Self {
        let html = get(api, path, None).await;
        let refresh = attribute(&html, "data-refresh");
        let seconds = refresh.map(|seconds| seconds.parse().expect("a number"));
        Self {
            path: path.to_owned(),
            refresh: seconds.map(Duration::from_secs),
            bytes: html.len(),
            shown: digests(&html),
        }
    }

    /// Asks for what has changed and takes it over: how many bytes that transferred.
    ///
    /// # Panics
    /// If the server does not answer.
    pub async fn refresh(&mut self, api: &Api) -> usize {
        let changed = get(api, &self.path, Some(&self.shown.join(" "))).await;
        let fresh = digests(&changed);
        let id = |part: &str| part.split('=').next().map(str::to_owned);
        self.shown
            .retain(|part| fresh.iter().all(|other| id(other) != id(part)));
        self.shown.extend(fresh);
        changed.len()
    }
}

async fn get(api: &Api, path: &str, shown: Option<&str>) -> String {
    let call = api.get(path).header("accept", "text/html");
    let call = match shown {
        Some(shown) => call.header("x-shown", shown),
        None => call,
    };
    let reply = call.send().await;
    assert_eq!(reply.status, 200, "{path}");
    String::from_utf8(reply.body.to_vec()).expect("text")
}

/// The digests of the live parts in some HTML, as the script sends them.
fn digests(html: &str) -> Vec<String> {
    let part = |tag| {
        let (id, digest) = (attribute(tag, "id")?, attribute(tag, "data-live")?);
        Some(format!("{id}={digest}"))
    };
    html.split('<').filter_map(part).collect()
}

fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = html.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}
