//! Sittings as rows.

use std::collections::HashMap;

use super::rules::Sitting;
use crate::features::people::RecordAccess;
use kith_base::db::{Error, Row, Tx};

/// Adds a sitting; false when its id is there already.
pub fn add(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    sitting: &Sitting,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "insert into sitting (clinic_id, sitting_id, person_id, practice, revision, started_at,
             started_on, minutes, seconds_heard, finished, fit, effect, barrier, received_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (clinic_id, sitting_id) do nothing",
        &[
            clinic_id.into(),
            (&sitting.id).into(),
            person_id.into(),
            (&sitting.practice).into(),
            (&sitting.revision).into(),
            sitting.started_at.into(),
            (&sitting.started_on).into(),
            sitting.minutes.into(),
            sitting.seconds_heard.into(),
            sitting.finished.into(),
            sitting.fit.into(),
            sitting.effect.into(),
            (&sitting.barrier).into(),
            sitting.received_at.into(),
        ],
    )? == 1)
}

/// Whether this person has had a practice of that name: one that has left the library may still be on
/// her phone.
pub fn was_known(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    practice: &str,
) -> Result<bool, Error> {
    let found = tx.one(
        "select cast(1 as bigint) as found from plan_practice
         where clinic_id = $1 and practice = $3 and plan_id in
             (select plan_id from plan where clinic_id = $1 and client_id = $2)
         union all
         select cast(1 as bigint) as found from sitting
         where clinic_id = $1 and person_id = $2 and practice = $3
         limit 1",
        &[clinic_id.into(), person_id.into(), practice.into()],
        |row| row.get::<i64>("found"),
    );
    Ok(found?.is_some())
}

/// Whether the sitting of that id is this person's.
pub fn is_hers(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    sitting_id: &str,
) -> Result<bool, Error> {
    let owner = tx.one(
        "select person_id from sitting where clinic_id = $1 and sitting_id = $2",
        &[clinic_id.into(), sitting_id.into()],
        |row| row.get::<String>("person_id"),
    )?;
    Ok(owner.as_deref() == Some(person_id))
}

fn read(row: &Row<'_>) -> Result<Sitting, Error> {
    Ok(Sitting {
        id: row.get("sitting_id")?,
        practice: row.get("practice")?,
        revision: row.get("revision")?,
        started_at: row.get("started_at")?,
        started_on: row.get("started_on")?,
        minutes: row.get("minutes")?,
        seconds_heard: row.get("seconds_heard")?,
        finished: row.get("finished")?,
        fit: row.get("fit")?,
        effect: row.get("effect")?,
        barrier: row.get("barrier")?,
        received_at: row.get("received_at")?,
    })
}

/// A person's sittings from an instant on, oldest first.
pub fn list(tx: &mut Tx<'_>, access: &RecordAccess, since_at: i64) -> Result<Vec<Sitting>, Error> {
    tx.query(
        "select * from sitting
         where clinic_id = $1 and person_id = $2 and started_at >= $3
         order by started_at, sitting_id",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            since_at.into(),
        ],
        read,
    )
}

/// When somebody practised since an instant, and on which days: for reminders, which know no more.
pub fn list_times(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    since_at: i64,
) -> Result<(Vec<i64>, Vec<String>), Error> {
    let rows = tx.query(
        "select started_at, started_on from sitting
         where clinic_id = $1 and person_id = $2 and started_at >= $3",
        &[clinic_id.into(), person_id.into(), since_at.into()],
        |row| {
            Ok((
                row.get::<i64>("started_at")?,
                row.get::<String>("started_on")?,
            ))
        },
    )?;
    Ok(rows.into_iter().unzip())
}

/// Removes every sitting of a person who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<(), Error> {
    tx.exec(
        "delete from sitting where clinic_id = $1 and person_id = $2",
        &[access.clinic_id().into(), access.person_id().into()],
    )?;
    Ok(())
}

/// What a clinic's clients practised since an instant: for aggregates only.
#[derive(Clone, Debug)]
pub struct WeekRow {
    /// The day it was, where the person was.
    pub started_on: String,
    /// Whose it was, to count people.
    pub person_id: String,
    /// Seconds heard.
    pub seconds_heard: i64,
    /// Fits me, 0 to 10.
    pub fit: Option<i64>,
}

/// The sittings of a clinic's clients, for counting; rooms that show them suppress small groups.
pub fn list_for_counting(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    since_at: i64,
) -> Result<Vec<WeekRow>, Error> {
    tx.query(
        "select sitting.started_on as started_on, sitting.person_id as person_id,
             sitting.seconds_heard as seconds_heard, sitting.fit as fit
         from sitting
         join person on person.clinic_id = sitting.clinic_id and person.person_id = sitting.person_id
         where sitting.clinic_id = $1 and sitting.started_at >= $2 and person.roles like '%client%'",
        &[clinic_id.into(), since_at.into()],
        |row| {
            Ok(WeekRow {
                started_on: row.get("started_on")?,
                person_id: row.get("person_id")?,
                seconds_heard: row.get("seconds_heard")?,
                fit: row.get("fit")?,
            })
        },
    )
}

/// The sittings of everybody in a practitioner's caseload who shares them with her, by client,
/// oldest first.
pub fn list_for_caseload(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practitioner_id: &str,
    since_at: i64,
) -> Result<HashMap<String, Vec<Sitting>>, Error> {
    let rows = tx.query(
        "select * from sitting
         where clinic_id = $1 and started_at >= $3 and person_id in
             (select caseload.client_id from caseload
              where caseload.clinic_id = $1 and caseload.practitioner_id = $2
                  and caseload.ended_at is null
                  and coalesce((select consent.given from consent
                       where consent.clinic_id = caseload.clinic_id
                           and consent.person_id = caseload.client_id
                           and consent.layer = 'share'
                           and consent.with_id = caseload.practitioner_id
                       order by consent.at desc, consent.consent_id desc limit 1), false))
         order by person_id, started_at, sitting_id",
        &[clinic_id.into(), practitioner_id.into(), since_at.into()],
        |row| Ok((row.get::<String>("person_id")?, read(row)?)),
    )?;
    let mut by_client: HashMap<String, Vec<Sitting>> = HashMap::new();
    for (client_id, sitting) in rows {
        by_client.entry(client_id).or_default().push(sitting);
    }
    Ok(by_client)
}
