//! The two tables, defined once: the local server creates them from here, and the deployment's
//! tables are compared with this.

use aws_sdk_dynamodb::{
    Client,
    error::{BuildError, DisplayErrorContext},
    operation::create_table::{CreateTableError, builders::CreateTableInputBuilder},
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType, TimeToLiveSpecification, TimeToLiveStatus,
    },
};

use crate::{Config, Error, Result};

/// A table. Every key attribute is a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Partition key.
    pub partition_key: &'static str,
    /// Sort key.
    pub sort_key: Option<&'static str>,
    /// Global secondary indexes, which project every attribute.
    pub indexes: &'static [Index],
    /// The attribute that holds the time to live, in seconds since 1970.
    pub time_to_live: &'static str,
}

/// A global secondary index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// Name.
    pub name: &'static str,
    /// Partition key.
    pub partition_key: &'static str,
    /// Sort key.
    pub sort_key: &'static str,
}

/// Runs, and the running board.
pub const RUNS: Table = Table {
    partition_key: "id",
    sort_key: None,
    indexes: &[RUNS_BY_START],
    time_to_live: "expiresAt",
};
/// Readings.
pub const SENSOR_DATA: Table = Table {
    partition_key: "id",
    sort_key: Some("timestamp"),
    indexes: &[READINGS_BY_RUN, READINGS_BY_SENSOR],
    time_to_live: "expiresAt",
};
/// All runs by their start. The partition is constant; the board is not in it.
pub const RUNS_BY_START: Index = Index {
    name: "by-start",
    partition_key: "listing",
    sort_key: "startedAt",
};
/// The readings of a run by time.
pub const READINGS_BY_RUN: Index = Index {
    name: "by-run",
    partition_key: "runId",
    sort_key: "timestamp",
};
/// The readings of a sensor by time.
pub const READINGS_BY_SENSOR: Index = Index {
    name: "by-sensor",
    partition_key: "sensorId",
    sort_key: "timestamp",
};

impl Table {
    /// The request that creates this table on demand capacity, under a name.
    ///
    /// # Errors
    /// [`BuildError`] if the SDK needs a member that is not given.
    pub fn create_request(
        &self,
        name: &str,
    ) -> std::result::Result<CreateTableInputBuilder, BuildError> {
        let index_keys = self
            .indexes
            .iter()
            .flat_map(|index| [index.partition_key, index.sort_key]);
        let mut attributes: Vec<_> = [self.partition_key]
            .into_iter()
            .chain(self.sort_key)
            .chain(index_keys)
            .collect();
        attributes.sort_unstable();
        attributes.dedup();
        let attributes = attributes
            .into_iter()
            .map(string_attribute)
            .collect::<std::result::Result<_, _>>()?;
        let indexes = self
            .indexes
            .iter()
            .map(Index::definition)
            .collect::<std::result::Result<_, _>>()?;
        Ok(CreateTableInputBuilder::default()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(attributes))
            .set_key_schema(Some(key_schema(self.partition_key, self.sort_key)?))
            .set_global_secondary_indexes(Some(indexes)))
    }
}

impl Index {
    fn definition(&self) -> std::result::Result<GlobalSecondaryIndex, BuildError> {
        GlobalSecondaryIndex::builder()
            .index_name(self.name)
            .set_key_schema(Some(key_schema(self.partition_key, Some(self.sort_key))?))
            .projection(
                Projection::builder()
                    .projection_type(ProjectionType::All)
                    .build(),
            )
            .build()
    }
}

fn string_attribute(name: &str) -> std::result::Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(ScalarAttributeType::S)
        .build()
}

fn key_schema(
    partition: &str,
    sort: Option<&str>,
) -> std::result::Result<Vec<KeySchemaElement>, BuildError> {
    let keys = [(partition, KeyType::Hash)]
        .into_iter()
        .chain(sort.map(|name| (name, KeyType::Range)));
    keys.map(|(name, kind)| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
    })
    .collect()
}

/// Creates the tables that do not exist yet, and lets DynamoDB delete what has expired.
///
/// # Errors
/// [`Error::Internal`] if DynamoDB refuses.
pub async fn create_tables(client: &Client, config: &Config) -> Result<()> {
    for (table, name) in [
        (RUNS, &config.runs_table),
        (SENSOR_DATA, &config.sensor_data_table),
    ] {
        create(client, table, name).await?;
        expire(client, table, name).await?;
    }
    Ok(())
}

async fn create(client: &Client, table: Table, name: &str) -> Result<()> {
    let request = table.create_request(name).map_err(Error::defect)?;
    match request.send_with(client).await {
        Ok(_) => tracing::info!(table = %name, "created the table"),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception) => {}
        Err(error) => return Err(refusal("create", name, error)),
    }
    Ok(())
}

/// Turns the time to live on; DynamoDB refuses that where it is on.
async fn expire(client: &Client, table: Table, name: &str) -> Result<()> {
    let now = client.describe_time_to_live().table_name(name).send().await;
    let now = now.map_err(|error| refusal("describe the time to live of", name, error))?;
    let status = now
        .time_to_live_description
        .and_then(|description| description.time_to_live_status);
    if let Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling) = status {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .attribute_name(table.time_to_live)
        .enabled(true)
        .build()
        .map_err(Error::defect)?;
    let request = client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(specification);
    let answer = request.send().await;
    answer
        .map(drop)
        .map_err(|error| refusal("turn on the time to live of", name, error))
}

fn refusal(what: &str, table: &str, error: impl std::error::Error) -> Error {
    let cause = DisplayErrorContext(error);
    Error::defect(format!("can't {what} table {table}: {cause}"))
}
