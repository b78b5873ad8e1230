//! What a panel shows of the events.

use telemetry::Namespace;

use super::log::{self, LogResult};
use super::metrics::{Id, Key};
use super::partial::{is_trusted, is_trusted_of};
use super::{Chosen, Events};
use crate::evaluate::{Window, values};
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
pub fn answer(panel: &Panel, events: &Events, range: TimeRange, chosen: &Chosen) -> View {
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
        Visual::TimeSeries | Visual::StackedSeries | Visual::StateTimeline => {
            View::Series(series().collect())
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
    chosen: &'a Chosen,
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

    fn points(&self, expression: &Expression) -> Vec<Point> {
        let chosen = |variable: &NumberVariable| self.chosen.number(variable);
        let expression = &expression.clone().choosing(chosen);
        let queries = expression.metrics();
        let own = queries.iter().filter_map(|query| query.period).max();
        let period = own.unwrap_or(period(self.range));
        let running = self.so_far || is_trusted(expression, period);
        let ends: Vec<_> = ends(period, self.range, running).collect();
        let Events { scope, metrics, .. } = self.events;
        // Names are looked up once, not once a point.
        let find = |query: &&MetricQuery| metrics.find(&scope.key(query)?);
        let ids: Vec<Option<Id>> = queries.iter().map(find).collect();
        let lookup = |query: &MetricQuery, window: Window| {
            let place = queries
                .iter()
                .position(|known| std::ptr::eq(*known, query))?;
            metrics.statistic(ids[place]?, query.statistic, window)
        };
        let values = values(expression, &ends, period, &lookup);
        let point = |(end, value): (&i64, Option<f64>)| Point {
            at: Window::ending(*end, period).start,
            value,
        };
        ends.iter().zip(values).map(point).collect()
    }
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
