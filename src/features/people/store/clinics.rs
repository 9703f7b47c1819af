//! Clinics and their settings.

use kith_base::db::{Error, Row, Tx};

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
    /// Made by the demo.
    pub invented: bool,
}

fn read_clinic(row: &Row<'_>) -> Result<Clinic, Error> {
    Ok(Clinic {
        clinic_id: row.get("clinic_id")?,
        name: row.get("name")?,
        locale: row.get("locale")?,
        zone: row.get("zone")?,
        invented: row.get("invented")?,
    })
}

/// Adds a clinic.
pub fn add_clinic(tx: &mut Tx<'_>, clinic: &Clinic, now: i64) -> Result<(), Error> {
    tx.exec(
        "insert into clinic (clinic_id, name, locale, zone, invented, made_at)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            (&clinic.clinic_id).into(),
            (&clinic.name).into(),
            (&clinic.locale).into(),
            (&clinic.zone).into(),
            clinic.invented.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

pub fn update_clinic(tx: &mut Tx<'_>, clinic: &Clinic) -> Result<(), Error> {
    tx.exec(
        "update clinic set name = $2, locale = $3, zone = $4 where clinic_id = $1",
        &[
            (&clinic.clinic_id).into(),
            (&clinic.name).into(),
            (&clinic.locale).into(),
            (&clinic.zone).into(),
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

/// Every clinic of this installation.
pub fn list_clinics(tx: &mut Tx<'_>) -> Result<Vec<Clinic>, Error> {
    tx.query(
        "select * from clinic order by made_at, clinic_id",
        &[],
        read_clinic,
    )
}
