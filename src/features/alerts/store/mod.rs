//! The rows of contact, help and alerts, by noun: the only SQL of this room.

mod alerts;
mod contact;
mod help;

pub use alerts::*;
pub use contact::*;
pub use help::*;
