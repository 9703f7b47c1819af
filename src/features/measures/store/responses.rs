//! Responses and scorings as rows.

use std::collections::HashMap;

use crate::features::measures::rules::{Response, Scores, Way};
use crate::features::people::RecordAccess;
use kith_base::db::{Error, Row, Tx};

/// Adds a response; false when its id is there already.
pub fn add_response(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    response: &Response,
) -> Result<bool, Error> {
    let answers = json_text(&response.answers)?;
    let scores = json_text(&response.first.scores)?;
    Ok(tx.exec(
        "insert into response (clinic_id, response_id, person_id, instrument, is_check_in, answered_at,
             answered_on, received_at, answers, form_order, questionnaire_id, way, entered_by,
             version, scores, total, risk, told, looks_by_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, '', null)
         on conflict (clinic_id, response_id) do nothing",
        &[
            clinic_id.into(),
            (&response.id).into(),
            person_id.into(),
            (&response.instrument).into(),
            response.is_check_in.into(),
            response.answered_at.into(),
            (&response.answered_on).into(),
            response.received_at.into(),
            (&answers).into(),
            (&response.order).into(),
            (&response.questionnaire_id).into(),
            response.way.word().into(),
            (&response.entered_by).into(),
            (&response.first.version).into(),
            (&scores).into(),
            response.first.total.into(),
            response.risk.into(),
        ],
    )? == 1)
}

/// Who was told of an answer about risk.
pub fn update_told(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    response_id: &str,
    told: &str,
    looks_by_at: Option<i64>,
) -> Result<(), Error> {
    tx.exec(
        "update response set told = $3, looks_by_at = $4 where clinic_id = $1 and response_id = $2",
        &[
            clinic_id.into(),
            response_id.into(),
            told.into(),
            looks_by_at.into(),
        ],
    )?;
    Ok(())
}

/// Answers about risk since an instant of which nobody was told, in every clinic: clinic, person, response. Only the periodic job
/// asks this.
pub fn list_untold(tx: &mut Tx<'_>, since_at: i64) -> Result<Vec<(String, String, String)>, Error> {
    tx.query(
        "select clinic_id, person_id, response_id from response
         where risk and told = '' and received_at >= $1 and answered_at >= $1
         order by received_at, response_id",
        &[since_at.into()],
        |row| {
            Ok((
                row.get("clinic_id")?,
                row.get("person_id")?,
                row.get("response_id")?,
            ))
        },
    )
}

/// Adds a later scoring beside the first; false when this version has scored it already.
pub fn add_scoring(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    (scoring_id, response_id): (&str, &str),
    scores: &Scores,
    (scored_at, by_id): (i64, &str),
) -> Result<bool, Error> {
    let text = json_text(&scores.scores)?;
    Ok(tx.exec(
        "insert into scoring (clinic_id, scoring_id, response_id, version, scores, total, scored_at, by_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (clinic_id, response_id, version) do nothing",
        &[
            clinic_id.into(),
            scoring_id.into(),
            response_id.into(),
            (&scores.version).into(),
            (&text).into(),
            scores.total.into(),
            scored_at.into(),
            by_id.into(),
        ],
    )? == 1)
}

/// A person's responses from an instant on, oldest first, each with its newest scoring.
pub fn list_responses(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    since_at: i64,
) -> Result<Vec<Response>, Error> {
    let whose = [
        access.clinic_id().into(),
        access.person_id().into(),
        since_at.into(),
    ];
    let mut responses = tx.query(
        "select * from response where clinic_id = $1 and person_id = $2 and answered_at >= $3
         order by answered_at, response_id",
        &whose,
        read,
    )?;
    let mut again: HashMap<String, Scores> = tx
        .query(
            "select scoring.response_id as response_id, scoring.version as version,
                 scoring.scores as scores, scoring.total as total
             from scoring
             join response on response.clinic_id = scoring.clinic_id
                 and response.response_id = scoring.response_id
             where response.clinic_id = $1 and response.person_id = $2 and response.answered_at >= $3
             order by scoring.scored_at, scoring.scoring_id",
            &whose,
            |row| Ok((row.get::<String>("response_id")?, read_scores(row)?)),
        )?
        .into_iter()
        .collect();
    for response in &mut responses {
        response.again = again.remove(&response.id);
    }
    Ok(responses)
}

/// Whose a response is.
pub fn find_whose(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    response_id: &str,
) -> Result<Option<String>, Error> {
    tx.one(
        "select person_id from response where clinic_id = $1 and response_id = $2",
        &[clinic_id.into(), response_id.into()],
        |row| row.get("person_id"),
    )
}

/// One response of a person's.
pub fn find_response(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    response_id: &str,
) -> Result<Option<Response>, Error> {
    let found = tx.one(
        "select * from response where clinic_id = $1 and person_id = $2 and response_id = $3",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            response_id.into(),
        ],
        read,
    )?;
    let Some(mut response) = found else {
        return Ok(None);
    };
    response.again = list_scorings(tx, access.clinic_id(), response_id)?
        .pop()
        .map(|(_, scores)| scores);
    Ok(Some(response))
}

/// The later scorings of a response, oldest first, with when they were made.
pub fn list_scorings(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    response_id: &str,
) -> Result<Vec<(i64, Scores)>, Error> {
    tx.query(
        "select * from scoring where clinic_id = $1 and response_id = $2
         order by scored_at, scoring_id",
        &[clinic_id.into(), response_id.into()],
        |row| Ok((row.get("scored_at")?, read_scores(row)?)),
    )
}

/// The last totals of one instrument, the latest last.
pub fn list_totals(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    instrument: &str,
    most: i64,
) -> Result<Vec<f64>, Error> {
    let mut totals = tx.query(
        "select total from response
         where clinic_id = $1 and person_id = $2 and instrument = $3 and total is not null
         order by answered_at desc, response_id desc limit $4",
        &[
            clinic_id.into(),
            person_id.into(),
            instrument.into(),
            most.into(),
        ],
        |row| row.get::<f64>("total"),
    )?;
    totals.reverse();
    Ok(totals)
}

/// What was answered since an instant, when and with what total: for what is due, which needs no more.
pub fn list_done(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    since_at: i64,
) -> Result<Vec<(String, String, Option<f64>)>, Error> {
    tx.query(
        "select instrument, answered_on, total from response
         where clinic_id = $1 and person_id = $2 and answered_at >= $3
         order by answered_at, response_id",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            since_at.into(),
        ],
        |row| {
            Ok((
                row.get("instrument")?,
                row.get("answered_on")?,
                row.get("total")?,
            ))
        },
    )
}

/// Every later scoring of a person's responses, oldest first: response, when, what.
pub fn list_scorings_of(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
) -> Result<Vec<(String, i64, Scores)>, Error> {
    tx.query(
        "select scoring.response_id as response_id, scoring.version as version,
             scoring.scores as scores, scoring.total as total, scoring.scored_at as scored_at
         from scoring
         join response on response.clinic_id = scoring.clinic_id
             and response.response_id = scoring.response_id
         where response.clinic_id = $1 and response.person_id = $2
         order by scoring.scored_at, scoring.scoring_id",
        &[access.clinic_id().into(), access.person_id().into()],
        |row| {
            Ok((
                row.get("response_id")?,
                row.get("scored_at")?,
                read_scores(row)?,
            ))
        },
    )
}

fn read(row: &Row<'_>) -> Result<Response, Error> {
    let answers: String = row.get("answers")?;
    let way: String = row.get("way")?;
    let risk = row.get("risk")?;
    Ok(Response {
        id: row.get("response_id")?,
        instrument: row.get("instrument")?,
        is_check_in: row.get("is_check_in")?,
        answered_at: row.get("answered_at")?,
        answered_on: row.get("answered_on")?,
        received_at: row.get("received_at")?,
        answers: from_json(&answers)?,
        order: row.get("form_order")?,
        questionnaire_id: row.get("questionnaire_id")?,
        way: Way::read(&way),
        entered_by: row.get("entered_by")?,
        first: Scores {
            risk,
            ..read_scores(row)?
        },
        risk,
        told: row.get("told")?,
        looks_by_at: row.get("looks_by_at")?,
        again: None,
    })
}

fn read_scores(row: &Row<'_>) -> Result<Scores, Error> {
    let scores: String = row.get("scores")?;
    Ok(Scores {
        version: row.get("version")?,
        scores: from_json(&scores)?,
        total: row.get("total")?,
        risk: false,
    })
}

pub(super) fn json_text(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Query(error.to_string()))
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Query(error.to_string()))
}
