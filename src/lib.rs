//! What Kith does: its rooms, the app they share, and the content they read. [`front`] is what the command line uses of it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod app;
mod clips;
mod content;
mod features;
pub mod front;
#[cfg(test)]
mod testing;
