//! Targets for a Prometheus data source: our own metrics, as telemetry's exporter names them.
//!
//! Values come back in the metric's own unit, whatever unit Prometheus keeps them in, so
//! that axes and thresholds are those of CloudWatch.

use std::fmt::Write as _;

use telemetry::{MetricKind, Namespace, prometheus};

use super::json::{DataSource, PrometheusTarget, Target};
use super::ref_id;
use crate::model::{Expression, MetricQuery, Panel, Source, Statistic};
use crate::render::math::{Binding, binding, bracketed};

pub(super) const PROMETHEUS: DataSource = DataSource {
    r#type: "prometheus",
    uid: "${datasource}",
};

/// Whether every query of a panel is about our own metrics.
pub(super) fn answers(panel: &Panel) -> bool {
    let own = |source: &Source| match source {
        Source::Logs(_) | Source::Traces(_) => false,
        metrics => metrics
            .metrics()
            .iter()
            .all(|query| query.metric.namespace == Namespace::Application),
    };
    panel.targets.iter().all(|target| own(&target.source))
}

/// The targets of a panel.
pub(super) fn targets(panel: &Panel) -> Vec<Target<'_>> {
    let targets = panel.targets.iter().enumerate();
    let written = targets.filter_map(|(place, target)| {
        let (expr, legend) = match &target.source {
            Source::Expression(expression) => (text(expression), target.label.as_ref().into()),
            Source::Breakdown(breakdown) => {
                let legend = legend(&breakdown.0, &target.label);
                (query(&breakdown.0), legend.into())
            }
            Source::Logs(_) | Source::Traces(_) => return None,
        };
        Some(Target::Prometheus(PrometheusTarget {
            ref_id: ref_id(place),
            datasource: PROMETHEUS,
            editor_mode: "code",
            expr,
            format: "time_series",
            instant: false,
            range: true,
            interval: "1m",
            legend_format: legend,
        }))
    });
    written.collect()
}

fn legend(query: &MetricQuery, label: &str) -> String {
    let mut text = String::from(label);
    for (dimension, _) in query.dimensions() {
        let blank = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{blank}{{{{{}}}}}", prometheus::label(dimension.name));
    }
    text
}

/// The expression in PromQL.
pub(crate) fn text(expression: &Expression) -> String {
    let mut text = String::new();
    write(&mut text, expression, Binding::Loose);
    text
}

fn write(text: &mut String, expression: &Expression, around: Binding) {
    match expression {
        Expression::Metric(metric) => bracketed(text, shape(metric), around, |text| {
            text.push_str(&query(metric));
        }),
        Expression::Number(number) => {
            let _ = write!(text, "{number}");
        }
        Expression::Variable(variable) => {
            let _ = write!(text, "${}", variable.name);
        }
        Expression::Rate(metric) => bracketed(text, shape(metric), around, |text| {
            text.push_str(&rate(metric));
        }),
        Expression::RunningSum(inner) => write(text, &over_range(inner), around),
        Expression::Fill(inner, number) => {
            text.push('(');
            write(text, inner, Binding::Loose);
            let _ = write!(text, " or vector({number}))");
        }
        Expression::Sum(parts) => sum_of(text, parts),
        Expression::If { .. } => condition(text, expression),
        Expression::As(inner, _) => write(text, inner, around),
        Expression::Binary(operator, left, right) => {
            let (inside, right_side) = binding(*operator);
            bracketed(text, inside, around, |text| {
                write(text, left, inside);
                let _ = write!(text, " {} ", operator.symbol());
                write(text, right, right_side);
            });
        }
    }
}

/// Whether a metric's query is a single call or a product of several.
fn shape(metric: &MetricQuery) -> Binding {
    let counted = metric.statistic == Statistic::SampleCount;
    match metric.metric.kind {
        MetricKind::Distribution if !counted => Binding::Product,
        _ => Binding::Divisor,
    }
}

/// A running sum, at the end of the time range, is the sum of the range.
fn over_range(inner: &Expression) -> Expression {
    inner.clone().over(WHOLE_RANGE)
}

/// Stands for Grafana's `$__range`.
const WHOLE_RANGE: crate::model::Period = crate::model::Period::seconds(u32::MAX);

fn sum_of(text: &mut String, parts: &[Expression]) {
    text.push('(');
    for (place, part) in parts.iter().enumerate() {
        text.push_str(if place == 0 { "(" } else { " + (" });
        write(text, part, Binding::Loose);
        text.push_str(" or vector(0))");
    }
    text.push(')');
}

fn condition(text: &mut String, expression: &Expression) {
    let Expression::If {
        left,
        comparison,
        right,
        then,
        otherwise,
    } = expression
    else {
        return;
    };
    // `and` joins series; a number is none.
    match then.as_ref() {
        Expression::Number(number) => {
            let _ = write!(text, "(vector({number})");
        }
        series => {
            text.push_str("((");
            write(text, series, Binding::Loose);
            text.push(')');
        }
    }
    text.push_str(" and (");
    write(text, left, Binding::Product);
    let _ = write!(
        text,
        " {} {right}) or vector({otherwise}))",
        comparison.symbol()
    );
}

/// One metric, in its own unit.
fn query(metric: &MetricQuery) -> String {
    let plain = match (metric.metric.kind, metric.statistic) {
        (MetricKind::Counter, _) => {
            return sum(metric, "", "increase", &window(metric, "$__interval"));
        }
        (MetricKind::Gauge, statistic) => gauge(metric, statistic),
        (MetricKind::Distribution, Statistic::SampleCount) => {
            return sum(metric, "_count", "increase", &window(metric, "$__interval"));
        }
        (MetricKind::Distribution, Statistic::PercentileRank(limit)) => {
            return share(metric, limit);
        }
        (MetricKind::Distribution, statistic) => distribution(metric, statistic),
    };
    in_own_unit(metric, plain)
}

/// What a second has of a metric.
fn rate(metric: &MetricQuery) -> String {
    let rate = |part| sum(metric, part, "rate", "$__rate_interval");
    match (metric.metric.kind, metric.statistic) {
        (MetricKind::Distribution, Statistic::SampleCount) => rate("_count"),
        (MetricKind::Distribution, _) => in_own_unit(metric, rate("_sum")),
        _ => rate(""),
    }
}

fn in_own_unit(metric: &MetricQuery, plain: String) -> String {
    // 1 / 0.001 is exactly 1000.
    let factor = 1.0 / metric.metric.unit.prometheus_factor();
    if factor == 1.0 {
        plain
    } else {
        format!("{factor} * {plain}")
    }
}

fn window(metric: &MetricQuery, otherwise: &str) -> String {
    match metric.period {
        None => otherwise.to_owned(),
        Some(period) if period == WHOLE_RANGE => "$__range".to_owned(),
        Some(period) => period.to_string(),
    }
}

/// `sum by (labels) (function(name{selector}[window]))`; a histogram's name has a part.
fn sum(metric: &MetricQuery, part: &str, function: &str, window: &str) -> String {
    let name = prometheus::name(metric.metric);
    let (by, selector) = (by(metric, None), selector(metric, None));
    format!("sum{by}({function}({name}{part}{selector}[{window}]))")
}

fn gauge(metric: &MetricQuery, statistic: Statistic) -> String {
    let function = match statistic {
        Statistic::Minimum => "min",
        Statistic::Maximum => "max",
        _ => "avg",
    };
    let name = prometheus::name(metric.metric);
    let (by, selector) = (by(metric, None), selector(metric, None));
    let window = window(metric, "$__interval");
    format!("{function}{by}({function}_over_time({name}{selector}[{window}]))")
}

/// The quantile that is taken for the lowest: 0 would be found in the first bucket, even if
/// nothing is in it.
const LOWEST: f64 = 1e-6;

/// Lowest and highest are bounds of the outermost buckets: a histogram keeps no more.
fn distribution(metric: &MetricQuery, statistic: Statistic) -> String {
    let window = window(metric, "$__rate_interval");
    let quantile = match statistic {
        Statistic::Sum => return sum(metric, "_sum", "increase", &window),
        Statistic::Percentile(percent) => percent / 100.0,
        Statistic::Minimum => LOWEST,
        Statistic::Maximum => 1.0,
        _ => {
            let total = sum(metric, "_sum", "rate", &window);
            return format!("{total} / {}", sum(metric, "_count", "rate", &window));
        }
    };
    let name = prometheus::name(metric.metric);
    let (by, selector) = (by(metric, Some("le")), selector(metric, None));
    format!("histogram_quantile({quantile}, sum{by}(rate({name}_bucket{selector}[{window}])))")
}

/// Percent of the observations that are at most `limit`, which is a bucket's bound.
fn share(metric: &MetricQuery, limit: f64) -> String {
    let window = window(metric, "$__rate_interval");
    let bound = limit * metric.metric.unit.prometheus_factor();
    let name = prometheus::name(metric.metric);
    let (by, within) = (by(metric, None), selector(metric, Some(bound)));
    let all = sum(metric, "_count", "rate", &window);
    format!("100 * sum{by}(rate({name}_bucket{within}[{window}])) / {all}")
}

/// The labels that make series of their own.
fn by(metric: &MetricQuery, more: Option<&str>) -> String {
    let split = metric.dimensions().filter(|(_, value)| value.is_none());
    let labels = split.map(|(dimension, _)| prometheus::label(dimension.name));
    let labels: Vec<_> = more.map(str::to_owned).into_iter().chain(labels).collect();
    if labels.is_empty() {
        String::new()
    } else {
        format!(" by ({}) ", labels.join(", "))
    }
}

/// The label values asked for.
fn selector(metric: &MetricQuery, bound: Option<f64>) -> String {
    let fixed = metric.dimensions().filter_map(|(dimension, value)| {
        Some(format!(
            "{}=\"{}\"",
            prometheus::label(dimension.name),
            value?
        ))
    });
    let bound = bound.map(|bound| format!("le=\"{bound}\""));
    let matchers: Vec<_> = fixed.chain(bound).collect();
    if matchers.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", matchers.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use shop::{
        Ending, ORDER_ENDED, ORDER_PLACED, ORDERS_OPEN, REQUEST_DURATION, REQUEST_ERROR, Route,
    };

    use super::*;
    use crate::model::{Narrow, Period};

    #[test]
    fn counters_are_sums_of_increases() {
        assert_eq!(
            text(&ORDER_ENDED.of(Ending::Cancelled).sum()),
            r#"sum(increase(order_ended_total{ending="cancelled"}[$__interval]))"#
        );
        assert_eq!(
            text(&ORDER_PLACED.total().rate()),
            "sum(rate(order_placed_total[$__rate_interval]))"
        );
        assert_eq!(
            query(&REQUEST_ERROR.by::<Route>().sum().0),
            "sum by (route) (increase(request_error_total[$__interval]))"
        );
    }

    #[test]
    fn observations_are_counted_by_the_histogram_s_count() {
        assert_eq!(
            text(&REQUEST_DURATION.total().samples_per_second()),
            "sum(rate(request_duration_seconds_count[$__rate_interval]))"
        );
        assert_eq!(
            query(&REQUEST_DURATION.by::<Route>().samples().0),
            "sum by (route) (increase(request_duration_seconds_count[$__interval]))"
        );
        assert_eq!(
            text(&(1.0 / REQUEST_DURATION.total().sum_per_second())),
            "1 / (1000 * sum(rate(request_duration_seconds_sum[$__rate_interval])))"
        );
    }

    #[test]
    fn distributions_come_back_in_their_own_unit() {
        assert_eq!(
            text(&REQUEST_DURATION.total().percentile(99.0)),
            "1000 * histogram_quantile(0.99, sum by (le) (rate(request_duration_seconds_bucket[$__rate_interval])))"
        );
        assert_eq!(
            text(&REQUEST_DURATION.total().percent_within(300.0)),
            r#"100 * sum(rate(request_duration_seconds_bucket{le="0.3"}[$__rate_interval])) / sum(rate(request_duration_seconds_count[$__rate_interval]))"#
        );
    }

    #[test]
    fn arithmetic() {
        let share = REQUEST_ERROR.total().sum() / REQUEST_DURATION.total().samples();
        assert_eq!(
            text(&(1.0 - share).over(Period::hours(1))),
            "1 - sum(increase(request_error_total[1h])) / sum(increase(request_duration_seconds_count[1h]))"
        );
        assert_eq!(
            text(&REQUEST_DURATION.total().samples().running_sum()),
            "sum(increase(request_duration_seconds_count[$__range]))"
        );
        assert_eq!(
            text(&ORDERS_OPEN.total().maximum()),
            "max(max_over_time(orders_open[$__interval]))"
        );
    }
}
