//! Metrics, traces and logs from one typed catalogue.
