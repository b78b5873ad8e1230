//! The legend of a picture: names in lines; what does not fit is counted.

use maud::{Markup, html};

use crate::draw::legend;
use crate::draw::text::{Px, Text, fit, width};
use crate::model::Panel;
use crate::view::Series;

const LINE: f64 = 20.0;
const MOST_LINES: usize = 3;
/// The width of a key with its space, and the space behind a name.
const KEY: f64 = 20.0;
const APART: f64 = 12.0;
/// Room for how many are left out.
const MORE: f64 = 60.0;

/// Where each name stands.
pub(super) struct Names<'a> {
    shown: Vec<Name<'a>>,
    left_out: usize,
    lines: usize,
    end: f64,
}

struct Name<'a> {
    class: String,
    label: std::borrow::Cow<'a, str>,
    line: usize,
    x: f64,
}

impl<'a> Names<'a> {
    pub(super) fn of(panel: &Panel, series: &'a [Series], room: f64) -> Self {
        let mut names = Self {
            shown: Vec::with_capacity(series.len()),
            left_out: 0,
            lines: 1,
            end: 0.0,
        };
        for (place, of) in series.iter().enumerate() {
            let label = fit(&of.label, room - MORE - KEY);
            let length = KEY + width(&label) + APART;
            if names.end + length > room - MORE && names.end > 0.0 {
                if names.lines == MOST_LINES {
                    names.left_out = series.len() - place;
                    break;
                }
                names.lines += 1;
                names.end = 0.0;
            }
            names.shown.push(Name {
                class: legend::class(panel, of),
                label,
                line: names.lines - 1,
                x: names.end,
            });
            names.end += length;
        }
        names
    }

    pub(super) fn height(&self) -> f64 {
        top(self.lines) + 4.0
    }

    pub(super) fn drawing(&self) -> Markup {
        html! {
            @for Name { class, label, line, x } in &self.shown {
                g class=(class) {
                    svg.key x=(Px(*x)) y=(Px(top(*line) + 12.0)) width="14" height="4" { (legend::key()) }
                    text x=(Px(x + KEY)) y=(Px(top(*line) + 18.0)) { (Text(label)) }
                }
            }
            @if self.left_out > 0 {
                text x=(Px(self.end)) y=(Px(top(self.lines - 1) + 18.0)) { (self.left_out) " more" }
            }
        }
    }
}

/// Where a line begins.
#[expect(clippy::cast_precision_loss, reason = "at most three")]
fn top(line: usize) -> f64 {
    line as f64 * LINE
}
