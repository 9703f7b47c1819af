//! Out and away: a person takes everything that is kept about her with her, or has it erased; other systems read and add.

pub mod fhir;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;
use serde_json::json;

use crate::app::{App, State};
use crate::content;
use crate::features::people::{self, Person, RecordAccess};
use crate::features::voices::recordings;
use crate::features::{
    alerts, evidence, guide, library, measures, plans, reminders, safety, sittings, ways,
};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::respond;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/me/record.json", get(record))
        .route("/me/erasure", post(erase))
        .merge(fhir::routes())
}

/// Somebody who works here has left: the tokens she made, and may have kept, open nothing any more. Tells whether there were any.
///
/// # Errors
/// When the database fails.
pub fn person_left(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<bool, Error> {
    Ok(fhir::store::update_revoked_of(
        tx, clinic_id, person_id, now,
    )?)
}

/// `GET /me/record.json`: everything that is kept about whoever asks.
async fn record(State(app): State<App>, person: Person) -> Result<Response, Error> {
    let access = RecordAccess::own(&person);
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    let record = app
        .db
        .read(move |tx| {
            Ok::<_, Error>(json!({
                "person": people::store::find_person(tx, &clinic, &whose)?,
                "consents": people::store::list_consents(tx, &clinic, &whose)?,
                "plans": plans::store::list(tx, &clinic, &whose)?,
                "safety": safety::record(tx, &access)?,
                "sittings": sittings::store::list(tx, &access, 0)?,
                "responses": measures::store::responses::list_responses(tx, &access, 0)?,
                "goals": measures::store::goals::list_goals(tx, &access)?,
                "scorings": measures::store::responses::list_scorings_of(tx, &access)?,
                "sent_by_systems": fhir::store::list_origins(tx, &clinic, &whose)?,
                "requests": measures::store::requests::list_requests(tx, &clinic, &whose, 0)?,
                "links_and_codes": measures::store::keys::list_keys(tx, &clinic, &whose)?,
                "offers": guide::offers_of(tx, &access, 0)?,
                "reminders": reminders::record(tx, &clinic, &whose)?,
                "ways": ways::store::list(tx, &access)?,
                "studies": evidence::record(tx, &clinic, &whose)?,
                "recordings": recordings::record(tx, &clinic, &whose)?,
                "offered_by_name": library::store::list_chosen_for(tx, &clinic, &whose)?,
                "written": content::store::list_written_by(tx, &clinic, &whose)?,
                "seen_by": audit::list_about(tx, &clinic, Some(&whose), i64::MAX)?,
            }))
        })
        .await?;
    let mut response = respond::json(StatusCode::OK, &record);
    response.headers_mut().insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"kith-record.json\""),
    );
    Ok(response)
}

/// `POST /me/erasure`: what she practised, agreed to and is called goes; that somebody was here stays.
async fn erase(State(app): State<App>, person: Person, form: Form) -> Result<Page, Error> {
    if form.raw("word").trim().to_lowercase() != "erase" {
        return Err(Error::invalid(
            "word",
            "To erase everything, go back and type the word erase. Nothing was changed.",
        ));
    }
    let access = RecordAccess::own(&person);
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            fhir::store::remove_all(tx, clinic, whose)?;
            guide::remove_all(tx, &access)?;
            ways::store::remove_all(tx, &access)?;
            library::store::remove_all(tx, clinic, whose)?;
            recordings::remove_all(tx, clinic, whose)?;
            sittings::store::remove_all(tx, &access)?;
            measures::store::remove_all(tx, &access)?;
            safety::store::remove_all(tx, &access)?;
            alerts::store::remove_all(tx, clinic, whose)?;
            plans::store::remove_all(tx, clinic, whose)?;
            reminders::remove_all(tx, clinic, whose)?;
            people::store::remove_person(tx, clinic, whose)?;
            audit::add(
                tx,
                &audit_id,
                clinic,
                now,
                None,
                Some(whose),
                "erased everything",
            )
        })
        .await
        .map_err(Error::from)?;
    let body = html! {
        h1 { "It is gone" }
        p { "Everything that was kept about you here has been removed. You can close this page." }
        p { "If you want to come back one day, any practitioner here can invite you." }
    };
    Ok(Page::bare("Erased", body))
}
