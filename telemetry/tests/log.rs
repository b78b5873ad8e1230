//! User text cannot forge a record, in either format.

use proptest::prelude::*;
use shop::process::Records;
use telemetry::log::Format;
use tracing_subscriber::{fmt, layer::SubscriberExt as _};

/// What a record about this text looks like.
fn logged(format: Format, text: &str) -> String {
    let records = Records::default();
    let layer = fmt::layer()
        .event_format(format)
        .with_writer(records.writer());
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        tracing::warn!(user = text, debug = ?text, display = %text, "refused {text}");
    });
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
