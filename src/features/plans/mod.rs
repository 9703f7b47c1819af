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

use crate::app::App;

pub use changes::{Replacement, may_swap, pause_all, resume_all, swap, waits_for};
pub use rules::{Plan, PlanPractice, State};
pub use schedule::{Done, Due, answered, course_standing, days_to_read, done, due, kept};

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
