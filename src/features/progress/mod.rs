//! Pictures of what was practised and how it fitted: for the person herself, and for the
//! practitioner she shares it with.

mod chart;
pub mod pages;
pub mod rules;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::app::App;
use crate::base::clock::DAY;
use crate::base::error::Error;
use crate::base::web::locale::day;
use crate::features::people::{Person, RecordAccess, open_client};
use crate::features::{guide, plans, sittings};

/// How far back the pictures go: eight weeks.
pub const WINDOW: i64 = 56;
/// How many offers of the guide are shown.
const OFFERS: usize = 10;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/progress", get(own))
        .route("/clients/{client_id}", get(client))
}

/// `GET /progress`
async fn own(State(app): State<App>, person: Person) -> Result<impl IntoResponse, Error> {
    let now = app.clock.now();
    let access = RecordAccess::own(&person);
    let kept = app
        .db
        .read(move |tx| sittings::store::list(tx, &access, now - WINDOW * DAY))
        .await
        .map_err(Error::from)?;
    let today = day(now, &person.zone);
    let body = pages::own(&app, &person, &kept, today);
    Ok(person.page("Your picture", "/progress", body).wide())
}

/// `GET /clients/{client_id}`
async fn client(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the page").await?;
    let now = app.clock.now();
    let record = access.record();
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    let today = day(now, &access.zone);
    let (kept, plans, offers) = app
        .db
        .read(move |tx| {
            let plans = plans::store::list(tx, &clinic, &client)?;
            let days = plans::days_to_read(&plans, today).max(WINDOW);
            let kept = match &record {
                Some(record) => sittings::store::list(tx, record, now - days * DAY)?,
                None => Vec::new(),
            };
            let mut offers = match &record {
                Some(record) => guide::offers_of(tx, record, now - WINDOW * DAY)?,
                None => Vec::new(),
            };
            offers.truncate(OFFERS);
            Ok::<_, Error>((kept, plans, offers))
        })
        .await?;
    let body = pages::client(&app, &person, &access, &kept, &plans, &offers, today);
    Ok(person.page(&access.name, "/caseload", body).wide())
}
