//! What the front door does beside the API's rows, and how it starts and ends.

use std::net::TcpListener;

use http::Method;
use sentori::store::Storage;
use sentori::{Config, Error, StoreConfig, Subject};
use serde_json::json;
use system_tests::{Api, Fault, Switch, System};

on_every_server! {
    unknown_paths_are_json,
    wrong_methods_are_json,
    the_frontends_origin_is_allowed,
}

async fn unknown_paths_are_json(api: Api) {
    for path in ["/api", "/api/runs/a/b/c", "/api/sensors", "/favicon.ico"] {
        api.get(path).expect_error(404, "not_found").await;
    }
}

async fn wrong_methods_are_json(api: Api) {
    for (method, path) in [
        (Method::DELETE, "/api/runs"),
        (Method::GET, "/api/runs/start"),
        (Method::PUT, "/api/sensors/data"),
        (Method::POST, "/api/runs/can-start"),
    ] {
        let reply = api.call(method, path).send().await;
        assert_eq!(reply.status, 405, "{path}");
        assert_eq!(reply.json()["error"], "method_not_allowed", "{path}");
        assert!(reply.header("allow").is_some(), "{path}");
    }
}

async fn the_frontends_origin_is_allowed(api: Api) {
    let origin = "http://localhost:4200";
    let preflight = api
        .call(Method::OPTIONS, "/api/runs/start")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,x-user")
        .send()
        .await;
    assert!(preflight.status.is_success(), "{preflight:?}");
    assert_eq!(
        preflight.header("access-control-allow-origin"),
        Some(origin)
    );
    let allowed = preflight
        .header("access-control-allow-headers")
        .unwrap()
        .to_ascii_lowercase();
    assert!(
        allowed.contains("x-user") && allowed.contains("content-type"),
        "{allowed}"
    );
    for path in ["/api/runs/running", "/api/nothing"] {
        let reply = api.get(path).header("origin", origin).send().await;
        assert_eq!(
            reply.header("access-control-allow-origin"),
            Some(origin),
            "{path}"
        );
    }
    let foreign = api
        .get("/api/runs/running")
        .header("origin", "https://example.org")
        .send()
        .await;
    assert_ne!(
        foreign.header("access-control-allow-origin"),
        Some("https://example.org")
    );
}

#[tokio::test]
async fn the_home_page_is_html_for_browsers_and_text_for_curl() {
    let system = System::start().await;
    let page = system
        .api()
        .get("/")
        .header("accept", "Text/HTML,*/*")
        .send()
        .await;
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    let text = system.api().get("/").header("accept", "*/*").send().await;
    assert!(
        text.header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    for reply in [page, text] {
        let body = String::from_utf8(reply.body.to_vec()).unwrap();
        assert!(
            body.contains("/api/openapi.json") && body.contains(system.base()),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_browser_is_shown_what_there_is_instead_of_an_unknown_page() {
    let system = System::start().await;
    for (path, content_type) in [
        ("/alarm", "text/html"),
        ("/d/nothing", "text/html"),
        ("/api/nothing", "application/json"),
    ] {
        let browser = system.api().get(path).header("accept", "text/html,*/*");
        let reply = browser.send().await;
        assert_eq!(reply.status, 404, "{path}");
        let own = reply.header("content-type").unwrap();
        assert!(own.starts_with(content_type), "{path}: {own}");
        let body = String::from_utf8(reply.body.to_vec()).unwrap();
        let leads_on = body.contains(r#"href="/alarms""#);
        assert_eq!(leads_on, content_type == "text/html", "{path}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_the_stores() {
    let faults = Switch::default();
    let system = System::builder().faults(faults.plan()).start().await;
    let health = system.api().get("/healthz").expect(200).await;
    assert_eq!(health, json!({ "status": "ok" }));
    faults.strike(Fault::CutBefore);
    system
        .api()
        .get("/healthz")
        .expect_error(503, "unavailable")
        .await;
    faults.strike(Fault::None);
    system.api().get("/healthz").expect(200).await;
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    let error = sentori::build(Config {
        addr,
        ..Config::in_memory(&Subject::sentori())
    })
    .await
    .unwrap_err();
    assert!(
        matches!(
            error,
            Error::AddressTaken {
                option: "--addr",
                ..
            }
        ),
        "{error}"
    );
    let store = StoreConfig::Embedded {
        storage: Storage::Memory,
        addr: Some(addr),
    };
    let error = sentori::build(Config {
        store,
        ..Config::in_memory(&Subject::sentori())
    })
    .await
    .unwrap_err();
    assert!(
        matches!(
            error,
            Error::AddressTaken {
                option: "--dynamodb-addr",
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_variable_is_named() {
    let mut config = Config::in_memory(&Subject::sentori());
    config
        .environment
        .insert("MAX_CONCURRENT_RUNS".to_owned(), "many".to_owned());
    let error = sentori::build(config).await.unwrap_err();
    assert!(error.to_string().contains("MAX_CONCURRENT_RUNS"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_folder_outlives_its_server() {
    let folder = tempfile::tempdir().unwrap();
    let store = StoreConfig::Embedded {
        storage: Storage::Folder(folder.path().to_owned()),
        addr: None,
    };
    let config = Config {
        store,
        ..Config::in_memory(&Subject::sentori())
    };
    let mut known: Option<(String, String)> = None;
    for _ in 0..2 {
        let server = sentori::build(config.clone()).await.unwrap();
        let api = Api::at(&format!("http://{}", server.addr()));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let served = tokio::spawn(server.run(async { drop(stopped.await) }));
        // While it is held, the folder is nobody else's.
        let second = sentori::build(config.clone()).await.unwrap_err();
        assert!(matches!(second, Error::DataLocked { .. }), "{second}");
        if let Some((run, reading)) = &known {
            assert_eq!(api.run(run).await["status"], "RUNNING");
            assert!(api.readings(run).await.contains_key(reading));
        }
        let run = api.started("ada").await;
        let reading =
            system_tests::text(&api.record("ada", &run, "s", 1.0).expect(201).await, "id");
        known = Some((run, reading));
        stop.send(()).unwrap();
        served.await.unwrap().unwrap();
    }
}
