//! Attributes, as JSON and back.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::{Map, Value};

/// The attribute that names a program.
const SERVICE_NAME: &str = "service.name";
/// What the specification calls a program that does not say.
const UNKNOWN: &str = "unknown_service";

/// The program that a resource names.
pub(super) fn service(resource: Option<&Resource>) -> String {
    let mut attributes = resource
        .into_iter()
        .flat_map(|resource| &resource.attributes);
    let named = attributes.find(|attribute| attribute.key == SERVICE_NAME);
    match named.and_then(|attribute| attribute.value.as_ref()?.value.as_ref()) {
        Some(Any::StringValue(name)) if !name.is_empty() => name.clone(),
        _ => UNKNOWN.to_owned(),
    }
}

/// A resource with nothing but a program's name.
pub(super) fn resource(service: &str) -> Resource {
    Resource {
        attributes: vec![attribute(SERVICE_NAME, &Value::from(service))],
        ..Resource::default()
    }
}

pub(super) fn attribute(key: &str, value: &Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(any(value)),
        ..KeyValue::default()
    }
}

pub(super) fn json(value: Option<&AnyValue>) -> Value {
    match value.and_then(|value| value.value.as_ref()) {
        None | Some(Any::StringValueStrindex(_)) => Value::Null,
        Some(Any::StringValue(text)) => Value::from(text.as_str()),
        Some(Any::BoolValue(truth)) => Value::from(*truth),
        Some(Any::IntValue(number)) => Value::from(*number),
        Some(Any::DoubleValue(number)) => Value::from(*number),
        Some(Any::ArrayValue(ArrayValue { values })) => {
            values.iter().map(|value| json(Some(value))).collect()
        }
        Some(Any::KvlistValue(KeyValueList { values })) => Value::Object(map(values)),
        Some(Any::BytesValue(bytes)) => Value::from(format!("{} bytes", bytes.len())),
    }
}

pub(super) fn map(attributes: &[KeyValue]) -> Map<String, Value> {
    let each = attributes.iter();
    each.map(|one| (one.key.clone(), json(one.value.as_ref())))
        .collect()
}

pub(super) fn any(value: &Value) -> AnyValue {
    let value = match value {
        Value::Null => None,
        Value::Bool(truth) => Some(Any::BoolValue(*truth)),
        Value::Number(number) => Some(match number.as_i64() {
            Some(whole) => Any::IntValue(whole),
            None => Any::DoubleValue(number.as_f64().unwrap_or_default()),
        }),
        Value::String(text) => Some(Any::StringValue(text.clone())),
        Value::Array(values) => Some(Any::ArrayValue(ArrayValue {
            values: values.iter().map(any).collect(),
        })),
        Value::Object(members) => Some(Any::KvlistValue(KeyValueList {
            values: members
                .iter()
                .map(|(key, value)| attribute(key, value))
                .collect(),
        })),
    };
    AnyValue { value }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_is_taken_is_given_back() {
        let value = json!({ "text": "a", "whole": 1, "half": 0.5, "yes": true, "list": [1, "b"], "map": { "c": null } });
        assert_eq!(json(Some(&any(&value))), value);
        assert_eq!(service(Some(&resource("shop"))), "shop");
        for nameless in [None, Some(&resource(""))] {
            assert_eq!(service(nameless), UNKNOWN);
        }
    }
}
