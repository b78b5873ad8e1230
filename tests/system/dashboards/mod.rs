//! Rendered dashboards and alarms against what a real simulation leaves behind: every query
//! finds its metric, in CloudWatch and in Prometheus, and alarms are live as they are defined.

mod alarms;
mod cloudwatch;
mod local;
mod prometheus;
mod rendered;
mod replay;
mod run;
mod simulated;
