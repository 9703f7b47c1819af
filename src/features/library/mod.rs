//! The practices to read: what one does, for whom, how long, what to watch for, and how far it is known to help.

mod asked;
mod moments;
pub mod own;
pub mod pages;
mod programmes;
pub mod store;

use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse;
use axum::routing::get;
use kith_content::{Audience, Practice, Restriction};

use crate::app::{App, State};
use crate::features::people::{Person, Role};
use kith_base::error::Error;

pub use asked::Asked;
pub use moments::moments;
pub use programmes::{is_for_one, may_enrol};

/// What comes first when something was hard: feet on the floor.
pub const STEADIER: &str = "soles-ground";

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/practices", get(list))
        .route("/practices/{slug}", get(show))
        .route("/programmes", get(programmes::list))
        .route("/programmes/{programme}", get(programmes::show))
        .route("/lessons/{lesson}", get(programmes::lesson))
        .route("/moments", get(moments::list))
        .route("/moments/{moment}", get(moments::show))
}

/// Whether a person may start a practice by herself.
pub fn may_start(person: &Person, practice: &Practice) -> bool {
    match practice.restricted {
        None => true,
        // Hers to do once a practitioner has prescribed it; plans check that.
        Some(Restriction::PractitionerFirst | Restriction::PractitionerOnly) => {
            person.roles.has(Role::Practitioner)
        }
        Some(Restriction::ResearchOnly) => person.roles.has(Role::Researcher),
        // Whom it was offered to by name stands in no file: see `own`.
        Some(Restriction::Chosen) => false,
        // Kept for its name: what was practised with it stays on record.
        Some(Restriction::Withdrawn) => false,
    }
}

/// Whether a practice is meant for somebody like this person: clients are not shown what is for teams, classes and
/// clinicians only.
pub fn is_for(person: &Person, practice: &Practice) -> bool {
    let works_here = person.roles.any(&[
        Role::Practitioner,
        Role::Lead,
        Role::Owner,
        Role::Researcher,
    ]);
    works_here
        || [Audience::Adult, Audience::Adolescent]
            .iter()
            .any(|audience| practice.audience.contains(audience))
}

/// Whether a practice may be prescribed for doing alone.
pub fn may_prescribe(practice: &Practice) -> bool {
    matches!(
        practice.restricted,
        None | Some(Restriction::PractitionerFirst)
    )
}

/// The practice of that name, if this person may start it or it was offered to her by name.
///
/// # Errors
/// [`Error::NotFound`] when there is none for her.
pub async fn open<'a>(app: &'a App, person: &Person, slug: &str) -> Result<&'a Practice, Error> {
    let practice = app.content.practice(slug).ok_or(Error::NotFound)?;
    if may_start(person, practice)
        || practice.restricted == Some(Restriction::Chosen)
            && own::Chosen::of(app, person).await?.has(practice)
    {
        Ok(practice)
    } else {
        Err(Error::NotFound)
    }
}

/// What a practice is called; its slug when it is no longer here.
pub fn title<'a>(app: &'a App, slug: &'a str) -> &'a str {
    app.content
        .practice(slug)
        .map_or(slug, |practice| practice.title.as_str())
}

/// The minutes a practice is offered for when nobody has asked: five, or as near as it can be.
pub fn usual_minutes(practice: &Practice) -> f64 {
    5.0_f64.clamp(practice.minutes.0, practice.minutes.1)
}

/// `GET /practices`
async fn list(State(app): State<App>, person: Person) -> Result<impl IntoResponse, Error> {
    let chosen = own::Chosen::of(&app, &person).await?;
    let theirs: Vec<_> = app
        .content
        .practices()
        .filter(|practice| chosen.has(practice))
        .collect();
    let practices: Vec<_> = app
        .content
        .practices()
        .filter(|practice| may_start(&person, practice) && is_for(&person, practice))
        .collect();
    let treats = person.roles.has(Role::Practitioner);
    let body = pages::list(&practices, &theirs, treats);
    Ok(person.page("Practices", "/practices", body))
}

/// `GET /practices/{slug}`
async fn show(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let practice = open(&app, &person, &slug).await?;
    let treats = person.roles.has(Role::Practitioner);
    Ok(person.page(
        &practice.title,
        "/practices",
        pages::show(&app, practice, treats),
    ))
}
