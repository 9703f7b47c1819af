//! What studies found, how sure one may be of it, what our own clinic sees beside it, and one page of it to hand over.

mod forest;
mod handouts;
pub mod keeping;
mod numbers;
mod own;
mod pages;
mod routes;
mod rules;
mod sheets;
pub mod store;
mod studies;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;

use crate::app::App;
use crate::base::db::{Error, Tx};
use crate::base::web::layout::Page;
use crate::features::people::{Person, Role};

/// Results of fewer people than this are not shown: somebody could be recognised.
pub const LEAST_PEOPLE: usize = 8;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/evidence", get(routes::overview))
        .route("/evidence/contested", get(routes::contested))
        .route(
            "/evidence/studies",
            get(studies::list).post(keeping::create),
        )
        .route("/evidence/studies/{study}", get(studies::show))
        .route("/evidence/{construct}", get(routes::question))
        .route("/handouts", get(handouts::builder).post(handouts::make))
        .route("/handouts/training", get(handouts::training))
        .route("/handouts/practices/{slug}", get(handouts::practice))
        .route("/handouts/programmes/{programme}", get(handouts::programme))
        .route("/handouts/{construct}", get(handouts::question))
        .merge(keeping::routes())
}

/// What somebody wrote and decided about studies, for her own record.
///
/// # Errors
/// When the database fails.
pub fn record(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<serde_json::Value, Error> {
    keeping::record(tx, clinic_id, person_id)
}

/// Whether somebody works here: she is told in a colleague's words unless she asks for others.
fn works_here(person: &Person) -> bool {
    person.roles.any(&[
        Role::Practitioner,
        Role::Lead,
        Role::Researcher,
        Role::Owner,
    ])
}

/// A page of this room.
fn page(person: &Person, title: &str, body: maud::Markup) -> Page {
    let mut page = person.page(title, "/practices", body);
    page.styles.push("css/evidence.css");
    page.with_script("js/evidence.js")
}
