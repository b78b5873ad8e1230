//! axe-core, as published, on every page in both themes and on a phone.

use serde_json::{Value, json};

use system_tests::pages;

use crate::driver::Browser;
use crate::ended_run;

/// Where `.ci/install` puts it.
const AXE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../target/axe/node_modules/axe-core/axe.min.js"
);

/// With what a finger needs, which axe-core leaves out unless it is asked: WCAG 2.2, 2.5.8.
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }).then(({ violations }) =>
        done(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + ' ' + node.failureSummary.slice(0, 300))])));";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_in_both_themes_and_on_a_phone() {
    console!(server, browser);
    let Some(axe) = system_tests::tool::if_installed("axe-core", std::fs::read_to_string(AXE))
    else {
        return;
    };
    ended_run(server.api(), "FAILED").await;
    ended_run(server.api(), "SUCCESS").await;
    server.api().started("ada").await;
    let pages = pages(server.api()).await;
    let mut found = Vec::new();
    for size in ["wide", "phone"] {
        if size == "phone" {
            browser.phone().await;
        }
        for theme in ["light", "dark"] {
            for page in &pages {
                let findings = findings(&browser, &axe, theme, page).await;
                if findings != json!([]) {
                    found.push(format!("{page} {theme} {size}: {findings:#}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    browser.close().await;
}

async fn findings(browser: &Browser, axe: &str, theme: &str, page: &str) -> Value {
    browser.goto(page).await;
    browser
        .script(&format!(
            "localStorage.setItem('theme', '{theme}'); localStorage.setItem('paused', 'yes')"
        ))
        .await;
    browser.goto(page).await;
    if page == "/explorer" {
        browser.click("#call-0 summary").await;
    }
    browser.script(axe).await;
    browser.later(RUN).await
}
