use dashboards::model::Narrow;
use shop::{REQUEST_DURATION, REQUEST_ERROR, Route};

fn main() {
    let errors = REQUEST_ERROR.total().sum() / REQUEST_DURATION.by::<Route>().samples();
    let share = REQUEST_ERROR.by::<Route>().sum() / REQUEST_DURATION.total().samples();
    let twice = REQUEST_DURATION.by::<Route>().samples() * 2.0;
    let half = REQUEST_DURATION.total().samples() / 2;
}
