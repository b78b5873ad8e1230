//! Answers to exports that are taken in part, as clients read them.

use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics,
};
use serde_json::json;
use tower::ServiceExt as _;

use super::*;
use crate::Subject;
use crate::otlp::metrics::MAX_SERIES;

/// Points of so many series more than are kept, and one without a number.
fn too_many(more: usize) -> ExportMetricsServiceRequest {
    let gauge = |value| {
        let point = NumberDataPoint {
            value,
            ..NumberDataPoint::default()
        };
        Data::Gauge(Gauge {
            data_points: vec![point],
        })
    };
    let metric = |number| Metric {
        name: format!("m{number}"),
        data: Some(gauge((number > 0).then_some(Value::AsInt(1)))),
        ..Metric::default()
    };
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            scope_metrics: vec![ScopeMetrics {
                metrics: (0..=MAX_SERIES + more).map(metric).collect(),
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    }
}

async fn answer(kind: &str, body: Vec<u8>) -> Vec<u8> {
    let request = Request::post("/v1/metrics").header(CONTENT_TYPE, kind);
    let request = request.body(Body::from(body)).unwrap();
    let router = router(Observations::nothing(&Subject::sentori(), "local"));
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[CONTENT_TYPE], kind);
    answer
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .into()
}

#[tokio::test]
async fn more_series_than_are_kept_are_rejected_in_words_in_both_encodings() {
    let export = too_many(3);
    let (json, protobuf) = ("application/json", "application/x-protobuf");
    let said = answer(json, serde_json::to_vec(&export).unwrap()).await;
    let in_json: serde_json::Value = serde_json::from_slice(&said).unwrap();
    let said = answer(protobuf, export.encode_to_vec()).await;
    let in_protobuf = ExportMetricsServiceResponse::decode(said.as_slice()).unwrap();
    let partial = in_protobuf.partial_success.unwrap();
    // As text, which is how Protobuf's JSON has numbers of 64 bits.
    let expected = json!({ "partialSuccess": {
        "rejectedDataPoints": partial.rejected_data_points.to_string(), "errorMessage": partial.error_message,
    } });
    assert_eq!(in_json, expected);
    assert_eq!(partial.rejected_data_points, 4);
    for said in ["3: 1000 series are kept", "1: a point needs a number"] {
        assert!(partial.error_message.contains(said), "{partial:?}");
    }
}
