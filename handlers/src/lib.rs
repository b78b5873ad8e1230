//! The run and sensor APIs.
