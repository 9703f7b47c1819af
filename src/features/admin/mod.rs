//! The clinic as a whole: numbers without names, settings, the audit log, and the house's health.

mod pages;
mod rules;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use crate::app::{App, State};
use crate::features::people::{self, Person, Role, Roles, store::Clinic};
use crate::features::voices::recordings;
use crate::features::{alerts, exchange, sittings};
use kith_base::audit;
use kith_base::clock::DAY;
use kith_base::error::Error;
use kith_base::jobs;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::locale::{LOCALES, day, is_zone};
use kith_base::web::respond::{self, see};

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/health", get(health))
        .route("/clinic", get(clinic))
        .route("/clinic/settings", get(settings).post(change_settings))
        .route("/clinic/audit", get(audit_page))
        .route("/clinic/people/{person_id}/ending", post(end_person))
}

/// `GET /health`: whether the house can do its work.
async fn health(State(app): State<App>) -> Response {
    let answers = app.db.read(people::store::list_clinics).await.is_ok();
    let practices = app.content.practices().count();
    let well = answers && practices > 0;
    let status = if well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "status": if well { "ok" } else { "unwell" },
        "database": {"kind": app.db.kind(), "answers": answers},
        "content": {"practices": practices},
        "version": env!("CARGO_PKG_VERSION"),
    });
    respond::json(status, &body)
}

async fn find_clinic(app: &App, person: &Person) -> Result<Clinic, Error> {
    let clinic_id = person.clinic_id.clone();
    app.db
        .read(move |tx| people::store::find_clinic(tx, &clinic_id))
        .await
        .map_err(Error::from)?
        .ok_or(Error::NotFound)
}

/// `GET /clinic`: aggregates only, and none of fewer than eight people.
async fn clinic(State(app): State<App>, person: Person) -> Result<Page, Error> {
    alerts::escalate(&app).await?;
    let now = app.clock.now();
    let clinic = find_clinic(&app, &person).await?;
    let clinic_id = person.clinic_id.clone();
    let owner = person.roles.has(Role::Owner);
    let viewer = person.clone();
    let (rows, colleagues, invitations, watch) = app
        .db
        .read(move |tx| {
            let rows = sittings::store::list_for_counting(tx, &clinic_id, now - 56 * DAY)?;
            let watch = pages::Watch {
                waiting: alerts::waiting(tx, &viewer)?,
                lacks_help: alerts::lacks_help(tx, &clinic_id)?,
                asks_risk: alerts::risk_contact(tx, &clinic_id)?.is_some(),
                undelivered: 0,
            };
            if !owner {
                return Ok::<_, Error>((rows, Vec::new(), Vec::new(), watch));
            }
            let mut colleagues = people::store::list_people(tx, &clinic_id)?;
            colleagues.retain(|person| !Roles::read(&person.roles).has(Role::Client));
            let invitations = people::store::list_invitations(tx, &clinic_id, None, now)?;
            let watch = pages::Watch {
                undelivered: jobs::store::count_given_up(tx, &clinic_id)?,
                ..watch
            };
            Ok((rows, colleagues, invitations, watch))
        })
        .await?;
    let today = day(now, &clinic.zone);
    let weeks = rules::weeks(&rows, today);
    let card = alerts::card(&app, &person, &watch.waiting);
    let people = (colleagues.as_slice(), invitations.as_slice());
    let body = pages::clinic(&person, &clinic, &weeks, people, (&watch, &card), today);
    Ok(person.page("Clinic", "/clinic", body).wide())
}

/// `GET /clinic/settings`
async fn settings(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let clinic = find_clinic(&app, &person).await?;
    let form = Form::of(&[
        ("name", &clinic.name),
        ("zone", &clinic.zone),
        ("locale", &clinic.locale),
    ]);
    Ok(person.page("Settings", "/clinic", pages::settings(&form)))
}

/// `POST /clinic/settings`
async fn change_settings(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let clinic = Clinic {
        clinic_id: person.clinic_id.clone(),
        name: form.needed("name", 80, "Please enter the clinic's name."),
        locale: form.text("locale", 10),
        zone: form.text("zone", 60),
        invented: false,
    };
    if !is_zone(&clinic.zone) {
        form.complain(
            "zone",
            "There is no time zone of that name. It looks like Europe/Madrid.",
        );
    }
    if !LOCALES.iter().any(|(tag, _)| *tag == clinic.locale) {
        form.complain("locale", "Please choose one of the languages.");
    }
    if !form.problems.is_empty() {
        let page = person.page("Settings", "/clinic", pages::settings(&form));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            people::store::update_clinic(tx, &clinic)?;
            let who = Some(person.person_id.as_str());
            let deed = "changed the clinic's settings";
            audit::add(tx, &audit_id, &clinic.clinic_id, now, who, None, deed)
        })
        .await
        .map_err(Error::from)?;
    Ok(see("/clinic/settings"))
}

/// `POST /clinic/people/{person_id}/ending`: a colleague has left. Clients end their own part.
async fn end_person(
    State(app): State<App>,
    person: Person,
    Path(colleague_id): Path<String>,
) -> Result<Response, Error> {
    if colleague_id == person.person_id {
        return Err(Error::Conflict(
            "You cannot end your own part here. Another owner can.".to_owned(),
        ));
    }
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    let ids = app.ids.clone();
    app.db
        .write(move |tx| {
            let clinic = person.clinic_id.as_str();
            people::store::find_person(tx, clinic, &colleague_id)?
                .filter(|colleague| !Roles::read(&colleague.roles).has(Role::Client))
                .ok_or(Error::NotFound)?;
            people::store::end_person(tx, clinic, &colleague_id, now)?;
            alerts::person_left(tx, &ids, clinic, &colleague_id, now)?;
            if exchange::person_left(tx, clinic, &colleague_id, now)? {
                let deed = "disconnected the systems that colleague had connected";
                let who = Some(person.person_id.as_str());
                audit::add(tx, &ids.make(now)?, clinic, now, who, None, deed)?;
            }
            if recordings::remove_all(tx, clinic, &colleague_id)? {
                let deed = "removed that colleague's recorded voice";
                let who = Some(person.person_id.as_str());
                audit::add(tx, &ids.make(now)?, clinic, now, who, None, deed)?;
            }
            let (who, whom) = (Some(person.person_id.as_str()), Some(colleague_id.as_str()));
            audit::add(
                tx,
                &audit_id,
                clinic,
                now,
                who,
                whom,
                "ended a colleague's part here",
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see("/clinic"))
}

/// `GET /clinic/audit`
async fn audit_page(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let clinic_id = person.clinic_id.clone();
    let entries = app
        .db
        .read(move |tx| audit::list_about(tx, &clinic_id, None, 500))
        .await
        .map_err(Error::from)?;
    let body = pages::audit(&app, &person, &entries);
    Ok(person.page("Audit log", "/clinic", body).wide())
}
