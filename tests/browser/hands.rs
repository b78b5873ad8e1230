//! Dashboards under the hand, as Grafana's are.

use fantoccini::key::Key;
use serde_json::{Value, json};
use system_tests::Api;

use crate::driver::Browser;
use crate::ended_run;

const DASHBOARD: &str = "/d/sentori-run/simulation-run?from=now-15m&refresh=";
const CHART: &str = ".chart[aria-label='Temperature by sensor']";
const PANEL: &str = ".panel:has(.chart[aria-label='Temperature by sensor'])";

async fn measured(api: &Api) -> String {
    let run = api.started("grace").await;
    for (sensor, value) in [("sensor-1", 20.0), ("sensor-2", 30.0)] {
        api.record("grace", &run, sensor, value).expect(201).await;
    }
    drawn(api, &run).await;
    run
}

/// Waits until both sensors of a run are drawn.
pub(crate) async fn drawn(api: &Api, run: &str) {
    for sensor in ["sensor-1", "sensor-2"] {
        is_drawn(api, run, sensor).await;
    }
}

async fn is_drawn(api: &Api, run: &str, sensor: &str) {
    let address = format!("/d/sentori-run.json?from=now-15m&var-RunId={run}");
    while !(api.get(&address).expect(200).await.to_string()).contains(sensor) {
        tokio::task::yield_now().await;
    }
}

async fn range(browser: &Browser) -> (i64, i64) {
    let found = browser.script("const { start, end } = document.querySelector('.ranges').dataset; return [Number(start), Number(end)]").await;
    (found[0].as_i64().unwrap(), found[1].as_i64().unwrap())
}

async fn parameter(browser: &Browser, name: &str) -> Value {
    browser
        .script(&format!(
            "return new URL(location.href).searchParams.get({name:?})"
        ))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dragging_zooms_and_a_double_click_or_the_browser_goes_back() {
    console!(server, browser);
    measured(server.api()).await;
    browser.goto(DASHBOARD).await;
    browser.wait(CHART).await;
    let (start, end) = range(&browser).await;
    browser.drag(&format!("{CHART} .plot"), 0.5, 1.0).await;
    browser
        .until("return new URL(location.href).searchParams.get('from')?.endsWith('Z')")
        .await;
    let (zoomed_start, zoomed_end) = range(&browser).await;
    let about =
        |value: i64, share: f64| (value - start - ((end - start) as f64 * share) as i64).abs() < 20;
    assert!(
        about(zoomed_start, 0.5) && about(zoomed_end, 1.0),
        "{start} {zoomed_start} {zoomed_end} {end}"
    );
    browser.wait(CHART).await;
    browser.click_times(&format!("{CHART} .plot"), 2).await;
    browser
        .until("return new URL(location.href).searchParams.get('from') === 'now-15m'")
        .await;
    browser.drag(&format!("{CHART} .plot"), 0.2, 0.95).await;
    browser
        .until("return new URL(location.href).searchParams.get('from')?.endsWith('Z')")
        .await;
    browser.back().await;
    browser.until("return document.querySelector('#range summary').textContent.includes('Last 15 minutes')").await;
    browser.click("[data-range=out]").await;
    browser.until("const { start, end } = document.querySelector('.ranges').dataset; return end - start > 1200").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_line_crosses_every_chart_and_values_stay_within_the_window() {
    const DASHBOARD: &str = "/d/sentori-runs/simulation-runs?from=now-15m&refresh=";
    const LIMIT: &str = ".chart[aria-label='Active runs against the limit']";
    console!(server, browser);
    let run = measured(server.api()).await;
    ended_run(server.api(), "SUCCESS").await;
    browser.goto(DASHBOARD).await;
    browser.point_at(LIMIT).await;
    let crossed = browser.script("return [document.querySelectorAll('.plot .hover').length, document.querySelectorAll('.chart').length]").await;
    assert_eq!(crossed[0], crossed[1]);
    assert!(crossed[0].as_u64() > Some(2), "{crossed}");
    browser.click_times(LIMIT, 1).await;
    browser.wait(".values-at.pinned").await;
    let inside = "const box = document.querySelector('.values-at').getBoundingClientRect();
        return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight";
    assert_eq!(browser.script(inside).await, true);
    browser.phone().await;
    // With a name that is longer than what is left of a phone beside the finger.
    let long = format!("sensor-{}", "x".repeat(50));
    let reading = server.api().record("grace", &run, &long, 25.0);
    reading.expect(201).await;
    is_drawn(server.api(), &run, &long).await;
    browser
        .goto(&format!(
            "/d/sentori-run/simulation-run?refresh=&var-RunId={run}"
        ))
        .await;
    browser.wait(CHART).await;
    browser.tap(CHART).await;
    browser.wait(".values-at.pinned dt").await;
    assert_eq!(browser.script(inside).await, true);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_legend_shows_one_series_and_with_shift_switches_one() {
    console!(server, browser);
    measured(server.api()).await;
    browser.goto(DASHBOARD).await;
    browser.wait(CHART).await;
    let pressed = format!(
        "return [...document.querySelectorAll(\"{PANEL} .legend button\")].map((one) => one.getAttribute('aria-pressed'))"
    );
    let second = format!("{PANEL} .legend li:nth-child(2) button");
    browser.click(&second).await;
    assert_eq!(browser.script(&pressed).await, json!(["false", "true"]));
    browser.click(&second).await;
    assert_eq!(browser.script(&pressed).await, json!(["true", "true"]));
    browser.script(&format!("document.querySelector(\"{second}\").dispatchEvent(new MouseEvent('click', {{ shiftKey: true, bubbles: true }}))")).await;
    assert_eq!(browser.script(&pressed).await, json!(["true", "false"]));
    browser.focus(&second).await;
    browser.press(Key::Space).await;
    assert_eq!(browser.script(&pressed).await, json!(["false", "true"]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panel_is_a_table_and_a_variable_has_several_values() {
    console!(server, browser);
    let first = measured(server.api()).await;
    let second = measured(server.api()).await;
    browser.goto(DASHBOARD).await;
    browser.click(&format!("{PANEL} .menu summary")).await;
    browser.click(&format!("{PANEL} [data-do=table]")).await;
    let table = browser.text(&format!("{PANEL} .as-table")).await;
    assert!(
        table.contains("sensor-1") && table.contains("20 °C"),
        "{table}"
    );
    browser.click("#pick-var-RunId summary").await;
    for run in [&first, &second] {
        browser.click(&format!("[id='var-RunId={run}']")).await;
        browser
            .until(&format!(
                "return new URL(location.href).searchParams.getAll('var-RunId').includes({run:?})"
            ))
            .await;
    }
    assert_eq!(browser.text("#pick-var-RunId .chosen").await, "2 chosen");
    assert_eq!(
        browser
            .script("return document.querySelector('#pick-var-RunId').open")
            .await,
        true
    );
    browser
        .goto(&format!(
            "/d/sentori-run/simulation-run?var-RunId={first}&var-RunId={second}"
        ))
        .await;
    assert_eq!(browser.text("#pick-var-RunId .chosen").await, "2 chosen");
    browser
        .goto("/d/sentori-run/simulation-run?var-RunId=$__all")
        .await;
    assert_eq!(browser.text("#pick-var-RunId .chosen").await, "All");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ranges_are_picked_and_typed() {
    console!(server, browser);
    measured(server.api()).await;
    browser.goto(DASHBOARD).await;
    browser.click("#range summary").await;
    browser.fill("#from", "now-1d/d").await;
    browser.fill("#to", "now-1d/d").await;
    browser.press(Key::Enter).await;
    browser
        .until("return document.querySelector('#range summary').textContent.includes('Yesterday')")
        .await;
    let (start, end) = range(&browser).await;
    assert_eq!(end - start, 86_400);
    browser.zone("Asia/Kolkata").await;
    browser.reload().await;
    browser.click("#range summary").await;
    browser.fill("#from", "2026-11-25 10:00:00").await;
    browser.fill("#to", "2026-11-25 11:00:00").await;
    browser.press(Key::Enter).await;
    browser
        .until(
            "return new URL(location.href).searchParams.get('from') === '2026-11-25T04:30:00.000Z'",
        )
        .await;
    browser.click("#range summary").await;
    browser.fill("#from", "yesterday").await;
    browser.press(Key::Enter).await;
    let problem = browser.text("main [role=alert]").await;
    assert!(problem.contains("now-1d/d"), "{problem}");
    browser.close().await;
}

/// With the stretch of time that is seen, for whoever opens it later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_of_a_page_and_of_a_panel_are_copied_with_their_time() {
    console!(server, browser);
    measured(server.api()).await;
    browser.goto(DASHBOARD).await;
    browser.wait(CHART).await;
    // A browser without a window lets nobody at its clipboard.
    browser
        .script("navigator.clipboard.writeText = async (text) => { window.copied = text }")
        .await;
    let (start, end) = range(&browser).await;
    let copied = "const url = new URL(window.copied), get = (name) => url.searchParams.get(name);
        return [Date.parse(get('from')) / 1000, Date.parse(get('to')) / 1000, get('viewPanel') !== null]";
    browser.click("#share").await;
    browser.until("return window.copied").await;
    assert_eq!(browser.script(copied).await, json!([start, end, false]));
    browser.script("window.copied = null").await;
    browser.click(&format!("{PANEL} .menu summary")).await;
    browser.click(&format!("{PANEL} [data-do=link]")).await;
    browser.until("return window.copied").await;
    assert_eq!(browser.script(copied).await, json!([start, end, true]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_do_what_the_help_says() {
    console!(server, browser);
    measured(server.api()).await;
    browser.goto(DASHBOARD).await;
    browser.wait(CHART).await;
    browser.type_keys("?").await;
    let help = browser.text("dialog").await;
    assert!(
        help.contains("Zoom out") && help.contains("drag to zoom"),
        "{help}"
    );
    browser.press(Key::Escape).await;
    browser.type_keys("tz").await;
    browser
        .until("return new URL(location.href).searchParams.get('from')?.endsWith('Z')")
        .await;
    browser.focus(CHART).await;
    browser.type_keys("v").await;
    browser
        .until("return new URL(location.href).searchParams.has('viewPanel')")
        .await;
    assert!(parameter(&browser, "viewPanel").await.is_string());
    browser.script("document.activeElement.blur()").await;
    browser.type_keys("v").await;
    browser
        .until("return !new URL(location.href).searchParams.has('viewPanel')")
        .await;
    browser.type_keys("gl").await;
    browser.until("return location.pathname === '/logs'").await;
    browser.close().await;
}
