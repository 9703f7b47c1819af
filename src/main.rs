//! Kith: prescribe, practise, rate, adapt, measure, explain.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod base;

fn main() {}
