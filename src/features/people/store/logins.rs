//! How people prove who they are: credentials, devices, logins.

use kith_base::clock::DAY;
use kith_base::db::{Error, Tx};

use super::persons::{PersonRow, read_person};

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

/// Adds a login that holds until a time.
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
    /// The state of her clinic's own content.
    pub content_revision: i64,
}

pub fn find_login(tx: &mut Tx<'_>, token_hash: &str, now: i64) -> Result<Option<LoginRow>, Error> {
    tx.one(
        "select person.*, login.seen_at as seen_at, clinic.content_revision as content_revision from login
         join person on person.clinic_id = login.clinic_id and person.person_id = login.person_id
         join clinic on clinic.clinic_id = login.clinic_id
         where login.token_hash = $1 and login.expires_at > $2 and person.ended_at is null",
        &[token_hash.into(), now.into()],
        |row| {
            Ok(LoginRow {
                person: read_person(row)?,
                seen_at: row.get("seen_at")?,
                content_revision: row.get("content_revision")?,
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
    // One that ended by itself lets nobody in, but stays for a season: reminders to a device go on as long
    // as nobody signed out there.
    let forgotten = now - 90 * DAY;
    tx.exec(
        "delete from login where expires_at < $1",
        &[forgotten.into()],
    )?;
    Ok(())
}

/// When somebody was last here, to the hour.
pub fn find_last_seen(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Option<i64>, Error> {
    tx.one(
        "select seen_at from login where clinic_id = $1 and person_id = $2 order by seen_at desc limit 1",
        &[clinic_id.into(), person_id.into()],
        |row| row.get("seen_at"),
    )
}

pub fn remove_login(tx: &mut Tx<'_>, token_hash: &str) -> Result<(), Error> {
    tx.exec(
        "delete from login where token_hash = $1",
        &[token_hash.into()],
    )?;
    Ok(())
}
