//! The audit log's rows.

use crate::db::{Error, Row, Tx};

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Unix milliseconds UTC.
    pub at: i64,
    /// Who did it; `None` for the command line and the program itself.
    pub actor_id: Option<String>,
    /// The name the actor has now.
    pub actor: Option<String>,
    /// What was done, as a sentence's end: "looked at the page".
    pub action: String,
}

/// Adds a deed.
pub fn add(
    tx: &mut Tx<'_>,
    audit_id: &str,
    clinic_id: &str,
    at: i64,
    actor_id: Option<&str>,
    subject_id: Option<&str>,
    action: &str,
) -> Result<(), Error> {
    tx.exec(
        "insert into audit (clinic_id, audit_id, at, actor_id, subject_id, action)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            clinic_id.into(),
            audit_id.into(),
            at.into(),
            actor_id.into(),
            subject_id.into(),
            action.into(),
        ],
    )?;
    Ok(())
}

/// The newest deeds about a person, newest first; about everybody when no one is named. What people did about themselves
/// is in their own list only, but for how they come in and what they consent to: "went on after a pause" would tell a
/// clinic how somebody is.
pub fn list_about(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    subject_id: Option<&str>,
    most: i64,
) -> Result<Vec<Entry>, Error> {
    let read = |row: &Row<'_>| {
        Ok(Entry {
            at: row.get("at")?,
            actor_id: row.get("actor_id")?,
            actor: row.get("actor")?,
            action: row.get("action")?,
        })
    };
    match subject_id {
        Some(subject) => tx.query(
            "select audit.at as at, audit.actor_id as actor_id, person.name as actor, audit.action as action
             from audit
             left join person on person.clinic_id = audit.clinic_id and person.person_id = audit.actor_id
             where audit.clinic_id = $1 and audit.subject_id = $2
             order by audit.at desc, audit.audit_id desc
             limit $3",
            &[clinic_id.into(), subject.into(), most.into()],
            read,
        ),
        None => tx.query(
            "select audit.at as at, audit.actor_id as actor_id, person.name as actor, audit.action as action
             from audit
             left join person on person.clinic_id = audit.clinic_id and person.person_id = audit.actor_id
             where audit.clinic_id = $1
                 and (audit.subject_id is null or audit.actor_id is null or audit.actor_id <> audit.subject_id
                     or audit.action in ('signed in', 'joined', 'had a new phone added', 'changed how to sign in',
                         'gave a consent', 'took back a consent'))
             order by audit.audit_id desc
             limit $2",
            &[clinic_id.into(), most.into()],
            read,
        ),
    }
}
