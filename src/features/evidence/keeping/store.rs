//! What was decided about versions of studies.

use kith_base::db::{Error, Row, Tx};

/// What somebody decided about a version.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Review {
    /// The study.
    pub study: String,
    /// Which version.
    pub version: i64,
    /// Whether it may count; refused else.
    pub approved: bool,
    /// Whether nobody but its writer read it.
    pub alone: bool,
    /// Why.
    pub note: String,
    /// Who decided.
    pub decided_by: String,
    /// Unix milliseconds UTC.
    pub decided_at: i64,
}

/// Adds a decision. False, and nothing is added, when one was there.
pub fn add_review(tx: &mut Tx<'_>, clinic_id: &str, review: &Review) -> Result<bool, Error> {
    let decision = if review.approved {
        "approved"
    } else {
        "refused"
    };
    let added = tx.exec(
        "insert into study_review (clinic_id, study, version, decision, alone, note, decided_by, decided_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (clinic_id, study, version) do nothing",
        &[
            clinic_id.into(),
            review.study.as_str().into(),
            review.version.into(),
            decision.into(),
            review.alone.into(),
            review.note.as_str().into(),
            review.decided_by.as_str().into(),
            review.decided_at.into(),
        ],
    )?;
    Ok(added == 1)
}

/// Every decision of a clinic, by study and version.
pub fn list_reviews(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Vec<Review>, Error> {
    tx.query(
        "select * from study_review where clinic_id = $1 order by study, version",
        &[clinic_id.into()],
        read_review,
    )
}

/// The decisions about one study.
pub fn list_reviews_of(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    study: &str,
) -> Result<Vec<Review>, Error> {
    tx.query(
        "select * from study_review where clinic_id = $1 and study = $2 order by version",
        &[clinic_id.into(), study.into()],
        read_review,
    )
}

fn read_review(row: &Row<'_>) -> Result<Review, Error> {
    Ok(Review {
        study: row.get("study")?,
        version: row.get("version")?,
        approved: row.get::<String>("decision")? == "approved",
        alone: row.get("alone")?,
        note: row.get("note")?,
        decided_by: row.get("decided_by")?,
        decided_at: row.get("decided_at")?,
    })
}

/// A version somebody wrote, for her own record.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// Where the file is.
    pub path: String,
    /// Which version of it.
    pub version: i64,
    /// The file.
    pub text: String,
    /// What was changed and why.
    pub note: String,
    /// Unix milliseconds UTC.
    pub made_at: i64,
}

/// What somebody wrote about studies, oldest first.
pub fn list_written(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    folder: &str,
) -> Result<Vec<Written>, Error> {
    tx.query(
        "select path, version, text, note, made_at from content_version
         where clinic_id = $1 and made_by = $2 and substr(path, 1, length($3)) = $3
         order by made_at, path, version",
        &[clinic_id.into(), person_id.into(), folder.into()],
        |row| {
            Ok(Written {
                path: row.get("path")?,
                version: row.get("version")?,
                text: row.get("text")?,
                note: row.get("note")?,
                made_at: row.get("made_at")?,
            })
        },
    )
}

/// What somebody decided, oldest first.
pub fn list_decided(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<Review>, Error> {
    tx.query(
        "select * from study_review where clinic_id = $1 and decided_by = $2
         order by decided_at, study, version",
        &[clinic_id.into(), person_id.into()],
        read_review,
    )
}
