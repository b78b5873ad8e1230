use dashboards::model::Narrow;
use shop::{REQUEST, REQUEST_ERROR, Route};

fn main() {
    let errors = REQUEST_ERROR.total().sum() / REQUEST.by::<Route>().sum();
    let share = REQUEST_ERROR.by::<Route>().sum() / REQUEST.total().sum();
    let twice = REQUEST.by::<Route>().sum() * 2.0;
    let half = REQUEST.total().sum() / 2;
}
