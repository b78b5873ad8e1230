use dashboards::model::{Narrow, Panel};
use shop::{COLD_START, REQUEST_ERROR, Ending};

fn main() {
    Panel::time_series("Requests").draw("", REQUEST_ERROR.by::<Ending>().sum());
    Panel::time_series("Failed requests").draw("", REQUEST_ERROR.of(Ending::Cancelled).sum());
    Panel::time_series("Cold starts").draw("all", COLD_START.total().sum());
}
