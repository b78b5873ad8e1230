//! What is defined keeps to the rules, and every panel can be drawn.

use std::path::Path;

use dashboards::draw::STYLE;
use dashboards::lint;
use dashboards::model::place;
use library::library;

#[test]
fn the_library_has_no_findings() {
    let runbooks = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/runbooks"));
    assert_eq!(lint::check(&library(), runbooks), []);
}

#[test]
fn every_size_of_a_panel_has_a_rule() {
    for dashboard in library().dashboards {
        for placed in place(&dashboard, |_| true)
            .iter()
            .filter(|placed| placed.panel.is_some())
        {
            for rule in [
                format!(".w{} {{", placed.cell.w),
                format!(".h{} {{", placed.cell.h),
            ] {
                assert!(STYLE.contains(&rule), "page.css lacks {rule}");
            }
        }
    }
}
