//! Whatever a panel shows, its drawing is well-formed, and a user's text stays text.

use crate::fixture::{API, ORDERS};
use proptest::prelude::*;
use roxmltree::Document;
use shop::{ORDER_ID, REQUEST_DURATION};
use telemetry::property::TRACE_ID;

use super::*;
use crate::fixture::ORDER;
use crate::model::{Dashboard, Narrow, Panel, Threshold, Width};
use crate::view::{Cell, Line, Number, Point, Series, Table, TimeRange, View};

const RANGE: TimeRange = TimeRange {
    start: 1_700_000_000,
    end: 1_700_010_800,
};
const HOSTILE: &str = "<script>alert('&\"]]>\u{0}\u{202e}";

struct Everywhere;

impl Links for Everywhere {
    fn cell(&self, _link: Link, value: &str) -> Option<String> {
        Some(format!("/runs?id={value}&x=1"))
    }

    fn panel(&self, id: u32) -> Option<String> {
        Some(format!("?viewPanel={id}"))
    }
}

fn points(values: impl IntoIterator<Item = Option<f64>>) -> Vec<Point> {
    let points = (0..).zip(values).map(|(minute, value)| Point {
        at: RANGE.start + minute * 60,
        value,
    });
    points.collect()
}

fn series(label: &str, values: impl IntoIterator<Item = Option<f64>>) -> Series {
    Series {
        label: label.to_owned(),
        place: 0,
        points: points(values),
    }
}

fn time_series() -> Panel {
    Panel::time_series("Duration").draw("p50", REQUEST_DURATION.total().percentile(50.0))
}

fn one(panel: Panel) -> Dashboard {
    Dashboard::new(API, "One").row("Row", [panel])
}

fn html(panel: Panel, mut view: View) -> String {
    if let View::Series(all) = &mut view {
        let placed = all.iter_mut().enumerate();
        placed.for_each(|(place, series)| series.place = place);
    }
    dashboard(&one(panel), &[view], RANGE, &NoLinks).into_string()
}

fn attributes<'a>(document: &'a Document<'_>, class: &str, name: &str) -> Vec<&'a str> {
    let nodes = document.descendants();
    let of_class = nodes.filter(|node| {
        let mut classes = node.attribute("class").unwrap_or_default().split(' ');
        classes.any(|other| other == class)
    });
    of_class.filter_map(|node| node.attribute(name)).collect()
}

fn texts<'a>(document: &'a Document<'_>, element: &str) -> Vec<&'a str> {
    let nodes = document.descendants();
    let named = nodes.filter(|node| node.has_tag_name(element));
    named.filter_map(|node| node.text()).collect()
}

#[test]
fn a_line_breaks_where_there_is_no_value() {
    let gap = [
        Some(1.0),
        Some(2.0),
        None,
        Some(3.0),
        Some(4.0),
        None,
        Some(5.0),
    ];
    let html = html(time_series(), View::Series(vec![series("p50", gap)]));
    let document = Document::parse(&html).unwrap();
    let line = attributes(&document, "line", "d")[0];
    assert_eq!(line.matches('M').count(), 2, "{line}");
    let dots = attributes(&document, "points", "d")[0];
    assert_eq!(dots.matches("h0").count(), 5, "{dots}");
}

#[test]
fn dots_are_left_out_where_they_would_touch_but_for_single_values() {
    let dense = (0..170).map(|minute| (minute != 100 && minute != 102).then_some(1.0));
    let html = html(time_series(), View::Series(vec![series("p50", dense)]));
    let document = Document::parse(&html).unwrap();
    assert_eq!(
        attributes(&document, "points", "d")[0]
            .matches("h0")
            .count(),
        1
    );
}

#[test]
fn a_threshold_is_in_sight_however_low_the_values_are() {
    let panel = time_series().threshold(Threshold::above(1_000.0));
    let html = html(panel, View::Series(vec![series("p50", [Some(5.0); 3])]));
    let document = Document::parse(&html).unwrap();
    let heights = attributes(&document, "limit", "y1");
    let [height] = heights.as_slice() else {
        panic!("one threshold, not {heights:?}");
    };
    let height: f64 = height.trim_end_matches('%').parse().unwrap();
    assert!((5.0..20.0).contains(&height), "{height}");
    assert!(texts(&document, "title").contains(&"Threshold 1 s"));
}

#[test]
fn the_label_says_what_is_seen() {
    let panel = time_series().threshold(Threshold::above(1_000.0));
    let all = vec![
        series("p50", [Some(5.0), Some(12.34), None]),
        series("p99", [None]),
    ];
    let html = html(panel, View::Series(all));
    let document = Document::parse(&html).unwrap();
    let labels = attributes(&document, "plot", "aria-label");
    assert_eq!(
        labels,
        ["Duration: p50 12.3 ms, p99 no data, threshold 1 s"]
    );
    assert_eq!(
        attributes(&document, "s0", "title"),
        ["p50: last 12.3 ms, min 5 ms, max 12.3 ms"]
    );
    assert_eq!(
        attributes(&document, "chart", "data-times"),
        ["1700000000 60 60"]
    );
}

#[test]
fn values_of_a_moment_are_placed_from_the_highest_one() {
    let all = vec![
        series("p50", [Some(5.0), Some(12.34), None]),
        series("p99", [Some(20.0), None, None]),
        series("mean", [Some(5.0), Some(99.0), Some(-1.0)]),
    ];
    let html = html(time_series(), View::Series(all));
    let document = Document::parse(&html).unwrap();
    let values = ["s0", "s1", "s2"].map(|class| attributes(&document, class, "data-values"));
    assert_eq!(
        values,
        [
            ["1 5 ms|1 12.3 ms|"],
            ["0 20 ms||"],
            ["2 5 ms|0 99 ms|0 -1 ms"]
        ]
    );
}

/// A day on which nothing happens has 1,440 minutes.
#[test]
fn what_stays_the_same_is_drawn_and_said_once() {
    let level = series("p50", [Some(5.0), Some(5.0), Some(5.0), None, Some(5.0)]);
    let html = html(time_series(), View::Series(vec![level]));
    let document = Document::parse(&html).unwrap();
    let values = attributes(&document, "s0", "data-values");
    assert_eq!(values, ["0 5 ms|=|=||0 5 ms"]);
    let line = attributes(&document, "line", "d");
    let (_, steps) = line[0].split_once('l').unwrap();
    assert_eq!(steps.split_whitespace().count(), 2, "{steps}");
}

#[test]
fn a_stat_has_the_colour_of_its_threshold_and_a_line() {
    let panel = Panel::stat("Rate")
        .draw("", REQUEST_DURATION.total().samples())
        .threshold(Threshold::above(3.0));
    let number = Number {
        value: Some(1_234.0),
        points: points([Some(1.0), Some(2.0)]),
    };
    let html = html(panel, View::Number(number));
    let document = Document::parse(&html).unwrap();
    assert!(html.contains(r#"<g class="red">"#), "{html}");
    assert_eq!(
        attributes(&document, "stat", "aria-label"),
        ["Rate: 1.23 K"]
    );
    assert_eq!(attributes(&document, "line", "d").len(), 1);
}

#[test]
fn what_is_not_there_is_said() {
    let empty = [
        View::Series(Vec::new()),
        View::Series(vec![series("p50", [None])]),
        View::Table(Table::default()),
        View::Lines(Vec::new()),
    ];
    for view in empty {
        assert!(html(time_series(), view).contains("No data"));
    }
    assert!(html(time_series(), View::Number(Number::default())).contains("No data"));
    let why = "Traces are only on AWS.";
    let counted = Panel::time_series("Requests").draw("", REQUEST_DURATION.total().samples());
    for view in [View::Series(Vec::new()), View::Number(Number::default())] {
        let html = html(counted.clone(), view);
        assert!(html.contains(">0<") && !html.contains("No data"), "{html}");
    }
    assert!(html(time_series(), View::Unavailable(why)).contains(why));
}

#[test]
fn cells_have_their_column_s_unit_and_lead_somewhere() {
    let panel = Panel::table("Runs")
        .link(ORDER_ID, Link::Dashboard(ORDERS, ORDER))
        .link(TRACE_ID, Link::Trace);
    let table = Table {
        columns: ["order_id", "trace_id", "count"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![vec![
            Cell::Text("a\"><b>".to_owned()),
            Cell::Empty,
            Cell::Number(1.5),
        ]],
    };
    let dashboard = one(panel);
    let drawn =
        super::dashboard(&dashboard, &[View::Table(table)], RANGE, &Everywhere).into_string();
    let document = Document::parse(&drawn).unwrap();
    let links: Vec<_> = document
        .descendants()
        .filter_map(|node| node.attribute("href"))
        .collect();
    let [title, view, cell] = links[..] else {
        panic!("{links:?}");
    };
    assert!(title.starts_with("?viewPanel="));
    assert_eq!(title, view);
    assert_eq!(cell, "/runs?id=a\"><b>&x=1");
    assert_eq!(texts(&document, "td"), ["1.50"]);
    assert_eq!(
        texts(&document, "a"),
        ["Runs", "View, with its queries", "a\"><b>"]
    );
}

fn number() -> impl Strategy<Value = Option<f64>> {
    let odd = [f64::NAN, f64::INFINITY, f64::MIN, f64::MAX, 1e-310, -0.0];
    prop_oneof![
        4 => (-1e6_f64..1e6).prop_map(Some),
        1 => Just(None),
        1 => prop::sample::select(odd.to_vec()).prop_map(Some),
        1 => any::<f64>().prop_map(Some),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), Just(HOSTILE.to_owned())]
}

fn any_points() -> impl Strategy<Value = Vec<Point>> {
    let at = prop_oneof![9 => RANGE.start..RANGE.end, 1 => any::<i64>()];
    prop::collection::vec((at, number()), 0..30).prop_map(|points| {
        points
            .into_iter()
            .map(|(at, value)| Point { at, value })
            .collect()
    })
}

fn view() -> impl Strategy<Value = View> {
    let series = (text(), any_points()).prop_map(|(label, points)| Series {
        label,
        place: 0,
        points,
    });
    let cell = prop_oneof![
        Just(Cell::Empty),
        any::<f64>().prop_map(Cell::Number),
        text().prop_map(Cell::Text),
        any::<i64>().prop_map(Cell::Time),
    ];
    let row = prop::collection::vec(cell, 3);
    let table = (
        prop::collection::vec(text(), 3),
        prop::collection::vec(row, 0..20),
    );
    let line = (any::<i64>(), text()).prop_map(|(at, message)| Line { at, message });
    prop_oneof![
        prop::collection::vec(series, 0..20).prop_map(View::Series),
        (number(), any_points()).prop_map(|(value, points)| View::Number(Number { value, points })),
        table.prop_map(|(columns, rows)| View::Table(Table { columns, rows })),
        prop::collection::vec(line, 0..20).prop_map(View::Lines),
        Just(View::Unavailable(HOSTILE)),
    ]
}

fn panel() -> impl Strategy<Value = Panel> {
    let kinds = [
        Panel::time_series("").visual,
        Panel::stacked_series("").visual,
        Panel::stat("").visual,
        Panel::table("").visual,
        Panel::logs("").visual,
    ];
    let widths = [Width::Quarter, Width::Half, Width::Full];
    let kind = prop::sample::select(kinds.to_vec());
    let width = prop::sample::select(widths.to_vec());
    (kind, text(), text(), any::<f64>(), width).prop_map(|(kind, title, about, level, width)| {
        let panel = Panel::table(title)
            .describe(about)
            .draw("", REQUEST_DURATION.total().samples())
            .threshold(Threshold::above(level))
            .width(width);
        Panel {
            visual: kind,
            ..panel
        }
    })
}

/// No markup but ours, and every coordinate a number.
fn check(text: &str) -> Result<(), TestCaseError> {
    let document =
        Document::parse(text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        prop_assert!(!matches!(node.tag_name().name(), "script" | "b"));
        for attribute in node.attributes() {
            let is_geometry = matches!(
                attribute.name(),
                "d" | "x" | "y" | "x1" | "x2" | "y1" | "y2" | "width" | "height" | "viewBox"
            );
            let is_number =
                !attribute.value().contains("NaN") && !attribute.value().contains("inf");
            prop_assert!(!is_geometry || is_number, "{attribute:?}");
            prop_assert!(!attribute.name().starts_with("on") && attribute.name() != "style");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn anything_is_drawn_as_well_formed_markup(shown in prop::collection::vec((panel(), view()), 1..4)) {
        let (panels, views): (Vec<_>, Vec<_>) = shown.into_iter().unzip();
        let defined = Dashboard::new(API, HOSTILE).describe(HOSTILE).row(HOSTILE, panels);
        check(&dashboard(&defined, &views, RANGE, &Everywhere).into_string())?;
        check(&picture(&defined, &views, RANGE))?;
    }
}

#[test]
fn a_picture_shows_closed_rows_below_each_other() {
    let requests = || Panel::time_series("Requests").draw("", REQUEST_DURATION.total().samples());
    let dashboard = Dashboard::new(API, "Pictured").row("First", [requests()]);
    let views = vec![View::Series(Vec::new()); 2];
    let opened = dashboard.clone().row("Second", [requests()]);
    let closed = dashboard.collapsed_row("Second", [requests()]);
    assert_eq!(
        picture(&closed, &views, RANGE),
        picture(&opened, &views, RANGE)
    );
    let first_closed = Dashboard::new(API, "Pictured")
        .collapsed_row("First", [requests()])
        .row("Second", [requests()]);
    assert_eq!(
        picture(&first_closed, &views, RANGE),
        picture(&opened, &views, RANGE)
    );
}
