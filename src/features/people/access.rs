//! Access is a value you must hold: only this file can make it, after caseload and consent said yes.

use super::{Person, Role, Roles, store};
use crate::app::App;
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::read_id;

/// Leave to work with a client: prescribe for her, invite her again.
#[derive(Clone, Debug)]
pub struct ClientAccess {
    clinic_id: String,
    client_id: String,
    /// What she is called.
    pub name: String,
    /// Where her days begin and end.
    pub zone: String,
    /// When she came.
    pub since_at: i64,
    shares: bool,
}

/// Leave to see what a person practised and how it was for her.
#[derive(Clone, Debug)]
pub struct RecordAccess {
    clinic_id: String,
    person_id: String,
}

impl ClientAccess {
    /// Her clinic.
    pub fn clinic_id(&self) -> &str {
        &self.clinic_id
    }

    /// Herself.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Leave to see her record; `None` when she does not share it with whoever asks.
    pub fn record(&self) -> Option<RecordAccess> {
        self.shares.then(|| RecordAccess {
            clinic_id: self.clinic_id.clone(),
            person_id: self.client_id.clone(),
        })
    }

    pub(super) fn from_caseload(clinic_id: &str, client: store::CaseloadRow) -> Self {
        Self {
            clinic_id: clinic_id.to_owned(),
            client_id: client.client_id,
            name: client.name,
            zone: client.zone,
            since_at: client.since_at,
            shares: client.shares,
        }
    }
}

impl RecordAccess {
    /// One's own record.
    pub fn own(person: &Person) -> Self {
        Self {
            clinic_id: person.clinic_id.clone(),
            person_id: person.person_id.clone(),
        }
    }

    /// The clinic.
    pub fn clinic_id(&self) -> &str {
        &self.clinic_id
    }

    /// Whose record.
    pub fn person_id(&self) -> &str {
        &self.person_id
    }
}

/// Leave for a practitioner to work with a client of her caseload; written to the audit log, which
/// the client can read, before anything is shown. `deed` ends the sentence "Amira …".
///
/// # Errors
/// [`Error::NotFound`] for anybody else's client, so that nobody learns who is a client here.
pub async fn open_client(
    app: &App,
    person: &Person,
    client_id: &str,
    deed: &'static str,
) -> Result<ClientAccess, Error> {
    let client_id = read_id(client_id).ok_or(Error::NotFound)?;
    if !person.roles.has(Role::Practitioner) {
        return Err(Error::NotFound);
    }
    let (clinic_id, practitioner_id) = (person.clinic_id.clone(), person.person_id.clone());
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            let row = store::find_in_caseload(tx, &clinic_id, &practitioner_id, &client_id)?
                .ok_or(Error::NotFound)?;
            audit::add(
                tx,
                &audit_id,
                &clinic_id,
                now,
                Some(&practitioner_id),
                Some(&client_id),
                deed,
            )?;
            Ok(ClientAccess::from_caseload(&clinic_id, row))
        })
        .await
}

/// A client whose record may go to the clinic's other systems.
#[derive(Clone, Debug)]
pub struct OpenRecord {
    /// Leave to read it.
    pub record: RecordAccess,
    /// Where her days begin and end.
    pub zone: String,
    /// When she came.
    pub since_at: i64,
}

/// Whose record is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// Only those who agreed that the clinic's other systems read it.
    Agreed,
    /// Everybody's: for an archive of the clinic's own, made on its own machine, as a backup is.
    WholeClinic,
}

/// The clients of a clinic whose records may be read as [`Openness`] says, whoever came first first.
///
/// # Errors
/// When the database fails.
pub fn open_records(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    openness: Openness,
) -> Result<Vec<OpenRecord>, Error> {
    let clients = store::list_with_systems(tx, clinic_id)?;
    Ok(clients
        .into_iter()
        .filter(|client| Roles::read(&client.roles).has(Role::Client))
        .filter(|client| openness == Openness::WholeClinic || client.open_to_systems)
        .map(|client| OpenRecord {
            record: RecordAccess {
                clinic_id: clinic_id.to_owned(),
                person_id: client.person_id,
            },
            zone: client.zone,
            since_at: client.since_at,
        })
        .collect())
}

/// Everybody in a practitioner's caseload.
///
/// # Errors
/// When the database fails.
pub fn caseload(tx: &mut Tx<'_>, person: &Person) -> Result<Vec<ClientAccess>, Error> {
    let rows = store::list_caseload(tx, &person.clinic_id, &person.person_id)?;
    Ok(rows
        .into_iter()
        .map(|row| ClientAccess::from_caseload(&person.clinic_id, row))
        .collect())
}
