//! A refresh changes data and nothing else.

use fantoccini::key::Key;
use serde_json::json;

use crate::ended_run;
use crate::hands::drawn;

/// Refreshes now, and waits until it is done.
const REFRESH: &str = "const done = arguments[arguments.length - 1];
    document.addEventListener('refreshed', () => done(true), { once: true });
    document.dispatchEvent(new Event('refresh'));";

/// How many bytes the last refresh transferred, and what is in them.
const LAST: &str = "const all = performance.getEntriesByType('resource').filter((one) => one.name === location.href);
    return all.at(-1).decodedBodySize";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_reader_does_survives_data_that_changes() {
    console!(server, browser);
    for _ in 0..40 {
        server.api().get("/api/runs/no-id").expect(400).await;
    }
    browser.goto("/requests").await;
    browser.wait("#list tbody tr:nth-child(40)").await;
    // Focus on a link in the middle, a selection, and scroll positions of the page and a table.
    browser
        .script(
            "localStorage.setItem('paused', 'yes');
             const row = document.querySelector('#list tbody tr:nth-child(20)');
             row.dataset.mine = 'yes';
             row.querySelector('a').focus();
             getSelection().selectAllChildren(row.querySelector('td.state'));
             scrollTo(0, 120);",
        )
        .await;
    let state =
        "return [document.activeElement.closest('tr')?.dataset.mine, String(getSelection()).trim(),
        document.querySelectorAll('#list tbody tr').length, scrollY > 100]";
    assert_eq!(browser.script(state).await, json!(["yes", "400", 40, true]));
    server.api().get("/api/runs/can-start").expect(200).await;
    browser.later(REFRESH).await;
    assert_eq!(browser.script(state).await, json!([null, "400", 41, true]));
    browser.close_after(&[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opened_details_hidden_series_and_values_stay() {
    const CHART: &str = ".chart[aria-label='Temperature by sensor']";
    console!(server, browser);
    let run = server.api().started("grace").await;
    // At once, so that both have a value at the same moment.
    let reading =
        |sensor, degrees: f64| json!({ "runId": run, "sensorId": sensor, "temperature": degrees });
    let posted = || server.api().post("/api/sensors/data").user("grace");
    let both = json!([reading("sensor-1", 20.0), reading("sensor-2", 20.0)]);
    posted().json(&both).expect(201).await;
    drawn(server.api(), &run).await;
    browser
        .goto("/d/sentori-run/simulation-run?from=now-15m&refresh=")
        .await;
    browser.wait(CHART).await;
    browser.click("#elsewhere summary").await;
    let legend =
        ".panel:has(.chart[aria-label='Temperature by sensor']) .legend li:first-child button";
    browser.click(legend).await;
    browser.point_at(CHART).await;
    let state = format!(
        "return [document.querySelector('#elsewhere').open, document.querySelector(\"{legend}\").getAttribute('aria-pressed'),
          document.querySelector(\"{CHART}\").querySelectorAll('g[data-kept-off]').length,
          document.querySelectorAll('.values-at:not([hidden]) dd').length]"
    );
    let before = browser.script(&state).await;
    assert_eq!(before, json!([true, "true", 1, 1]));
    let digest =
        format!("return document.querySelector(\"{CHART}\").closest('[data-live]').dataset.live");
    let shown = browser.script(&digest).await;
    // In a batch as before: what a sensor sends by itself is another query's line.
    let warmer = json!([reading("sensor-1", 30.0)]);
    posted().json(&warmer).expect(201).await;
    browser.later(REFRESH).await;
    assert_eq!(browser.script(&state).await, before);
    // The reading has come.
    while browser.script(&digest).await == shown {
        browser.later(REFRESH).await;
        assert_eq!(browser.script(&state).await, before);
    }
    browser.close().await;
}

/// What is read in the middle of a list stays under the eye, although newer lines come above it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_and_legends_stay_where_they_were_scrolled_to() {
    const LEGEND: &str = ".panel:has(.chart[aria-label='Temperature by sensor']) .legend";
    console!(server, browser);
    let run = server.api().started("grace").await;
    // Each by itself: a batch is one line.
    for sensor in 0..60 {
        let sensor = format!("sensor-{sensor}");
        let recorded = server.api().record("grace", &run, &sensor, 20.0);
        recorded.expect(201).await;
    }
    drawn(server.api(), &run).await;
    browser
        .goto("/d/sentori-run/simulation-run?from=now-15m&refresh=")
        .await;
    browser.wait(LEGEND).await;
    browser.wait(".lines li:nth-child(30)").await;
    let read = format!(
        "const legend = document.querySelector(\"{LEGEND}\"), lines = document.querySelector('.lines');
         legend.scrollTop = 25;
         const read = lines.children[20];
         lines.scrollTop += read.getBoundingClientRect().top - lines.getBoundingClientRect().top;
         read.setAttribute('data-kept-read', '');"
    );
    browser.script(&read).await;
    let state = format!(
        "const lines = document.querySelector('.lines'), read = lines.querySelector('[data-kept-read]');
         return [document.querySelector(\"{LEGEND}\").scrollTop, read.textContent,
           Math.round(read.getBoundingClientRect().top - lines.getBoundingClientRect().top)]"
    );
    let before = browser.script(&state).await;
    assert_eq!((&before[0], &before[2]), (&json!(25), &json!(0)));
    let count = "return document.querySelectorAll('.lines li').length";
    let shown = browser.script(count).await;
    server
        .api()
        .record("grace", &run, "sensor-1", 30.0)
        .expect(201)
        .await;
    while browser.script(count).await == shown {
        browser.later(REFRESH).await;
        assert_eq!(browser.script(&state).await, before);
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_of_what_has_not_changed_transfers_next_to_nothing() {
    console!(server, browser);
    ended_run(server.api(), "SUCCESS").await;
    // A stretch of time that is over does not change.
    let path = "/d/sentori-runs/simulation-runs?from=now-2h/h&to=now-1h/h&refresh=";
    browser.goto(path).await;
    let whole = browser
        .script("return performance.getEntriesByType('navigation')[0].decodedBodySize")
        .await;
    browser.later(REFRESH).await;
    let refresh = browser.script(LAST).await;
    assert!(
        whole.as_u64() > Some(20_000) && refresh.as_u64() < Some(100),
        "{whole} {refresh}"
    );
    browser.close().await;
}

/// What somebody has opened in a part that is sent again: how far a run is changes all the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn details_stay_open_in_a_part_that_changes() {
    console!(server, browser);
    server.api().started("grace").await;
    browser.goto("/runs?refresh=").await;
    browser.click("#interrupt summary").await;
    let passed = "return document.querySelector('#going .detail').textContent";
    let before = browser.script(passed).await;
    while browser.script(passed).await == before {
        browser.later(REFRESH).await;
    }
    let open = "return document.querySelector('#interrupt').open";
    assert_eq!(browser.script(open).await, true);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_often_a_page_is_refreshed_is_chosen_and_in_the_address() {
    console!(server, browser);
    browser.goto("/requests?refresh=").await;
    browser.wait("#list .empty").await;
    server.api().get("/api/runs/can-start").expect(200).await;
    // As long as a refresh would take, if it were not said that there is none.
    browser.later("setTimeout(arguments[0], 2500)").await;
    let rows = "return document.querySelectorAll('#list tbody tr').length";
    assert_eq!(browser.script(rows).await, 0);
    browser.click("#refresh-interval option[value='1s']").await;
    browser.wait("#list tbody tr").await;
    let address = "return new URL(location.href).searchParams.get('refresh')";
    assert_eq!(browser.script(address).await, "1s");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_looks_like_one_and_lasts_over_a_reload() {
    console!(server, browser);
    browser.goto("/requests").await;
    browser.click("#pause").await;
    assert_eq!(browser.text("#pause").await, "Paused: resume");
    browser.reload().await;
    browser.wait("#pause[aria-pressed=true]").await;
    server.api().get("/api/runs/can-start").expect(200).await;
    // As long as two refreshes would take.
    browser.later("setTimeout(arguments[0], 4500)").await;
    assert_eq!(
        browser
            .script("return document.querySelectorAll('#list tbody tr').length")
            .await,
        0
    );
    browser.click("#pause").await;
    browser.wait("#list tbody tr").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_before_a_pause_changes_nothing_after_it() {
    console!(server, browser);
    browser.goto("/requests").await;
    browser.click("#pause").await;
    server.api().get("/api/runs/can-start").expect(200).await;
    browser
        .later(
            "const listed = async () => {
               const { requests } = await (await fetch('/requests.json')).json();
               requests.length > 0 ? arguments[0](true) : setTimeout(listed, 50);
             };
             listed();",
        )
        .await;
    // From now on answers are there, but nobody has read them until they are let go.
    browser
        .script(
            "const real = window.fetch;
             window.fetch = async (...asked) => {
               const answer = await real(...asked);
               const text = await answer.text();
               window.held = true;
               answer.text = () => new Promise((read) => { window.letGo = () => read(text); });
               return answer;
             };",
        )
        .await;
    // Refreshes at once, and is pressed again before the answer.
    browser.click("#pause").await;
    browser.until("return window.held && window.letGo").await;
    browser.click("#pause").await;
    let rows = browser
        .later("letGo(); setTimeout(() => arguments[0](document.querySelectorAll('#list tbody tr').length))")
        .await;
    assert_eq!(rows, 0);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn times_are_the_reader_s_and_utc_on_request() {
    console!(server, browser);
    browser.zone("Asia/Kolkata").await;
    server.api().get("/api/runs/can-start").expect(200).await;
    browser.goto("/requests").await;
    browser.wait("#list time").await;
    assert_eq!(browser.text("#zone").await, "UTC+5:30");
    let shown = "const time = document.querySelector('#list time');
        const utc = new Date(time.dateTime).toISOString().slice(11, 19);
        return time.textContent === utc";
    assert_eq!(browser.script(shown).await, false);
    let title = browser
        .script("return document.querySelector('#list time').title")
        .await;
    assert!(title.as_str().unwrap().ends_with("UTC+5:30"), "{title}");
    browser.click("#zone").await;
    assert_eq!(browser.script(shown).await, true);
    assert!(!browser.text("#updated").await.is_empty());
    browser.press(Key::Escape).await;
    browser.close().await;
}
