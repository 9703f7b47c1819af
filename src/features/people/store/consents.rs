//! Decisions about consent: only ever added to.

use kith_base::db::{Error, Tx};

/// One decision about one layer of consent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ConsentRow {
    /// Itself; newer ones sort later.
    pub consent_id: String,
    /// The layer's id in `consent.toml`.
    pub layer: String,
    /// Hash of the words that were agreed to.
    pub version: String,
    /// The practitioner a share is with; empty for other layers.
    pub with_id: String,
    /// Yes or no.
    pub given: bool,
    /// When.
    pub at: i64,
}

/// Adds what somebody agreed to or took back.
pub fn add_consent(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    consent: &ConsentRow,
) -> Result<(), Error> {
    tx.exec(
        "insert into consent (clinic_id, consent_id, person_id, layer, version, with_id, given, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            clinic_id.into(),
            (&consent.consent_id).into(),
            person_id.into(),
            (&consent.layer).into(),
            (&consent.version).into(),
            (&consent.with_id).into(),
            consent.given.into(),
            consent.at.into(),
        ],
    )?;
    Ok(())
}

/// A client, and whether her newest decision lets the clinic's other systems read; no decision is no.
#[derive(Clone, Debug)]
pub struct ClientRow {
    /// Herself.
    pub person_id: String,
    /// Where her days begin and end.
    pub zone: String,
    /// When she came.
    pub since_at: i64,
    /// Words divided by spaces.
    pub roles: String,
    /// Yes or no.
    pub open_to_systems: bool,
}

/// Everybody of a clinic who is here, with what she decided about other systems.
pub fn list_with_systems(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Vec<ClientRow>, Error> {
    tx.query(
        "select person.person_id as person_id, person.zone as zone, person.made_at as since_at,
             person.roles as roles,
             (select consent.given from consent
              where consent.clinic_id = person.clinic_id
                  and consent.person_id = person.person_id and consent.layer = 'systems'
              order by consent.at desc, consent.consent_id desc limit 1) as given
         from person
         where person.clinic_id = $1 and person.ended_at is null
         order by person.made_at, person.person_id",
        &[clinic_id.into()],
        |row| {
            Ok(ClientRow {
                person_id: row.get("person_id")?,
                zone: row.get("zone")?,
                since_at: row.get("since_at")?,
                roles: row.get("roles")?,
                open_to_systems: row.get::<Option<bool>>("given")?.unwrap_or(false),
            })
        },
    )
}

/// Every decision of a person, oldest first.
pub fn list_consents(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<ConsentRow>, Error> {
    tx.query(
        "select * from consent where clinic_id = $1 and person_id = $2 order by at, consent_id",
        &[clinic_id.into(), person_id.into()],
        |row| {
            Ok(ConsentRow {
                consent_id: row.get("consent_id")?,
                layer: row.get("layer")?,
                version: row.get("version")?,
                with_id: row.get("with_id")?,
                given: row.get("given")?,
                at: row.get("at")?,
            })
        },
    )
}
