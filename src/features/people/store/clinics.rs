//! Clinics and their settings.

use crate::base::db::{Error, Row, Tx};

/// A clinic's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Clinic {
    /// Its id.
    pub clinic_id: String,
    /// What it is called.
    pub name: String,
    /// How its people write dates unless they choose otherwise.
    pub locale: String,
    /// Where it is.
    pub zone: String,
    /// The emergency number of the place; empty when nobody has entered it.
    pub emergency_number: String,
    /// The name of a line to talk to someone.
    pub help_line: String,
    /// Its number.
    pub help_number: String,
    /// How to reach the clinic itself, and when.
    pub contact: String,
    /// Made by the demo.
    pub invented: bool,
}

fn read_clinic(row: &Row<'_>) -> Result<Clinic, Error> {
    Ok(Clinic {
        clinic_id: row.get("clinic_id")?,
        name: row.get("name")?,
        locale: row.get("locale")?,
        zone: row.get("zone")?,
        emergency_number: row.get("emergency_number")?,
        help_line: row.get("help_line")?,
        help_number: row.get("help_number")?,
        contact: row.get("contact")?,
        invented: row.get("invented")?,
    })
}

pub fn add_clinic(tx: &mut Tx<'_>, clinic: &Clinic, now: i64) -> Result<(), Error> {
    tx.exec(
        "insert into clinic (clinic_id, name, locale, zone, emergency_number, help_line,
             help_number, contact, invented, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            (&clinic.clinic_id).into(),
            (&clinic.name).into(),
            (&clinic.locale).into(),
            (&clinic.zone).into(),
            (&clinic.emergency_number).into(),
            (&clinic.help_line).into(),
            (&clinic.help_number).into(),
            (&clinic.contact).into(),
            clinic.invented.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

pub fn update_clinic(tx: &mut Tx<'_>, clinic: &Clinic) -> Result<(), Error> {
    tx.exec(
        "update clinic set name = $2, locale = $3, zone = $4, emergency_number = $5,
             help_line = $6, help_number = $7, contact = $8
         where clinic_id = $1",
        &[
            (&clinic.clinic_id).into(),
            (&clinic.name).into(),
            (&clinic.locale).into(),
            (&clinic.zone).into(),
            (&clinic.emergency_number).into(),
            (&clinic.help_line).into(),
            (&clinic.help_number).into(),
            (&clinic.contact).into(),
        ],
    )?;
    Ok(())
}

pub fn find_clinic(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Option<Clinic>, Error> {
    tx.one(
        "select * from clinic where clinic_id = $1",
        &[clinic_id.into()],
        read_clinic,
    )
}

pub fn list_clinics(tx: &mut Tx<'_>) -> Result<Vec<Clinic>, Error> {
    tx.query(
        "select * from clinic order by made_at, clinic_id",
        &[],
        read_clinic,
    )
}
