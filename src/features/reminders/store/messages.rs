//! What was sent, whether it arrived, and whether anybody came.

use crate::features::reminders::rules::Sent;
use kith_base::db::{Error, Row, Tx};

fn read(row: &Row<'_>) -> Result<Sent, Error> {
    Ok(Sent {
        sent_on: row.get("sent_on")?,
        kind: row.get("kind")?,
        delivered_at: row.get("delivered_at")?,
        visited_at: row.get("visited_at")?,
    })
}

/// Notes that a message of the day goes out; the caller holds the person's row, and the key refuses a
/// second one.
pub fn add_sent(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    on: &str,
    kind: &str,
    state: &str,
) -> Result<(), Error> {
    tx.exec(
        "insert into reminder_sent (clinic_id, person_id, sent_on, kind) values ($1, $2, $3, $4)",
        &[clinic_id.into(), person_id.into(), on.into(), kind.into()],
    )?;
    tx.exec(
        "update reminder set sent_on = $3, state = $4 where clinic_id = $1 and person_id = $2",
        &[clinic_id.into(), person_id.into(), on.into(), state.into()],
    )?;
    Ok(())
}

/// The last messages to somebody, newest first.
pub fn list_sent(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    most: i64,
) -> Result<Vec<Sent>, Error> {
    tx.query(
        "select * from reminder_sent where clinic_id = $1 and person_id = $2
         order by sent_on desc limit $3",
        &[clinic_id.into(), person_id.into(), most.into()],
        read,
    )
}

/// A channel took the message of that day.
pub fn update_delivered(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    on: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "update reminder_sent set delivered_at = $4
         where clinic_id = $1 and person_id = $2 and sent_on = $3 and delivered_at is null",
        &[clinic_id.into(), person_id.into(), on.into(), now.into()],
    )?;
    Ok(())
}

/// She came: whatever was delivered and had not been followed yet has been now.
pub fn update_visited(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "update reminder_sent set visited_at = $3
         where clinic_id = $1 and person_id = $2 and delivered_at <= $3 and visited_at is null",
        &[clinic_id.into(), person_id.into(), now.into()],
    )?;
    Ok(())
}
