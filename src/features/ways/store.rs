//! Ways that somebody kept, as rows.

use serde::Serialize;

use crate::features::people::RecordAccess;
use kith_base::db::{Error, Tx};

/// A way somebody kept for herself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kept {
    /// Itself.
    pub way_id: String,
    /// The moment it was put together from.
    pub moment: String,
    /// The person it names; empty when it names nobody.
    pub whom: String,
    /// The entry of the practice and its sentence.
    pub pattern: String,
    /// As it was read.
    pub words: String,
    /// The practice's slug.
    pub practice: String,
    /// For how long.
    pub minutes: f64,
    /// When it was kept, Unix milliseconds.
    pub kept_at: i64,
}

/// Keeps a way; the same one once.
pub fn add(tx: &mut Tx<'_>, access: &RecordAccess, kept: &Kept) -> Result<(), Error> {
    tx.exec(
        "insert into way_kept (clinic_id, way_id, person_id, moment, whom, pattern, words, practice,
             minutes, kept_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (clinic_id, person_id, moment, whom, pattern) do nothing",
        &[
            access.clinic_id().into(),
            (&kept.way_id).into(),
            access.person_id().into(),
            (&kept.moment).into(),
            (&kept.whom).into(),
            (&kept.pattern).into(),
            (&kept.words).into(),
            (&kept.practice).into(),
            kept.minutes.into(),
            kept.kept_at.into(),
        ],
    )?;
    Ok(())
}

/// What a person kept, newest first.
pub fn list(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Vec<Kept>, Error> {
    tx.query(
        "select * from way_kept where clinic_id = $1 and person_id = $2
         order by kept_at desc, way_id desc",
        &[access.clinic_id().into(), access.person_id().into()],
        |row| {
            Ok(Kept {
                way_id: row.get("way_id")?,
                moment: row.get("moment")?,
                whom: row.get("whom")?,
                pattern: row.get("pattern")?,
                words: row.get("words")?,
                practice: row.get("practice")?,
                minutes: row.get("minutes")?,
                kept_at: row.get("kept_at")?,
            })
        },
    )
}

/// Removes one that she no longer wants; somebody else's stays.
pub fn remove(tx: &mut Tx<'_>, access: &RecordAccess, way_id: &str) -> Result<(), Error> {
    tx.exec(
        "delete from way_kept where clinic_id = $1 and person_id = $2 and way_id = $3",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            way_id.into(),
        ],
    )?;
    Ok(())
}

/// Removes all of a person's.
pub fn remove_all(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<(), Error> {
    tx.exec(
        "delete from way_kept where clinic_id = $1 and person_id = $2",
        &[access.clinic_id().into(), access.person_id().into()],
    )?;
    Ok(())
}
