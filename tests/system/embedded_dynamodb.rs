//! The embedded DynamoDB answers this process as it answers other programs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, KeysAndAttributes, Put, PutRequest,
    ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    WriteRequest,
};
use handlers::client::{Connection, settings};
use handlers::store::tables::{RUNS, SENSOR_DATA};
use sentori::store::{EmbeddedStore, Storage, free_port};
use serde_json::Value;
use system_tests::{Api, Fault, FaultProxy};

type Item = HashMap<String, AttributeValue>;

/// What came back, before the SDK makes types of it.
#[derive(Clone, Debug, Default)]
struct Answers(Arc<Mutex<Vec<(u16, Value)>>>);

impl Intercept for Answers {
    fn name(&self) -> &'static str {
        "answers"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let body = response.body().bytes().ok_or("a body in memory")?;
        let mut answer: Value = serde_json::from_slice(body)?;
        let kind = answer["__type"].as_str().unwrap_or_default();
        if kind.ends_with("#ValidationException") {
            // Which words tell what is wrong with a value depends on who read it first.
            answer["message"].take();
        }
        let answer = (response.status().as_u16(), answer);
        self.0.lock().unwrap().push(answer);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_address_is_for_those_who_know_the_key_and_not_for_browsers() {
    let store = EmbeddedStore::open(&Storage::Memory, Some(free_port())).unwrap();
    let url = store.url().unwrap();
    only_programs_with_the_key(&Api::at(&url), store.access_key()).await;
    // The demo's faults happen on a port of their own, in front of the store's.
    let proxy = FaultProxy::start(&url, |_: &str| Fault::None)
        .await
        .unwrap();
    only_programs_with_the_key(&Api::at(proxy.url()), store.access_key()).await;
    store.close().await.unwrap();
}

async fn only_programs_with_the_key(door: &Api, key: &str) {
    let list = |key: &str| {
        let signed =
            format!("AWS4-HMAC-SHA256 Credential={key}/20261125/eu-west-3/dynamodb/aws4_request");
        door.post("/")
            .header("x-amz-target", "DynamoDB_20120810.ListTables")
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", &signed)
            .raw("{}")
    };
    let own = list(key).send().await;
    assert_eq!(own.status, 200, "{own:?}");
    let wrong = list("local").send().await;
    assert_eq!(wrong.status, 400, "{wrong:?}");
    let error = wrong.json()["__type"].to_string();
    assert!(error.contains("UnrecognizedClientException"), "{error}");

    let own = || list(key);
    for page in ["http://localhost:4200", "https://evil.example", "null"] {
        let refused = own().header("origin", page).send().await;
        assert_eq!(refused.status, 403, "{page}: {refused:?}");
        assert_eq!(refused.header("access-control-allow-origin"), None);
    }
    let rebound = own().header("host", "evil.example").send().await;
    assert_eq!(rebound.status, 421, "{rebound:?}");
    let preflight = door
        .call(http::Method::OPTIONS, "/")
        .header("origin", "http://localhost:4200")
        .header("access-control-request-method", "POST")
        .send()
        .await;
    assert_eq!(preflight.header("access-control-allow-origin"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_in_this_process_and_over_http_are_the_same() {
    let [here, there] = [EmbeddedStore::connection, over_http].map(|connection| async move {
        let store = EmbeddedStore::open(&Storage::Memory, Some(free_port())).unwrap();
        let answers = Answers::default();
        let settings = settings(&connection(&store)).interceptor(answers.clone());
        let client = Client::from_conf(settings.build());
        prepare(&client).await;
        let prepared = answers.0.lock().unwrap().len();
        accepted(&client).await;
        refused(&client).await;
        store.close().await.unwrap();
        let mut answers = answers.0.lock().unwrap();
        answers.split_off(prepared)
    });
    let (here, there) = (here.await, there.await);
    assert_eq!(here.len(), there.len());
    for (here, there) in here.iter().zip(&there) {
        assert_eq!(here, there);
    }
    let statuses: Vec<u16> = here.iter().map(|(status, _)| *status).collect();
    let first_refusal = statuses.iter().position(|status| *status != 200);
    let (accepted, refused) = statuses.split_at(first_refusal.unwrap());
    assert_eq!((accepted.len(), refused.len()), (12, 9), "{here:?}");
    assert!(refused.iter().all(|status| *status == 400), "{here:?}");
}

fn over_http(store: &EmbeddedStore) -> Connection {
    store.connection_over_http().unwrap()
}

async fn prepare(client: &Client) {
    for (table, name) in [(RUNS, "Runs"), (SENSOR_DATA, "SensorData")] {
        let request = table.create_request(name).unwrap();
        request.send_with(client).await.unwrap();
    }
}

fn string(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn item(id: &str) -> Item {
    let temperature = AttributeValue::N("20.50".to_owned());
    let set = AttributeValue::Ns(["3", "1", "20"].map(str::to_owned).to_vec());
    let list = AttributeValue::L(vec![
        AttributeValue::Null(true),
        AttributeValue::Bool(false),
    ]);
    let map = AttributeValue::M([("µ".to_owned(), string("\u{1f321}\n"))].into());
    let attributes = [
        ("id", string(id)),
        ("timestamp", string("2026-01-01T00:00:00.000Z")),
        ("runId", string("run")),
        ("sensorId", string("sensor")),
        ("temperature", temperature),
        ("bytes", AttributeValue::B(Blob::new([0, 255]))),
        ("set", set),
        ("list", list),
        ("map", map),
    ];
    attributes
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

fn key(id: &str) -> Item {
    let mut item = item(id);
    item.retain(|name, _| ["id", "timestamp"].contains(&name.as_str()));
    item
}

fn put(id: &str) -> Put {
    let put = Put::builder().table_name("SensorData");
    put.set_item(Some(item(id)))
        .condition_expression("attribute_not_exists(id)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .unwrap()
}

/// Twelve calls that do what they are asked.
async fn accepted(client: &Client) {
    let table = "SensorData";
    let described = client.describe_time_to_live().table_name("Runs");
    described.send().await.unwrap();
    let put_item = client.put_item().table_name(table);
    put_item
        .set_item(Some(item("a")))
        .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
        .send()
        .await
        .unwrap();
    for id in ["a", "missing"] {
        let get = client.get_item().table_name(table);
        get.set_key(Some(key(id))).send().await.unwrap();
    }
    let update = client.update_item().table_name(table);
    update
        .set_key(Some(key("a")))
        .update_expression("SET #list[1] = :new REMOVE bytes ADD #set :more")
        .expression_attribute_names("#list", "list")
        .expression_attribute_names("#set", "set")
        .expression_attribute_values(":new", string("new"))
        .expression_attribute_values(":more", AttributeValue::Ns(vec!["5".to_owned()]))
        .return_values(ReturnValue::AllNew)
        .send()
        .await
        .unwrap();
    let request = |id| {
        let put = PutRequest::builder().set_item(Some(item(id)));
        let request = WriteRequest::builder().put_request(put.build().unwrap());
        request.build()
    };
    let batch = ["b", "c", "d"].map(request).to_vec();
    let write = client.batch_write_item().request_items(table, batch);
    write.send().await.unwrap();
    let keys = KeysAndAttributes::builder().keys(key("b")).build().unwrap();
    let read = client.batch_get_item().request_items(table, keys);
    read.send().await.unwrap();
    let query = client.query().table_name(table);
    query
        .index_name(SENSOR_DATA.indexes[0].name)
        .key_condition_expression("runId = :run")
        .expression_attribute_values(":run", string("run"))
        .limit(1)
        .send()
        .await
        .unwrap();
    // The second time, the token makes it the same transaction.
    for _ in 0..2 {
        let e = TransactWriteItem::builder().put(put("e")).build();
        let transaction = client.transact_write_items().transact_items(e);
        let transaction = transaction.client_request_token("token");
        transaction.send().await.unwrap();
    }
    let delete = client.delete_item().table_name(table);
    let old = delete
        .set_key(Some(key("d")))
        .return_values(ReturnValue::AllOld);
    old.send().await.unwrap();
    client.scan().table_name(table).send().await.unwrap();
}

/// Nine calls that are refused, each for another reason.
async fn refused(client: &Client) {
    let table = "SensorData";
    let get = |table: &str, key| client.get_item().table_name(table).set_key(Some(key));
    let again = client.put_item().table_name(table);
    again
        .set_item(Some(item("a")))
        .condition_expression("attribute_not_exists(id)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .unwrap_err();
    let update = client.update_item().table_name(table);
    update
        .set_key(Some(key("missing")))
        .update_expression("SET temperature = temperature + :one")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .send()
        .await
        .unwrap_err();
    let delete = Delete::builder().table_name(table);
    let delete = delete.set_key(Some(key("b"))).build().unwrap();
    let check = ConditionCheck::builder().table_name("Runs");
    let check = check
        .key(RUNS.partition_key, string("missing"))
        .condition_expression("attribute_exists(id)")
        .build()
        .unwrap();
    let transaction = client.transact_write_items();
    transaction
        .transact_items(TransactWriteItem::builder().delete(delete).build())
        .transact_items(TransactWriteItem::builder().condition_check(check).build())
        .transact_items(TransactWriteItem::builder().put(put("a")).build())
        .send()
        .await
        .unwrap_err();
    get("Elsewhere", key("a")).send().await.unwrap_err();
    get(table, Item::new()).send().await.unwrap_err();
    let expression = get(table, key("a")).projection_expression("a b");
    expression.send().await.unwrap_err();
    let unused = client.query().table_name(table);
    unused
        .key_condition_expression("id = :id")
        .send()
        .await
        .unwrap_err();
    let number = AttributeValue::N("not a number".to_owned());
    let mut wrong = item("wrong");
    wrong.insert("temperature".to_owned(), number);
    let put = client.put_item().table_name(table).set_item(Some(wrong));
    put.send().await.unwrap_err();
    let mut large = item("large");
    large.insert("text".to_owned(), string(&"x".repeat(400 * 1024)));
    let put = client.put_item().table_name(table).set_item(Some(large));
    put.send().await.unwrap_err();
}
