//! Every page: how long it takes, and how many bytes its refresh transfers.

use std::time::{Duration, Instant};

use library::library;
use system_tests::{Api, median};

use crate::load::load;

/// Answers of each page.
const ANSWERS: usize = 7;

/// A page, and how often its script asks for it.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) path: String,
    pub(crate) refresh: Option<Duration>,
    html: String,
}

/// Every page there is; prints what each of them takes.
pub(crate) async fn measured(api: &Api, runs: &[String]) -> Vec<Page> {
    println!("| page | KiB | median ms | slowest ms |\n|---|--:|--:|--:|");
    let mut pages = Vec::new();
    for path in paths(api).await {
        pages.push(page(api, path).await);
    }
    println!(
        "\n| a refresh of | every s | of nothing new, bytes | under load, bytes |\n|---|--:|--:|--:|"
    );
    for page in &mut pages {
        refreshed(api, page, runs).await;
    }
    pages
}

async fn paths(api: &Api) -> Vec<String> {
    let dashboards = library().dashboards.into_iter().map(|one| one.link);
    let dashboards = dashboards.map(|link| format!("/d/{}/{}", link.uid, link.slug));
    let requests = api.get("/requests.json").expect(200).await;
    let newest = requests["requests"][0]["id"].as_str().expect("a request");
    let runs = api.get("/d/sentori-runs.json").expect(200).await;
    let panel = &runs["panels"][0]["id"];
    let one = [
        format!("/requests/{newest}"),
        format!("/d/sentori-runs/simulation-runs?viewPanel={panel}"),
    ];
    let others = [
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
    dashboards
        .chain(one)
        .chain(others.map(str::to_owned))
        .collect()
}

async fn page(api: &Api, path: String) -> Page {
    let mut times = Vec::new();
    let mut html = String::new();
    for _ in 0..ANSWERS {
        let began = Instant::now();
        html = get(api, &path, None).await;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    let middle = median(&mut times);
    let (kib, slowest) = (html.len() / 1_024, times[ANSWERS - 1]);
    println!("| `{path}` | {kib} | {middle:.0} | {slowest:.0} |");
    let seconds = html.split_once("data-refresh=\"").map(|(_, rest)| {
        let (seconds, _) = rest.split_once('"').expect("an attribute");
        Duration::from_secs(seconds.parse().expect("a number"))
    });
    Page {
        path,
        refresh: seconds,
        html,
    }
}

/// A refresh at once, and one after some seconds of requests.
async fn refreshed(api: &Api, page: &mut Page, runs: &[String]) {
    let Some(every) = page.refresh else {
        return;
    };
    page.html = get(api, &page.path, None).await;
    let shown = digests(&page.html);
    let nothing_new = get(api, &page.path, Some(&shown)).await.len();
    load(api, runs).await;
    let under_load = get(api, &page.path, Some(&shown)).await.len();
    println!(
        "| `{}` | {} | {nothing_new} | {under_load} |",
        page.path,
        every.as_secs()
    );
}

/// A page, or of a refresh what has changed of what is `shown`.
pub(crate) async fn get(api: &Api, path: &str, shown: Option<&str>) -> String {
    let call = api.get(path).header("accept", "text/html");
    let call = match shown {
        Some(shown) => call.header("x-shown", shown),
        None => call,
    };
    let reply = call.send().await;
    assert_eq!(reply.status, 200, "{path}");
    String::from_utf8(reply.body.to_vec()).expect("text")
}

/// The digests of a page's live parts, as its script sends them.
fn digests(html: &str) -> String {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let parts = html.split('<').filter_map(|tag| {
        Some(format!(
            "{}={}",
            attribute(tag, "id")?,
            attribute(tag, "data-live")?
        ))
    });
    parts.collect::<Vec<_>>().join(" ")
}

impl Page {
    /// Asks for it as its script does, from what is shown on.
    pub(crate) async fn ask(&self, api: &Api, shown: &mut String) {
        let changed = get(api, &self.path, Some(shown)).await;
        let fresh = digests(&changed);
        let name = |part: &str| part.split_once('=').map(|(id, _)| id.to_owned());
        let changed: Vec<_> = fresh.split(' ').filter_map(name).collect();
        let kept = shown
            .split(' ')
            .filter(|part| name(part).is_some_and(|id| !changed.contains(&id)));
        *shown = kept.chain(fresh.split(' ')).collect::<Vec<_>>().join(" ");
    }

    /// What is shown of it at first.
    pub(crate) fn shown(&self) -> String {
        digests(&self.html)
    }
}
