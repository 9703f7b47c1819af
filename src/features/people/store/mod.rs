//! The rows of people, by noun: the only SQL of this room.

mod caseloads;
mod clinics;
mod consents;
mod invitations;
mod logins;
mod persons;

pub use caseloads::*;
pub use clinics::*;
pub use consents::*;
pub use invitations::*;
pub use logins::*;
pub use persons::*;
