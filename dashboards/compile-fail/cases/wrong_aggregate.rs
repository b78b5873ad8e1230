use dashboards::model::Narrow;
use shop::{REQUEST_ERROR, ORDERS_OPEN, TEMPERATURE};

fn main() {
    REQUEST_ERROR.total().percentile(99.0);
    ORDERS_OPEN.total().rate();
    ORDERS_OPEN.total().sum();
    ORDERS_OPEN.total().percentile(99.0);
    TEMPERATURE.total().rate();
    REQUEST_ERROR.total().average();
}
