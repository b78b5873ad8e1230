//! The other crates' part of the comparison.

use std::time::{SystemTime, UNIX_EPOCH};

use metrique::{
    emf::Emf,
    writer::{Entry, EntryWriter, format::Format},
};

use crate::{
    measure::Table,
    record::{NAMESPACE, ROUTE, Record, SERVICE, record},
};

pub fn add_to(table: &mut Table) {
    metrique(table);
    embedded(table);
    serde(table);
}

/// Adds a peer that appends a line to memory; shows the line.
fn add(table: &mut Table, name: &str, mut write: impl FnMut(&mut Vec<u8>) + 'static) {
    let mut out = Vec::new();
    write(&mut out);
    eprintln!("{}", String::from_utf8_lossy(&out));
    table.add(name, move || {
        out.clear();
        write(&mut out);
        out.len()
    });
}

impl Entry for Record {
    fn write<'a>(&'a self, writer: &mut impl EntryWriter<'a>) {
        writer.timestamp(SystemTime::now());
        writer.value("Service", SERVICE);
        writer.value("Route", ROUTE);
        writer.value("request", &self.request);
        writer.value("request_duration", &self.request_duration);
        writer.value("store_duration", &self.store_duration);
        writer.value("run_id", self.run_id);
        writer.value("user", self.user);
        writer.value("sensor_id", self.sensor_id);
    }
}

/// As fast as it can be: without the validations, which are for debug builds.
fn metrique(table: &mut Table) {
    let dimensions = vec![vec!["Service".to_owned(), "Route".to_owned()]];
    let mut emf = Emf::no_validations(NAMESPACE.to_owned(), dimensions);
    add(table, "metrique 0.1.33, without validations", move |out| {
        emf.format(record(), out).expect("memory");
    });
}

fn embedded(table: &mut Table) {
    let collector = metrics_cloudwatch_embedded::Builder::new()
        .cloudwatch_namespace(NAMESPACE)
        .with_dimension("Service", SERVICE)
        .init()
        .expect("the first recorder");
    add(table, "metrics_cloudwatch_embedded 0.10", move |out| {
        let record = record();
        collector.set_property("run_id", record.run_id);
        collector.set_property("user", record.user);
        collector.set_property("sensor_id", record.sensor_id);
        metrics::counter!("request", "Route" => ROUTE).increment(record.request);
        metrics::histogram!("request_duration", "Route" => ROUTE).record(record.request_duration);
        metrics::histogram!("store_duration", "Route" => ROUTE).record(record.store_duration);
        collector.flush(out).expect("memory");
    });
}

#[derive(serde::Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    aws: Aws<'a>,
    #[serde(rename = "Service")]
    service: &'a str,
    #[serde(rename = "Route")]
    route: &'a str,
    request: u64,
    request_duration: f64,
    store_duration: f64,
    run_id: &'a str,
    user: &'a str,
    sensor_id: &'a str,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Aws<'a> {
    timestamp: u128,
    #[serde(rename = "CloudWatchMetrics")]
    metrics: [Directive<'a>; 1],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: [[&'a str; 2]; 1],
    metrics: [Definition<'a>; 3],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition<'a> {
    name: &'a str,
}

impl Line<'static> {
    fn new(record: &'static Record) -> Self {
        let definition = |name| Definition { name };
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            aws: Aws {
                timestamp: since.expect("after 1970").as_millis(),
                metrics: [Directive {
                    namespace: NAMESPACE,
                    dimensions: [["Service", "Route"]],
                    metrics: [
                        definition("request"),
                        definition("request_duration"),
                        definition("store_duration"),
                    ],
                }],
            },
            service: SERVICE,
            route: ROUTE,
            request: record.request,
            request_duration: record.request_duration,
            store_duration: record.store_duration,
            run_id: record.run_id,
            user: record.user,
            sensor_id: record.sensor_id,
        }
    }
}

/// One struct for this record alone: what a program without any library would do.
fn serde(table: &mut Table) {
    add(table, "serde_json of a struct for this record", |out| {
        serde_json::to_writer(&mut *out, &Line::new(record())).expect("memory");
        out.push(b'\n');
    });
}
