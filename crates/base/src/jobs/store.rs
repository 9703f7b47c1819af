//! Jobs as rows.

use crate::clock::DAY;
use crate::db::{Error, Row, Tx};

/// Something to be done.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// The clinic.
    pub clinic_id: &'a str,
    /// Whom it is about; with her it goes.
    pub person_id: &'a str,
    /// What kind of work.
    pub kind: &'a str,
    /// What whoever does it needs to know; never a secret.
    pub payload: &'a str,
    /// Not before.
    pub due_at: i64,
    /// Pointless after.
    pub expires_at: i64,
}

/// A job that was claimed.
#[derive(Clone, Debug)]
pub struct Job {
    /// The clinic.
    pub clinic_id: String,
    /// Itself.
    pub job_id: String,
    /// Whom it is about.
    pub person_id: String,
    /// What kind of work.
    pub kind: String,
    /// What it needs to know.
    pub payload: String,
    /// Pointless after.
    pub expires_at: i64,
    /// This try is the so-manieth.
    pub tries: i64,
}

/// Adds a job; it is as durable as the transaction.
pub fn add(tx: &mut Tx<'_>, job_id: &str, job: &NewJob<'_>) -> Result<(), Error> {
    tx.exec(
        "insert into job (clinic_id, job_id, person_id, kind, payload, due_at, expires_at, tries,
             claim, claimed_until_at)
         values ($1, $2, $3, $4, $5, $6, $7, 0, '', 0)",
        &[
            job.clinic_id.into(),
            job_id.into(),
            job.person_id.into(),
            job.kind.into(),
            job.payload.into(),
            job.due_at.into(),
            job.expires_at.into(),
        ],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Job, Error> {
    Ok(Job {
        clinic_id: row.get("clinic_id")?,
        job_id: row.get("job_id")?,
        person_id: row.get("person_id")?,
        kind: row.get("kind")?,
        payload: row.get("payload")?,
        expires_at: row.get("expires_at")?,
        tries: row.get("tries")?,
    })
}

/// Takes up to `most` jobs that are due and that nobody else has. The condition stands twice: when two
/// processes choose the same row, the second waits for it and then looks at it again.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    claim: &str,
    now: i64,
    until: i64,
    most: i64,
) -> Result<Vec<Job>, Error> {
    tx.exec(
        "update job set claim = $1, claimed_until_at = $3, tries = tries + 1
         where given_up_at is null and due_at <= $2 and claimed_until_at <= $2 and job_id in
             (select job_id from job
              where given_up_at is null and due_at <= $2 and claimed_until_at <= $2
              order by due_at, job_id limit $4)",
        &[claim.into(), now.into(), until.into(), most.into()],
    )?;
    tx.query(
        "select * from job where claim = $1 and claimed_until_at = $2 order by due_at, job_id",
        &[claim.into(), until.into()],
        read,
    )
}

/// Forgets what was never claimed in time, and after a month what was given up.
pub(super) fn remove_stale(tx: &mut Tx<'_>, now: i64) -> Result<(), Error> {
    tx.exec(
        "update job set given_up_at = $1, payload = ''
         where due_at <= $1 and expires_at <= $1 and claimed_until_at <= $1 and given_up_at is null",
        &[now.into()],
    )?;
    tx.exec(
        "delete from job where due_at <= $1 and given_up_at <= $1",
        &[(now - 30 * DAY).into()],
    )?;
    Ok(())
}

/// It is done.
pub(super) fn remove(tx: &mut Tx<'_>, job: &Job, claim: &str) -> Result<(), Error> {
    tx.exec(
        "delete from job where clinic_id = $1 and job_id = $2 and claim = $3",
        &[(&job.clinic_id).into(), (&job.job_id).into(), claim.into()],
    )?;
    Ok(())
}

/// It is tried again, by whoever is free then.
pub(super) fn put_off(tx: &mut Tx<'_>, job: &Job, claim: &str, until: i64) -> Result<(), Error> {
    tx.exec(
        "update job set due_at = $4, claim = '', claimed_until_at = 0
         where clinic_id = $1 and job_id = $2 and claim = $3",
        &[
            (&job.clinic_id).into(),
            (&job.job_id).into(),
            claim.into(),
            until.into(),
        ],
    )?;
    Ok(())
}

/// It stays for a month, to be counted.
pub(super) fn give_up(tx: &mut Tx<'_>, job: &Job, claim: &str, now: i64) -> Result<(), Error> {
    tx.exec(
        "update job set given_up_at = $4, payload = '', claim = '', claimed_until_at = 0
         where clinic_id = $1 and job_id = $2 and claim = $3",
        &[
            (&job.clinic_id).into(),
            (&job.job_id).into(),
            claim.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// How many of a clinic's jobs were given up in the last month.
pub fn count_given_up(tx: &mut Tx<'_>, clinic_id: &str) -> Result<i64, Error> {
    let count = tx.one(
        "select count(*) as given_up from job where clinic_id = $1 and given_up_at is not null",
        &[clinic_id.into()],
        |row| row.get("given_up"),
    )?;
    Ok(count.unwrap_or_default())
}

/// Removes a person's jobs of a kind that nobody has begun.
pub fn remove_waiting(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    kind: &str,
) -> Result<(), Error> {
    tx.exec(
        "delete from job where clinic_id = $1 and person_id = $2 and kind = $3 and given_up_at is null",
        &[clinic_id.into(), person_id.into(), kind.into()],
    )?;
    Ok(())
}

/// Removes everything about a person who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    tx.exec(
        "delete from job where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
    )?;
    Ok(())
}
