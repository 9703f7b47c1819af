//! What somebody was asked to answer, and the keys to it, as rows.

use crate::features::measures::rules::Request;
use kith_base::db::{Error, Row, Tx};

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

/// What a person was asked for, and whether an answer came since; a phone's clock may be an hour slow. All that has not expired before an instant, oldest first.
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
                  and response.received_at >= request.asked_at
                  and response.answered_at >= request.asked_at - 3600000) as answered_at
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
                  and response.received_at >= request.asked_at
                  and response.answered_at >= request.asked_at - 3600000) as answered_at
         from request
         where request.clinic_id = $1 and request.request_id = $2",
        &[clinic_id.into(), request_id.into()],
        |row| Ok((row.get("person_id")?, read(row)?)),
    )
}

/// A request whose one reminder is due, in whichever clinic, and where she is.
#[derive(Clone, Debug)]
pub struct ToRemind {
    /// The clinic.
    pub clinic_id: String,
    /// Who was asked.
    pub person_id: String,
    /// Where her days begin and end.
    pub zone: String,
    /// The request.
    pub request_id: String,
    /// When it was to be reminded of.
    pub remind_at: i64,
}

/// Whoever is to be reminded of something she was asked, whoever has waited longest first. Only the periodic job asks this.
pub fn list_to_remind(tx: &mut Tx<'_>, now: i64, most: i64) -> Result<Vec<ToRemind>, Error> {
    tx.query(
        "select request.clinic_id as clinic_id, request.person_id as person_id, person.zone as zone,
             request.request_id as request_id, request.remind_at as remind_at
         from request
         join person on person.clinic_id = request.clinic_id and person.person_id = request.person_id
         where request.reminded_at is null and request.remind_at <= $1
         order by request.remind_at, request.request_id limit $2",
        &[now.into(), most.into()],
        |row| {
            Ok(ToRemind {
                clinic_id: row.get("clinic_id")?,
                person_id: row.get("person_id")?,
                zone: row.get("zone")?,
                request_id: row.get("request_id")?,
                remind_at: row.get("remind_at")?,
            })
        },
    )
}

/// The one reminder's time has come, whatever becomes of it; false when another process was faster.
pub fn update_reminded(tx: &mut Tx<'_>, due: &ToRemind, now: i64) -> Result<bool, Error> {
    Ok(tx.exec(
        "update request set reminded_at = $4
         where clinic_id = $1 and request_id = $2 and remind_at = $3 and reminded_at is null",
        &[
            (&due.clinic_id).into(),
            (&due.request_id).into(),
            due.remind_at.into(),
            now.into(),
        ],
    )? == 1)
}

/// Puts the one reminder off: it is quiet where she is.
pub fn update_remind_at(tx: &mut Tx<'_>, due: &ToRemind, at: i64) -> Result<bool, Error> {
    Ok(tx.exec(
        "update request set remind_at = $4
         where clinic_id = $1 and request_id = $2 and remind_at = $3 and reminded_at is null",
        &[
            (&due.clinic_id).into(),
            (&due.request_id).into(),
            due.remind_at.into(),
            at.into(),
        ],
    )? == 1)
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
