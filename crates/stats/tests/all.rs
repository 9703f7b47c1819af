//! Numbers against published results. One program, because each would link everything anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod distribution;
mod meta;
mod models;
mod pooling;
