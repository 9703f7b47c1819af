//! This room's rows, a file a noun.

pub mod goals;
pub mod keys;
pub mod pictures;
pub mod questionnaires;
pub mod requests;
pub mod responses;

use crate::features::people::RecordAccess;
use kith_base::db::{Error, Tx};

/// Removes everything of a person who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<(), Error> {
    let whose = [access.clinic_id().into(), access.person_id().into()];
    for sql in [
        "delete from scoring where clinic_id = $1 and response_id in
             (select response_id from response where clinic_id = $1 and person_id = $2)",
        "delete from response_origin where clinic_id = $1 and person_id = $2",
        "delete from response where clinic_id = $1 and person_id = $2",
        "delete from request_key where clinic_id = $1 and request_id in
             (select request_id from request where clinic_id = $1 and person_id = $2)",
        "delete from request where clinic_id = $1 and person_id = $2",
        "delete from goal_rating where clinic_id = $1 and person_id = $2",
        "delete from goal where clinic_id = $1 and person_id = $2",
    ] {
        tx.exec(sql, &whose)?;
    }
    Ok(())
}
