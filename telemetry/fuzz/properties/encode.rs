//! Any recording gives lines of JSON that the live check, which shares no code with the
//! encoder, finds nothing wrong with.

use std::time::SystemTime;

use arbitrary::{Arbitrary, Unstructured};
use shop::{
    self, DYNAMODB_RETRY, ORDER_PLACED, ORDERS_OPEN, Operation, REQUEST_DURATION, Route,
    TEMPERATURE,
};
use telemetry::{
    Destination, Lines, Metrics,
    emf::check::{Check, Rule},
    event,
};

#[derive(Arbitrary, Debug)]
enum Action<'a> {
    Started(u32),
    Active(f64),
    Temperature(f64),
    Temperatures(u8, f64),
    Request(u8, f64),
    Retry(u8, u32),
    Property(u8, &'a str),
    Number(u8, f64),
    Items(u8, &'a str),
    Flush,
}

/// Records what the bytes ask for, and checks the lines.
pub(crate) fn holds(input: &[u8]) {
    let Ok(actions) = Vec::<Action<'_>>::arbitrary_take_rest(Unstructured::new(input)) else {
        return;
    };
    let lines = Lines::default();
    let namespace = shop::namespace("fuzz");
    let metrics = Metrics::builder(namespace).emf(Destination::lines(&lines));
    metrics
        .build()
        .unwrap()
        .in_scope(|| actions.iter().for_each(act));
    let text = lines.text();
    assert!(text.is_empty() || text.ends_with('\n'));
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let check = Check::new(shop::SHOP, now.try_into().unwrap());
    let report = check.read(text.as_bytes()).unwrap();
    let mut findings = report.findings.iter();
    assert!(
        findings.all(|found| found.rule == Rule::NoEvent),
        "{report}\n{text}\n{actions:?}"
    );
}

fn act(action: &Action<'_>) {
    match *action {
        Action::Started(count) => ORDER_PLACED.add(count.into(), ()),
        Action::Active(level) => ORDERS_OPEN.set(level, ()),
        Action::Temperature(value) => TEMPERATURE.record(value, ()),
        Action::Temperatures(count, value) => {
            (0..count).for_each(|_| TEMPERATURE.record(value, ()));
        }
        Action::Request(route, value) => REQUEST_DURATION.record(value, pick(Route::ALL, route)),
        Action::Retry(operation, count) => {
            DYNAMODB_RETRY.add(count.into(), pick(Operation::ALL, operation));
        }
        Action::Property(property, text) => pick(shop::PROPERTIES, property).set(text),
        Action::Number(property, value) => pick(shop::PROPERTIES, property).set(value),
        Action::Items(count, text) => {
            event::each(pick(shop::PROPERTIES, count), 0..count, |item| {
                pick(shop::PROPERTIES, item).set(text);
                TEMPERATURE.record(f64::from(item), ());
            });
        }
        Action::Flush => event::flush(),
    }
}

fn pick<T: Copy>(all: &[T], index: u8) -> T {
    all[usize::from(index) % all.len()]
}
