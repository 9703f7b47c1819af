//! Everybody, whatever she is here.

use kith_base::db::{Error, Row, Tx};

/// Somebody, as she is stored.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PersonRow {
    /// Her clinic.
    pub clinic_id: String,
    /// Herself.
    pub person_id: String,
    /// What she is called.
    pub name: String,
    /// What she signs in with, as she wrote it.
    pub sign_in_name: String,
    /// Words divided by spaces.
    pub roles: String,
    /// How dates are written for her.
    pub locale: String,
    /// Where her days begin and end.
    pub zone: String,
    /// Since when she is here.
    pub made_at: i64,
}

pub(super) fn read_person(row: &Row<'_>) -> Result<PersonRow, Error> {
    Ok(PersonRow {
        clinic_id: row.get("clinic_id")?,
        person_id: row.get("person_id")?,
        name: row.get("name")?,
        sign_in_name: row.get("sign_in_name")?,
        roles: row.get("roles")?,
        locale: row.get("locale")?,
        zone: row.get("zone")?,
        made_at: row.get("made_at")?,
    })
}

/// Adds a person.
pub fn add_person(tx: &mut Tx<'_>, person: &PersonRow) -> Result<(), Error> {
    tx.exec(
        "insert into person (clinic_id, person_id, name, sign_in_name, roles, locale, zone, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            (&person.clinic_id).into(),
            (&person.person_id).into(),
            (&person.name).into(),
            (&person.sign_in_name.to_lowercase()).into(),
            (&person.roles).into(),
            (&person.locale).into(),
            (&person.zone).into(),
            person.made_at.into(),
        ],
    )?;
    Ok(())
}

pub fn find_person(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Option<PersonRow>, Error> {
    tx.one(
        "select * from person where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
        read_person,
    )
}

pub fn find_by_sign_in_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<PersonRow>, Error> {
    tx.one(
        "select * from person where sign_in_name = $1",
        &[(&name.to_lowercase()).into()],
        read_person,
    )
}

/// Whether somebody belongs to a clinic and has not left.
pub fn is_here(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<bool, Error> {
    let found = tx.one(
        "select person_id from person
         where clinic_id = $1 and person_id = $2 and ended_at is null",
        &[clinic_id.into(), person_id.into()],
        |row| row.get::<String>("person_id"),
    )?;
    Ok(found.is_some())
}

/// Everybody of a clinic, or of all clinics in a demo's entrance hall.
pub fn list_people(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Vec<PersonRow>, Error> {
    tx.query(
        "select * from person where clinic_id = $1 and ended_at is null
         order by made_at, person_id",
        &[clinic_id.into()],
        read_person,
    )
}

pub fn update_person(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    name: &str,
    locale: &str,
    zone: &str,
) -> Result<(), Error> {
    tx.exec(
        "update person set name = $3, locale = $4, zone = $5
         where clinic_id = $1 and person_id = $2",
        &[
            clinic_id.into(),
            person_id.into(),
            name.into(),
            locale.into(),
            zone.into(),
        ],
    )?;
    Ok(())
}

/// Removes everything that says who a person was or how she signed in. Rooms with records of hers
/// remove those first.
pub fn remove_person(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    let whose = [clinic_id.into(), person_id.into()];
    for sql in [
        "delete from login where clinic_id = $1 and person_id = $2",
        "delete from device where clinic_id = $1 and person_id = $2",
        "delete from credential where clinic_id = $1 and person_id = $2",
        "delete from consent where clinic_id = $1 and person_id = $2",
        "delete from caseload where clinic_id = $1 and client_id = $2",
        "delete from invitation where clinic_id = $1 and (used_by = $2 or for_person = $2)",
        "delete from person where clinic_id = $1 and person_id = $2",
    ] {
        tx.exec(sql, &whose)?;
    }
    Ok(())
}
