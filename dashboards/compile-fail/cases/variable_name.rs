use dashboards::model::Variable;
use shop::ORDER_ID;

// Grafana replaces no name with a hyphen.
const RUN: Variable = Variable::new("run-id", "Run", ORDER_ID);

fn main() {
    println!("{RUN:?}");
}
