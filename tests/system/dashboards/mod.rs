//! Rendered dashboards and alarms against what a real simulation leaves behind: every query
//! finds its metric, in CloudWatch and in Prometheus, and alarms are live as they are defined.

mod alarms;
mod cloudwatch;
mod local;
mod prometheus;
mod rendered_files;
mod replay;
mod run;
mod simulation;
