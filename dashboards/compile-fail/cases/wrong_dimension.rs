use dashboards::model::{Narrow, Panel};
use shop::{COLD_START, REQUEST, Ending};

fn main() {
    Panel::time_series("Requests").draw("", REQUEST.by::<Ending>().sum());
    Panel::time_series("Failed requests").draw("", REQUEST.of(Ending::Cancelled).sum());
    Panel::time_series("Cold starts").draw("all", COLD_START.total().sum());
}
