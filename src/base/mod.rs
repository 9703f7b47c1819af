//! What every feature stands on. Nothing here knows of compassion training.

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
#[cfg(test)]
pub mod testing;
pub mod web;
