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
use crate::features::{guide, measures, plans, safety, sittings};

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
    safety::look_round(&app).await?;
    let today = day(now, &access.zone);
    let (kept, plans, offers, overview, answered) = app
        .db
        .read(move |tx| {
            let plans = plans::store::list(tx, &clinic, &client)?;
            let days = plans::days_to_read(&plans, today).max(WINDOW);
            let Some(record) = &record else {
                return Ok((Vec::new(), plans, Vec::new(), None, Vec::new()));
            };
            let kept = sittings::store::list(tx, record, now - days * DAY)?;
            let mut offers = guide::offers_of(tx, record, now - WINDOW * DAY)?;
            offers.truncate(OFFERS);
            let overview = safety::overview(tx, record)?;
            let since = now - days * DAY;
            let answered = measures::store::responses::list_done(tx, record, since)?;
            Ok::<_, Error>((kept, plans, offers, Some(overview), answered))
        })
        .await?;
    let safety =
        overview.map(|overview| safety::for_practitioner(&app, &person, &access, &overview, today));
    let mut done = plans::done(&kept);
    done.extend(plans::answered(answered));
    let shown = pages::Shown {
        sittings: &kept,
        done: &done,
        plans: &plans,
        offers: &offers,
        safety: safety.as_ref(),
    };
    let body = pages::client(&app, &person, &access, &shown, today);
    Ok(person.page(&access.name, "/caseload", body).wide())
}
