//! What a dashboard, a query and an alarm are, apart from how anything spells them.
//!
//! Everything here is plain data: renderers, the linter, the price estimate, the alarm
//! evaluator and a console all read the same values.

pub mod alarm;
mod condition;
mod dashboard;
mod deployment;
mod expression;
mod layout;
mod library;
pub mod logs;
pub mod objective;
mod panel;
mod query;
mod rule;
mod sample;
mod threshold;
mod time;
mod unit;
mod variable;
mod workload;

pub use alarm::{
    Alarm, AlarmKind, CompositeAlarm, MetricAlarm, MissingData, Profile, Quota, Severity,
};
pub use dashboard::{Dashboard, Row};
pub use deployment::{AssignedId, Deployment, Naming, Resource, ResourceName};
pub use expression::{Comparison, Expression, Operand, Operator, if_above};
pub use layout::{COLUMNS, Cell, GridItem, place};
pub use library::{Exclusion, Exemption, Library, Places, Table};
pub use objective::Objective;
pub use panel::{
    BINS, ColumnLink, LOG_GAP, Link, Panel, Reduce, Source, Target, TraceQuery, ValueGrade, Visual,
    Width,
};
pub use query::{
    Breakdown, MetricQuery, Narrow, Selection, Series, Single, Split, Statistic, Summed,
};
pub use rule::{Rule, State};
pub use sample::SampleEvent;
pub use threshold::{Edge, Grade, Step, Threshold, bounds, grade, steps};
pub use time::Period;
pub use unit::DisplayUnit;
pub(crate) use unit::words;
pub(crate) use variable::is_word;
pub use variable::{NumberVariable, Variable};
pub use workload::Workload;

/// Text of a definition: usually a literal, sometimes made from one.
pub type Text = std::borrow::Cow<'static, str>;
