//! A catalogue without layers: sets of several dimensions, points of a second.

use serde_json::json;
use telemetry::{ApplicationNamespace, Catalogue, Destination, Lines, Metrics, emf::check::Check};

telemetry::dimension! {
    /// How a parcel travels.
    pub enum Shipping as "Shipping" {
        /// In one day.
        Express = "express",
        /// In a week.
        Standard = "standard",
    }
}

telemetry::dimension! {
    /// Where it goes.
    pub enum Country as "Country" {
        /// France.
        France = "FR",
        /// Italy.
        Italy = "IT",
        /// Spain.
        Spain = "ES",
    }
}

telemetry::catalogue! {
    /// Bytes of a label.
    LABEL_SIZE: Distribution {
        name: "label_size",
        unit: Bytes,
        by: [[], [Shipping], [Country, Shipping]],
        resolution: Second,
        sample: Tail { median: 900.0, p99: 4000.0 },
    }
    /// Parcels that left.
    PARCEL: Counter {
        name: "parcel",
        unit: Count,
        by: [[Shipping]],
        sample: Rate { per_minute: 4.0 },
    }
}

telemetry::properties! {
    /// Id of the parcel.
    PARCEL_ID as "parcel_id";
}

const POST: Catalogue = Catalogue::new(ALL, PROPERTIES);

#[test]
fn every_combination_of_values_is_billed() {
    assert_eq!(LABEL_SIZE.definition().billed_metrics(), 1 + 2 + 3 * 2);
    assert_eq!(POST.billed_metrics(), 9 + 2);
}

#[test]
fn metrics_share_a_line_where_their_dimensions_agree() {
    let lines = Lines::default();
    let namespace = ApplicationNamespace::new("Shop/test").unwrap();
    let metrics = Metrics::builder(namespace).emf(Destination::lines(&lines));
    metrics.build().unwrap().in_scope(|| {
        PARCEL_ID.set("p-1");
        PARCEL.increment(Shipping::Express);
        LABEL_SIZE.record(512.0, (Country::Italy, Shipping::Express));
        LABEL_SIZE.record(640.0, (Country::Italy, Shipping::Express));
        LABEL_SIZE.record(900.0, (Country::Italy, Shipping::Standard));
    });
    let [express, standard] = lines.json().try_into().unwrap();
    assert_eq!(
        express["_aws"]["CloudWatchMetrics"][1],
        json!({
            "Namespace": "Shop/test",
            "Dimensions": [[], ["Shipping"], ["Country", "Shipping"]],
            "Metrics": [{"Name": "label_size", "StorageResolution": 1}],
        })
    );
    assert_eq!(express["label_size"], json!([512, 640]));
    assert_eq!(
        (&express["Country"], &express["Shipping"]),
        (&json!("IT"), &json!("express"))
    );
    assert_eq!(express["parcel"], 1);
    assert_eq!(
        (&standard["label_size"], &standard["Shipping"]),
        (&json!(900), &json!("standard"))
    );

    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_millis();
    let check = Check::new(POST, now.try_into().unwrap());
    let report = check.read(lines.text().as_bytes()).unwrap();
    assert!(
        report.is_clean() && report.never_seen.is_empty(),
        "{report}"
    );
}
