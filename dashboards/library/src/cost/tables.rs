//! What each table says.

use catalogue::links::SIMULATION_RUN;
use dashboards::cost::prices::{GIGABYTE, LOG_GIGABYTE, SCANNED_GIGABYTE, SECONDS_PER_MONTH};
use dashboards::cost::{Assumptions, Estimate, Grafana, estimate, to_float};
use dashboards::model::{Library, Profile, Source};

use crate::workload::{LISTED_BYTES, OTHER_ROUTES, WORKLOAD};

/// Ways to have Grafana: in words, hosting, and whether on Spot.
const GRAFANA: [(&str, Grafana, bool); 7] = [
    ("none", Grafana::None, false),
    ("through a tunnel", Grafana::Task, false),
    ("through a tunnel, on Spot", Grafana::Task, true),
    ("HTTPS without a load balancer", Grafana::Https, false),
    (
        "HTTPS without a load balancer, on Spot",
        Grafana::Https,
        true,
    ),
    ("behind a load balancer", Grafana::LoadBalanced, false),
    (
        "behind a load balancer, on Spot",
        Grafana::LoadBalanced,
        true,
    ),
];

/// What the Python system took a month when nobody used it, as its owner reported it.
const ORIGINAL: [(Grafana, f64); 2] = [(Grafana::None, 1.0), (Grafana::LoadBalanced, 80.0)];

pub(super) const MILLION: f64 = 1_000_000.0;

/// A month in which nobody calls and nobody looks.
pub(super) const IDLE: Assumptions = Assumptions {
    viewers: 0.0,
    hours: 0.0,
    units: 0.0,
    profile: Profile::Dev,
    grafana: Grafana::None,
    spot: false,
};

pub(super) fn month(library: &Library, assumptions: Assumptions) -> f64 {
    estimate(library, &assumptions).total
}

pub(super) fn idle(library: &Library) -> String {
    let rows = GRAFANA.map(|(words, grafana, spot)| {
        let hosted = Assumptions {
            grafana,
            spot,
            ..IDLE
        };
        let of = |profile| month(library, Assumptions { profile, ..hosted });
        let original = ORIGINAL
            .iter()
            .find(|(hosting, _)| *hosting == grafana && !spot);
        let original = original.map_or(String::new(), |(_, dollars)| format!("about {dollars:.0}"));
        let (dev, prod) = (of(Profile::Dev), of(Profile::Prod));
        format!("| {words} | {dev:.2} | {prod:.2} | {original} |\n")
    });
    format!(
        "| Grafana | dev | prod | the Python original |\n|---|--:|--:|--:|\n{}",
        rows.concat()
    )
}

pub(super) fn active(library: &Library) -> String {
    let months = [
        (100_000.0, 2.0, 1.0),
        (MILLION, 8.0, 2.0),
        (10.0 * MILLION, 24.0, 3.0),
    ];
    let rows = months.map(|(readings, hours, viewers)| {
        let in_use = Assumptions {
            units: readings,
            hours,
            viewers,
            ..IDLE
        };
        let of = |profile, grafana| {
            month(
                library,
                Assumptions {
                    profile,
                    grafana,
                    ..in_use
                },
            )
        };
        format!(
            "| {} | {hours} | {viewers} | {:.2} | {:.2} | {:.2} | {:.2} |\n",
            thousands(readings),
            of(Profile::Dev, Grafana::None),
            of(Profile::Dev, Grafana::Https),
            of(Profile::Prod, Grafana::Https),
            of(Profile::Prod, Grafana::LoadBalanced),
        )
    });
    format!(
        "| readings | hours of use a day | viewers in them | dev, Grafana elsewhere | dev, HTTPS | prod, HTTPS | prod, load balancer |\n\
         |--:|--:|--:|--:|--:|--:|--:|\n{}",
        rows.concat()
    )
}

pub(super) fn million(library: &Library) -> String {
    let none = estimate(library, &IDLE);
    let some = estimate(
        library,
        &Assumptions {
            units: MILLION,
            ..IDLE
        },
    );
    let mut sum = 0.0;
    let mut rows = String::new();
    for (before, after) in none.items.iter().zip(&some.items) {
        let used = after.used - before.used;
        if used > 0.0 {
            let (dollars, unit) = (used * after.price, after.unit);
            sum += dollars;
            rows += &format!(
                "| {} | {} {unit} | {dollars:.2} |\n",
                after.name,
                thousands(used)
            );
        }
    }
    let first = some.total - none.total;
    format!(
        "| what | quantity | USD |\n|---|--:|--:|\n{rows}| **sum** | | **{sum:.2}** |\n\
         | of a month's first million, what is always free taken off | | {first:.2} |\n\
         | in batches of ten | | {:.2} |\n",
        MILLION
            * (readings_in_batches(10.0)
                + 0.1 * (WORKLOAD.request_dollars() + WORKLOAD.read_dollars()))
    )
}

/// USD for a reading that shares its request with others.
fn readings_in_batches(of: f64) -> f64 {
    let listed = LISTED_BYTES * (of - 1.0) / GIGABYTE * LOG_GIGABYTE;
    (WORKLOAD.request_dollars() + listed) / of + WORKLOAD.unit_dollars()
}

pub(super) fn run(_: &Library) -> String {
    let per_reading =
        readings_in_batches(1.0) + 0.1 * (WORKLOAD.request_dollars() + WORKLOAD.read_dollars());
    let runs = [
        (1.0, 60.0, 1.0),
        (5.0, 60.0, 1.0),
        (100.0, 600.0, 1.0),
        (100.0, 600.0, 5.0),
    ];
    let rows = runs.map(|(sensors, seconds, interval)| {
        let readings = sensors * seconds / interval;
        let dollars = readings * per_reading;
        let thousand = 1_000.0 * dollars;
        format!(
            "| {sensors} | {seconds} | {interval} | {} | {dollars:.4} | {thousand:.2} |\n",
            thousands(readings)
        )
    });
    format!(
        "| sensors | seconds | seconds between readings | readings | USD a run | USD for a thousand |\n\
         |--:|--:|--:|--:|--:|--:|\n{}",
        rows.concat()
    )
}

/// Seconds between two loads of the page of a run, while the run is running.
const REFRESH: f64 = 10.0;

/// What the page of a run scans: its queries take the run's own time, and all that was logged in it.
pub(super) fn looking(library: &Library) -> String {
    let page = library
        .dashboards
        .iter()
        .find(|one| one.link == SIMULATION_RUN);
    let queries = page.map_or(0, |page| {
        let targets = page.open_panels().flat_map(|panel| &panel.targets);
        targets
            .filter(|target| matches!(target.source, Source::Logs(_)))
            .count()
    });
    let rows = [
        (10.0, 60.0),
        (10.0, 600.0),
        (100.0, 600.0),
        (1_000.0, 3_600.0),
    ];
    let rows = rows.map(|(rate, seconds): (f64, f64)| {
        let a_second = to_float(queries) * rate * WORKLOAD.log_bytes / GIGABYTE * SCANNED_GIGABYTE;
        let once = seconds * a_second;
        let loads = seconds / REFRESH;
        // Each load scans what there is by then: half of it in the mean.
        let watched = loads * once / 2.0;
        let left_open = 8.0 * 3_600.0 / REFRESH * once;
        format!("| {rate} | {seconds} | {once:.5} | {watched:.4} | {left_open:.2} |\n")
    });
    format!(
        "| requests a second | seconds of the run | a look afterwards | watched while it runs | left open for eight hours |\n\
         |--:|--:|--:|--:|--:|\n{}",
        rows.concat()
    )
}

/// A month of a million readings a day, with two people who look at dashboards in office hours.
const BUSY: Assumptions = Assumptions {
    viewers: 2.0,
    hours: 8.0,
    units: 30.0 * MILLION,
    profile: Profile::Prod,
    ..IDLE
};

/// What watching a busy system took on 25 November 2026, in the order of the table.
const BEFORE: [f64; 6] = [8.00, 8.70, 7.87, 4.06, 16.42, 7.75];

/// What watching takes of a busy month, and took before it was made cheaper.
pub(super) fn watching(library: &Library) -> String {
    let busy = estimate(library, &BUSY);
    let hosted = Assumptions {
        grafana: Grafana::Https,
        ..BUSY
    };
    let hosted = estimate(library, &hosted);
    let dollars = |names: &[&str]| {
        let items = busy.items.iter().filter(|item| names.contains(&item.name));
        items.map(|item| item.dollars).sum::<f64>()
    };
    let kinds: [(&str, &[&str]); 6] = [
        ("custom metrics", &["Custom metrics"]),
        ("alarms", &["Alarms", "Composite alarms"]),
        ("queries of dashboards", &["Dashboard queries"]),
        ("scans of logs by dashboards", &["Log scans"]),
        ("logs written", &["Logs written", "Access log written"]),
        ("traces recorded", &["Traces recorded"]),
    ];
    let rows = kinds.iter().zip(BEFORE).map(|((kind, names), before)| {
        format!("| {kind} | {before:.2} | {:.2} |\n", dollars(names))
    });
    let share = |estimate: &Estimate| 100.0 * estimate.observability / estimate.total;
    let before: f64 = BEFORE.iter().sum();
    format!(
        "| of a million readings a day, prod, two viewers, eight hours of use a day | before | now |\n|---|--:|--:|\n{}\
         | **together** | **{before:.2}** | **{:.2}** |\n\
         | share of the bill | 35.2% | {:.1}% |\n\
         | share, Grafana by HTTPS included | 40.4% | {:.1}% |\n\
         | a million readings, all in: metrics, alarms and looking too | 5.00 | {:.2} |\n",
        rows.collect::<String>(),
        busy.observability,
        share(&busy),
        share(&hosted),
        busy.total / 30.0,
    )
}

pub(super) fn worst(_: &Library) -> String {
    let rows = [10.0, 50.0, 250.0, 1_000.0_f64].map(|rate| {
        let readings = rate * SECONDS_PER_MONTH;
        let ingestion = readings * readings_in_batches(1.0);
        let others = to_float(OTHER_ROUTES) * (rate / 5.0).ceil().max(10.0) * SECONDS_PER_MONTH;
        let other = others * (WORKLOAD.request_dollars() + WORKLOAD.read_dollars());
        let all = ingestion + other;
        format!(
            "| {rate} | {} | {} | {} | {} | {} | {} |\n",
            thousands(readings),
            thousands(ingestion),
            thousands(others),
            thousands(other),
            thousands(all),
            thousands(all / 30.0)
        )
    });
    format!(
        "| `r` | readings a month | USD | other requests a month | USD | USD a month | USD a day |\n\
         |--:|--:|--:|--:|--:|--:|--:|\n{}",
        rows.concat()
    )
}

/// A whole number with commas; small ones with two decimals.
fn thousands(number: f64) -> String {
    if number < 10.0 && number.fract() > 0.0 {
        return format!("{number:.2}");
    }
    let digits = format!("{number:.0}");
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library;

    /// Idle, dev: 1 USD without Grafana, 15 with it, 37 with a load balancer.
    #[test]
    fn goals_of_an_idle_month() {
        let library = library();
        let idle = |profile, grafana| {
            month(
                &library,
                Assumptions {
                    profile,
                    grafana,
                    ..IDLE
                },
            )
        };
        assert!(idle(Profile::Dev, Grafana::None) <= 1.0);
        assert!(idle(Profile::Prod, Grafana::None) <= 9.0);
        assert!(idle(Profile::Dev, Grafana::Task) <= 15.0);
        assert!(idle(Profile::Dev, Grafana::Https) <= 15.0);
        assert!(idle(Profile::Dev, Grafana::LoadBalanced) <= 37.0);
        assert!(idle(Profile::Prod, Grafana::Https) <= 35.0);
    }

    /// A million readings: 5 USD. The two ways to add them up agree.
    #[test]
    fn goal_of_a_million_readings() {
        let library = library();
        let none = estimate(&library, &IDLE);
        let some = estimate(
            &library,
            &Assumptions {
                units: MILLION,
                ..IDLE
            },
        );
        let items = none.items.iter().zip(&some.items);
        let sum: f64 = items
            .map(|(none, some)| (some.used - none.used) * some.price)
            .sum();
        assert!(sum <= 5.0, "{sum}");
        let other = WORKLOAD.request_dollars() + WORKLOAD.read_dollars();
        let per_reading = readings_in_batches(1.0) + 0.1 * other;
        assert!(
            (sum - MILLION * per_reading).abs() < 1e-6,
            "{sum} {per_reading}"
        );
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!(thousands(0.28), "0.28");
        assert_eq!(thousands(999.4), "999");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
    }
}
