//! One large number in the colour of its threshold, before the line it comes from.

use maud::{Markup, html};

use super::chart::{Size, path};
use super::format::Format;
use super::scale::{Scale, across};
use super::stacks::{value, within};
use super::text::Px;
use crate::model::{Panel, grade};
use crate::view::{Number, TimeRange};

/// The share of the height that the line takes, at the bottom.
const LINE: f64 = 0.4;

/// What somebody who cannot see it hears.
pub(super) fn summary(panel: &Panel, number: &Number) -> String {
    format!("{}: {}", panel.title, text(panel, number))
}

fn text(panel: &Panel, number: &Number) -> String {
    let value = number.value.filter(|value| value.is_finite());
    let format = Format::of(panel);
    value.map_or_else(|| panel.nothing().to_owned(), |value| format.value(value))
}

/// The number and its line, for a place of about this size.
pub(super) fn drawing(panel: &Panel, number: &Number, range: TimeRange, size: Size) -> Markup {
    let class = match number.value {
        Some(value) if value.is_finite() => grade(&panel.thresholds, value).name(),
        _ => "none",
    };
    let line = line(number, range, size);
    html! {
        g class=(class) {
            @if let Some((area, stroke)) = line {
                svg y="60%" width="100%" height="40%" viewBox={ "0 0 " (Px(size.width)) " " (Px(size.height * LINE)) } preserveAspectRatio="none" {
                    path.area.spark d=(area) {}
                    path.line d=(stroke) {}
                }
            }
            text.value x="50%" y="50%" dy=".2em" text-anchor="middle" { (text(panel, number)) }
        }
    }
}

/// An area and the line on top of it, if there are two points.
fn line(number: &Number, range: TimeRange, size: Size) -> Option<(String, String)> {
    let points: Vec<(i64, f64)> = within(&number.points, range)
        .filter_map(|point| Some((point.at, value(point)?)))
        .collect();
    let [(first, _), .., (last, _)] = points.as_slice() else {
        return None;
    };
    let scale = Scale::fit(points.iter().map(|(_, value)| *value), (None, None));
    let height = size.height * LINE;
    let x = |at| across(range, at) * size.width;
    let along = || {
        let points = points.iter();
        points.map(|(at, value)| (x(*at), (1.0 - scale.share(*value)) * height))
    };
    let ground = [(x(*last), height), (x(*first), height)];
    Some((path(along().chain(ground)) + "z", path(along())))
}
