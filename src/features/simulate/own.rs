//! A practice that the invented practitioner wrote for everybody of her clinic, in two versions.

use crate::content::store::{self, Version};
use crate::features::people::store::Clinic;
use crate::features::writing::rules::{Reach, example, path_of, slug_of, terms};
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;

const TITLE: &str = "Held by the chair";

/// Writes it, changes it a week later, and offers it.
pub(super) fn write(
    tx: &mut Tx<'_>,
    clinic: &Clinic,
    practitioner: &str,
    at: i64,
) -> Result<(), Error> {
    let first = example(TITLE);
    let mut second = example(TITLE);
    second.summary = "Feel where the chair holds you, and wish yourself well.".to_owned();
    second.script = second.script.replace(
        "Look round the room, and move a little.",
        "Look round the room, and move your hands and feet.",
    );
    let path = path_of(&slug_of(TITLE, |_| false));
    let everybody = terms(Reach::Everybody, &second.load, false);
    for (version, draft, note, days) in [
        (1, first, "Begun", 0),
        (
            2,
            second,
            "Hands and feet at the end: two people had asked what to move",
            7,
        ),
    ] {
        let written = Version {
            clinic_id: clinic.clinic_id.clone(),
            path: path.clone(),
            version,
            text: draft.text(everybody).text,
            note: note.to_owned(),
            made_by: practitioner.to_owned(),
            made_at: at + days * DAY,
        };
        store::add_version(tx, &written)?;
    }
    let who = (practitioner, at + 7 * DAY);
    store::update_use(tx, (&clinic.clinic_id, &path), Some(2), who)?;
    Ok(())
}
