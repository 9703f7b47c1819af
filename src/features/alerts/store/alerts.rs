//! Alerts, whom they went to, and which of them wait.

use crate::features::alerts::rules::Kind;
use kith_base::db::{Error, Row, Tx};

/// Something that asks for a look.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Alert {
    /// Itself.
    pub alert_id: String,
    /// Whom it is about.
    pub person_id: String,
    /// What they are called.
    pub name: String,
    /// Why; `None` when a newer program made it.
    pub kind: Option<Kind>,
    /// The record it comes from.
    pub cause_id: String,
    /// When.
    pub at: i64,
    /// By when somebody was to look; `None` once it was passed on, or somebody has looked.
    pub due_at: Option<i64>,
    /// Whether nobody has looked yet.
    pub waits: bool,
}

fn read_alert(row: &Row<'_>) -> Result<Alert, Error> {
    Ok(Alert {
        alert_id: row.get("alert_id")?,
        person_id: row.get("person_id")?,
        name: row.get("name")?,
        kind: Kind::read(&row.get::<String>("kind")?),
        cause_id: row.get("cause_id")?,
        at: row.get("at")?,
        due_at: row.get("due_at")?,
        waits: row.get::<Option<String>>("waiting_id")?.is_some(),
    })
}

/// Adds an alert that waits; false when its cause has raised one already.
pub fn add_alert(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    alert_id: &str,
    person_id: &str,
    (kind, cause_id): (Kind, &str),
    (now, due_at): (i64, i64),
) -> Result<bool, Error> {
    let added = tx.exec(
        "insert into alert (clinic_id, alert_id, person_id, kind, cause_id, at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (clinic_id, person_id, kind, cause_id) do nothing",
        &[
            clinic_id.into(),
            alert_id.into(),
            person_id.into(),
            kind.word().into(),
            cause_id.into(),
            now.into(),
        ],
    )? == 1;
    if added {
        tx.exec(
            "insert into alert_waiting (clinic_id, alert_id, due_at) values ($1, $2, $3)",
            &[clinic_id.into(), alert_id.into(), due_at.into()],
        )?;
    }
    Ok(added)
}

/// One thing that happened to an alert.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Event {
    /// The alert.
    pub alert_id: String,
    /// When.
    pub at: i64,
    /// `sent`, `escalated`, `acknowledged`, `closed`.
    pub kind: String,
    /// Who did it; empty when the program did.
    pub by_id: String,
    /// What they are called now; `None` when nobody did, or they are gone.
    pub by: Option<String>,
    /// Whom it went to; empty when to nobody.
    pub to_id: String,
    /// What they wrote.
    pub note: String,
}

/// Adds an event; false when the same has happened already.
pub fn add_event(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    event_id: &str,
    event: &Event,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "insert into alert_event (clinic_id, event_id, alert_id, at, kind, by_id, to_id, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (clinic_id, alert_id, kind, by_id, to_id) do nothing",
        &[
            clinic_id.into(),
            event_id.into(),
            (&event.alert_id).into(),
            event.at.into(),
            (&event.kind).into(),
            (&event.by_id).into(),
            (&event.to_id).into(),
            (&event.note).into(),
        ],
    )? == 1)
}

/// Alerts that went to somebody, ending in `$end`.
macro_rules! sent_sql {
    ($end:literal) => {
        concat!(
            "select alert.alert_id as alert_id, alert.person_id as person_id, alert.kind as kind,
                 alert.cause_id as cause_id, alert.at as at, person.name as name, alert_waiting.alert_id as waiting_id,
                 alert_waiting.due_at as due_at
             from alert
             join person on person.clinic_id = alert.clinic_id
                 and person.person_id = alert.person_id
             left join alert_waiting on alert_waiting.clinic_id = alert.clinic_id
                 and alert_waiting.alert_id = alert.alert_id
             where alert.clinic_id = $1 and alert.alert_id in
                 (select alert_event.alert_id from alert_event
                  where alert_event.clinic_id = $1 and alert_event.to_id = $2) ",
            $end
        )
    };
}

/// The alerts that went to somebody: those nobody has looked at, and those since an instant, newest
/// first.
pub fn list_sent(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    to_id: &str,
    since_at: i64,
) -> Result<Vec<Alert>, Error> {
    tx.query(
        sent_sql!(
            "and (alert_waiting.alert_id is not null or alert.at >= $3)
             order by alert.at desc, alert.alert_id desc"
        ),
        &[clinic_id.into(), to_id.into(), since_at.into()],
        read_alert,
    )
}

/// An alert, if it went to this person.
pub fn find_sent(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    to_id: &str,
    alert_id: &str,
) -> Result<Option<Alert>, Error> {
    tx.one(
        sent_sql!("and alert.alert_id = $3"),
        &[clinic_id.into(), to_id.into(), alert_id.into()],
        read_alert,
    )
}

/// What happened to the alerts that went to somebody, oldest first.
pub fn list_events(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    to_id: &str,
    since_at: i64,
) -> Result<Vec<Event>, Error> {
    tx.query(
        "select alert_event.*, person.name as by_name from alert_event
         left join person on person.clinic_id = alert_event.clinic_id
             and person.person_id = alert_event.by_id
         where alert_event.clinic_id = $1 and alert_event.at >= $3 and alert_event.alert_id in
             (select mine.alert_id from alert_event as mine
              where mine.clinic_id = $1 and mine.to_id = $2)
         order by alert_event.at, alert_event.event_id",
        &[clinic_id.into(), to_id.into(), since_at.into()],
        read_event,
    )
}

fn read_event(row: &Row<'_>) -> Result<Event, Error> {
    Ok(Event {
        alert_id: row.get("alert_id")?,
        at: row.get("at")?,
        kind: row.get("kind")?,
        by_id: row.get("by_id")?,
        by: row.get("by_name")?,
        to_id: row.get("to_id")?,
        note: row.get("note")?,
    })
}

/// Every alert about somebody with what happened to it, for herself; notes are not hers and stay out.
pub fn list_about(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<(Alert, Vec<Event>)>, Error> {
    let alerts = tx.query(
        "select alert.*, person.name as name, alert_waiting.alert_id as waiting_id,
             alert_waiting.due_at as due_at
         from alert
         join person on person.clinic_id = alert.clinic_id and person.person_id = alert.person_id
         left join alert_waiting on alert_waiting.clinic_id = alert.clinic_id
             and alert_waiting.alert_id = alert.alert_id
         where alert.clinic_id = $1 and alert.person_id = $2
         order by alert.at, alert.alert_id",
        &[clinic_id.into(), person_id.into()],
        read_alert,
    )?;
    let events = tx.query(
        "select alert_event.*, person.name as by_name from alert_event
         left join person on person.clinic_id = alert_event.clinic_id
             and person.person_id = alert_event.by_id
         where alert_event.clinic_id = $1 and alert_event.alert_id in
             (select alert_id from alert where clinic_id = $1 and person_id = $2)
         order by alert_event.at, alert_event.event_id",
        &[clinic_id.into(), person_id.into()],
        read_event,
    )?;
    Ok(alerts
        .into_iter()
        .map(|alert| {
            let own = events
                .iter()
                .filter(|event| event.alert_id == alert.alert_id)
                .map(|event| Event {
                    note: String::new(),
                    ..event.clone()
                });
            let own = own.collect();
            (alert, own)
        })
        .collect())
}

/// The alert of that kind about somebody that went to `to_id` and waits.
pub fn find_waiting(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    kind: Kind,
    to_id: &str,
) -> Result<Option<String>, Error> {
    tx.one(
        "select alert.alert_id as alert_id from alert
         join alert_waiting on alert_waiting.clinic_id = alert.clinic_id
             and alert_waiting.alert_id = alert.alert_id
         join alert_event on alert_event.clinic_id = alert.clinic_id
             and alert_event.alert_id = alert.alert_id
         where alert.clinic_id = $1 and alert.person_id = $2 and alert.kind = $3
             and alert_event.to_id = $4",
        &[
            clinic_id.into(),
            person_id.into(),
            kind.word().into(),
            to_id.into(),
        ],
        |row| row.get("alert_id"),
    )
}

/// An alert that should have been looked at by now.
#[derive(Clone, Debug)]
pub struct Overdue {
    /// Its clinic.
    pub clinic_id: String,
    /// Itself.
    pub alert_id: String,
    /// Whom it is about.
    pub person_id: String,
    /// Why.
    pub kind: Option<Kind>,
}

/// The alerts of every clinic that nobody has looked at in time and that were not passed on yet.
pub fn list_overdue(tx: &mut Tx<'_>, now: i64) -> Result<Vec<Overdue>, Error> {
    tx.query(
        "select alert.clinic_id as clinic_id, alert.alert_id as alert_id,
             alert.person_id as person_id, alert.kind as kind
         from alert_waiting
         join alert on alert.clinic_id = alert_waiting.clinic_id
             and alert.alert_id = alert_waiting.alert_id
         where alert_waiting.due_at <= $1
         order by alert.clinic_id, alert.alert_id",
        &[now.into()],
        read_overdue,
    )
}

/// Every alert nobody has looked at, passed on or not.
pub fn list_unanswered(tx: &mut Tx<'_>) -> Result<Vec<Overdue>, Error> {
    tx.query(
        "select alert.clinic_id as clinic_id, alert.alert_id as alert_id,
             alert.person_id as person_id, alert.kind as kind
         from alert_waiting
         join alert on alert.clinic_id = alert_waiting.clinic_id
             and alert.alert_id = alert_waiting.alert_id
         order by alert.clinic_id, alert.alert_id",
        &[],
        read_overdue,
    )
}

fn read_overdue(row: &Row<'_>) -> Result<Overdue, Error> {
    Ok(Overdue {
        clinic_id: row.get("clinic_id")?,
        alert_id: row.get("alert_id")?,
        person_id: row.get("person_id")?,
        kind: Kind::read(&row.get::<String>("kind")?),
    })
}

/// Whether anything is overdue, for a look that costs next to nothing.
pub fn is_overdue(tx: &mut Tx<'_>, now: i64) -> Result<bool, Error> {
    let found = tx.one(
        "select alert_id from alert_waiting where due_at <= $1 limit 1",
        &[now.into()],
        |row| row.get::<String>("alert_id"),
    )?;
    Ok(found.is_some())
}

/// The alert was passed on; false when somebody else did that first.
pub fn update_passed_on(tx: &mut Tx<'_>, clinic_id: &str, alert_id: &str) -> Result<bool, Error> {
    Ok(tx.exec(
        "update alert_waiting set due_at = null
         where clinic_id = $1 and alert_id = $2 and due_at is not null",
        &[clinic_id.into(), alert_id.into()],
    )? == 1)
}

/// When the alerts of a clinic came that were not passed on yet.
pub fn list_waiting(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Vec<(String, i64)>, Error> {
    tx.query(
        "select alert.alert_id as alert_id, alert.at as at from alert_waiting
         join alert on alert.clinic_id = alert_waiting.clinic_id
             and alert.alert_id = alert_waiting.alert_id
         where alert_waiting.clinic_id = $1 and alert_waiting.due_at is not null",
        &[clinic_id.into()],
        |row| Ok((row.get("alert_id")?, row.get("at")?)),
    )
}

/// It is due earlier; never later, because somebody has been told by when.
pub fn update_due(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    alert_id: &str,
    due_at: i64,
) -> Result<(), Error> {
    tx.exec(
        "update alert_waiting set due_at = $3
         where clinic_id = $1 and alert_id = $2 and due_at > $3",
        &[clinic_id.into(), alert_id.into(), due_at.into()],
    )?;
    Ok(())
}

/// Whoever was to look has left: the alerts that went to her are due at once.
pub fn update_left(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "update alert_waiting set due_at = $3
         where clinic_id = $1 and due_at > $3 and alert_id in
             (select alert_id from alert_event where clinic_id = $1 and to_id = $2)",
        &[clinic_id.into(), person_id.into(), now.into()],
    )?;
    Ok(())
}

/// Somebody has looked: it waits no longer.
pub fn remove_waiting(tx: &mut Tx<'_>, clinic_id: &str, alert_id: &str) -> Result<(), Error> {
    tx.exec(
        "delete from alert_waiting where clinic_id = $1 and alert_id = $2",
        &[clinic_id.into(), alert_id.into()],
    )?;
    Ok(())
}

/// How many alerts of a clinic nobody has looked at in time.
pub fn count_unseen(tx: &mut Tx<'_>, clinic_id: &str) -> Result<i64, Error> {
    let count = tx.one(
        "select cast(count(*) as bigint) as unseen from alert_waiting
         where clinic_id = $1 and due_at is null",
        &[clinic_id.into()],
        |row| row.get("unseen"),
    )?;
    Ok(count.unwrap_or(0))
}

/// Removes what is kept here about somebody who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    let whose = [clinic_id.into(), person_id.into()];
    for sql in [
        "delete from alert_waiting where clinic_id = $1 and alert_id in
             (select alert_id from alert where clinic_id = $1 and person_id = $2)",
        "delete from alert_event where clinic_id = $1 and alert_id in
             (select alert_id from alert where clinic_id = $1 and person_id = $2)",
        "delete from alert where clinic_id = $1 and person_id = $2",
        "delete from safety_plan where clinic_id = $1 and person_id = $2",
    ] {
        tx.exec(sql, &whose)?;
    }
    Ok(())
}
