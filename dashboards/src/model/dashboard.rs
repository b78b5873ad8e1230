//! Dashboards: rows of panels, and the variables they have in common.

use telemetry::DashboardLink;

use super::{NumberVariable, Panel, Period, Text, Variable};

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
    /// Numbers that its arithmetic takes.
    pub numbers: Vec<NumberVariable>,
    /// How much time it shows at first.
    pub range: Period,
    /// How often it loads anew by itself.
    pub refresh: Option<Period>,
}

/// A heading and the panels below it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The heading.
    pub title: Text,
    /// The panels, in reading order.
    pub panels: Vec<Panel>,
    /// Whether it is closed at first. The panels of a closed row ask for nothing.
    pub collapsed: bool,
}

impl Dashboard {
    /// An empty dashboard that shows the last three hours and loads anew every minute.
    pub fn new(link: DashboardLink, title: impl Into<Text>) -> Self {
        Self {
            link,
            title: title.into(),
            description: Text::default(),
            rows: Vec::new(),
            variables: Vec::new(),
            numbers: Vec::new(),
            range: Period::hours(3),
            refresh: Some(Period::minutes(1)),
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
            collapsed: false,
        });
        self
    }

    /// Adds a row that is closed at first: what it shows is asked for when somebody opens it.
    pub fn collapsed_row(
        self,
        title: impl Into<Text>,
        panels: impl IntoIterator<Item = Panel>,
    ) -> Self {
        let mut dashboard = self.row(title, panels);
        if let Some(row) = dashboard.rows.last_mut() {
            row.collapsed = true;
        }
        dashboard
    }

    /// Lets a property's value be chosen.
    pub fn variable(mut self, variable: Variable) -> Self {
        self.variables.push(variable);
        self
    }

    /// Lets a number be chosen.
    pub fn number(mut self, number: NumberVariable) -> Self {
        self.numbers.push(number);
        self
    }

    /// Shows so much time at first.
    pub fn range(mut self, range: Period) -> Self {
        self.range = range;
        self
    }

    /// Loads anew this often: what shows days need not ask every minute.
    pub fn refresh(mut self, every: Period) -> Self {
        self.refresh = Some(every);
        self
    }

    /// Loads anew only when it is asked to.
    pub fn without_refresh(mut self) -> Self {
        self.refresh = None;
        self
    }

    /// Every panel, in reading order.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flat_map(|row| &row.panels)
    }

    /// The panels that are loaded with the dashboard.
    pub fn open_panels(&self) -> impl Iterator<Item = &Panel> {
        let open = self.rows.iter().filter(|row| !row.collapsed);
        open.flat_map(|row| &row.panels)
    }

    /// Whether any panel scans logs.
    pub fn scans_logs(&self) -> bool {
        self.panels().any(Panel::scans_logs)
    }
}
