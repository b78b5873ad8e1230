//! What a record says: its message and its fields.

use std::{error::Error, fmt};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};

use crate::emf::{MAX_TEXT_BYTES, MAX_TOTAL_BYTES, shortened};

/// Message and fields of a record.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) message: String,
    pub(super) fields: Map<String, Value>,
}

impl Record {
    pub(super) fn of(event: &tracing::Event<'_>) -> Self {
        let mut record = Self::default();
        event.record(&mut record);
        record
    }

    /// A record without fields.
    pub(super) fn saying(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            ..Self::default()
        }
    }

    fn add(&mut self, field: &Field, value: Value) {
        let text = |value: Value, most| match value {
            Value::String(text) => shortened(&text, most).into_owned(),
            other => other.to_string(),
        };
        if field.name() == "message" {
            self.message = text(value, MAX_TOTAL_BYTES);
        } else if value.is_string() {
            let value = text(value, MAX_TEXT_BYTES).into();
            self.fields.insert(field.name().to_owned(), value);
        } else {
            self.fields.insert(field.name().to_owned(), value);
        }
    }
}

impl Visit for Record {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        let number = Value::from(value);
        // What is no number in JSON would be null.
        let shown = if number.is_null() {
            value.to_string().into()
        } else {
            number
        };
        self.add(field, shown);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }

    /// With its causes, which are what a reader looks for.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        self.add(field, text.into());
    }
}
