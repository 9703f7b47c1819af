//! What studies found, how sure one may be of it, what our own clinic sees beside it, and one page of it to hand over.

mod builder;
mod forest;
mod handouts;
pub mod keeping;
mod numbers;
mod own;
mod pages;
pub mod pdf;
mod routes;
mod rules;
mod sheet;
mod sheets;
pub mod store;
mod studies;
mod typesetter;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::get;
use kith_content::Evidence;
use kith_content::evidence::ToldTo;
use kith_evidence::Answer;

use self::pdf::{NoPdf, Typesetter};
use crate::app::App;
use crate::features::people::{Person, Role};
use kith_base::db::{self, Tx};
use kith_base::web::layout::Page;

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
) -> Result<serde_json::Value, db::Error> {
    keeping::record(tx, clinic_id, person_id)
}

/// An answer as a handout in a PDF, for the command line; `on` is the day as it stands on the sheet.
///
/// # Errors
/// Where there is no typesetter, and where the sheet cannot be a PDF.
pub async fn handout(
    typesetter: &Typesetter,
    evidence: &Evidence,
    answer: &Answer<'_>,
    to: ToldTo,
    on: String,
) -> Result<Vec<u8>, NoPdf> {
    let version = evidence.version.clone();
    let made = sheet::Made { on, version };
    let (sheet, _) = sheets::question(evidence, answer, to, &sheets::Include::usual(), made);
    pdf::made(typesetter, &sheet).await
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
