//! Pictures of what was practised, how it fitted, and what scores did meanwhile: for the person herself, and for the
//! practitioner she shares it with.

mod bands;
mod chart;
pub mod course;
mod drawing;
pub mod pages;
mod panels;
pub mod picture;
mod routes;
pub mod rules;

#[cfg(test)]
mod picture_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::get;
use jiff::civil::Date;

use crate::app::App;
use crate::features::measures;
use crate::features::people::{Person, RecordAccess};
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use picture::{Aim, Answered};

/// How far back the pictures of practice go: eight weeks.
pub const WINDOW: i64 = 56;
/// How far back the pictures of scores go: a year.
pub const YEAR: i64 = 364;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/progress", get(routes::own))
        .route("/clients/{client_id}", get(routes::client))
        .route("/clients/{client_id}/progress", get(routes::client_picture))
}

/// What a person answered in the last year, oldest first, each by its newest scoring.
///
/// # Errors
/// When the database fails.
pub fn answered(tx: &mut Tx<'_>, access: &RecordAccess, now: i64) -> Result<Vec<Answered>, Error> {
    let responses = measures::store::responses::list_responses(tx, access, now - YEAR * DAY)?;
    Ok(responses.iter().filter_map(of_response).collect())
}

fn of_response(response: &measures::Response) -> Option<Answered> {
    let scores = response.scores();
    let parts = scores
        .scores
        .get("subscales")
        .and_then(|parts| parts.as_object());
    let mut by_scale: BTreeMap<String, Option<f64>> = parts
        .into_iter()
        .flatten()
        .map(|(part, score)| (part.clone(), score.as_f64()))
        .collect();
    by_scale.insert("total".to_owned(), scores.total);
    Some(Answered {
        measure: response.instrument.clone(),
        on: response.answered_on.parse::<Date>().ok()?,
        version: scores.version.clone(),
        scores: by_scale,
        risk: response.risk,
    })
}

/// The totals of the last year of everybody who shares them with a practitioner, by client.
///
/// # Errors
/// When the database fails.
pub fn list_totals_for_caseload(
    tx: &mut Tx<'_>,
    practitioner: &Person,
    now: i64,
) -> Result<BTreeMap<String, Vec<Answered>>, Error> {
    let rows = measures::store::pictures::list_for_caseload(
        tx,
        &practitioner.clinic_id,
        &practitioner.person_id,
        now - YEAR * DAY,
    )?;
    let each = rows.into_iter().map(|(person_id, totals)| {
        let totals = totals.into_iter().filter_map(of_total).collect();
        (person_id, totals)
    });
    Ok(each.collect())
}

fn of_total(total: measures::store::pictures::Total) -> Option<Answered> {
    Some(Answered {
        on: total.answered_on.parse().ok()?,
        measure: total.instrument,
        version: total.version,
        scores: [("total".to_owned(), total.total)].into(),
        risk: total.risk,
    })
}

/// A person's goals with how near they were, day by day: of several ratings on one day the last.
fn aims(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Vec<Aim>, Error> {
    let goals = measures::store::goals::list_goals(tx, access)?;
    let each = goals.into_iter().map(|goal| {
        let ratings: BTreeMap<Date, f64> = goal
            .ratings
            .iter()
            .filter_map(|rating| Some((rating.rated_on.parse().ok()?, rules::tap(rating.rating))))
            .collect();
        Aim {
            goal_id: goal.goal_id,
            words: goal.words,
            is_ended: goal.ended_at.is_some(),
            ratings: ratings.into_iter().collect(),
        }
    });
    Ok(each.collect())
}
