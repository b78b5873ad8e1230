//! Log queries: what is asked of the events, typed over properties and metrics.
//!
//! ```
//! use dashboards::aws::LogGroup;
//! use dashboards::model::{Period, logs};
//! use shop::{PARCEL_ID, Function as Service, TEMPERATURE};
//!
//! let by_parcel = logs::search([LogGroup(Service::Picker)])
//!     .having(TEMPERATURE)
//!     .graph(logs::average(TEMPERATURE), Period::seconds(10))
//!     .by(PARCEL_ID);
//! assert_eq!(by_parcel.shape.by().len(), 1);
//! ```

use telemetry::{CatalogueEntry, Definition, Dimension, Kind, Metric, Property, Unit, property};

use super::{Comparison, DisplayUnit, Period, ResourceName, Text, Variable};

/// A member of a log event.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Field {
    /// When it was written.
    Timestamp,
    /// The entire line.
    Message,
    /// A property of our events.
    Property(Property),
    /// The value of a metric.
    Metric(&'static Definition),
    /// A dimension, by its name.
    Dimension(&'static str),
    /// A member of an event that is not ours, by its path: `detail.alarmName`.
    Member(&'static str),
}

impl Field {
    /// The member that holds a dimension.
    pub fn dimension<D: Dimension>() -> Self {
        Self::Dimension(D::DEFINITION.name)
    }

    /// The name, as Logs Insights calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timestamp => "@timestamp",
            Self::Message => "@message",
            Self::Property(property) => property.name(),
            Self::Metric(metric) => metric.name,
            Self::Dimension(name) | Self::Member(name) => name,
        }
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl From<Property> for Field {
    fn from(property: Property) -> Self {
        Self::Property(property)
    }
}

impl<K: Kind, M: CatalogueEntry> From<Metric<K, M>> for Field {
    fn from(metric: Metric<K, M>) -> Self {
        Self::Metric(metric.definition())
    }
}

/// A condition on an event.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Filter {
    /// The event has at least one of the fields.
    Present(Vec<Field>),
    /// The field has this value.
    Equals(Field, property::Value<'static>),
    /// The field compares like this with a number.
    Compares(Field, Comparison, f64),
    /// The field has the value that the dashboard's variable has.
    Variable(Variable),
}

/// What the events that share a group become.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Aggregate {
    /// How many there are.
    Count,
    /// The field's values added up.
    Sum(Field),
    /// Their mean.
    Average(Field),
    /// The lowest.
    Minimum(Field),
    /// The highest.
    Maximum(Field),
    /// The value that this many percent do not exceed.
    Percentile(Field, f64),
    /// The text that sorts last; unlike the newest event's, it is not empty because that event
    /// happens to lack the field.
    Last(Field),
}

/// How many events there are.
pub const fn count() -> Aggregate {
    Aggregate::Count
}

/// A field's values added up.
pub fn sum(of: impl Into<Field>) -> Aggregate {
    Aggregate::Sum(of.into())
}

/// The mean of a field.
pub fn average(of: impl Into<Field>) -> Aggregate {
    Aggregate::Average(of.into())
}

/// The lowest value of a field.
pub fn minimum(of: impl Into<Field>) -> Aggregate {
    Aggregate::Minimum(of.into())
}

/// The highest value of a field.
pub fn maximum(of: impl Into<Field>) -> Aggregate {
    Aggregate::Maximum(of.into())
}

/// The value of a field that `percent` percent of the events do not exceed.
pub fn percentile(of: impl Into<Field>, percent: f64) -> Aggregate {
    Aggregate::Percentile(of.into(), percent)
}

/// The text of a field that sorts last: of trace ids of X-Ray, which begin with their time, the
/// newest.
pub fn last(of: impl Into<Field>) -> Aggregate {
    Aggregate::Last(of.into())
}

/// An aggregate under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Letters, digits and `_`.
    pub name: Text,
    /// What it holds.
    pub aggregate: Aggregate,
}

/// What the events become.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// The newest lines, as they are.
    Lines {
        /// The fields shown of each.
        fields: Vec<Field>,
        /// How many.
        limit: u32,
    },
    /// A number over time.
    Graph {
        /// What each bin becomes.
        aggregate: Aggregate,
        /// The length of a bin at least: it grows with the time range, see
        /// [`BINS`](super::BINS).
        bin: Period,
        /// A series for each value of these.
        by: Vec<Field>,
    },
    /// A row for each group, the highest of the first column first.
    Table {
        /// The columns.
        columns: Vec<Column>,
        /// A row for each value of these.
        by: Vec<Field>,
        /// How many rows.
        limit: u32,
    },
}

impl Shape {
    /// The columns that hold values of a dimension, each with the dimension's name.
    pub fn columns_of_dimensions(&self) -> Vec<(String, &'static str)> {
        let dimension = |field: Field| match field {
            Field::Dimension(name) => Some(name),
            _ => None,
        };
        let grouped = self.by().iter();
        let grouped =
            grouped.filter_map(|field| Some((field.name().to_owned(), dimension(*field)?)));
        let columns: &[Column] = match self {
            Self::Table { columns, .. } => columns,
            Self::Lines { .. } | Self::Graph { .. } => &[],
        };
        let picked = columns.iter().filter_map(|column| {
            Some((
                column.name.to_string(),
                dimension(column.aggregate.field()?)?,
            ))
        });
        grouped.chain(picked).collect()
    }

    /// The fields it groups by.
    pub fn by(&self) -> &[Field] {
        match self {
            Self::Lines { .. } => &[],
            Self::Graph { by, .. } | Self::Table { by, .. } => by,
        }
    }
}

/// A query over the log events of some functions.
#[derive(Clone, Debug, PartialEq)]
pub struct LogQuery {
    /// The log groups it scans; none for all of them, which CloudWatch does not do.
    pub groups: Vec<ResourceName>,
    /// Every condition must hold.
    pub filters: Vec<Filter>,
    /// The items that take the place of the events, if any.
    pub items: Option<Items>,
    /// What the events or items become.
    pub shape: Shape,
}

/// Starts a query over all events at hand, whatever their log group: for a console. What is
/// rendered names its groups, which CloudWatch scans and bills.
pub fn everywhere() -> Search {
    Search {
        groups: Vec::new(),
        filters: Vec::new(),
    }
}

/// Starts a query over these log groups.
pub fn search<G: Into<ResourceName>>(groups: impl IntoIterator<Item = G>) -> Search {
    Search {
        groups: groups.into_iter().map(Into::into).collect(),
        filters: Vec::new(),
    }
}

/// A query that has no shape yet.
#[derive(Clone, Debug)]
pub struct Search {
    groups: Vec<ResourceName>,
    filters: Vec<Filter>,
}

impl Search {
    fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// Only events that have the field.
    pub fn having(self, field: impl Into<Field>) -> Self {
        self.having_any([field.into()])
    }

    /// Only events that have at least one of the fields.
    pub fn having_any(self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.filter(Filter::Present(fields.into_iter().collect()))
    }

    /// Only events whose field has this value.
    pub fn equal(
        self,
        field: impl Into<Field>,
        value: impl Into<property::Value<'static>>,
    ) -> Self {
        self.filter(Filter::Equals(field.into(), value.into()))
    }

    /// Only events whose field compares like this.
    pub fn compare(self, field: impl Into<Field>, comparison: Comparison, number: f64) -> Self {
        self.filter(Filter::Compares(field.into(), comparison, number))
    }

    /// Only events of what the dashboard's variable has chosen.
    pub fn chosen(self, variable: Variable) -> Self {
        self.filter(Filter::Variable(variable))
    }

    /// The newest lines.
    pub fn lines(self, fields: impl IntoIterator<Item = Field>, limit: u32) -> LogQuery {
        self.shaped(Shape::Lines {
            fields: fields.into_iter().collect(),
            limit,
        })
    }

    /// A number over time.
    pub fn graph(self, aggregate: Aggregate, bin: Period) -> LogQuery {
        let by = Vec::new();
        self.shaped(Shape::Graph { aggregate, bin, by })
    }

    /// A table of these columns, each with a name.
    pub fn table<const N: usize>(
        self,
        columns: [(&'static str, Aggregate); N],
        limit: u32,
    ) -> LogQuery {
        let column = |(name, aggregate): (&'static str, Aggregate)| Column {
            name: name.into(),
            aggregate,
        };
        self.shaped(Shape::Table {
            columns: columns.into_iter().map(column).collect(),
            by: Vec::new(),
            limit,
        })
    }

    /// The items of a list that events have, instead of the events.
    pub fn items_of(self, list: Property) -> ItemSearch {
        let events = self.having(list);
        let items = Items {
            list,
            filters: Vec::new(),
        };
        ItemSearch { events, items }
    }

    fn shaped(self, shape: Shape) -> LogQuery {
        LogQuery {
            groups: self.groups,
            filters: self.filters,
            items: None,
            shape,
        }
    }
}

/// What the events of a query have [listed](telemetry::event::each): fields of filters and of the
/// shape are those of the items.
#[derive(Clone, Debug, PartialEq)]
pub struct Items {
    /// The list.
    pub list: Property,
    /// Every condition must hold of an item.
    pub filters: Vec<Filter>,
}

/// A query over the items of a list, which has no shape yet.
#[derive(Clone, Debug)]
pub struct ItemSearch {
    events: Search,
    items: Items,
}

impl ItemSearch {
    /// Only items that have the field.
    pub fn having(mut self, field: impl Into<Field>) -> Self {
        self.items.filters.push(Filter::Present(vec![field.into()]));
        self
    }

    /// A number over time.
    pub fn graph(self, aggregate: Aggregate, bin: Period) -> LogQuery {
        LogQuery {
            items: Some(self.items),
            ..self.events.graph(aggregate, bin)
        }
    }
}

impl LogQuery {
    /// A series or row for each value of the field; lines have no groups and stay.
    pub fn by(mut self, field: impl Into<Field>) -> Self {
        match &mut self.shape {
            Shape::Lines { .. } => {}
            Shape::Graph { by, .. } | Shape::Table { by, .. } => by.push(field.into()),
        }
        self
    }
}

impl Field {
    /// Names of the metrics whose values a query reads.
    pub fn metrics(query: &LogQuery) -> impl Iterator<Item = &'static str> {
        let of_items = query.items.iter().flat_map(|items| &items.filters);
        let filters = query.filters.iter().chain(of_items);
        let filtered = filters.flat_map(|filter| match filter {
            Filter::Present(fields) => fields.clone(),
            Filter::Equals(field, _) | Filter::Compares(field, ..) => vec![*field],
            Filter::Variable(_) => Vec::new(),
        });
        let shown = match &query.shape {
            Shape::Lines { fields, .. } => fields.clone(),
            Shape::Graph { aggregate, .. } => aggregate.field().into_iter().collect(),
            Shape::Table { columns, .. } => {
                let fields = columns.iter().filter_map(|column| column.aggregate.field());
                fields.collect()
            }
        };
        filtered.chain(shown).filter_map(|field| match field {
            Self::Metric(metric) => Some(metric.name),
            _ => None,
        })
    }
}

impl Aggregate {
    /// The unit of what it yields; `None` for text.
    pub fn unit(&self) -> Option<DisplayUnit> {
        let Some(field) = self.field() else {
            return Some(Unit::Count.into());
        };
        match field {
            Field::Timestamp => Some(DisplayUnit::Time),
            Field::Metric(metric) => Some(metric.unit.into()),
            Field::Message | Field::Property(_) | Field::Dimension(_) | Field::Member(_) => None,
        }
    }

    /// The field it reads; none for a count of events.
    pub const fn field(&self) -> Option<Field> {
        match self {
            Self::Count => None,
            Self::Sum(field)
            | Self::Average(field)
            | Self::Minimum(field)
            | Self::Maximum(field)
            | Self::Percentile(field, _)
            | Self::Last(field) => Some(*field),
        }
    }
}
