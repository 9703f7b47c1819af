//! In the room with a client: a practice to read aloud, a summary before the appointment, words to say why.

mod pages;
mod routes;
mod rules;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/practices/{slug}/teleprompter", get(routes::teleprompter))
        .route("/rationale", get(routes::rationales))
        .route("/rationale/{card}", get(routes::rationale))
        .route("/clients/{client_id}/summary", get(routes::summary))
}
