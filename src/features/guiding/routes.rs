//! Reading aloud, saying why, and looking back before the appointment.

use axum::extract::{Path, Query};
use kith_content::guided;

use super::{pages, rules};
use crate::app::{App, State};
use crate::features::library::{self, Asked};
use crate::features::people::{Person, open_client};
use crate::features::progress::WINDOW;
use crate::features::{plans, progress, sittings};
use kith_base::clock::DAY;
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::locale::day;

const STYLE: &str = "css/guiding.css";

/// `GET /practices/{slug}/teleprompter?minutes=N`
pub(super) async fn teleprompter(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let practice = library::open(&app, &person, &slug).await?;
    let told = guided(practice, &asked.composing(&app, practice)?)
        .map_err(|error| Error::invalid("minutes", error.to_string()))?;
    let body = pages::teleprompter(practice, &told)?;
    let mut page = person.page(&practice.title, "/practices", body);
    page.styles.push(STYLE);
    Ok(page.with_script("js/teleprompter/teleprompter.js"))
}

/// `GET /rationale`
pub(super) async fn rationales(State(app): State<App>, person: Person) -> Page {
    let mut page = person.page("Words to say why", "", pages::rationales(&app));
    page.styles.push(STYLE);
    page
}

/// `GET /rationale/{card}`: one by itself, to be printed.
pub(super) async fn rationale(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Page, Error> {
    let mut cards = app.content.rationales().iter();
    let card = cards.find(|card| card.id == id).ok_or(Error::NotFound)?;
    let mut page = person.page(&card.title, "", pages::rationale(&app, card));
    page.styles.push(STYLE);
    Ok(page)
}

/// `GET /clients/{client_id}/summary`
pub(super) async fn summary(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
) -> Result<Page, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the summary").await?;
    let now = app.clock.now();
    let today = day(now, &access.zone);
    let record = access.record();
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    let (kept, plans, answered) = app
        .db
        .read(move |tx| {
            let plans = plans::store::list(tx, &clinic, &client)?;
            let days = plans::days_to_read(&plans, today).max(WINDOW);
            let kept = match &record {
                Some(record) => Some(sittings::store::list(tx, record, now - days * DAY)?),
                None => None,
            };
            let answered = match &record {
                Some(record) => progress::answered(tx, record, now)?,
                None => Vec::new(),
            };
            Ok::<_, Error>((kept, plans, answered))
        })
        .await?;
    let since = day(access.since_at, &access.zone);
    let news = progress::picture::news(&answered, &app.content, today);
    let when = (now, today);
    let brief = rules::brief(kept.as_deref(), &plans, &news, &app.content, since, when);
    let scores = progress::pages::lines(&app, &answered, today, &person.locale);
    let body = pages::summary(&app, &access, &brief, kept.as_deref(), &scores, today);
    let mut page = person.page(&access.name, "/caseload", body);
    page.styles.push(STYLE);
    Ok(page)
}
