//! Speech joined to one file, and files read as players read them. One program, because each would link everything anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod clips;
mod joining;
mod players;
mod practices;
mod recorded;
mod support;
