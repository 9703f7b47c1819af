//! Content read and checked, instruments scored, practices composed. One program, because each would link everything anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod compose;
mod evidence;
mod forms;
mod guided;
mod instruments;
mod invalid;
mod library;
mod programmes;
mod properties;
mod routing;
mod safety;
mod schedule;
mod scoring;
mod support;
