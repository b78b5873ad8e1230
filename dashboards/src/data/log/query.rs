//! Typed log queries over the segments.

use std::cmp::Ordering;

use hashbrown::HashMap;

use super::Log;
use super::aggregate::{self, Total};
use super::groups::{Group, Groups};
use super::segment::Segment;
use super::select::select;
use crate::data::VariableValues;
use crate::data::line::Line;
use crate::fnv::fnv1a;
use crate::model::logs::{Aggregate, Column, Field, Items, LogQuery, Shape};
use crate::model::{BINS, LOG_GAP, Period};
use crate::view::{Cell, Point, Series, Table, TimeRange};

/// Where a row is: the place of its segment, and its number in that.
type Place = (usize, u16);

/// What a log query found.
#[derive(Debug)]
pub(in crate::data) enum LogResult {
    /// A series for each group.
    Graph(Vec<Series>),
    /// A row for each group, or for each of the newest events.
    Table(Table),
}

/// Answers a query for a time range.
pub(in crate::data) fn query(
    log: &Log,
    query: &LogQuery,
    range: TimeRange,
    chosen: &VariableValues,
) -> LogResult {
    let scan = Scan {
        segments: log.segments().collect(),
        query,
        range,
        chosen,
    };
    let Some(Items { list, filters }) = &query.items else {
        return scan.answer();
    };
    let items = scan.items(list.name());
    Scan {
        segments: items.iter().collect(),
        query: &LogQuery {
            groups: Vec::new(),
            filters: filters.clone(),
            items: None,
            shape: query.shape.clone(),
        },
        ..scan
    }
    .answer()
}

struct Scan<'a> {
    segments: Vec<&'a Segment>,
    query: &'a LogQuery,
    range: TimeRange,
    chosen: &'a VariableValues,
}

impl Scan<'_> {
    fn answer(&self) -> LogResult {
        match &self.query.shape {
            Shape::Lines { fields, limit } => {
                LogResult::Table(self.newest(fields, *limit as usize))
            }
            Shape::Graph { aggregate, bin, by } => {
                LogResult::Graph(self.graph(aggregate, *bin, by))
            }
            Shape::Table { columns, by, limit } => {
                LogResult::Table(self.table(columns, by, *limit as usize))
            }
        }
    }

    /// The items of a list, as rows at the times of their events.
    fn items(&self, list: &str) -> Vec<Segment> {
        let mut items = vec![Segment::default()];
        for (_, segment, rows) in self.selected() {
            for (at, text) in segment.texts(list, &rows) {
                for item in Line::items(text, at) {
                    if items.last().is_none_or(Segment::is_full) {
                        items.push(Segment::default());
                    }
                    items
                        .last_mut()
                        .into_iter()
                        .for_each(|last| last.push(&item));
                }
            }
        }
        items
    }

    /// The rows that each segment adds to the answer.
    fn selected(&self) -> impl Iterator<Item = (usize, &Segment, Vec<u16>)> {
        let segments = self.segments.iter().enumerate();
        segments.filter_map(|(place, segment)| {
            let rows = self.rows(segment);
            (!rows.is_empty()).then_some((place, *segment, rows))
        })
    }

    fn rows(&self, segment: &Segment) -> Vec<u16> {
        select(segment, self.query, self.range, self.chosen)
    }

    /// The newest events, newest first: when, and the fields.
    fn newest(&self, fields: &[Field], limit: usize) -> Table {
        let mut newest: Vec<(i64, Place)> = Vec::new();
        for (place, segment) in self.segments.iter().enumerate().rev() {
            let enough = newest.len() == limit;
            let oldest = newest.last().map(|(at, _)| *at);
            if enough && segment.latest() < oldest {
                continue;
            }
            let rows = self.rows(segment);
            let found = rows
                .iter()
                .map(|row| (segment.at[usize::from(*row)], (place, *row)));
            newest.extend(found);
            newest.sort_unstable_by(|one, other| other.cmp(one));
            newest.truncate(limit);
        }
        let names = fields.iter().map(|field| Field::name(*field).to_owned());
        let columns = std::iter::once(Field::Timestamp.name().to_owned()).chain(names);
        Table {
            columns: columns.collect(),
            rows: self.fields_of(&newest, fields),
        }
    }

    fn fields_of(&self, rows: &[(i64, Place)], fields: &[Field]) -> Vec<Vec<Cell>> {
        let mut reading = None;
        let mut cells = |(at, (place, row)): &(i64, Place)| {
            let segment = self.segments[*place];
            if reading.as_ref().is_none_or(|(known, _)| known != place) {
                reading = Some((*place, segment.lines.reader()));
            }
            let mut cells = vec![Cell::Time(*at)];
            for field in fields {
                cells.push(match (field, &mut reading) {
                    (Field::Message, Some((_, lines))) => Cell::Text(lines.line(*row).to_owned()),
                    (field, _) => aggregate::cell(segment, *row, *field),
                });
            }
            cells
        };
        rows.iter().map(&mut cells).collect()
    }

    /// A number for each bin that has events, by group.
    fn graph(&self, aggregate: &Aggregate, bin: Period, by: &[Field]) -> Vec<Series> {
        let shown = u32::try_from(self.range.end - self.range.start).unwrap_or(u32::MAX);
        let bin = Period::seconds(shown).interval(BINS, bin);
        let length = i64::from(bin.as_seconds().max(1));
        let mut groups = Groups::new();
        let mut slots = Slots::default();
        let mut totals = Vec::new();
        for (_, segment, rows) in self.selected() {
            let bin = |row: &u16| segment.at[usize::from(*row)].div_euclid(length * 1_000);
            let grouped = groups.of(segment, &rows, by);
            let keys = grouped.into_iter().zip(rows.iter().map(bin));
            let places: Vec<_> = keys.map(|key| slots.of(key)).collect();
            slots.extend(&mut totals, aggregate);
            aggregate::add(aggregate, segment, &rows, &places, &mut totals);
        }
        let mut series: HashMap<Group, Vec<Point>> = HashMap::new();
        for ((group, bin), total) in slots.keys.into_iter().zip(&mut totals) {
            let (at, value) = (bin * length, total.number());
            series.entry(group).or_default().push(Point { at, value });
        }
        let named = |(group, mut points): (Group, Vec<Point>)| {
            points.sort_unstable_by_key(|point| point.at);
            let label = label(&groups.cells(group, by.len()));
            Series {
                place: place(&label),
                points: with_gaps(points, LOG_GAP.max(bin)),
                label,
            }
        };
        let mut series: Vec<_> = series.into_iter().map(named).collect();
        series.sort_unstable_by(|one, other| one.label.cmp(&other.label));
        series
    }

    /// A row for each group: its fields, then the columns; highest first column first.
    fn table(&self, columns: &[Column], by: &[Field], limit: usize) -> Table {
        let mut groups = Groups::new();
        let mut slots = Slots::default();
        let mut totals: Vec<Vec<Total>> = vec![Vec::new(); columns.len()];
        for (_, segment, rows) in self.selected() {
            let grouped = groups.of(segment, &rows, by);
            let keys = grouped.into_iter().map(|group| (group, 0));
            let places: Vec<_> = keys.map(|key| slots.of(key)).collect();
            for (column, totals) in columns.iter().zip(&mut totals) {
                slots.extend(totals, &column.aggregate);
                aggregate::add(&column.aggregate, segment, &rows, &places, totals);
            }
        }
        let mut order: Vec<(Option<f64>, usize)> = (0..slots.keys.len())
            .map(|slot| {
                (
                    totals.first_mut().and_then(|first| first[slot].number()),
                    slot,
                )
            })
            .collect();
        order.sort_by(|one, other| other.0.partial_cmp(&one.0).unwrap_or(Ordering::Equal));
        order.truncate(limit);
        let mut row = |(_, slot): (Option<f64>, usize)| {
            let mut cells = groups.cells(slots.keys[slot].0, by.len());
            for (column, totals) in columns.iter().zip(&mut totals) {
                cells.push(totals[slot].cell(&column.aggregate));
            }
            cells
        };
        let names = by.iter().map(|field| Field::name(*field).to_owned());
        Table {
            columns: names
                .chain(columns.iter().map(|column| column.name.to_string()))
                .collect(),
            rows: order.into_iter().map(&mut row).collect(),
        }
    }
}

/// Numbers the totals by group and bin.
#[derive(Debug, Default)]
struct Slots {
    known: HashMap<(Group, i64), usize>,
    keys: Vec<(Group, i64)>,
}

impl Slots {
    fn of(&mut self, key: (Group, i64)) -> usize {
        let keys = &mut self.keys;
        *self.known.entry(key).or_insert_with(|| {
            keys.push(key);
            keys.len() - 1
        })
    }

    /// Makes room for the totals that are new.
    fn extend(&self, totals: &mut Vec<Total>, aggregate: &Aggregate) {
        totals.resize(self.keys.len(), Total::new(aggregate));
    }
}

/// A point without a value wherever there is none for longer than `gap`, so that no line is drawn
/// that nobody measured.
fn with_gaps(points: Vec<Point>, gap: Period) -> Vec<Point> {
    let gap = i64::from(gap.as_seconds());
    let mut last = None;
    let ended = |point: Point| {
        let silent = last.replace(point.at).filter(|last| point.at - last > gap);
        let end = silent.map(|last| Point {
            at: last + gap,
            value: None,
        });
        end.into_iter().chain([point])
    };
    points.into_iter().flat_map(ended).collect()
}

/// A place that follows from the name alone: nobody knows beforehand which names there are. The
/// number that it ends with, as those of sensors do, or else a hash.
fn place(label: &str) -> usize {
    let digits = label.len()
        - label
            .trim_end_matches(|one: char| one.is_ascii_digit())
            .len();
    let number = label[label.len() - digits..].parse::<u16>();
    number.map_or_else(|_| fnv1a(label.bytes()) as usize, usize::from)
}

/// The values of a group, as Grafana calls its series.
fn label(cells: &[Cell]) -> String {
    let text = |cell: &Cell| match cell {
        Cell::Empty => None,
        Cell::Number(number) => Some(number.to_string()),
        Cell::Text(text) => Some(text.clone()),
        Cell::Time(at) => Some(at.to_string()),
    };
    cells.iter().filter_map(text).collect::<Vec<_>>().join(" ")
}
