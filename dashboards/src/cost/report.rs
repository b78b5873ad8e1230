//! The estimate as text.

use std::fmt;

use super::{Area, Estimate};

/// Tables in Markdown, which a terminal shows as well as a pull request.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| for | what | used | free | USD a month |\n|---|---|--:|--:|--:|"
        )?;
        for item in &self.items {
            let area = match item.area {
                Area::System => "system",
                Area::Observability => "observability",
            };
            let (name, unit, dollars) = (item.name, item.unit, item.dollars);
            let (used, free) = (amount(item.used), amount(item.free));
            writeln!(
                f,
                "| {area} | {name} | {used} {unit} | {free} | {dollars:.2} |"
            )?;
        }
        writeln!(f, "| | **total** | | | **{:.2}** |", self.total)?;
        writeln!(
            f,
            "| | of it observability | | | {:.2} |",
            self.observability
        )?;
        self.dashboards(f)?;
        self.objectives(f)?;
        writeln!(f, "\nAssumed (prices of {}):", self.prices_as_of)?;
        self.assumptions
            .iter()
            .try_for_each(|line| writeln!(f, "- {line}"))
    }
}

impl Estimate {
    fn dashboards(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n| dashboard, if all the time is spent on it | metrics a load | GB a load | traces a load | queries, USD | log scans, USD | traces, USD |\n|---|--:|--:|--:|--:|--:|--:|"
        )?;
        for cost in &self.dashboards {
            writeln!(
                f,
                "| {} | {} | {:.4} | {} | {:.2} | {:.2} | {:.2} |",
                cost.slug,
                cost.metrics_per_load,
                cost.gigabytes_per_load,
                amount(cost.traces_per_load),
                cost.query_dollars,
                cost.scan_dollars,
                cost.trace_dollars
            )?;
        }
        Ok(())
    }

    fn objectives(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n| objective | alarm metrics | composites | USD a month |\n|---|--:|--:|--:|"
        )?;
        for cost in &self.objectives {
            let (metrics, composites) = (cost.alarm_metrics, cost.composites);
            writeln!(
                f,
                "| {} | {metrics} | {composites} | {:.2} |",
                cost.id, cost.dollars
            )?;
        }
        Ok(())
    }
}

/// A quantity with as many digits as say something.
fn amount(quantity: f64) -> String {
    if quantity >= 100.0 || quantity.fract() == 0.0 {
        format!("{quantity:.0}")
    } else {
        format!("{quantity:.2}")
    }
}
