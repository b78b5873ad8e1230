//! Every page: how long it takes, and how many bytes its refresh transfers.

use std::time::Instant;

use system_tests::{Api, Page, median, pages};

use crate::load::load;

/// Answers of each page.
const ANSWERS: usize = 7;

/// Every page there is; prints what each of them takes.
pub(crate) async fn measured(api: &Api, runs: &[String]) -> Vec<Page> {
    println!("| page | KiB | median ms | slowest ms |\n|---|--:|--:|--:|");
    let mut all = Vec::new();
    for path in pages(api).await {
        all.push(page(api, &path).await);
    }
    println!(
        "\n| a refresh of | every s | of nothing new, bytes | under load, bytes |\n|---|--:|--:|--:|"
    );
    for page in &mut all {
        refreshed(api, page, runs).await;
    }
    all
}

async fn page(api: &Api, path: &str) -> Page {
    let mut times = Vec::new();
    let mut page = None;
    for _ in 0..ANSWERS {
        let began = Instant::now();
        page = Some(Page::open(api, path).await);
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    let page = page.expect("opened");
    let middle = median(&mut times);
    let (kib, slowest) = (page.bytes / 1_024, times[ANSWERS - 1]);
    println!("| `{path}` | {kib} | {middle:.0} | {slowest:.0} |");
    page
}

/// A refresh of what was opened just before, and one after some seconds of requests.
async fn refreshed(api: &Api, page: &mut Page, runs: &[String]) {
    let Some(every) = page.refresh else {
        return;
    };
    *page = Page::open(api, &page.path).await;
    let nothing_new = page.refresh(api).await;
    load(api, runs).await;
    let under_load = page.refresh(api).await;
    println!(
        "| `{}` | {} | {nothing_new} | {under_load} |",
        page.path,
        every.as_secs()
    );
}
