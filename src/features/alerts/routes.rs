//! Looking at alerts, and saying so.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;

use super::{escalate, may_know, pages, store};
use crate::app::{App, State};
use crate::features::people::{self, Person, Role};
use kith_base::audit;
use kith_base::clock::DAY;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::respond::see;

/// How long an alert stays on the page after somebody has looked at it.
const KEPT: i64 = 30 * DAY;

/// `GET /alerts`: what went to whoever asks. Every look is in the log of the person it is about.
pub(super) async fn list(State(app): State<App>, person: Person) -> Result<Page, Error> {
    escalate(&app).await?;
    let now = app.clock.now();
    let (viewer, ids) = (person.clone(), app.ids.clone());
    let view = app
        .db
        .write(move |tx| {
            let (clinic, whose) = (viewer.clinic_id.as_str(), viewer.person_id.as_str());
            let alerts = store::list_sent(tx, clinic, whose, now - KEPT)?;
            for alert in alerts.iter().filter(|alert| alert.waits) {
                let (who, whom) = (Some(whose), Some(alert.person_id.as_str()));
                let deed = "looked at the list of alerts";
                audit::add(tx, &ids.make(now)?, clinic, now, who, whom, deed)?;
            }
            let clients: BTreeMap<String, bool> = if viewer.roles.has(Role::Practitioner) {
                let caseload = people::caseload(tx, &viewer)?.into_iter();
                let own = caseload.map(|access| {
                    let shares = access.record().is_some();
                    (access.client_id().to_owned(), shares)
                });
                own.collect()
            } else {
                BTreeMap::new()
            };
            let watches = viewer.roles.any(&[Role::Owner, Role::Lead]);
            Ok::<_, Error>(pages::View {
                events: store::list_events(tx, clinic, whose, now - 2 * KEPT)?,
                alerts: may_know(tx, &viewer, alerts)?,
                clients,
                contact: super::staffed(tx, clinic)?,
                unseen: if watches {
                    store::count_unseen(tx, clinic)?
                } else {
                    0
                },
            })
        })
        .await?;
    let here = person.home();
    let body = pages::list(&app, &person, &view);
    Ok(person.page("Alerts", here, body))
}

/// `POST /alerts/{alert_id}/acknowledgement`: somebody it went to has seen it.
pub(super) async fn acknowledge(
    State(app): State<App>,
    person: Person,
    Path(alert_id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    write(&app, person, alert_id, form, "acknowledged").await
}

/// `POST /alerts/{alert_id}/closing`: what came of it.
pub(super) async fn close(
    State(app): State<App>,
    person: Person,
    Path(alert_id): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    write(&app, person, alert_id, form, "closed").await
}

async fn write(
    app: &App,
    person: Person,
    alert_id: String,
    mut form: Form,
    kind: &'static str,
) -> Result<Response, Error> {
    let note = form.text("note", 500);
    form.finish()?;
    let now = app.clock.now();
    let ids = app.ids.clone();
    app.db
        .write(move |tx| {
            let whom = (person.person_id.as_str(), alert_id.as_str());
            super::answer(tx, &ids, &person.clinic_id, whom, (kind, &note), now)
        })
        .await?;
    Ok(see("/alerts"))
}
