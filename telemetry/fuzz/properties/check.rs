//! Whatever the lines hold, the check ends, counts every line and never panics.

use telemetry::emf::check::Check;

const NOW: i64 = 1_800_000_000_000;

/// Checks these lines.
pub(crate) fn holds(lines: &[u8]) {
    let check = Check::new(shop::SHOP, NOW);
    let report = check.read(lines).unwrap();
    assert!(report.events + report.others <= report.lines);
    assert_eq!(
        report.is_clean(),
        report.findings.is_empty() && report.more_findings == 0
    );
    assert!(!report.to_string().is_empty());
}
