//! A clinic's records at once, for the command line.

use std::collections::BTreeMap;

use kith_content::Library;
use serde_json::Value;

use super::gather;
use super::rules::Kind;
use super::sheets::Desk;
use crate::features::measures::store::questionnaires::list_questionnaires;
use crate::features::people::{Openness, open_records};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::Ids;

/// Every resource of a clinic by its kind, oldest first.
///
/// # Errors
/// When the database fails.
pub fn gather_clinic(
    tx: &mut Tx<'_>,
    library: &Library,
    base: &str,
    clinic_id: &str,
    openness: Openness,
) -> Result<BTreeMap<&'static str, Vec<Value>>, Error> {
    let open = open_records(tx, clinic_id, openness)?;
    let desk = Desk::new(
        library,
        base.to_owned(),
        list_questionnaires(tx, clinic_id)?,
    );
    let mut gathered = BTreeMap::new();
    for kind in Kind::ALL {
        let mut found = gather::entries(tx, &desk, kind, &open)?;
        found.sort_by(|a, b| (a.at, a.id()).cmp(&(b.at, b.id())));
        let resources = found.into_iter().map(|entry| entry.resource).collect();
        gathered.insert(kind.name(), resources);
    }
    Ok(gathered)
}

/// Writes down for each of these people that her record left in a file.
///
/// # Errors
/// When the database fails.
pub fn note_export(
    tx: &mut Tx<'_>,
    ids: &Ids,
    clinic_id: &str,
    openness: Openness,
    now: i64,
) -> Result<(), Error> {
    let deed = match openness {
        Openness::Agreed => "wrote answers, scores and plans to a file for another system",
        Openness::WholeClinic => "wrote answers, scores and plans to the clinic's own archive",
    };
    for one in open_records(tx, clinic_id, openness)? {
        let whose = Some(one.record.person_id());
        audit::add(tx, &ids.make(now)?, clinic_id, now, None, whose, deed)?;
    }
    Ok(())
}
