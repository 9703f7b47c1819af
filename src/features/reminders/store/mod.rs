//! Reminders, their channels and what became of them, as rows.

mod channels;
mod messages;

use kith_base::db::{Error, Row, Tx};

pub use channels::*;
pub use messages::*;

use super::rules::{Reminder, State};

fn read_date(text: Option<String>) -> Result<Option<jiff::civil::Date>, Error> {
    text.map(|text| {
        text.parse()
            .map_err(|_| Error::Query(format!("{text:?} is not a day")))
    })
    .transpose()
}

fn read(row: &Row<'_>) -> Result<Reminder, Error> {
    Ok(Reminder {
        minute: row.get("minute")?,
        routine: row.get("routine")?,
        words: row.get("words")?,
        quiet_from: row.get("quiet_from")?,
        quiet_until: row.get("quiet_until")?,
        only_if_not_yet: row.get("only_if_not_yet")?,
        by_mail: row.get("by_mail")?,
        smaller: row.get("smaller")?,
        state: State::read(&row.get::<String>("state")?),
        paused_until: read_date(row.get("paused_until_on")?)?,
        answered_at: row.get("answered_at")?,
        changed_at: row.get("changed_at")?,
        sent_on: read_date(row.get("sent_on")?)?,
        next_at: row.get("next_at")?,
        zone: row.get("zone")?,
    })
}

/// What somebody asked for.
pub fn find(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<Option<Reminder>, Error> {
    tx.one(
        "select * from reminder where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
        read,
    )
}

/// Adds or changes what somebody asked for; the day the last one was sent stays.
pub fn set(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    reminder: &Reminder,
) -> Result<(), Error> {
    let paused = reminder.paused_until.map(|day| day.to_string());
    tx.exec(
        "insert into reminder (clinic_id, person_id, minute, routine, words, quiet_from, quiet_until,
             only_if_not_yet, by_mail, smaller, state, paused_until_on, answered_at, changed_at, next_at,
             zone, letters, letters_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, '')
         on conflict (clinic_id, person_id) do update set minute = excluded.minute,
             routine = excluded.routine, words = excluded.words, quiet_from = excluded.quiet_from,
             quiet_until = excluded.quiet_until, only_if_not_yet = excluded.only_if_not_yet,
             by_mail = excluded.by_mail, smaller = excluded.smaller, state = excluded.state,
             paused_until_on = excluded.paused_until_on, answered_at = excluded.answered_at,
             changed_at = excluded.changed_at, next_at = excluded.next_at, zone = excluded.zone",
        &[
            clinic_id.into(),
            person_id.into(),
            reminder.minute.into(),
            (&reminder.routine).into(),
            (&reminder.words).into(),
            reminder.quiet_from.into(),
            reminder.quiet_until.into(),
            reminder.only_if_not_yet.into(),
            reminder.by_mail.into(),
            reminder.smaller.into(),
            reminder.state.word().into(),
            (&paused).into(),
            reminder.answered_at.into(),
            reminder.changed_at.into(),
            reminder.next_at.into(),
            (&reminder.zone).into(),
        ],
    )?;
    Ok(())
}

/// Counts a letter that asks for a confirmation; false when there have been enough that day.
pub fn count_letter(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    on: &str,
    most: i64,
) -> Result<bool, Error> {
    let whose = [clinic_id.into(), person_id.into(), on.into()];
    tx.exec(
        "update reminder set letters = 0, letters_on = $3
         where clinic_id = $1 and person_id = $2 and letters_on <> $3",
        &whose,
    )?;
    Ok(tx.exec(
        "update reminder set letters = letters + 1
         where clinic_id = $1 and person_id = $2 and letters < $3",
        &[clinic_id.into(), person_id.into(), most.into()],
    )? == 1)
}

/// Somebody whose reminder is due.
#[derive(Clone, Debug)]
pub struct DueRow {
    /// Her clinic.
    pub clinic_id: String,
    /// Herself.
    pub person_id: String,
    /// The instant it was due at, by which it is claimed.
    pub next_at: i64,
    /// Where she is now.
    pub zone: String,
}

/// Everybody whose reminder is due, whoever has waited longest first.
pub fn list_due(tx: &mut Tx<'_>, now: i64, most: i64) -> Result<Vec<DueRow>, Error> {
    tx.query(
        "select reminder.clinic_id as clinic_id, reminder.person_id as person_id,
             reminder.next_at as next_at, person.zone as zone
         from reminder
         join person on person.clinic_id = reminder.clinic_id and person.person_id = reminder.person_id
         where reminder.next_at <= $1
         order by reminder.next_at limit $2",
        &[now.into(), most.into()],
        |row| {
            Ok(DueRow {
                clinic_id: row.get("clinic_id")?,
                person_id: row.get("person_id")?,
                next_at: row.get("next_at")?,
                zone: row.get("zone")?,
            })
        },
    )
}

/// Puts the next look in the place of this one; false when another process was faster. The row is held
/// until the transaction ends.
pub fn claim(tx: &mut Tx<'_>, due: &DueRow, next_at: Option<i64>) -> Result<bool, Error> {
    Ok(tx.exec(
        "update reminder set next_at = $4, zone = $5
         where clinic_id = $1 and person_id = $2 and next_at = $3",
        &[
            (&due.clinic_id).into(),
            (&due.person_id).into(),
            due.next_at.into(),
            next_at.into(),
            (&due.zone).into(),
        ],
    )? == 1)
}

/// Whether she still belongs here.
pub fn is_here(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<bool, Error> {
    let found = tx.one(
        "select person_id from person where clinic_id = $1 and person_id = $2 and ended_at is null",
        &[clinic_id.into(), person_id.into()],
        |row| row.get::<String>("person_id"),
    )?;
    Ok(found.is_some())
}

/// Nothing more to look for.
pub fn stop(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    tx.exec(
        "update reminder set next_at = null, state = 'stopped' where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into()],
    )?;
    Ok(())
}

/// Looks next at `next_at`, reckoned in `zone`.
pub fn update_next(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    next_at: Option<i64>,
    zone: &str,
) -> Result<(), Error> {
    tx.exec(
        "update reminder set next_at = $3, zone = $4 where clinic_id = $1 and person_id = $2",
        &[
            clinic_id.into(),
            person_id.into(),
            next_at.into(),
            zone.into(),
        ],
    )?;
    Ok(())
}

/// Removes everything of a person who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    let whose = [clinic_id.into(), person_id.into()];
    for sql in [
        "delete from reminder_sent where clinic_id = $1 and person_id = $2",
        "delete from mail_address where clinic_id = $1 and person_id = $2",
        "delete from push_device where clinic_id = $1 and person_id = $2",
        "delete from calendar_feed where clinic_id = $1 and person_id = $2",
        "delete from reminder where clinic_id = $1 and person_id = $2",
    ] {
        tx.exec(sql, &whose)?;
    }
    Ok(())
}
