//! What the address of a dashboard selects, in Grafana's words: time, variables, panel.

use dashboards::data::VariableValues;
use dashboards::draw::Links;
use dashboards::model::{Dashboard, Link, NumberVariable, Variable};
use dashboards::view::TimeRange;

use super::{Reader, links, range};

/// How Grafana writes that every value is meant.
const ALL: [&str; 2] = ["$__all", "All"];

/// What the address selects.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub(super) path: String,
    pub(super) range: TimeRange,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) variables: Vec<(Variable, Vec<String>)>,
    /// Each with the place of the option that is chosen.
    pub(super) numbers: Vec<(NumberVariable, usize)>,
    pub(super) panel: Option<u32>,
    pub(super) problem: Option<String>,
}

impl Selection {
    pub(super) fn read(
        dashboard: &Dashboard,
        query: &str,
        reader: Reader,
        recorded: Option<TimeRange>,
    ) -> Self {
        let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let all = |name: &str| {
            let named = parameters.iter().filter(|(known, _)| known == name);
            named
                .map(|(_, value)| value.as_str())
                .filter(|value| !value.is_empty())
                .collect::<Vec<_>>()
        };
        let get = |name: &str| all(name).pop();
        // What was recorded is shown as a whole, what goes on up to now.
        let iso = |at: i64| super::format::iso(at * 1_000);
        let (default, until) = recorded.map_or_else(
            || (range::default_from(dashboard.range), "now".to_owned()),
            |range| (iso(range.start), iso(range.end)),
        );
        let (mut from, mut to) = (get("from").unwrap_or(&default), get("to").unwrap_or(&until));
        let mut problem = None;
        let range = range::parse(from, to, reader.offset).unwrap_or_else(|reason| {
            problem = Some(reason);
            (from, to) = (&default, &until);
            let end = super::format::now_millis() / 1_000;
            let start = end - i64::from(dashboard.range.as_seconds());
            TimeRange { start, end }
        });
        let chosen = |variable: &Variable| {
            let mut values = all(&format!("var-{}", variable.name));
            if values.iter().any(|value| ALL.contains(value)) {
                values.clear();
            }
            (*variable, values.into_iter().map(str::to_owned).collect())
        };
        // Grafana takes what an option is called as well as its number.
        let option = |variable: &NumberVariable| {
            let value = get(&format!("var-{}", variable.name)).unwrap_or_default();
            let mut options = variable.options.iter();
            let place =
                options.position(|(text, number)| text == value || number.to_string() == value);
            (variable.clone(), place.unwrap_or_default())
        };
        Self {
            path: links::dashboard(dashboard.link),
            range,
            from: from.to_owned(),
            to: to.to_owned(),
            variables: dashboard.variables.iter().map(chosen).collect(),
            numbers: dashboard.numbers.iter().map(option).collect(),
            // Grafana writes `panel-12` as well.
            panel: get("viewPanel").and_then(|id| id.trim_start_matches("panel-").parse().ok()),
            problem,
        }
    }

    /// The range as far as it has passed: a period that is not over yet is not taken for a whole
    /// one because the range ends with its step.
    pub(super) fn known(&self) -> TimeRange {
        let now = super::format::now_millis() / 1_000;
        let TimeRange { start, end } = self.range;
        TimeRange {
            start,
            end: end.min(now + 1).max(start),
        }
    }

    pub(super) fn chosen(&self) -> VariableValues {
        let each = |(variable, values): &'_ (Variable, Vec<String>)| {
            let name = variable.name;
            values.clone().into_iter().map(move |value| (name, value))
        };
        let numbers = self.numbers.iter().filter_map(|(variable, place)| {
            let (_, number) = variable.options.get(*place)?;
            Some((variable.name, number.to_string()))
        });
        self.variables
            .iter()
            .flat_map(each)
            .chain(numbers)
            .collect()
    }

    /// What the chosen option of each number is called.
    pub(super) fn options(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.numbers.iter().filter_map(|(variable, place)| {
            let (text, _) = variable.options.get(*place)?;
            Some((variable.name, text.as_ref()))
        })
    }

    /// What the address says: names and values, in its order.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for (variable, values) in &self.variables {
            let name = format!("var-{}", variable.name);
            all.extend(values.iter().map(|value| (name.clone(), value.clone())));
        }
        let options = self.options();
        all.extend(options.map(|(name, text)| (format!("var-{name}"), text.to_owned())));
        all.push(("from".to_owned(), self.from.clone()));
        all.push(("to".to_owned(), self.to.clone()));
        all.extend(
            self.panel
                .map(|id| ("viewPanel".to_owned(), id.to_string())),
        );
        all
    }

    /// The same dashboard with another panel, or with all of them.
    pub(super) fn address(&self, panel: Option<u32>) -> String {
        let selection = Self {
            panel,
            ..self.clone()
        };
        links::query(&self.path, &selection.parameters())
    }

    /// The same dashboard over the time between two moments.
    pub(super) fn between(&self, from: &str, to: &str) -> String {
        let (from, to) = (from.to_owned(), to.to_owned());
        let selection = Self {
            from,
            to,
            ..self.clone()
        };
        links::query(&self.path, &selection.parameters())
    }
}

impl Links for Selection {
    fn cell(&self, link: Link, value: &str) -> Option<String> {
        Some(match link {
            Link::Dashboard(to, variable) => links::chosen(to, variable.name, value),
            Link::Trace => links::trace(value),
            _ => return None,
        })
    }

    fn panel(&self, id: u32) -> Option<String> {
        Some(self.address(Some(id)))
    }
}
