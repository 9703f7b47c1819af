//! What a phone keeps so that she can practise without a network: which pages, which files, and how the browser is told.
//!
//! The list is made here ([`rules`]); the phone's service worker fetches what it names (`static/js/offline/`).
//! `docs/offline.md` says how the two work together.

mod app_files;
mod fortnight;
mod pages;
mod routes;
pub mod rules;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/service_worker.js", get(app_files::service_worker))
        .route("/manifest.webmanifest", get(app_files::manifest))
        .route("/today/fortnight", get(routes::fortnight))
        .route("/offline", get(routes::not_kept))
        .route("/offline/pack", get(routes::pack))
        .route("/me/phone", get(routes::phone))
}

/// How many days a phone keeps, today among them.
pub const DAYS: i64 = 14;
