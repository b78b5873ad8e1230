//! `sentori requests`, `logs`, `alarms`, `trace` and `why`: the console's pages for a terminal,
//! for scripts and for agents. They ask a server that runs; `--json` prints what it says.

use std::io;

use clap::{Args, Subcommand};
use http::{Request, header};
use hyper::body::Bytes;
use serde_json::Value;
use telemetry::log::escaped;

use crate::client::Client;
use crate::terminal::say;

/// Where the server is, and how its answer is printed.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerArgs {
    /// The server's URL
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Print the server's JSON
    #[arg(long)]
    json: bool,
}

/// What is asked.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Question {
    /// The newest requests, by any of their traits
    Requests {
        #[command(flatten)]
        server: ServerArgs,
        /// Any text in a request
        text: Option<String>,
        /// Only requests with errors
        #[arg(long)]
        errors: bool,
        /// A status, such as 503, or 5xx
        #[arg(long)]
        status: Option<String>,
        /// Milliseconds that they took at least
        #[arg(long, value_name = "MS")]
        min: Option<String>,
        /// Of this run
        #[arg(long)]
        run: Option<String>,
        /// Of this user
        #[arg(long)]
        user: Option<String>,
        /// Since then, such as now-15m
        #[arg(long)]
        from: Option<String>,
    },
    /// The newest log records
    Logs {
        #[command(flatten)]
        server: ServerArgs,
        /// Any text in a record
        text: Option<String>,
        /// The least severe level
        #[arg(long, value_parser = crate::requests::LEVELS)]
        level: Option<String>,
        /// Since then, such as now-15m
        #[arg(long)]
        from: Option<String>,
    },
    /// Alarms and their states
    Alarms {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// The spans of a request, by its id
    Trace {
        #[command(flatten)]
        server: ServerArgs,
        /// The request's id
        request: String,
    },
    /// What happened to a request, in words
    Why {
        #[command(flatten)]
        server: ServerArgs,
        /// The request's id
        request: String,
    },
}

/// Asks and prints.
///
/// # Errors
/// If the server does not answer, or does not know.
pub(crate) async fn run(question: Question) -> io::Result<()> {
    if let Question::Why { server, request } = &question
        && !server.json
    {
        let path = format!("/requests/{}/why", segment(request));
        say(&get(&server.url, &path).await?);
        return Ok(());
    }
    let (server, path, print) = page(question);
    let text = get(&server.url, &path).await?;
    if server.json {
        say(&(text + "\n"));
        return Ok(());
    }
    let json: Value = serde_json::from_str(&text)?;
    if let Some(problem) = json["problem"].as_str() {
        return Err(io::Error::other(problem.to_owned()));
    }
    say(&print(&json));
    Ok(())
}

/// The page that answers a question, and how it is printed.
fn page(question: Question) -> (ServerArgs, String, fn(&Value) -> String) {
    match question {
        Question::Requests {
            server,
            text,
            errors,
            status,
            min,
            run,
            user,
            from,
        } => {
            let errors = errors.then(|| "1".to_owned());
            let given = [
                ("q", text),
                ("errors", errors),
                ("status", status),
                ("min", min),
                ("run", run),
                ("user", user),
                ("from", from),
            ];
            (server, address("/requests.json", given), requests)
        }
        Question::Logs {
            server,
            text,
            level,
            from,
        } => {
            let given = [("q", text), ("level", level), ("from", from)];
            (server, address("/logs.json", given), logs)
        }
        Question::Alarms { server } => (server, "/alarms.json".to_owned(), alarms),
        Question::Trace { server, request } | Question::Why { server, request } => {
            let path = format!("/requests/{}.json", segment(&request));
            (server, path, trace)
        }
    }
}

/// An id as a segment of a path.
fn segment(id: &str) -> String {
    form_urlencoded::byte_serialize(id.as_bytes()).collect()
}

fn address<const N: usize>(path: &str, given: [(&str, Option<String>); N]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in given {
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
    }
    format!("{path}?{}", query.finish())
}

async fn get(url: &str, path: &str) -> io::Result<String> {
    let client = Client::new(url).map_err(io::Error::other)?;
    let request = Request::get(path)
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new());
    let request = request.map_err(io::Error::other)?;
    let reply = client.send(request).await.map_err(|error| {
        io::Error::other(format!("{url} does not answer: {error}; start a server with `sentori serve`, or name one with --url"))
    })?;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    if reply.status.is_success() {
        return Ok(text);
    }
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    let message = json["message"]
        .as_str()
        .unwrap_or("this server has no such page");
    Err(io::Error::other(message.to_owned()))
}

/// A value in a line. Any program may have written it, so it can't leave its place there.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => escaped(text),
        Value::Number(number) if number.is_f64() => {
            format!("{:.1}", number.as_f64().unwrap_or_default())
        }
        other => escaped(&other.to_string()),
    }
}

/// Rows in columns as wide as they need.
fn columns(heading: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = heading.iter().map(|name| name.len()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        format!("{}\n", padded.join("  ").trim_end())
    };
    let mut all = line(&mut heading.iter().copied());
    for row in rows {
        all.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    all
}

fn rows(json: &Value, list: &str, members: &[&str]) -> Vec<Vec<String>> {
    let all = json[list].as_array().into_iter().flatten();
    all.map(|one| members.iter().map(|member| text(&one[member])).collect())
        .collect()
}

fn requests(json: &Value) -> String {
    let members = [
        "at",
        "status",
        "durationMs",
        "service",
        "route",
        "error",
        "id",
    ];
    columns(
        &["AT", "STATUS", "MS", "SERVICE", "ROUTE", "ERROR", "ID"],
        &rows(json, "requests", &members),
    )
}

fn logs(json: &Value) -> String {
    let mut all = String::new();
    for record in json["records"].as_array().into_iter().flatten() {
        all.push_str(&format!(
            "{} {:<5} {}",
            text(&record["timestamp"]),
            text(&record["level"]),
            text(&record["message"])
        ));
        for (name, value) in record["fields"].as_object().into_iter().flatten() {
            all.push_str(&escaped(&format!(" {name}={value}")));
        }
        if record["request_id"].is_string() {
            all.push_str(&format!(" request={}", text(&record["request_id"])));
        }
        all.push('\n');
    }
    all
}

fn alarms(json: &Value) -> String {
    columns(
        &["STATE", "SEVERITY", "NOTIFIES", "ALARM", "REASON"],
        &rows(
            json,
            "alarms",
            &["state", "severity", "notifies", "id", "reason"],
        ),
    )
}

fn trace(json: &Value) -> String {
    let members = ["start", "durationMs", "service", "name", "error"];
    columns(
        &["START", "MS", "SERVICE", "SPAN", "ERROR"],
        &rows(json, "spans", &members),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_stand_below_their_headings() {
        let json = json!({ "alarms": [{ "state": "OK", "severity": "page", "notifies": false, "id": "a", "reason": "fine" }] });
        assert_eq!(
            alarms(&json),
            "STATE  SEVERITY  NOTIFIES  ALARM  REASON\nOK     page      false     a      fine\n"
        );
    }

    #[test]
    fn what_a_program_says_stays_in_its_place() {
        let spans = json!({ "spans": [{ "start": 1, "durationMs": 2, "service": "a\u{1b}]0;b", "name": "c\r\u{202e}d", "error": null }] });
        assert!(trace(&spans).contains(r"a\u{1b}]0;b"));
        assert!(trace(&spans).contains(r"c\r\u{202e}d"));

        let json = json!({ "records": [{ "timestamp": "t", "level": "WARN", "message": "a\nb\u{1b}[31m", "fields": { "x": "1\n2" } }] });
        assert_eq!(logs(&json), "t WARN  a\\nb\\u{1b}[31m x=\"1\\n2\"\n");
    }
}
