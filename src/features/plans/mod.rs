//! What was agreed to practise: a practitioner offers it, the client makes it her own, and what is
//! due today follows from it.

pub mod pages;
mod routes;
pub mod rules;
pub mod store;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

pub use store::{Pause, list_pauses, pause, resume};

pub use rules::{Due, Plan, PlanPractice, State, due};

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/clients/{client_id}/plans/new", get(routes::new_page))
        .route("/clients/{client_id}/plans", post(routes::prescribe))
        .route(
            "/clients/{client_id}/plans/{plan_id}/ending",
            post(routes::end_for_client),
        )
        .route("/plans/{plan_id}", get(routes::offer_page))
        .route("/plans/{plan_id}/agreement", post(routes::agree))
        .route("/plans/{plan_id}/ending", post(routes::end_own))
}
