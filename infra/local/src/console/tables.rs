//! `/tables`: the tables as they are, read only: by key and by index, page by page. A value
//! that is the key of an index leads to what that index has of it.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{AttributeValue, KeySchemaElement, KeyType, TableDescription};
use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::accept::Accept;
use super::page::{Page, Section};
use super::requests::field;
use super::{Console, links};

/// How many items a page shows.
const PAGE: i32 = 50;
/// A page says that the store does not answer rather than wait longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Parameters {
    table: String,
    /// Empty for the table's own key.
    index: String,
    /// The value of the partition key; empty for every item.
    key: String,
    /// How the sort key begins.
    begins: String,
    /// Where the page begins: the last key of the one before, as JSON.
    after: String,
}

/// A table's or an index's key.
struct KeySchema {
    /// Empty for the table itself.
    index: String,
    partition: String,
    sort: Option<String>,
}

struct Table {
    name: String,
    items: i64,
    keys: Vec<KeySchema>,
}

/// An item as DynamoDB has it.
type Attributes = HashMap<String, AttributeValue>;
/// An item as a page shows it.
type Item = Map<String, Value>;

pub(super) async fn page(
    State(console): State<Console>,
    Query(parameters): Query<Parameters>,
    accept: Accept,
) -> Response {
    let reading = async {
        let tables = tables(&console.store).await?;
        let table = tables
            .iter()
            .find(|table| table.name == parameters.table)
            .or(tables.first());
        let Some(table) = table else {
            return Ok((tables, None));
        };
        let found = items(&console.store, table, &parameters).await?;
        let name = table.name.clone();
        Ok((tables, Some((name, found))))
    };
    let read: Result<_, String> =
        match tokio::time::timeout(PATIENCE, console.silent.scope(reading)).await {
            Ok(read) => read,
            Err(_) => Err("The store does not answer.".to_owned()),
        };
    match read {
        Ok((tables, found)) => accept.answer(
            || data(found.as_ref()),
            || draw(&tables, found.as_ref(), &parameters),
        ),
        Err(problem) => accept.answer(
            || json!({ "problem": problem }),
            || {
                Page::new(
                    Section::Tables,
                    "Tables",
                    html! { h1 { "Tables" } p.problem role="alert" { (problem) } },
                )
            },
        ),
    }
}

/// What was found in a table, and the key that the next page begins after.
struct ItemPage {
    items: Vec<Item>,
    next: Option<Item>,
}

impl ItemPage {
    fn new(items: &[Attributes], next: Option<&Attributes>) -> Self {
        Self {
            items: items.iter().map(item).collect(),
            next: next.map(item),
        }
    }
}

async fn tables(client: &Client) -> Result<Vec<Table>, String> {
    let listed = client
        .list_tables()
        .send()
        .await
        .map_err(|error| DisplayErrorContext(error).to_string())?;
    let mut tables = Vec::new();
    for name in listed.table_names() {
        let described = client.describe_table().table_name(name).send().await;
        let described = described.map_err(|error| DisplayErrorContext(error).to_string())?;
        tables.extend(described.table().map(|table| described_as(name, table)));
    }
    Ok(tables)
}

fn described_as(name: &str, table: &TableDescription) -> Table {
    let mut keys = vec![keyed(String::new(), table.key_schema())];
    let indexes = table.global_secondary_indexes().iter();
    keys.extend(indexes.map(|index| {
        keyed(
            index.index_name().unwrap_or_default().to_owned(),
            index.key_schema(),
        )
    }));
    Table {
        name: name.to_owned(),
        items: table.item_count().unwrap_or_default(),
        keys,
    }
}

fn keyed(index: String, schema: &[KeySchemaElement]) -> KeySchema {
    let of = |kind: KeyType| {
        schema
            .iter()
            .find(|key| *key.key_type() == kind)
            .map(|key| key.attribute_name().to_owned())
    };
    KeySchema {
        index,
        partition: of(KeyType::Hash).unwrap_or_default(),
        sort: of(KeyType::Range),
    }
}

async fn items(
    client: &Client,
    table: &Table,
    parameters: &Parameters,
) -> Result<ItemPage, String> {
    let keyed = table
        .keys
        .iter()
        .find(|keyed| keyed.index == parameters.index)
        .or(table.keys.first());
    let Some(keyed) = keyed else {
        return Err(format!("{} has no key.", table.name));
    };
    let index = Some(keyed.index.clone()).filter(|index| !index.is_empty());
    let after = serde_json::from_str::<Item>(&parameters.after).ok();
    let after = after.map(|key| {
        key.into_iter()
            .map(|(name, value)| (name, attribute(&value)))
            .collect()
    });
    if parameters.key.is_empty() {
        let scan = client
            .scan()
            .table_name(&table.name)
            .set_index_name(index)
            .limit(PAGE)
            .set_exclusive_start_key(after);
        let page = scan.send().await.map_err(refused)?;
        return Ok(ItemPage::new(page.items(), page.last_evaluated_key()));
    }
    let mut query = client
        .query()
        .table_name(&table.name)
        .set_index_name(index)
        .scan_index_forward(false)
        .limit(PAGE)
        .set_exclusive_start_key(after)
        .expression_attribute_names("#p", &keyed.partition)
        .expression_attribute_values(":p", AttributeValue::S(parameters.key.clone()));
    let mut condition = "#p = :p".to_owned();
    if let Some(sort) = keyed
        .sort
        .as_ref()
        .filter(|_| !parameters.begins.is_empty())
    {
        condition.push_str(" AND begins_with(#s, :s)");
        query = query
            .expression_attribute_names("#s", sort)
            .expression_attribute_values(":s", AttributeValue::S(parameters.begins.clone()));
    }
    let page = query.key_condition_expression(condition).send().await;
    let page = page.map_err(refused)?;
    Ok(ItemPage::new(page.items(), page.last_evaluated_key()))
}

fn refused(error: impl Error) -> String {
    format!("DynamoDB refuses: {}", DisplayErrorContext(error))
}

fn item(item: &Attributes) -> Item {
    let mut names: Vec<&String> = item.keys().collect();
    names.sort();
    names
        .into_iter()
        .map(|name| (name.clone(), value(&item[name])))
        .collect()
}

fn value(attribute: &AttributeValue) -> Value {
    match attribute {
        AttributeValue::S(text) => Value::from(text.as_str()),
        AttributeValue::N(number) => {
            serde_json::from_str(number).unwrap_or_else(|_| Value::from(number.as_str()))
        }
        AttributeValue::Bool(truth) => Value::from(*truth),
        AttributeValue::L(values) => values.iter().map(value).collect(),
        AttributeValue::M(members) => Value::Object(item(members)),
        AttributeValue::Ss(texts) | AttributeValue::Ns(texts) => texts
            .iter()
            .map(|text| Value::from(text.as_str()))
            .collect(),
        AttributeValue::B(bytes) => Value::from(format!("{} bytes", bytes.as_ref().len())),
        _ => Value::Null,
    }
}

/// Every key attribute here is a string.
fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::String(text) => AttributeValue::S(text.clone()),
        other => AttributeValue::N(other.to_string()),
    }
}

fn data(found: Option<&(String, ItemPage)>) -> Value {
    match found {
        Some((table, found)) => json!({ "table": table, "items": found.items, "next": found.next }),
        None => json!({ "items": [] }),
    }
}

fn draw(tables: &[Table], found: Option<&(String, ItemPage)>, parameters: &Parameters) -> Page {
    let shown = found.map(|(name, _)| name.as_str()).unwrap_or_default();
    let table = tables.iter().find(|table| table.name == shown);
    let body = html! {
        div.head { h1 { "Tables" } span.detail { "read only" } }
        nav.tabs aria-label="Tables" { ul { @for table in tables {
            li { a href=(links::query("/tables", &[("table", &table.name)])) aria-current=[(table.name == shown).then_some("page")] {
                (table.name) " (" (table.items) ")"
            } }
        } } }
        @if let Some(table) = table { (form(table, parameters)) }
        @if let (Some(table), Some((_, found))) = (table, found) {
            div.wide tabindex="0" role="region" aria-label={ "Items of " (table.name) } { (rows(tables, table, found)) }
            @if let Some(next) = &found.next {
                p { a href=(links::query("/tables", &[
                    ("table", table.name.as_str()), ("index", &parameters.index), ("key", &parameters.key), ("begins", &parameters.begins),
                    ("after", &Value::Object(next.clone()).to_string()),
                ])) { "Next " (PAGE) } }
            }
        }
    };
    Page::new(Section::Tables, "Tables", body)
}

fn form(table: &Table, parameters: &Parameters) -> Markup {
    html! {
        form.filter method="get" action="/tables" role="search" aria-label="Find items" {
            input type="hidden" name="table" value=(table.name);
            div {
                label for="index" { "By" }
                select #index name="index" {
                    @for keyed in &table.keys {
                        option value=(keyed.index) selected[keyed.index == parameters.index] {
                            @if keyed.index.is_empty() { "key: " } @else { (keyed.index) ": " }
                            (keyed.partition) @if let Some(sort) = &keyed.sort { ", then " (sort) }
                        }
                    }
                }
            }
            (field("key", "Its value", &parameters.key, "empty for every item"))
            (field("begins", "Then begins with", &parameters.begins, "2026-11-25"))
            button type="submit" { "Find" }
            a href=(links::query("/tables", &[("table", &table.name)])) { "Clear" }
        }
    }
}

fn rows(tables: &[Table], table: &Table, found: &ItemPage) -> Markup {
    let own: Vec<&str> = table
        .keys
        .first()
        .into_iter()
        .flat_map(|keyed| [Some(keyed.partition.as_str()), keyed.sort.as_deref()])
        .flatten()
        .collect();
    let mut columns: Vec<&str> = own.clone();
    for name in found.items.iter().flat_map(|item| item.keys()) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    html! {
        @if found.items.is_empty() { p.empty { "No such item." } }
        @else {
            table {
                thead { tr { @for column in &columns { th scope="col" { (column) } } } }
                tbody { @for item in &found.items {
                    tr { @for (place, column) in columns.iter().enumerate() {
                        td.main[place == 0] data-label=[(place > 0).then_some(column)] {
                            @if let Some(value) = item.get(*column) { (cell(tables, table, column, value)) }
                        }
                    } }
                } }
            }
        }
    }
}

/// A value, which leads to the items that have it as their key: a run's id to its readings.
fn cell(tables: &[Table], from: &Table, column: &str, value: &Value) -> Markup {
    let Some(text) = value.as_str() else {
        return html! { code { (value) } };
    };
    let name = if column == "id" && from.name.contains("Run") {
        "runId"
    } else {
        column
    };
    let mut keys = tables
        .iter()
        .flat_map(|table| table.keys.iter().map(move |keyed| (table, keyed)));
    let leads = keys.find(|(table, keyed)| {
        keyed.partition == name && (table.name != from.name || !keyed.index.is_empty())
    });
    html! {
        @if let Some((table, keyed)) = leads {
            a href=(links::query("/tables", &[("table", table.name.as_str()), ("index", &keyed.index), ("key", text)])) { (text) }
        } @else { (text) }
    }
}
