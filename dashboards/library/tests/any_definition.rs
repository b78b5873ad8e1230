//! Whatever is defined renders to JSON that Grafana can place: unique ids, no overlap.
#![expect(clippy::expect_used, reason = "tests report by failing")]

use catalogue::links::API;
use catalogue::{REQUEST_DURATION, REQUEST_ERROR, Route};
use dashboards::model::{Dashboard, Narrow, Panel, Threshold, Width};
use dashboards::render::grafana::{Backend, dashboard};
use library::DEPLOYMENT;
use proptest::prelude::*;
use serde_json::Value;

fn panel() -> impl Strategy<Value = Panel> {
    let width = prop::sample::select(vec![
        Width::Quarter,
        Width::Third,
        Width::Half,
        Width::TwoThirds,
        Width::Full,
    ]);
    (0..5_u8, ".{0,12}", ".{0,20}", width, any::<f64>()).prop_map(
        |(kind, title, text, width, level)| {
            let panel = match kind {
                0 => Panel::time_series(title),
                1 => Panel::stacked_series(title),
                2 => Panel::stat(title),
                3 => Panel::table(title),
                _ => Panel::time_series(title)
                    .draw(text.clone(), REQUEST_DURATION.by::<Route>().samples()),
            };
            let share = REQUEST_ERROR.total().sum() / (REQUEST_DURATION.total().samples() + level);
            panel
                .describe(text.clone())
                .draw(text.clone(), share)
                .draw(text, REQUEST_DURATION.total().percentile(99.0))
                .threshold(Threshold::above(level))
                .width(width)
        },
    )
}

fn rectangle(panel: &Value) -> [u64; 4] {
    ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().expect("a number"))
}

proptest! {
    #[test]
    fn renders_valid_json_without_overlap(
        rows in prop::collection::vec((".{0,12}", prop::collection::vec(panel(), 0..8)), 0..5)
    ) {
        let defined = rows.into_iter().fold(Dashboard::new(API, "Any"), |all, (title, panels)| {
            all.row(title, panels)
        });
        for backend in [Backend::CloudWatch, Backend::Prometheus] {
            let Some(json) = dashboard(&DEPLOYMENT, &defined, backend).expect("renders") else {
                prop_assert_eq!(defined.panels().count(), 0);
                continue;
            };
            let json: Value = serde_json::from_str(&json).expect("valid JSON");
            let panels = json["panels"].as_array().expect("panels");
            for (index, panel) in panels.iter().enumerate() {
                let [x, y, w, h] = rectangle(panel);
                prop_assert!(w > 0 && h > 0 && x + w <= 24);
                for other in &panels[..index] {
                    prop_assert_ne!(&panel["id"], &other["id"]);
                    let [ox, oy, ow, oh] = rectangle(other);
                    let apart = x + w <= ox || ox + ow <= x || y + h <= oy || oy + oh <= y;
                    prop_assert!(apart, "{panel} overlaps {other}");
                }
            }
        }
    }
}
