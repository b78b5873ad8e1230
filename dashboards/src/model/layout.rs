//! Layout: panels flow from left to right on Grafana's 24 columns; ids stay the same
//! when other panels come and go.

use super::{Dashboard, Panel, Row, Visual, Width};
use crate::fnv::fnv1a;

/// Columns of a dashboard.
pub const COLUMNS: u32 = 24;

/// A place on the grid, in columns and grid rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Columns from the left.
    pub x: u32,
    /// Rows from the top.
    pub y: u32,
    /// Width in columns.
    pub w: u32,
    /// Height in rows.
    pub h: u32,
}

/// A row's heading or a panel, with its place and id.
#[derive(Clone, Copy, Debug)]
pub struct GridItem<'a> {
    /// A number that is unique in the dashboard and follows from the title alone.
    pub id: u32,
    /// Where it is.
    pub cell: Cell,
    /// The row; a heading if there is no panel.
    pub row: &'a Row,
    /// The panel.
    pub panel: Option<&'a Panel>,
}

/// Places the rows and those panels that `shown` keeps; a row without any is left out.
pub fn place(dashboard: &Dashboard, shown: impl Fn(&Panel) -> bool) -> Vec<GridItem<'_>> {
    let mut placed = Vec::with_capacity(dashboard.rows.len() * 8);
    let mut y = 0;
    for row in &dashboard.rows {
        let mut panels = row.panels.iter().filter(|panel| shown(panel)).peekable();
        if panels.peek().is_none() {
            continue;
        }
        let heading = Cell {
            x: 0,
            y,
            w: COLUMNS,
            h: 1,
        };
        placed.push(GridItem {
            id: id(&placed, "row", &row.title),
            cell: heading,
            row,
            panel: None,
        });
        let end = flow(&mut placed, row, panels, y + 1);
        // A closed row is only as high as its heading; what is below moves up.
        y = if row.collapsed { y + 1 } else { end };
    }
    placed
}

/// Places panels from left to right, line by line; returns the end.
fn flow<'a>(
    placed: &mut Vec<GridItem<'a>>,
    row: &'a Row,
    panels: impl Iterator<Item = &'a Panel>,
    top: u32,
) -> u32 {
    let (mut x, mut y, mut line) = (0, top, placed.len());
    for panel in panels {
        let (w, h) = (panel.width.columns(), panel.height());
        if x + w > COLUMNS {
            y += level(&mut placed[line..]);
            (x, line) = (0, placed.len());
        }
        placed.push(GridItem {
            id: id(placed, "panel", &panel.title),
            cell: Cell { x, y, w, h },
            row,
            panel: Some(panel),
        });
        x += w;
    }
    y + level(&mut placed[line..])
}

/// Makes all panels of a line as high as its highest, so that it has no holes; returns the
/// height.
fn level(line: &mut [GridItem<'_>]) -> u32 {
    let height = line.iter().map(|placed| placed.cell.h).max().unwrap_or(0);
    for placed in line {
        placed.cell.h = height;
    }
    height
}

/// A positive number made from the title (FNV-1a), moved on if it is taken.
fn id(placed: &[GridItem<'_>], kind: &str, title: &str) -> u32 {
    const ROOM: u32 = 1_000_000;
    let bytes = kind.bytes().chain(title.bytes());
    let mut id = fnv1a(bytes) % ROOM + 1;
    while placed.iter().any(|other| other.id == id) {
        id = id % ROOM + 1;
    }
    id
}

impl Width {
    /// The width in columns.
    pub const fn columns(self) -> u32 {
        match self {
            Self::Quarter => 6,
            Self::Third => 8,
            Self::Half => 12,
            Self::TwoThirds => 16,
            Self::Full => COLUMNS,
        }
    }
}

impl Panel {
    /// The height in grid rows, unless a higher one stands beside it.
    pub fn height(&self) -> u32 {
        match self.visual {
            Visual::Stat(_) => 4,
            Visual::TimeSeries | Visual::StackedSeries => 8,
            // Two bars fit into a grid row.
            Visual::StateTimeline => {
                let bars = u32::try_from(self.targets.len()).unwrap_or(u32::MAX);
                (bars / 2 + 3).min(12)
            }
            Visual::Table if self.is_one_row() => 4,
            Visual::Table => 9,
            Visual::Logs | Visual::ServiceMap => 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::API;

    use super::*;

    #[test]
    fn the_panels_of_a_line_are_as_high_as_its_highest() {
        let panels = [
            Panel::stat("a").width(Width::Third),
            Panel::time_series("b").width(Width::TwoThirds),
            Panel::stat("c"),
        ];
        let dashboard = Dashboard::new(API, "").row("", panels);
        let cells: Vec<_> = place(&dashboard, |_| true)
            .iter()
            .map(|placed| {
                let Cell { x, y, w, h } = placed.cell;
                [x, y, w, h]
            })
            .collect();
        assert_eq!(
            cells,
            [[0, 0, 24, 1], [0, 1, 8, 8], [8, 1, 16, 8], [0, 9, 6, 4]]
        );
    }
}
