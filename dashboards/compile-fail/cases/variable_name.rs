use dashboards::model::Variable;
use catalogue::RUN_ID;

// Grafana replaces no name with a hyphen.
const RUN: Variable = Variable::new("run-id", "Run", RUN_ID);

fn main() {
    println!("{RUN:?}");
}
