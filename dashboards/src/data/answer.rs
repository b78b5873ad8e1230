//! What a panel shows of the events.

use telemetry::Namespace;

use super::log::{self, LogResult};
use super::metrics::Key;
use super::partial::{is_trusted, is_trusted_of};
use super::{Events, VariableValues};
use crate::evaluate::Window;
use crate::model::{
    Breakdown, Expression, MetricQuery, NumberVariable, Panel, Period, Reduce, Source, Target,
    Visual,
};
use crate::view::{Cell, Line, Number, Point, Series, Table, TimeRange, View};

const AWS_ONLY: &str =
    "AWS publishes these metrics about deployed resources; nothing here recorded any.";
/// The dimension of the log groups of functions, whose events are here.
const FUNCTIONS: &str = "LogGroupName";
const ELSEWHERE: &str = "AWS writes these events; nothing here does.";
const TRACES: &str = "Traces are in X-Ray; this panel is drawn from events alone.";

/// Answers a panel's queries for a time range.
pub fn answer(panel: &Panel, events: &Events, range: TimeRange, chosen: &VariableValues) -> View {
    if let Some(why) = unavailable(panel, events, range) {
        return View::Unavailable(why);
    }
    let asked = Request {
        events,
        range,
        chosen,
        so_far: panel.visual == Visual::Stat(Reduce::Total),
    };
    let asked = &asked;
    // A condition of which nothing is known does not hold, which is not to say that all is well.
    let is_judged = |target: &Target| {
        panel.visual != Visual::StateTimeline
            || !is_only_on_aws(std::iter::once(&target.source), events, range)
    };
    let series = || {
        let mut place = 0;
        panel
            .targets
            .iter()
            .filter(|target| is_judged(target))
            .flat_map(move |target| {
                let first = place;
                place += target.source.series();
                asked.series(target, first)
            })
    };
    let table = || panel.targets.iter().find_map(|target| asked.table(target));
    match panel.visual {
        Visual::TimeSeries | Visual::StackedSeries => View::Series(series().collect()),
        Visual::StateTimeline => {
            let first = events.span().map(|span| span.start);
            View::Series(series().map(|one| since(first, one)).collect())
        }
        Visual::Stat(how) => View::Number(
            series()
                .next()
                .map(|one| reduce(how, one))
                .unwrap_or_default(),
        ),
        Visual::Table => View::Table(table().unwrap_or_default()),
        Visual::Logs => View::Lines(table().map(lines).unwrap_or_default()),
        Visual::ServiceMap => View::Unavailable(TRACES),
    }
}

/// The period of queries that have none, as Grafana chooses it.
pub fn period(range: TimeRange) -> Period {
    let length = u32::try_from(range.end - range.start).unwrap_or(u32::MAX);
    Period::seconds(length).step()
}

/// Why a panel has nothing to show here, if so.
fn unavailable(panel: &Panel, events: &Events, range: TimeRange) -> Option<&'static str> {
    let traces = |target: &Target| matches!(target.source, Source::Traces(_));
    if panel.targets.iter().any(traces) {
        return Some(TRACES);
    }
    let elsewhere = |target: &Target| match &target.source {
        Source::Logs(query) => {
            let mut groups = query.groups.iter();
            groups.any(|group| group.dimension != FUNCTIONS)
        }
        _ => false,
    };
    if panel.targets.iter().any(elsewhere) {
        return Some(ELSEWHERE);
    }
    let sources = panel.targets.iter().map(|target| &target.source);
    let elsewhere = !panel.scans_logs() && is_only_on_aws(sources, events, range);
    elsewhere.then_some(AWS_ONLY)
}

/// Whether all of it is of metrics that AWS publishes, and none of these is known here.
fn is_only_on_aws<'a>(
    sources: impl Iterator<Item = &'a Source>,
    events: &Events,
    range: TimeRange,
) -> bool {
    let metrics: Vec<_> = sources.flat_map(Source::metrics).collect();
    let published = |query: &&MetricQuery| matches!(query.metric.namespace, Namespace::Service(_));
    let window = Window {
        start: range.start,
        end: range.end,
    };
    let known = |query: &&MetricQuery| {
        let mut ids = events.scope.keys(query).into_iter();
        ids.any(|(_, key)| events.metrics.has(&key, window))
    };
    !metrics.is_empty() && metrics.iter().all(published) && !metrics.iter().any(known)
}

/// What every query of a panel is asked about.
struct Request<'a> {
    events: &'a Events,
    range: TimeRange,
    chosen: &'a VariableValues,
    /// Whether a period that is still running counts for what there is of it: in a total it does.
    so_far: bool,
}

impl Request<'_> {
    /// The series of a target, the first of whose places this is.
    fn series(&self, target: &Target, first: usize) -> Vec<Series> {
        match &target.source {
            Source::Expression(expression) => vec![Series {
                label: target.label.to_string(),
                place: first,
                points: self.points(expression),
            }],
            Source::Breakdown(breakdown) => self.breakdown(&breakdown.0, &target.label, first),
            Source::Logs(query) => {
                match log::query(&self.events.log, query, self.range, self.chosen) {
                    LogResult::Graph(series) => series
                        .into_iter()
                        .map(|one| called(&target.label, one))
                        .collect(),
                    LogResult::Table(_) => Vec::new(),
                }
            }
            Source::Traces(_) => Vec::new(),
        }
    }

    fn table(&self, target: &Target) -> Option<Table> {
        let Source::Logs(query) = &target.source else {
            return None;
        };
        match log::query(&self.events.log, query, self.range, self.chosen) {
            LogResult::Table(table) => Some(table),
            LogResult::Graph(_) => None,
        }
    }

    /// A series for each value that occurred, called as Grafana would.
    fn breakdown(&self, query: &MetricQuery, label: &str, first: usize) -> Vec<Series> {
        let period = query.period.unwrap_or(period(self.range));
        let running = self.so_far || is_trusted_of(&Breakdown(*query), period);
        let windows: Vec<_> = ends(period, self.range, running)
            .map(|end| Window::ending(end, period))
            .collect();
        let Events { scope, metrics, .. } = self.events;
        let series = |(place, (values, key)): (usize, (String, Key))| {
            let id = metrics.find(&key)?;
            let point = |window: &Window| Point {
                at: window.start,
                value: metrics.statistic(id, query.statistic, *window),
            };
            let points: Vec<_> = windows.iter().map(point).collect();
            let any = points.iter().any(|point| point.value.is_some());
            any.then(|| {
                called(
                    label,
                    Series {
                        label: values,
                        place: first + place,
                        points,
                    },
                )
            })
        };
        let all = scope.keys(query).into_iter().enumerate();
        all.filter_map(series).collect()
    }

    /// Whether anything was observed of these in the period that ends then, if they are any.
    fn is_known(&self, queries: &[&MetricQuery], end: i64, period: Period) -> bool {
        let Events { scope, metrics, .. } = self.events;
        let has = |query: &&MetricQuery| {
            let window = Window::ending(end, query.period.unwrap_or(period));
            let key = scope.key(query);
            key.is_some_and(|key| metrics.has(&key, window))
        };
        queries.is_empty() || queries.iter().any(has)
    }

    fn points(&self, expression: &Expression) -> Vec<Point> {
        let chosen = |variable: &NumberVariable| self.chosen.number(variable);
        let expression = &expression.clone().choosing(chosen);
        let queries = expression.metrics();
        let own = queries.iter().filter_map(|query| query.period).max();
        let period = own.unwrap_or(period(self.range));
        let running = self.so_far || is_trusted(expression, period);
        // What stands for a gap is not true of a period that has only begun.
        let is_said = |end: &i64| *end <= self.range.end || self.is_known(&queries, *end, period);
        let ends = ends(period, self.range, running);
        let ends: Vec<_> = ends.filter(is_said).collect();
        let values = self.events.values(expression, &ends, period);
        let point = |(end, value): (&i64, Option<f64>)| Point {
            at: Window::ending(*end, period).start,
            value,
        };
        ends.iter().zip(values).map(point).collect()
    }
}

/// Conditions without the periods that were over before the first event: nobody recorded any then,
/// so that nothing was missing.
fn since(first: Option<i64>, mut conditions: Series) -> Series {
    let points = &mut conditions.points;
    let ended = points
        .windows(2)
        .take_while(|pair| first.is_some_and(|first| pair[1].at <= first));
    let ended = ended.count();
    points.drain(..ended);
    conditions
}

/// A series under a target's label, which comes before its own name.
fn called(label: &str, series: Series) -> Series {
    let parts = [label, &series.label];
    let named = parts.into_iter().filter(|part| !part.is_empty());
    Series {
        label: named.collect::<Vec<_>>().join(" "),
        ..series
    }
}

/// Log lines of a table of the newest events, whose first column is their time.
fn lines(table: Table) -> Vec<Line> {
    let text = |cell: Cell| match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => text,
        Cell::Time(at) => at.to_string(),
    };
    let line = |row: Vec<Cell>| {
        let mut cells = row.into_iter();
        let Some(Cell::Time(at)) = cells.next() else {
            return None;
        };
        let message = cells.map(text).collect::<Vec<_>>().join(" ");
        Some(Line { at, message })
    };
    table.rows.into_iter().filter_map(line).collect()
}

/// The ends of the periods that have any part in the range, but of the last one only if
/// `running`: it may not be over yet. Periods start at multiples of their length, as those of
/// CloudWatch do for a range that does.
fn ends(period: Period, range: TimeRange, running: bool) -> impl Iterator<Item = i64> {
    let length = i64::from(period.as_seconds()).max(1);
    let first = range.start - range.start.rem_euclid(length);
    let starts = std::iter::successors(Some(first), move |start| Some(start + length));
    let last = if running { 1 } else { length };
    starts
        .take_while(move |start| start + last <= range.end)
        .map(move |start| start + length)
}

/// A series as one number, by Grafana's rules: periods without data do not count.
fn reduce(how: Reduce, series: Series) -> Number {
    let points = series.points;
    let values: Vec<_> = points.iter().filter_map(|point| point.value).collect();
    let sum = (!values.is_empty()).then(|| values.iter().sum());
    let value = match how {
        Reduce::Last => values.last().copied(),
        Reduce::Total => Some(sum.unwrap_or_default()),
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53 points")]
        Reduce::Mean => sum.map(|sum: f64| sum / values.len() as f64),
    };
    Number { value, points }
}
