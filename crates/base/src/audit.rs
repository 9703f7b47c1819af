//! Who saw or changed what: written in the same transaction as the deed, never changed, and
//! readable by the person it is about. It never holds an answer.

pub mod store;

pub use store::{Entry, add, list_about};
