//! What was agreed to practise: a practitioner offers a practice or a programme, the client makes it her own, and what
//! is due today follows from it.

mod agreeing;
mod changes;
pub mod events;
mod line;
pub mod pages;
mod prescribing;
pub mod rules;
pub mod schedule;
pub mod store;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};

use kith_content::Practice;

use crate::app::App;
use crate::features::library;
use crate::features::people::{Person, RecordAccess};
use kith_base::error::Error;

pub use changes::{Replacement, may_swap, pause_all, resume_all, swap, waits_for};
pub use rules::{Plan, PlanPractice, State};
pub use schedule::{Done, Due, answered, course_standing, days_to_read, done, due, kept};

/// A practice somebody may do: one she may start by herself, or one that was prescribed for her with a practitioner's
/// care.
///
/// # Errors
/// [`Error::NotFound`] when it is neither.
pub async fn open_practice<'a>(
    app: &'a App,
    person: &Person,
    slug: &str,
) -> Result<&'a Practice, Error> {
    let found = library::open(app, person, slug).await;
    if found != Err(Error::NotFound) {
        return found;
    }
    // A plan opens what is begun with a practitioner only, and not what was taken back.
    let practice = app
        .content
        .practice(slug)
        .filter(|practice| !library::own::is_named(practice))
        .ok_or(Error::NotFound)?;
    let access = RecordAccess::own(person);
    let plans = app
        .db
        .read(move |tx| store::list(tx, access.clinic_id(), access.person_id()))
        .await
        .map_err(Error::from)?;
    if plans.iter().any(|plan| plan.asks_for(slug, &app.content)) {
        Ok(practice)
    } else {
        Err(Error::NotFound)
    }
}

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/clients/{client_id}/plans/new", get(prescribing::page))
        .route("/clients/{client_id}/plans", post(prescribing::prescribe))
        .route(
            "/clients/{client_id}/plans/{plan_id}/ending",
            post(changes::end_for_client),
        )
        .route(
            "/clients/{client_id}/plans/{plan_id}/pause",
            post(changes::pause_for_client),
        )
        .route(
            "/clients/{client_id}/plans/{plan_id}/resumption",
            post(changes::resume_for_client),
        )
        .route(
            "/clients/{client_id}/plans/{plan_id}/openings",
            post(changes::open_stage),
        )
        .route("/plans/{plan_id}", get(agreeing::page))
        .route("/plans/{plan_id}/agreement", post(agreeing::agree))
        .route("/plans/{plan_id}/ending", post(changes::end_own))
        .route("/plans/{plan_id}/pause", post(changes::pause_own))
        .route("/plans/{plan_id}/resumption", post(changes::resume_own))
        .route("/programmes/{programme}/enrolment", post(agreeing::enrol))
}
