//! What every feature stands on. Nothing here knows of compassion training.

pub mod db;
#[cfg(test)]
pub mod testing;
