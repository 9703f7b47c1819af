//! What every feature stands on: a database, pages, time, ids, letters. Nothing here knows of compassion training.
#![cfg_attr(
    any(test, feature = "testing"),
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)
)]

pub mod audit;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod id;
pub mod jobs;
pub mod limit;
pub mod mail;
pub mod push;
pub mod record;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod web;
