//! Pools what studies found, says how sure one may be, and puts it into plain sentences.
//!
//! The studies, the judgements and the words are content ([`kith_content::evidence`]); the arithmetic is
//! [`kith_stats`]'. Here is what lies between: what may be pooled, what follows from it, and which number in a sentence
//! came from which cell. References and effects that other programs wrote are read in [`import`]. Nothing here reads a file, a
//! clock or a database.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod answer;
mod certainty;
mod check;
pub mod figures;
pub mod import;
mod pool;
mod published;
mod question;
pub mod readability;
mod said;
mod select;
mod statements;
pub mod translate;

pub use answer::{Answer, answer};
pub use certainty::{Certainty, Domain, Rating};
pub use check::{CLIENT_GRADE, check};
pub use pool::{CannotPool, Pool};
pub use published::Published;
pub use question::{FamilyAsked, Question, UnknownConstruct};
pub use said::{Number, Said};
pub use select::{Excluded, LeftOut, Selection, Taken, select};
