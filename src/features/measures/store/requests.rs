//! What somebody was asked to answer, and the keys to it, as rows.

use crate::base::db::{Error, Row, Tx};
use crate::features::measures::rules::Request;

/// Adds a request.
pub fn add_request(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    request: &Request,
) -> Result<(), Error> {
    tx.exec(
        "insert into request (clinic_id, request_id, person_id, instrument, asked_by, asked_at,
             opens_at, expires_at, remind_at, reminded_at, withdrawn_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, null)",
        &[
            clinic_id.into(),
            (&request.request_id).into(),
            person_id.into(),
            (&request.instrument).into(),
            (&request.asked_by).into(),
            request.asked_at.into(),
            request.opens_at.into(),
            request.expires_at.into(),
            request.remind_at.into(),
        ],
    )?;
    Ok(())
}

/// Takes a request back; false when it is not hers or was taken back already.
pub fn update_withdrawn(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    request_id: &str,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update request set withdrawn_at = $4
         where clinic_id = $1 and person_id = $2 and request_id = $3 and withdrawn_at is null",
        &[
            clinic_id.into(),
            person_id.into(),
            request_id.into(),
            now.into(),
        ],
    )? == 1)
}

/// What a person was asked for and that has not expired before an instant, oldest first.
pub fn list_requests(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    since_at: i64,
) -> Result<Vec<Request>, Error> {
    tx.query(
        "select request.*,
             (select min(response.answered_at) from response
              where response.clinic_id = request.clinic_id
                  and response.person_id = request.person_id
                  and response.instrument = request.instrument
                  and response.answered_at >= request.asked_at) as answered_at
         from request
         where request.clinic_id = $1 and request.person_id = $2 and request.expires_at > $3
         order by request.asked_at, request.request_id",
        &[clinic_id.into(), person_id.into(), since_at.into()],
        read,
    )
}

/// One request, and whose it is.
pub fn find_request(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    request_id: &str,
) -> Result<Option<(String, Request)>, Error> {
    tx.one(
        "select request.*,
             (select min(response.answered_at) from response
              where response.clinic_id = request.clinic_id
                  and response.person_id = request.person_id
                  and response.instrument = request.instrument
                  and response.answered_at >= request.asked_at) as answered_at
         from request
         where request.clinic_id = $1 and request.request_id = $2",
        &[clinic_id.into(), request_id.into()],
        |row| Ok((row.get("person_id")?, read(row)?)),
    )
}

fn read(row: &Row<'_>) -> Result<Request, Error> {
    Ok(Request {
        request_id: row.get("request_id")?,
        instrument: row.get("instrument")?,
        asked_by: row.get("asked_by")?,
        asked_at: row.get("asked_at")?,
        opens_at: row.get("opens_at")?,
        expires_at: row.get("expires_at")?,
        remind_at: row.get("remind_at")?,
        reminded_at: row.get("reminded_at")?,
        withdrawn_at: row.get("withdrawn_at")?,
        answered_at: row.get("answered_at")?,
    })
}
