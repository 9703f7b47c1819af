//! Studies pooled, and what may be said of them. One program, because each would link everything anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod import;
mod library;
mod pools;
mod support;
