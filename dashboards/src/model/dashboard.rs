//! Dashboards: rows of panels, and the variables they have in common.

use telemetry::DashboardLink;
use telemetry::Property;

use super::{Panel, Period, Text};

/// A dashboard.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// Its address.
    pub link: DashboardLink,
    /// Its title.
    pub title: Text,
    /// What questions it answers.
    pub description: Text,
    /// Its rows, from top to bottom.
    pub rows: Vec<Row>,
    /// Values that its log queries filter by.
    pub variables: Vec<Variable>,
    /// How much time it shows at first.
    pub range: Period,
    /// Alarms whose ids start like this are marked in its graphs.
    pub annotations: Option<&'static str>,
}

/// A heading and the panels below it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The heading.
    pub title: Text,
    /// The panels, in reading order.
    pub panels: Vec<Panel>,
}

/// A property whose value is chosen at the top of the dashboard; at first, all are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The name, as in `var-<name>` of a dashboard's address.
    pub name: &'static str,
    /// What it is called above the panels.
    pub label: &'static str,
    /// The property it chooses a value of.
    pub property: Property,
}

impl Dashboard {
    /// An empty dashboard that shows the last three hours.
    pub fn new(link: DashboardLink, title: impl Into<Text>) -> Self {
        Self {
            link,
            title: title.into(),
            description: Text::default(),
            rows: Vec::new(),
            variables: Vec::new(),
            range: Period::hours(3),
            annotations: None,
        }
    }

    /// What questions it answers.
    pub fn describe(mut self, description: impl Into<Text>) -> Self {
        self.description = description.into();
        self
    }

    /// Adds a row.
    pub fn row(mut self, title: impl Into<Text>, panels: impl IntoIterator<Item = Panel>) -> Self {
        self.rows.push(Row {
            title: title.into(),
            panels: panels.into_iter().collect(),
        });
        self
    }

    /// Lets a property's value be chosen.
    pub fn variable(mut self, variable: Variable) -> Self {
        self.variables.push(variable);
        self
    }

    /// Shows so much time at first.
    pub fn range(mut self, range: Period) -> Self {
        self.range = range;
        self
    }

    /// Marks the changes of alarms whose ids start like this.
    pub fn annotate(mut self, alarms: &'static str) -> Self {
        self.annotations = Some(alarms);
        self
    }

    /// Every panel, in reading order.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }

    /// Whether any panel scans logs; such a dashboard does not refresh by itself.
    pub fn scans_logs(&self) -> bool {
        self.panels().any(Panel::scans_logs)
    }
}
