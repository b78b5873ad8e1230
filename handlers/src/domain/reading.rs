//! Readings.

use std::borrow::Cow;

use catalogue::Quantity;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::Timestamp;

/// What one sensor measured at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Id; the client's, if it sent one.
    pub id: Uuid,
    /// The run it belongs to.
    pub run_id: Uuid,
    /// Who sent it.
    pub username: String,
    /// The sensor that measured.
    pub sensor_id: String,
    /// When it was measured; the time of arrival unless the client sent one.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// What it measured.
    #[serde(flatten)]
    pub measurements: Measurements,
}

/// A reading as it arrives, before its run and user are known.
#[derive(Clone, Debug, PartialEq)]
pub struct NewReading {
    /// The client's own id and timestamp: sent again, they change nothing.
    pub own_id: Option<Uuid>,
    /// The client's timestamp.
    pub timestamp: Option<Timestamp>,
    /// The sensor that measured.
    pub sensor_id: String,
    /// What it measured.
    pub measurements: Measurements,
}

impl NewReading {
    /// The reading, for its run and user, with an id and timestamp where it has none.
    pub fn received(self, run_id: Uuid, username: String, now: Timestamp) -> Reading {
        Reading {
            id: self.own_id.unwrap_or_else(Uuid::new_v4),
            run_id,
            username,
            sensor_id: self.sensor_id,
            timestamp: self.timestamp.unwrap_or(now),
            measurements: self.measurements,
        }
    }
}

/// What a reading measured: a value of at least one quantity, and a member for each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measurements([Option<f64>; Quantity::ALL.len()]);

impl Measurements {
    /// The value of a quantity.
    pub fn get(&self, quantity: Quantity) -> Option<f64> {
        self.0[quantity as usize]
    }

    /// Sets the value of a quantity, or takes it away.
    pub fn set(&mut self, quantity: Quantity, value: Option<f64>) {
        self.0[quantity as usize] = value;
    }

    /// Those that there are.
    pub fn iter(&self) -> impl Iterator<Item = (Quantity, f64)> {
        let each = Quantity::ALL.into_iter();
        each.filter_map(|quantity| Some((quantity, self.get(quantity)?)))
    }
}

impl Serialize for Measurements {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.iter()
                .map(|(quantity, value)| (quantity.name(), value)),
        )
    }
}

impl PartialSchema for Measurements {
    fn schema() -> RefOr<Schema> {
        let object = Quantity::ALL
            .iter()
            .fold(ObjectBuilder::new(), |object, quantity| {
                // Without a range: what was copied from older tables is shown as it is.
                let number = ObjectBuilder::new()
                    .schema_type(SchemaType::from_iter([Type::Number, Type::Null]))
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
                    .description(Some(format!("In {}.", quantity.unit())));
                object.property(quantity.name(), number)
            });
        object.into()
    }
}

impl ToSchema for Measurements {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Measurements")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_on_the_api_names_every_quantity() {
        let page = include_str!("../../../docs/api.md");
        let members = Quantity::ALL.map(|quantity| format!("{}?", quantity.name()));
        let members = members.join(",");
        assert!(
            page.contains(&members),
            "docs/api.md: a reading has {members}"
        );
    }
}
