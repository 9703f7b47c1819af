//! Practices that somebody here wrote: the editor with its checker, every version there was, and whom they are offered to.
//!
//! A practice of one's own is a file like those of `content/`, kept by `content::store`; its writer alone changes it. Whom
//! it was offered to by name is kept by the library, which opens it for them.

mod draft;
mod editor;
mod listening;
mod offering;
mod pages;
mod routes;
pub mod rules;
#[cfg(test)]
pub(crate) mod tests;
mod versions;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/writing", get(routes::list).post(routes::begin))
        .route("/writing/{slug}", get(routes::edit))
        .route("/writing/{slug}/check", post(routes::check))
        .route(
            "/writing/{slug}/versions",
            get(versions::list).post(routes::keep),
        )
        .route("/writing/{slug}/versions/{version}", get(versions::show))
        .route(
            "/writing/{slug}/versions/{version}/restoration",
            post(versions::restore),
        )
        .route(
            "/writing/{slug}/listen",
            get(listening::kept).post(listening::unkept),
        )
        .route("/writing/{slug}/composition", get(listening::composition))
        .route(
            "/writing/{slug}/offering",
            get(offering::page).post(offering::offer),
        )
        .route("/writing/{slug}/withdrawal", post(offering::withdraw))
}
