//! JSON Schema of what requests hold, by the limits of the domain, and of errors: more exact than
//! what could be derived from types.

use catalogue::{Quantity, Route};
use serde_json::{Map, Value, json};

use crate::domain::limits;

/// Letters, marks, digits, punctuation and symbols: what has a shape of its own.
const SHAPE: &str = r"\p{L}\p{M}\p{N}\p{P}\p{S}";

/// The schema of a parameter.
pub(super) fn parameter(route: Route, name: &str) -> Option<Value> {
    let limit = |(range, default): (std::ops::RangeInclusive<usize>, usize)| json!({ "type": "integer", "minimum": range.start(), "maximum": range.end(), "default": default });
    let schema = match (route, name) {
        (Route::ListRuns, "limit") => limit(limits::RUNS_PAGE),
        (_, "limit") => limit(limits::READINGS_PAGE),
        (_, "runId") => json!({ "type": "string", "format": "uuid" }),
        (_, "sensorId") => component("SensorId"),
        (_, "X-User") => self::name(),
        (_, "startDate" | "endDate") => json!({
            "type": "string",
            "anyOf": [{ "format": "date" }, { "format": "date-time" }],
        }),
        (_, "Idempotency-Key") => {
            return Some(json!({
                "type": "string",
                "minLength": limits::IDEMPOTENCY_KEY_LENGTH.start(),
                "maxLength": limits::IDEMPOTENCY_KEY_LENGTH.end(),
                "pattern": format!("^[{SHAPE} ]+$"),
            }));
        }
        _ => return None,
    };
    // An empty one counts as absent.
    Some(json!({ "anyOf": [schema, { "type": "string", "maxLength": 0 }] }))
}

/// The schemas, by their names among the document's components.
pub(super) fn schemas() -> Map<String, Value> {
    let all = [
        ("ErrorBody", error()),
        ("SensorId", name()),
        ("StartBody", component_or_null("StartRequest")),
        ("StartRequest", start()),
        ("Params", params()),
        ("Param", param()),
        ("FinishBody", finish()),
        ("IngestionBody", ingestion()),
        ("NewReading", reading()),
    ];
    all.map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}

fn component(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Apart from the object, because generators of clients give up the types of one that is of two types
/// and has members that are not listed.
fn component_or_null(name: &str) -> Value {
    json!({ "anyOf": [component(name), { "type": "null" }] })
}

fn name() -> Value {
    json!({
        "description": "1 to 64 printable characters, no space at either end.",
        "type": "string",
        "minLength": limits::NAME_LENGTH.start(),
        "maxLength": limits::NAME_LENGTH.end(),
        "pattern": format!("^[{SHAPE}]([{SHAPE} ]*[{SHAPE}])?$"),
    })
}

/// What a start sends at the top or within `params`.
fn start_members() -> Map<String, Value> {
    let seconds = |description: &str, longest: &u32, default: u32| {
        json!({
            "description": description,
            "type": ["number", "null"],
            "exclusiveMinimum": 0,
            "maximum": longest,
            "default": default,
        })
    };
    let sensors = json!({
        "description": "Ids of the sensors, none twice.",
        "type": ["array", "null"],
        "items": component("SensorId"),
        "minItems": limits::SENSORS.start(),
        "maxItems": limits::SENSORS.end(),
        "uniqueItems": true,
    });
    let duration = seconds(
        "Seconds; rounded up.",
        limits::DURATION_SECONDS.end(),
        limits::DEFAULT_DURATION_SECONDS,
    );
    let interval = seconds(
        "Seconds between two readings of a sensor; rounded up.",
        limits::INTERVAL_SECONDS.end(),
        limits::DEFAULT_INTERVAL_SECONDS,
    );
    [
        ("sensorIds", sensors),
        ("duration", duration),
        ("interval", interval),
    ]
    .map(|(name, schema)| (name.to_owned(), schema))
    .into_iter()
    .collect()
}

fn start() -> Value {
    let mut members = start_members();
    members.insert("params".to_owned(), component_or_null("Params"));
    json!({
        "description": "What a start may send; also nothing. Whatever else it sends is kept in `params`.",
        "type": "object",
        "properties": members,
        "additionalProperties": component("Param"),
        "propertyNames": member_name(),
        "maxProperties": limits::PARAMS_MEMBERS,
        "example": { "sensorIds": ["sensor-1", "sensor-2"], "duration": 60, "interval": 5 },
    })
}

fn params() -> Value {
    json!({
        "description": format!(
            "Anything to keep with the run, and what a start may send, unless it is sent outside too. At most {} bytes of JSON in all, nested at most {} levels deep.",
            limits::PARAMS_BYTES, limits::PARAMS_DEPTH
        ),
        "type": "object",
        "properties": start_members(),
        "additionalProperties": component("Param"),
        "propertyNames": member_name(),
        "maxProperties": limits::PARAMS_MEMBERS,
    })
}

fn member_name() -> Value {
    json!({ "minLength": 1, "maxLength": limits::PARAMS_STRING_LENGTH })
}

fn param() -> Value {
    let largest = limits::PARAMS_MAGNITUDE;
    json!({
        "description": "A value to keep with the run.",
        "anyOf": [
            { "type": ["null", "boolean"] },
            { "type": "string", "maxLength": limits::PARAMS_STRING_LENGTH },
            number("Zero, or of a magnitude that is kept.", (-largest, largest), 1.0 / largest),
            { "type": "array", "items": component("Param"), "maxItems": limits::PARAMS_MEMBERS },
            {
                "type": "object",
                "additionalProperties": component("Param"),
                "propertyNames": member_name(),
                "maxProperties": limits::PARAMS_MEMBERS,
            },
        ],
    })
}

fn finish() -> Value {
    let text = |description: &str| {
        json!({
            "description": description,
            "type": ["string", "null"],
            "maxLength": limits::ERROR_MESSAGE_LENGTH,
        })
    };
    json!({
        "description": "What a finish may send; also nothing.",
        "type": ["object", "null"],
        "properties": {
            "status": {
                "description": "Without it: FAILED if there is an `errorMessage`, else COMPLETED.",
                "enum": ["SUCCESS", "COMPLETED", "FAILED", null],
            },
            "message": text("Kept as the reason of a failure, if `errorMessage` is not sent."),
            "errorMessage": text("Why the run failed."),
        },
        "example": { "status": "SUCCESS" },
    })
}

fn ingestion() -> Value {
    json!({
        "description": "A reading, or a batch of one run.",
        "anyOf": [
            component("NewReading"),
            {
                "type": "array",
                "items": component("NewReading"),
                "minItems": limits::BATCH.start(),
                "maxItems": limits::BATCH.end(),
            },
        ],
    })
}

/// Within a range, and nothing between zero and what the store holds.
fn number(description: &str, (low, high): (f64, f64), smallest: f64) -> Value {
    let mut any = vec![
        json!({ "type": "number", "const": 0 }),
        json!({ "type": "number", "minimum": smallest, "maximum": high }),
    ];
    if low < 0.0 {
        any.push(json!({ "type": "number", "minimum": low, "maximum": -smallest }));
    }
    json!({ "description": description, "anyOf": any })
}

fn or_null(mut schema: Value) -> Value {
    if let Some(any) = schema["anyOf"].as_array_mut() {
        any.push(json!({ "type": "null" }));
    }
    schema
}

/// A reading in each of the shapes in which it may come.
fn reading() -> Value {
    let mut shapes = vec![measured()];
    shapes.extend(Quantity::ALL.map(typed));
    json!({
        "description": "A reading: a value of one quantity or more, or `reading` and `type`. The run is named by `runId` or by the header X-Run-Id; the readings of a batch are of one run.",
        "anyOf": shapes,
        "example": {
            "runId": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
            "sensorId": "sensor-1",
            "temperature": 22.5,
        },
    })
}

fn value_of(quantity: Quantity) -> Value {
    let range = quantity.range();
    number(
        quantity.unit(),
        (*range.start(), *range.end()),
        limits::SMALLEST,
    )
}

fn measured() -> Value {
    let mut members = reading_members();
    members.insert("reading".to_owned(), json!({ "type": "null" }));
    for quantity in Quantity::ALL {
        members.insert(quantity.name().to_owned(), or_null(value_of(quantity)));
    }
    let is_there = |quantity: Quantity| {
        let name = quantity.name();
        json!({ "required": [name], "properties": { name: { "type": "number" } } })
    };
    json!({
        "type": "object",
        "properties": members,
        "required": ["sensorId"],
        "allOf": [{ "anyOf": Quantity::ALL.map(is_there) }, own_id_needs_a_timestamp()],
    })
}

fn typed(quantity: Quantity) -> Value {
    let mut members = reading_members();
    members.insert("reading".to_owned(), value_of(quantity));
    members.insert("type".to_owned(), json!({ "const": quantity.name() }));
    members.insert(quantity.name().to_owned(), json!({ "type": "null" }));
    json!({
        "type": "object",
        "properties": members,
        "required": ["sensorId", "reading", "type"],
        "allOf": [own_id_needs_a_timestamp()],
    })
}

fn reading_members() -> Map<String, Value> {
    let run = json!({
        "description": "Id of the run, unless the header X-Run-Id has it.",
        "type": ["string", "null"],
        "format": "uuid",
    });
    let id = json!({
        "description": "The client's own id; needs `timestamp`. The same reading sent again changes nothing.",
        "type": ["string", "null"],
        "format": "uuid",
    });
    let timestamp = json!({
        "description": "When it was measured: at most 14 days old and 5 minutes ahead. The time of arrival without it.",
        "type": ["string", "null"],
        "format": "date-time",
    });
    [
        ("runId", run),
        ("sensorId", component("SensorId")),
        ("id", id),
        ("timestamp", timestamp),
    ]
    .map(|(name, schema)| (name.to_owned(), schema))
    .into_iter()
    .collect()
}

fn own_id_needs_a_timestamp() -> Value {
    json!({
        "anyOf": [
            { "properties": { "id": { "type": "null" } } },
            { "required": ["timestamp"], "properties": { "timestamp": { "type": "string" } } },
        ],
    })
}

fn error() -> Value {
    json!({
        "description": "The body of every answer that is not a success.",
        "type": "object",
        "required": ["error", "message"],
        "properties": {
            "error": {
                "description": "Short, stable name of the error.",
                "type": "string",
                "example": "run_limit_reached",
            },
            "message": { "description": "What happened, for a person.", "type": "string" },
            "details": {
                "description": "The problems of an invalid request; other errors have an object.",
                "anyOf": [
                    { "type": "array", "items": component("Problem") },
                    { "type": "object" },
                ],
            },
            "canStart": { "description": "Of errors of can-start and start: as its success has it, and so the next three.", "type": "boolean" },
            "currentRunning": { "type": "integer", "minimum": 0 },
            "maxAllowed": { "type": "integer", "minimum": 0 },
            "available": { "type": "integer", "minimum": 0 },
        },
    })
}
