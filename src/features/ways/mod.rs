//! Finding ways to practise: a moment of the day, a person and a practice put together; and the side of those who work
//! here that is their own.

mod pages;
mod routes;
mod rules;
pub mod store;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ways", get(routes::page).post(routes::keep))
        .route("/ways/{way_id}/removal", post(routes::remove))
        .route("/my-practice", get(routes::my_practice))
        .route("/me/practice-erasure", post(routes::erase_practice))
}
