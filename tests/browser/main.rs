//! The console in a real browser: what a person does, and what the browser must not do.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests report by failing")]

/// The served console and a browser; the test passes where there is none.
macro_rules! console {
    ($server:ident, $browser:ident) => {
        let folder = tempfile::tempdir().unwrap();
        let $server = system_tests::LocalServer::start(folder.path()).await;
        let Some($browser) = $crate::driver::Browser::open($server.base()).await else {
            return;
        };
    };
}

mod axe;
mod driver;
mod hands;
mod hidden_tab;
mod pages;
mod refresh;

use fantoccini::key::Key;
use serde_json::json;
use system_tests::Api;

/// What a client says of a failed run; markup, were it not text.
const HOSTILE: &str = r#"<img src=x onerror="document.title='owned'">"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_of_the_form_is_on_the_dashboard_that_the_api_names() {
    console!(server, browser);
    browser.goto("/").await;
    browser.click("nav a[href='/runs']").await;
    browser.fill("#user", "grace").await;
    browser
        .fill("#sensors", "sensor-1, sensor-2, sensor-3")
        .await;
    browser.click("#start-run button").await;
    browser.wait("#started-run").await;
    browser.wait("#going progress").await;

    let running = server.api().get("/api/runs/running").expect(200).await;
    let run = &running[0];
    assert_eq!(run["username"], "grace");
    let readings = format!("/api/sensors/data?runId={}", run["id"].as_str().unwrap());
    // The page sends them in rounds; two rounds make a line.
    while server.api().get(&readings).expect(200).await["count"].as_u64() < Some(6) {
        tokio::task::yield_now().await;
    }
    let address = run["grafanaUrl"].as_str().unwrap();
    assert!(address.starts_with(server.base()), "{address}");
    browser.goto(address).await;
    let legend = browser
        .text("article.panel:has(.chart[aria-label='Temperature by sensor']) .legend")
        .await;
    assert!(legend.contains("sensor-1"), "{legend}");

    let finish = format!("/api/runs/{}/finish", run["id"].as_str().unwrap());
    let failed = json!({ "status": "FAILED", "message": HOSTILE });
    server.api().post(&finish).json(&failed).expect(200).await;
    browser.goto("/runs").await;
    assert_eq!(browser.text("td.message").await, HOSTILE);
    assert_eq!(
        browser.script("return document.title").await,
        "Runs · Sentori"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_are_shown_as_the_api_gives_them() {
    console!(server, browser);
    browser.goto("/runs").await;
    let long = "x".repeat(300);
    browser.fill("#sensors", &long).await;
    browser.click("#start-run button").await;
    let shown = browser.text("#answer [role=alert]").await;
    let answer = server
        .api()
        .post("/api/runs/start")
        .user("ada")
        .json(&json!({ "sensorIds": [long] }));
    let error = answer.expect_error(400, "invalid_request").await;
    assert!(
        shown.contains(error["message"].as_str().unwrap()),
        "{shown}"
    );
    assert!(
        shown.contains(error["details"][0]["message"].as_str().unwrap()),
        "{shown}"
    );
    browser.close_after(&[400]).await;
}

/// Values of a moment of a chart, the highest first.
const VALUES: &str = "return [...document.querySelectorAll('.values-at:not([hidden]) dd')]
    .map((row) => [...row.children].map((part) => part.textContent).join(' '))";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_are_shown_under_the_pointer_and_under_the_arrow_keys() {
    const CHART: &str = ".chart[aria-label='Temperature by sensor']";
    console!(server, browser);
    let run = server.api().started("grace").await;
    let reading = |sensor: &str, degrees: f64| json!({ "runId": run, "sensorId": sensor, "temperature": degrees });
    let batch = json!([
        reading("a-cool", 20.5),
        reading("b-hot", 99.5),
        reading("c-warm", 30.0)
    ]);
    let posted = server.api().post("/api/sensors/data").user("grace");
    posted.json(&batch).expect(201).await;
    let expected = json!(["b-hot 99.5 °C", "c-warm 30 °C", "a-cool 20.5 °C"]);

    browser.goto("/d/sentori-run/simulation-run").await;
    browser.wait(CHART).await;
    browser.point_at(CHART).await;
    assert_eq!(browser.script(VALUES).await, expected);
    browser.point_at("h1").await;
    assert_eq!(browser.script(VALUES).await, json!([]));

    browser.focus(CHART).await;
    browser.press(Key::Left).await;
    assert_eq!(browser.script(VALUES).await, expected);
    browser.press(Key::Escape).await;
    assert_eq!(browser.script(VALUES).await, json!([]));
    browser.press(Key::Right).await;
    browser.press(Key::Tab).await;
    assert_eq!(browser.script(VALUES).await, json!([]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_wider_than_a_phone() {
    console!(server, browser);
    ended_run(server.api(), "FAILED").await;
    browser.phone().await;
    browser.goto("/requests").await;
    browser.wait("#list tbody tr").await;
    let request = browser
        .script("return document.querySelector('#list tbody a').pathname")
        .await;
    for page in [
        "/",
        "/dashboards",
        "/runs",
        "/alarms",
        "/requests",
        request.as_str().unwrap(),
    ] {
        browser.goto(page).await;
        // What scrolls by itself is wider within than without.
        let wide = browser
            .script(
                "return [document.documentElement, ...document.querySelectorAll('nav, .wide, .waterfall')]
                   .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className || one.tagName)",
            )
            .await;
        assert_eq!(wide, json!([]), "{page}");
    }
    browser.close().await;
}

/// How far things that are seen have moved by themselves, as browsers measure it: from 0.1 on it is
/// called bad.
const MOVED: &str = "const done = arguments[arguments.length - 1];
    let moved = 0;
    const add = (shifts) => shifts.forEach(({ value }) => (moved += value));
    const observer = new PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => {
        add(observer.takeRecords());
        done(moved);
    }));";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_moves_when_the_scripts_have_come() {
    console!(server, browser);
    // The page is drawn before they have.
    browser.latency(200).await;
    for size in ["wide", "phone"] {
        if size == "phone" {
            browser.phone().await;
        }
        for page in ["/", "/runs", "/requests"] {
            browser.goto(page).await;
            browser
                .until("return document.querySelector('#updated').textContent !== ''")
                .await;
            let moved = browser.later(MOVED).await.as_f64().unwrap();
            assert!(moved < 0.02, "{page} {size}: {moved}");
        }
    }
    browser.close().await;
}

pub(crate) async fn ended_run(api: &Api, status: &str) {
    let run = api
        .post("/api/runs/start")
        .user("grace")
        .json(&json!({}))
        .expect(201)
        .await;
    let finish = format!("/api/runs/{}/finish", run["id"].as_str().unwrap());
    api.post(&finish)
        .json(&json!({ "status": status }))
        .expect(200)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_fires_and_recovers_before_the_reader_s_eyes() {
    console!(server, browser);
    for _ in 0..6 {
        ended_run(server.api(), "FAILED").await;
    }
    browser.goto("/alarms").await;
    browser.wait("#run-failures.alarm").await;
    browser.wait("#run-failures .line").await;
    for _ in 0..30 {
        ended_run(server.api(), "SUCCESS").await;
    }
    browser.wait("#run-failures.ok").await;
    browser.click("#history-run-failures summary").await;
    let history = browser.text("#history-run-failures").await;
    assert!(history.contains("ALARM → OK"), "{history}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_request_leads_to_its_trace_event_and_log() {
    console!(server, browser);
    let nobody = "/api/runs/00000000-0000-4000-8000-000000000000/finish";
    server
        .api()
        .post(nobody)
        .json(&json!({}))
        .expect_error(404, "run_not_found")
        .await;
    server.api().get("/api/runs/running").expect(200).await;
    browser.goto("/requests").await;
    browser.click("input[name=errors]").await;
    browser.wait("#list tbody tr:only-child").await;
    browser.click("#list tbody a").await;
    assert_eq!(browser.text("h1").await, "POST /api/runs/{id}/finish");
    let trace = browser.text(".waterfall").await;
    assert!(trace.contains("GetItem Runs"), "{trace}");
    let event = browser.text("pre").await;
    assert!(event.contains(r#""error": "run_not_found""#), "{event}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_theme_is_remembered() {
    console!(server, browser);
    browser.goto("/").await;
    let background = "return getComputedStyle(document.documentElement).backgroundColor";
    let before = browser.script(background).await;
    browser.click("#theme").await;
    let after = browser.script(background).await;
    assert_ne!(before, after);
    browser.goto("/alarms").await;
    assert_eq!(browser.script(background).await, after);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_reached_by_the_tabulator_and_seen_to_be() {
    console!(server, browser);
    ended_run(server.api(), "SUCCESS").await;
    for page in [
        "/",
        "/dashboards",
        "/d/sentori-runs/simulation-runs",
        "/runs",
        "/alarms",
        "/requests",
    ] {
        browser.goto(page).await;
        // What is refreshed meanwhile would be reached without having been counted.
        browser
            .script(
                "document.querySelector('#pause[aria-pressed=false]')?.click();
                 document.activeElement.blur();",
            )
            .await;
        let expected = browser
            .script(
                "return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, [tabindex=\"0\"]')]
                   .filter((one) => one.checkVisibility() && one.getAttribute('tabindex') !== '-1').length",
            )
            .await
            .as_u64()
            .unwrap();
        let mut reached = 0;
        loop {
            browser.press(Key::Tab).await;
            let focused = browser
                .script(
                    "const one = document.activeElement;
                     if (one === document.body || one.dataset.reached) return null;
                     one.dataset.reached = 'yes';
                     const { outlineStyle, outlineWidth } = getComputedStyle(one);
                     return [one.outerHTML.slice(0, 120), outlineStyle !== 'none' && outlineWidth !== '0px'];",
                )
                .await;
            let Some(seen) = focused.as_array() else {
                break;
            };
            assert_eq!(seen[1], true, "{page}: {} shows no focus", seen[0]);
            reached += 1;
        }
        assert_eq!(reached, expected, "{page}");
    }
    browser.close().await;
}
