//! What the command line uses of the rooms, and all that can be reached of them from outside: so the compiler goes on saying what
//! nobody uses.

pub use crate::app::{App, Parts, router};

/// Voices and what they say.
pub mod clips {
    pub use crate::clips::{Clips, SoundError, Sounding, Voice, is_name, texts};
}

/// What there is to practise and to read.
pub mod content {
    pub use crate::content::{Contents, load};
}

/// Help, and alerts on their way.
pub mod alerts {
    pub use crate::features::alerts::{lacks_help, reach};
}

/// Handouts.
pub mod evidence {
    pub use crate::features::evidence::handout;
    /// As PDF files.
    pub mod pdf {
        pub use crate::features::evidence::pdf::{NoPdf, Typesetter, tried};
    }
}

/// Records for other programs.
pub mod fhir {
    pub use crate::features::exchange::fhir::base;
    /// Everything of a clinic.
    pub mod export {
        pub use crate::features::exchange::fhir::export::*;
    }
}

/// What to offer next.
pub mod guide {
    pub use crate::features::guide::rules::Decision;
    pub use crate::features::guide::{Asked, Limits, decide};
}

/// Practices.
pub mod library {
    pub use crate::features::library::usual_minutes;
}

/// Questionnaires and answers.
pub mod measures {
    pub use crate::features::measures::questionnaires::rules::{NOTE, Statement, language, stated};
    pub use crate::features::measures::questionnaires::{Bringing, add};
    pub use crate::features::measures::store::questionnaires::list_forms;
    pub use crate::features::measures::store::responses::list_responses;
}

/// Who is here.
pub mod people {
    pub use crate::features::people::invitations::{Wanted, invite};
    pub use crate::features::people::secrets::{Secrets, Strength};
    pub use crate::features::people::store::{
        Clinic, ConsentRow, PersonRow, add_clinic, add_consent, add_login, add_person,
        add_to_caseload, list_clinics,
    };
    pub use crate::features::people::{
        Openness, Person, RecordAccess, Role, Roles, store_is_empty,
    };
}

/// What was prescribed.
pub mod plans {
    pub use crate::features::plans::store::{Agreement, Terms, add, agree};
    pub use crate::features::plans::{Plan, PlanPractice};
}

/// What reminds.
pub mod reminders {
    pub use crate::features::reminders::work;
}

/// What keeps people safe.
pub mod safety {
    pub use crate::features::safety::look_round;
}

/// What was practised.
pub mod sittings {
    pub use crate::features::sittings::{Sitting, keep, store::add, store::list};
}

/// Invented people.
pub mod simulate {
    pub use crate::features::simulate::{entries, furnish};
}
