use dashboards::model::{Narrow, Panel};
use shop::REQUESTS_LOST;

fn main() {
    Panel::time_series("Lost requests").draw("lost", REQUESTS_LOST.total().sum());
}
