//! Pages that do the work: from a point to its request, from an item to what belongs to it,
//! from a record to its request, and a call made from the browser.

use fantoccini::key::Key;
use serde_json::json;

use crate::ended_run;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_point_of_the_chart_is_a_request() {
    console!(server, browser);
    for _ in 0..3 {
        server.api().get("/api/runs/can-start").expect(200).await;
    }
    server.api().get("/api/runs/no-id").expect(400).await;
    browser.goto("/requests").await;
    browser.wait(".scatter circle").await;
    browser
        .script("localStorage.setItem('paused', 'yes')")
        .await;
    browser.reload().await;
    let target = browser
        .script("return document.querySelector('.scatter a:has(.failed)').getAttribute('href')")
        .await;
    browser.click(".scatter a:has(.failed) path").await;
    browser.wait(".why").await;
    assert_eq!(browser.script("return location.pathname").await, target);
    let why = browser.text(".why").await;
    assert!(
        why.contains("was answered with 400") && why.contains("the caller's fault"),
        "{why}"
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_apply_at_once_and_are_in_the_address() {
    console!(server, browser);
    server.api().get("/api/runs/can-start").expect(200).await;
    server.api().get("/api/runs/no-id").expect(400).await;
    browser.goto("/requests").await;
    browser.wait("#list tbody tr:nth-child(2)").await;
    browser.fill("#status", "4xx\u{e007}").await;
    browser.wait("#list tbody tr:only-child").await;
    assert_eq!(
        browser
            .script("return new URL(location.href).searchParams.get('status')")
            .await,
        "4xx"
    );
    browser.fill("#q", "no such text anywhere\u{e007}").await;
    browser.wait("#list .empty").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_leads_to_its_readings_and_nothing_can_be_written() {
    console!(server, browser);
    let run = server.api().started("ada").await;
    server
        .api()
        .record("ada", &run, "sensor-7", 21.5)
        .expect(201)
        .await;
    browser.goto("/tables?table=Runs").await;
    browser.click(&format!("td a[href*='{run}']")).await;
    browser.wait("td a[href*='sensor-7']").await;
    let address = browser.script("return location.search").await;
    assert!(
        address.as_str().unwrap().contains("index=by-run"),
        "{address}"
    );
    assert_eq!(
        browser
            .script("return document.querySelectorAll('form[method=post], [data-call]').length")
            .await,
        json!(0)
    );
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_from_the_explorer_leads_to_its_trace_and_a_request_back_to_it() {
    console!(server, browser);
    const START: &str = "details:has(input[name=Idempotency-Key])";
    browser.goto("/explorer").await;
    browser.click(&format!("{START} summary")).await;
    browser
        .fill(&format!("{START} input[name=X-User]"), "grace")
        .await;
    browser
        .fill(&format!("{START} textarea"), r#"{"duration":77}"#)
        .await;
    browser.click(&format!("{START} button[type=submit]")).await;
    browser.wait("details[open] .answer pre").await;
    let answer = browser.text("details[open] .answer").await;
    assert!(
        answer.starts_with("201") && answer.contains("\"username\": \"grace\""),
        "{answer}"
    );
    browser.click("details[open] .answer a").await;
    browser.click("#list tbody a").await;
    assert_eq!(browser.text("h1").await, "POST /api/runs/start");
    // It opens as it was sent, and is sent again on tables that refuse.
    browser.click(".facts a[href^='/explorer']").await;
    browser.wait("details[open] form").await;
    let sent = browser
        .script("return [...document.querySelectorAll('details[open] :is(input[name=X-User], textarea)')].map((one) => one.value.replace(/\\s/g, ''))")
        .await;
    assert_eq!(sent, json!(["grace", r#"{"duration":77}"#]));
    browser.click("#fault option[value=slow]").await;
    browser.click("details[open] button[type=submit]").await;
    browser.click("details[open] .answer a").await;
    browser.wait("#list tbody a").await;
    let took = browser.text("#list tbody td.number").await;
    assert!(took.ends_with('s') && !took.ends_with("ms"), "{took}");
    browser.close().await;
}

/// The cost page's numbers, by the keyboard alone; the choice is in the address, and a reload keeps it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_of_a_dashboard_is_chosen_at_once() {
    const LOOKING: &str = "svg.stat[aria-label^='Total and observability']";
    console!(server, browser);
    server.api().get("/api/runs/can-start").expect(200).await;
    browser.goto("/d/sentori-cost/cost").await;
    // Usage is summed up for some seconds before it is known.
    browser.wait(LOOKING).await;
    let shown = format!(
        "return Number(document.querySelector(\"{LOOKING}\").textContent.replace(/[^0-9.]/g, ''))"
    );
    let before = browser.script(&shown).await.as_f64().unwrap();
    browser.focus("#pick-var-viewers").await;
    browser.press(Key::End).await;
    browser
        .until("return new URL(location.href).searchParams.get('var-viewers') === '10'")
        .await;
    let more = format!("{shown} > {}", before + 1.0);
    browser.until(&more).await;
    browser.reload().await;
    browser.until(&more).await;
    let chosen = "return document.querySelector('#pick-var-viewers').value";
    assert_eq!(browser.script(chosen).await, "10");
    browser.close().await;
}

/// What is said of a request is in the reader's zone and leads to its alarms; a terminal gets text.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_words_of_a_request_have_the_reader_s_times_and_lead_to_its_alarms() {
    const ALARM: &str = ".why a[href='/alarms#run-failures']";
    console!(server, browser);
    browser.zone("Asia/Kolkata").await;
    for _ in 0..6 {
        ended_run(server.api(), "FAILED").await;
    }
    browser.goto("/alarms").await;
    browser.wait("#run-failures.alarm").await;
    browser
        .goto("/requests?route=POST+/api/runs/{id}/finish")
        .await;
    browser.click("#list tbody a").await;
    browser.wait(ALARM).await;
    let times = "return [...document.querySelectorAll('.why time')].map((time) =>
        [time.textContent, new Date(time.dateTime).toLocaleString('sv-SE', { timeZone: 'Asia/Kolkata' })])";
    let times = browser.script(times).await;
    let times = times.as_array().unwrap();
    assert_eq!(times.len(), 2, "{times:?}");
    assert!(times.iter().all(|time| time[0] == time[1]), "{times:?}");
    let path = browser.script("return location.pathname").await;
    let text = server.api().get(&format!("{}/why", path.as_str().unwrap()));
    let text = String::from_utf8(text.send().await.body.to_vec()).unwrap();
    let (_, fired) = text
        .split_once("alarm run-failures, which fired at ")
        .unwrap();
    let (at, _) = fired.split_once(": ").unwrap();
    assert!(at.parse::<jiff::Timestamp>().is_ok(), "{at}");
    browser.click(ALARM).await;
    browser.wait("#run-failures:target").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_picture_has_what_was_called_and_an_alarm_leads_on() {
    console!(server, browser);
    ended_run(server.api(), "FAILED").await;
    browser.goto("/system").await;
    browser.wait(".system .edge").await;
    let edges = browser.text("#calls").await;
    assert!(
        edges.contains("callers") && edges.contains("Runs"),
        "{edges}"
    );
    browser.goto("/alarms").await;
    browser.click("#run-failures a[href^='/runbooks/']").await;
    browser.wait(".prose h1").await;
    browser.back().await;
    // To those that it is about, although they did not fail.
    browser.click("#run-failures a[href^='/requests']").await;
    browser.wait("#list tbody tr").await;
    let routes = "return [...document.querySelectorAll('#list tbody a[href^=\"/requests/\"]')].map((link) => link.textContent)";
    assert_eq!(
        browser.script(routes).await,
        json!(["POST /api/runs/{id}/finish"])
    );
    browser.close().await;
}
