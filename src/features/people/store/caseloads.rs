//! Who works with whom.

use kith_base::db::{Error, Row, Tx};

/// Puts a client into a practitioner’s caseload.
pub fn add_to_caseload(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practitioner_id: &str,
    client_id: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into caseload (clinic_id, practitioner_id, client_id, since_at)
         values ($1, $2, $3, $4)
         on conflict (clinic_id, practitioner_id, client_id) do update set ended_at = null",
        &[
            clinic_id.into(),
            practitioner_id.into(),
            client_id.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// A client of a practitioner, and whether she shares her record with her.
#[derive(Clone, Debug)]
pub struct CaseloadRow {
    /// The client.
    pub client_id: String,
    /// What she is called.
    pub name: String,
    /// Where her days begin and end.
    pub zone: String,
    /// When she came.
    pub since_at: i64,
    /// What her newest decision about sharing says; no decision is no.
    pub shares: bool,
}

fn read_caseload(row: &Row<'_>) -> Result<CaseloadRow, Error> {
    Ok(CaseloadRow {
        client_id: row.get("client_id")?,
        name: row.get("name")?,
        zone: row.get("zone")?,
        since_at: row.get("since_at")?,
        shares: row.get::<Option<bool>>("shares")?.unwrap_or(false),
    })
}

/// A client of the caseload $2 of the clinic $1, and whether she shares her record.
macro_rules! caseload_sql {
    ($end:literal) => {
        concat!(
            "select caseload.client_id as client_id, caseload.since_at as since_at,
                 person.name as name, person.zone as zone,
                 (select consent.given from consent
                  where consent.clinic_id = caseload.clinic_id
                      and consent.person_id = caseload.client_id
                      and consent.layer = 'share' and consent.with_id = caseload.practitioner_id
                  order by consent.at desc, consent.consent_id desc limit 1) as shares
             from caseload
             join person on person.clinic_id = caseload.clinic_id
                 and person.person_id = caseload.client_id
             where caseload.clinic_id = $1 and caseload.practitioner_id = $2
                 and caseload.ended_at is null ",
            $end
        )
    };
}

/// Everybody a practitioner works with, whoever came first first.
pub fn list_caseload(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practitioner_id: &str,
) -> Result<Vec<CaseloadRow>, Error> {
    tx.query(
        caseload_sql!("order by caseload.since_at, caseload.client_id"),
        &[clinic_id.into(), practitioner_id.into()],
        read_caseload,
    )
}

/// A client, if this practitioner works with her.
pub fn find_in_caseload(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practitioner_id: &str,
    client_id: &str,
) -> Result<Option<CaseloadRow>, Error> {
    tx.one(
        caseload_sql!("and caseload.client_id = $3"),
        &[clinic_id.into(), practitioner_id.into(), client_id.into()],
        read_caseload,
    )
}

/// The practitioners a client works with: id and name.
pub fn list_practitioners(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
) -> Result<Vec<(String, String)>, Error> {
    tx.query(
        "select person.person_id as person_id, person.name as name from caseload
         join person on person.clinic_id = caseload.clinic_id
             and person.person_id = caseload.practitioner_id
         where caseload.clinic_id = $1 and caseload.client_id = $2 and caseload.ended_at is null
         order by caseload.since_at, person.person_id",
        &[clinic_id.into(), client_id.into()],
        |row| Ok((row.get("person_id")?, row.get("name")?)),
    )
}
