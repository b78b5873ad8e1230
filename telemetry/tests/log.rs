//! User text cannot forge a record, in either format; a record says what was logged.

use std::error::Error;

use proptest::prelude::*;
use shop::process::Records;
use telemetry::log::Format;
use tracing_subscriber::{fmt, layer::SubscriberExt as _};

/// What a record about this text looks like.
fn logged(format: Format, text: &str) -> String {
    written(format, || {
        tracing::warn!(user = text, debug = ?text, display = %text, "refused {text}");
    })
}

/// What these records look like.
fn written(format: Format, log: impl FnOnce()) -> String {
    let records = Records::default();
    let layer = fmt::layer()
        .event_format(format)
        .with_writer(records.writer());
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, log);
    records.text()
}

/// Text with much of what forgers use.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        Just("\n".to_owned()),
        Just("\r\n{\"level\":\"ERROR\"}\n".to_owned()),
        Just("\u{1b}[2J\u{9b}31m".to_owned()),
        Just("\u{2028}\u{2029}\u{85}\u{202e}\u{2066}".to_owned()),
        Just("\" request_id=forged \\".to_owned()),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_record_is_one_line_without_controls(text in hostile()) {
        for format in [Format::Json, Format::Text { color: false }] {
            let record = logged(format, &text);
            let line = record.strip_suffix('\n').unwrap();
            prop_assert!(!line.chars().any(char::is_control), "{line:?}");
            for separator in ['\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}'] {
                prop_assert!(!line.contains(separator), "{line:?}");
            }
        }
    }

    #[test]
    fn json_says_exactly_what_was_logged(text in hostile()) {
        let record: serde_json::Value = serde_json::from_str(&logged(Format::Json, &text)).unwrap();
        prop_assert_eq!(record["level"].as_str(), Some("WARN"));
        let message = format!("refused {text}");
        prop_assert_eq!(record["message"].as_str(), Some(message.as_str()));
        prop_assert_eq!(record["fields"]["user"].as_str(), Some(text.as_str()));
        prop_assert!(record.get("request_id").is_none());
    }

    #[test]
    fn a_field_of_a_text_record_stays_within_its_quotes(text in r#"[ -~]{0,40}"#) {
        let record = logged(Format::Text { color: false }, &text);
        let field = format!(" user={}", serde_json::to_string(&text).unwrap());
        prop_assert!(record.contains(&field), "{}", record);
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no order was kept")]
struct Unkept(#[source] std::io::Error);

#[test]
fn fields_keep_their_types_and_errors_their_causes() {
    let unkept = Unkept(std::io::Error::other("the disk is full"));
    let error: &(dyn Error + 'static) = &unkept;
    let record = written(Format::Json, || {
        tracing::warn!(
            orders = 3_u64,
            change = -1,
            share = 0.5,
            mean = f64::NAN,
            is_last = false,
            error,
            "ended"
        );
    });
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    let expected = serde_json::json!({
        "orders": 3,
        "change": -1,
        "share": 0.5,
        "mean": "NaN",
        "is_last": false,
        "error": "no order was kept: the disk is full",
    });
    assert_eq!(record["fields"], expected);
}

#[test]
fn a_level_has_its_colour() {
    let text = written(Format::Text { color: true }, || {
        tracing::error!("failed");
        tracing::warn!("late");
        tracing::info!("done");
        tracing::debug!("seen");
        tracing::trace!("passed");
    });
    let colours: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_once('\u{1b}')?.1.split_once(" log: "))
        .map(|(level, _)| level)
        .collect();
    let expected = [
        "[31mERROR\u{1b}[0m",
        "[33m WARN\u{1b}[0m",
        "[32m INFO\u{1b}[0m",
        "[34mDEBUG\u{1b}[0m",
        "[35mTRACE\u{1b}[0m",
    ];
    assert_eq!(colours, expected);
}
