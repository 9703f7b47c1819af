//! The rows of people: the only SQL of this room.

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

fn read_person(row: &Row<'_>) -> Result<PersonRow, Error> {
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

/// How a person proves who she is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// `password` or `pin`.
    pub kind: String,
    /// In PHC form.
    pub hash: String,
    /// Nobody may try before this instant.
    pub locked_until_at: i64,
}

pub fn set_credential(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    kind: &str,
    hash: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into credential (clinic_id, person_id, kind, hash, failures, locked_until_at, set_at)
         values ($1, $2, $3, $4, 0, 0, $5)
         on conflict (clinic_id, person_id, kind)
         do update set hash = excluded.hash, failures = 0, locked_until_at = 0, set_at = excluded.set_at",
        &[clinic_id.into(), person_id.into(), kind.into(), hash.into(), now.into()],
    )?;
    Ok(())
}

pub fn find_credential(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Option<Credential>, Error> {
    tx.one(
        "select * from credential where clinic_id = $1 and person_id = $2 order by kind",
        &[clinic_id.into(), person_id.into()],
        |row| {
            Ok(Credential {
                kind: row.get("kind")?,
                hash: row.get("hash")?,
                locked_until_at: row.get("locked_until_at")?,
            })
        },
    )
}

/// Counts a try before its secret is looked at; `None` when nobody may try yet. The row is held until
/// the transaction ends, so that tries at the same time are counted one after another.
pub fn count_try(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<Option<i64>, Error> {
    let counted = tx.exec(
        "update credential set failures = failures + 1
         where clinic_id = $1 and person_id = $2 and locked_until_at <= $3",
        &[clinic_id.into(), person_id.into(), now.into()],
    )?;
    if counted == 0 {
        return Ok(None);
    }
    tx.one(
        "select failures from credential where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
        |row| row.get("failures"),
    )
}

pub fn update_failures(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    failures: i64,
    locked_until_at: i64,
) -> Result<(), Error> {
    tx.exec(
        "update credential set failures = $3, locked_until_at = $4
         where clinic_id = $1 and person_id = $2",
        &[
            clinic_id.into(),
            person_id.into(),
            failures.into(),
            locked_until_at.into(),
        ],
    )?;
    Ok(())
}

pub fn add_device(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    device_id: &str,
    person_id: &str,
    token_hash: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into device (clinic_id, device_id, person_id, token_hash, made_at)
         values ($1, $2, $3, $4, $5)",
        &[
            clinic_id.into(),
            device_id.into(),
            person_id.into(),
            token_hash.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// The people who joined on this device, whoever joined last first.
pub fn list_by_device(tx: &mut Tx<'_>, token_hash: &str) -> Result<Vec<PersonRow>, Error> {
    tx.query(
        "select person.* from device
         join person on person.clinic_id = device.clinic_id and person.person_id = device.person_id
         where device.token_hash = $1 and device.ended_at is null
         order by device.made_at desc, device.device_id desc",
        &[token_hash.into()],
        read_person,
    )
}

/// Ends every device and every login of a person: the phone was lost.
pub fn remove_devices(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "update device set ended_at = $3
         where clinic_id = $1 and person_id = $2 and ended_at is null",
        &[clinic_id.into(), person_id.into(), now.into()],
    )?;
    remove_logins(tx, clinic_id, person_id)
}

/// Signs a person out everywhere.
pub fn remove_logins(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    tx.exec(
        "delete from login where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
    )?;
    Ok(())
}

/// Ends somebody's part in a clinic: she cannot sign in any more; what she did stays.
pub fn end_person(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "update person set ended_at = $3
         where clinic_id = $1 and person_id = $2 and ended_at is null",
        &[clinic_id.into(), person_id.into(), now.into()],
    )?;
    tx.exec(
        "delete from credential where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
    )?;
    remove_devices(tx, clinic_id, person_id, now)
}

pub fn add_login(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    token_hash: &str,
    now: i64,
    expires_at: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into login (clinic_id, token_hash, person_id, made_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $4, $5)",
        &[
            clinic_id.into(),
            token_hash.into(),
            person_id.into(),
            now.into(),
            expires_at.into(),
        ],
    )?;
    Ok(())
}

/// A login that holds, and whose it is.
#[derive(Clone, Debug)]
pub struct LoginRow {
    /// Whose.
    pub person: PersonRow,
    /// When it was last lengthened.
    pub seen_at: i64,
}

pub fn find_login(tx: &mut Tx<'_>, token_hash: &str, now: i64) -> Result<Option<LoginRow>, Error> {
    tx.one(
        "select person.*, login.seen_at as seen_at from login
         join person on person.clinic_id = login.clinic_id and person.person_id = login.person_id
         where login.token_hash = $1 and login.expires_at > $2 and person.ended_at is null",
        &[token_hash.into(), now.into()],
        |row| {
            Ok(LoginRow {
                person: read_person(row)?,
                seen_at: row.get("seen_at")?,
            })
        },
    )
}

pub fn update_login(
    tx: &mut Tx<'_>,
    token_hash: &str,
    now: i64,
    expires_at: i64,
) -> Result<(), Error> {
    tx.exec(
        "update login set seen_at = $2, expires_at = $3 where token_hash = $1",
        &[token_hash.into(), now.into(), expires_at.into()],
    )?;
    tx.exec("delete from login where expires_at < $1", &[now.into()])?;
    Ok(())
}

pub fn remove_login(tx: &mut Tx<'_>, token_hash: &str) -> Result<(), Error> {
    tx.exec(
        "delete from login where token_hash = $1",
        &[token_hash.into()],
    )?;
    Ok(())
}

/// An invitation; its secrets are kept as hashes only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// The clinic that invites.
    pub clinic_id: String,
    /// Itself.
    pub invitation_id: String,
    /// What the invited will be.
    pub roles: String,
    /// The name she was invited by.
    pub name: String,
    /// Who invites; `None`: the command line.
    pub invited_by: Option<String>,
    /// Set when it gives somebody who is already here a new PIN on a new phone.
    pub for_person: Option<String>,
    /// Until when it can be used.
    pub expires_at: i64,
    /// When it was used or taken back.
    pub closed_at: Option<i64>,
}

fn read_invitation(row: &Row<'_>) -> Result<InvitationRow, Error> {
    Ok(InvitationRow {
        clinic_id: row.get("clinic_id")?,
        invitation_id: row.get("invitation_id")?,
        roles: row.get("roles")?,
        name: row.get("name")?,
        invited_by: row.get("invited_by")?,
        for_person: row.get("for_person")?,
        expires_at: row.get("expires_at")?,
        closed_at: row.get("closed_at")?,
    })
}

pub fn add_invitation(
    tx: &mut Tx<'_>,
    invitation: &InvitationRow,
    token_hash: &str,
    code_hash: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into invitation (clinic_id, invitation_id, token_hash, code_hash, roles, name,
             invited_by, for_person, made_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            (&invitation.clinic_id).into(),
            (&invitation.invitation_id).into(),
            token_hash.into(),
            code_hash.into(),
            (&invitation.roles).into(),
            (&invitation.name).into(),
            (&invitation.invited_by).into(),
            (&invitation.for_person).into(),
            now.into(),
            invitation.expires_at.into(),
        ],
    )?;
    Ok(())
}

/// By the hash of its link or of its code.
pub fn find_invitation(tx: &mut Tx<'_>, hash: &str) -> Result<Option<InvitationRow>, Error> {
    tx.one(
        "select * from invitation where token_hash = $1 or code_hash = $1",
        &[hash.into()],
        read_invitation,
    )
}

/// Invitations of a clinic that can still be used, of one inviter or, for an owner, of all.
pub fn list_invitations(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    invited_by: Option<&str>,
    now: i64,
) -> Result<Vec<InvitationRow>, Error> {
    tx.query(
        "select * from invitation
         where clinic_id = $1 and closed_at is null and expires_at > $2 and (invited_by = $3 or $4)
         order by made_at, invitation_id",
        &[
            clinic_id.into(),
            now.into(),
            invited_by.unwrap_or_default().into(),
            invited_by.is_none().into(),
        ],
        read_invitation,
    )
}

/// Uses up an invitation; false when somebody else was faster or it was taken back.
pub fn close_invitation(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    invitation_id: &str,
    used_by: Option<&str>,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update invitation set closed_at = $4, used_by = $3
         where clinic_id = $1 and invitation_id = $2 and closed_at is null and expires_at > $4",
        &[
            clinic_id.into(),
            invitation_id.into(),
            used_by.into(),
            now.into(),
        ],
    )? == 1)
}

/// Takes back an invitation of one's own, or, for an owner, any of the clinic.
pub fn revoke_invitation(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    invitation_id: &str,
    invited_by: Option<&str>,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update invitation set closed_at = $3
         where clinic_id = $1 and invitation_id = $2 and closed_at is null
             and (invited_by = $4 or $5)",
        &[
            clinic_id.into(),
            invitation_id.into(),
            now.into(),
            invited_by.unwrap_or_default().into(),
            invited_by.is_none().into(),
        ],
    )? == 1)
}

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

pub fn list_caseload(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practitioner_id: &str,
) -> Result<Vec<CaseloadRow>, Error> {
    tx.query(
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
             and caseload.ended_at is null
         order by caseload.since_at, caseload.client_id",
        &[clinic_id.into(), practitioner_id.into()],
        read_caseload,
    )
}

pub fn find_in_caseload(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practitioner_id: &str,
    client_id: &str,
) -> Result<Option<CaseloadRow>, Error> {
    tx.one(
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
             and caseload.client_id = $3 and caseload.ended_at is null",
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
