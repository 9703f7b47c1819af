//! Studies that a clinic adds, corrects and takes out: each as a new version of a file, which counts once somebody else
//! than its writer has read it and said so.

mod bringing;
mod bringing_pages;
mod fields;
mod form_pages;
mod pages;
mod reviewing;
mod rules;
pub mod store;
mod versions;
mod writing;

#[cfg(test)]
pub(crate) mod tests;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use kith_content::evidence::STUDIES;

use crate::app::App;
use kith_base::db::{Error, Tx};

pub(super) use pages::{about, among, among_in_words, waiting_words};
pub(super) use versions::{Own, kept, open, own_studies};
pub(super) use writing::create;

/// What somebody wrote and decided about studies, for her own record.
pub(super) fn record(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<serde_json::Value, Error> {
    Ok(serde_json::json!({
        "written": store::list_written(tx, clinic_id, person_id, STUDIES)?,
        "decided": store::list_decided(tx, clinic_id, person_id)?,
    }))
}

/// This part's routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/evidence/waiting", get(reviewing::waiting))
        .route(
            "/evidence/imports",
            get(bringing::form)
                .post(bringing::bring)
                .layer(DefaultBodyLimit::max(bringing::LARGEST)),
        )
        .route("/evidence/studies/new", get(writing::new))
        .route(
            "/evidence/studies/{study}/versions/new",
            get(writing::correct),
        )
        .route(
            "/evidence/studies/{study}/versions",
            get(reviewing::list).post(writing::add),
        )
        .route(
            "/evidence/studies/{study}/versions/{version}",
            get(reviewing::show),
        )
        .route(
            "/evidence/studies/{study}/versions/{version}/differences",
            get(reviewing::differences),
        )
        .route(
            "/evidence/studies/{study}/versions/{version}/approval",
            post(reviewing::approve),
        )
        .route(
            "/evidence/studies/{study}/versions/{version}/refusal",
            post(reviewing::refuse),
        )
        .route(
            "/evidence/studies/{study}/retirement",
            post(writing::retire),
        )
}
