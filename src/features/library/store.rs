//! Whom a practice was offered to by name, as rows.

use serde::Serialize;

use kith_base::db::{Error, Row, Tx};

/// A practice that somebody offered to a client by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chosen {
    /// Its slug.
    pub practice: String,
    /// The client.
    pub client_id: String,
    /// Whoever offered it.
    pub offered_by: String,
    /// Unix milliseconds UTC.
    pub offered_at: i64,
    /// When it was taken back.
    pub taken_back_at: Option<i64>,
}

fn read(row: &Row<'_>) -> Result<Chosen, Error> {
    Ok(Chosen {
        practice: row.get("practice")?,
        client_id: row.get("client_id")?,
        offered_by: row.get("offered_by")?,
        offered_at: row.get("offered_at")?,
        taken_back_at: row.get("taken_back_at")?,
    })
}

/// The slugs of what is offered to somebody by name, or by her to others.
pub fn list_chosen(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<String>, Error> {
    tx.query(
        "select distinct practice from chosen_practice
         where clinic_id = $1 and (client_id = $2 or offered_by = $2) and taken_back_at is null",
        &[clinic_id.into(), person_id.into()],
        |row| row.get("practice"),
    )
}

/// Those a practice is offered to by name.
pub fn list_chosen_of(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practice: &str,
) -> Result<Vec<Chosen>, Error> {
    tx.query(
        "select * from chosen_practice
         where clinic_id = $1 and practice = $2 and taken_back_at is null order by offered_at, client_id",
        &[clinic_id.into(), practice.into()],
        read,
    )
}

/// What was ever offered to a client by name, oldest first.
pub fn list_chosen_for(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
) -> Result<Vec<Chosen>, Error> {
    tx.query(
        "select * from chosen_practice
         where clinic_id = $1 and client_id = $2 order by offered_at, practice",
        &[clinic_id.into(), client_id.into()],
        read,
    )
}

/// Offers a practice to a client by name, also again after it was taken back.
pub fn add_chosen(tx: &mut Tx<'_>, clinic_id: &str, chosen: &Chosen) -> Result<(), Error> {
    tx.exec(
        "insert into chosen_practice (clinic_id, practice, client_id, offered_by, offered_at)
         values ($1, $2, $3, $4, $5)
         on conflict (clinic_id, practice, client_id) do update set offered_by = excluded.offered_by,
             offered_at = excluded.offered_at, taken_back_at = null",
        &[
            clinic_id.into(),
            (&chosen.practice).into(),
            (&chosen.client_id).into(),
            (&chosen.offered_by).into(),
            chosen.offered_at.into(),
        ],
    )?;
    Ok(())
}

/// Takes a practice back from a client; false when it was not offered to her by name.
pub fn update_taken_back(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    (practice, client_id): (&str, &str),
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update chosen_practice set taken_back_at = $4
         where clinic_id = $1 and practice = $2 and client_id = $3 and taken_back_at is null",
        &[
            clinic_id.into(),
            practice.into(),
            client_id.into(),
            now.into(),
        ],
    )? == 1)
}

/// Removes what was offered by name to a client who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, clinic_id: &str, client_id: &str) -> Result<(), Error> {
    tx.exec(
        "delete from chosen_practice where clinic_id = $1 and client_id = $2",
        &[clinic_id.into(), client_id.into()],
    )?;
    Ok(())
}
