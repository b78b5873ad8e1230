//! Clients that are slow, silent, many or strangers, at the front door of the local server.

use std::time::{Duration, Instant};

use system_tests::System;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn connect(system: &System) -> TcpStream {
    let addr = system.base().strip_prefix("http://").unwrap();
    TcpStream::connect(addr).await.unwrap()
}

async fn answer(mut connection: TcpStream) -> String {
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_arrive_is_the_clients_time_out() {
    let system = System::start().await;
    let mut connection = connect(&system).await;
    let head = "POST /api/runs/start HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    connection.write_all(head.as_bytes()).await.unwrap();
    let began = Instant::now();
    let answer = answer(connection).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("request_timeout"), "{answer}");
    assert!(
        began.elapsed() < Duration::from_secs(9),
        "{:?}",
        began.elapsed()
    );
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_has_closed_its_side_gets_its_answer() {
    let system = System::start().await;
    let mut connection = connect(&system).await;
    let request = "GET /api/runs/can-start HTTP/1.1\r\nhost: localhost\r\n\r\n";
    connection.write_all(request.as_bytes()).await.unwrap();
    connection.shutdown().await.unwrap();
    let answer = answer(connection).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("canStart"),
        "{answer}"
    );
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_keep_nobody_out() {
    let system = System::start().await;
    let mut silent = Vec::new();
    for _ in 0..400 {
        silent.push(connect(&system).await);
    }
    system.api().get("/api/runs/can-start").expect(200).await;
    // The oldest made room.
    let closed = tokio::time::timeout(Duration::from_secs(5), answer(silent.remove(0)));
    assert_eq!(closed.await.unwrap(), "");
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_change_nothing_and_read_nothing() {
    let system = System::start().await;
    let api = system.api();
    for path in ["/api/runs", "/", "/healthz"] {
        let reply = api
            .get(path)
            .header("host", "evil.example:8080")
            .send()
            .await;
        assert_eq!(reply.status, 421, "{path}: {reply:?}");
    }
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let form = api
            .post("/api/runs/interrupt-all")
            .header(name, value)
            .header("content-type", "text/plain");
        form.expect_error(403, "foreign_origin").await;
    }
    for origin in [
        system.base(),
        "http://localhost:4200",
        "http://127.0.0.1:4200",
    ] {
        let reply = api
            .post("/api/runs/interrupt-all")
            .header("origin", origin)
            .send()
            .await;
        assert_eq!(reply.status, 200, "{origin}");
    }
    system.stop().await;
}
