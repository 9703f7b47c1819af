//! Every version there was: who wrote it and when, what is different, and bringing one back.

use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use super::draft::Draft;
use super::pages;
use super::routes::{dressed, find_own};
use super::rules::{self, MOST_VERSIONS};
use crate::app::{App, State};
use crate::content::store::{self, Version};
use crate::features::people::{self, Person};
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::respond::see;

/// `GET /writing/{slug}/versions`
pub(super) async fn list(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
) -> Result<Page, Error> {
    let own = find_own(&app, &person, &slug).await?;
    let (clinic, path) = (person.clinic_id.clone(), own.file.newest.path.clone());
    let (versions, people) = app
        .db
        .read(move |tx| {
            let versions = store::list_versions(tx, &clinic, &path)?;
            Ok::<_, Error>((versions, people::store::list_people(tx, &clinic)?))
        })
        .await?;
    let body = pages::versions(&app, &person, &own, &versions, &people);
    Ok(dressed(person.page("Versions", "/practices", body)))
}

#[derive(Deserialize)]
pub(super) struct Against {
    /// The version it is held against; left out, the one before.
    against: Option<i64>,
}

async fn find(
    app: &App,
    person: &Person,
    slug: &str,
    version: i64,
) -> Result<Option<Version>, Error> {
    let (clinic, path) = (person.clinic_id.clone(), rules::path_of(slug));
    app.db
        .read(move |tx| store::find_version(tx, &clinic, &path, version))
        .await
        .map_err(Error::from)
}

/// `GET /writing/{slug}/versions/{version}?against=N`
pub(super) async fn show(
    State(app): State<App>,
    person: Person,
    Path((slug, version)): Path<(String, i64)>,
    Query(asked): Query<Against>,
) -> Result<Page, Error> {
    let own = find_own(&app, &person, &slug).await?;
    let shown = find(&app, &person, &slug, version)
        .await?
        .ok_or(Error::NotFound)?;
    let against = asked.against.unwrap_or(version - 1);
    let other = find(&app, &person, &slug, against).await?;
    let body = pages::version(&app, &person, &own, &shown, other.as_ref());
    Ok(dressed(person.page(&format!("Version {version}"), "/practices", body)).wide())
}

/// `POST /writing/{slug}/versions/{version}/restoration`: an older text as the newest version.
pub(super) async fn restore(
    State(app): State<App>,
    person: Person,
    Path((slug, version)): Path<(String, i64)>,
) -> Result<Response, Error> {
    let own = find_own(&app, &person, &slug).await?;
    let older = find(&app, &person, &slug, version)
        .await?
        .ok_or(Error::NotFound)?;
    let here = format!("/writing/{slug}");
    // Whom it is offered to is decided elsewhere: the text comes back, its terms stay those of today.
    let text = Draft::read(&older.text).0.text(own.terms).text;
    if text == own.file.newest.text {
        return Ok(see(&here));
    }
    if own.file.newest.version >= MOST_VERSIONS {
        return Err(Error::Conflict(
            "There are as many versions of this as can be kept. Begin a new practice as a copy of it.".to_owned(),
        ));
    }
    let again = Version {
        version: own.file.newest.version + 1,
        text,
        note: format!("Version {version} brought back"),
        made_by: person.person_id,
        made_at: app.clock.now(),
        ..older
    };
    let added = app
        .db
        .write(move |tx| store::add_version(tx, &again))
        .await
        .map_err(Error::from)?;
    if !added {
        return Err(Error::Conflict(
            "Another page kept a version just now. Please look at it, then bring this one back."
                .to_owned(),
        ));
    }
    Ok(see(&here))
}
