//! What each person sees first: the entrance, today, the caseload, and help.

mod pages;
pub mod rules;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;

use crate::app::App;
use crate::base::audit;
use crate::base::clock::DAY;
use crate::base::error::Error;
use crate::base::web::layout::Page;
use crate::base::web::locale::day;
use crate::base::web::respond::{self, see, wants_json};
use crate::features::people::{self, Person, RecordAccess, Visitor};
use crate::features::progress::WINDOW;
use crate::features::{alerts, plans, safety, sittings};

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(entrance))
        .route("/today", get(today))
        .route("/caseload", get(caseload))
}

/// `GET /`
async fn entrance(State(app): State<App>, Visitor(person): Visitor) -> Result<Response, Error> {
    // In the demo everybody comes back here to try another role.
    if !app.config.demo {
        return Ok(match person {
            Some(person) => see(person.home()),
            None => Page::bare("Welcome", pages::welcome()).into_response(),
        });
    }
    let people = app
        .db
        .read(|tx| {
            let mut everybody = Vec::new();
            for clinic in people::store::list_clinics(tx)? {
                let people = people::store::list_people(tx, &clinic.clinic_id)?;
                everybody.push((clinic, people));
            }
            Ok::<_, Error>(everybody)
        })
        .await?;
    let page = Page::bare("A demonstration", pages::demo_entrance(&people));
    Ok(page.with_script("js/kith.js").into_response())
}

/// `GET /today`: one thing to do, as a page or as JSON.
async fn today(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
) -> Result<Response, Error> {
    safety::look_after(&app, &person).await?;
    let now = app.clock.now();
    let on = day(now, &person.zone);
    let access = RecordAccess::own(&person);
    let (mut plans, recent, paused, overview) = app
        .db
        .read(move |tx| {
            let (clinic, whose) = (access.clinic_id(), access.person_id());
            Ok::<_, Error>((
                plans::store::list(tx, clinic, whose)?,
                sittings::store::list(tx, &access, now - 14 * DAY)?,
                plans::list_pauses(tx, clinic, whose)?,
                safety::overview(tx, &access)?,
            ))
        })
        .await?;
    plans.retain(|plan| !rules::is_paused(plan, &paused));
    let mut view = rules::today(&plans, &recent, on, &app.content);
    let limits = overview.limits(&app.content, on);
    rules::ease(&mut view, &limits, &recent, on, &app.content);
    if wants_json(&headers) {
        let due: Vec<_> = view
            .due
            .iter()
            .map(|due| json!({"kind": "practice", "id": due.practice.practice,
                "minutes": due.practice.minutes, "plan": due.plan_id, "routine": due.practice.routine,
                "smallest": {"id": due.practice.smallest_practice, "minutes": due.practice.smallest_minutes}}))
            .collect();
        let body = json!({"on": on.to_string(), "due": due,
            "practised_today": view.practised_today,
            "offered": view.offered.iter().map(|plan| &plan.plan_id).collect::<Vec<_>>()});
        return Ok(respond::json(StatusCode::OK, &body));
    }
    let first = safety::for_today(&app, &person, &overview, on);
    let paused = overview.pause(on).is_some();
    let body = pages::today(&app, &person, &view, &first, paused);
    Ok(person.page("Today", "/today", body).into_response())
}

/// `GET /caseload`: who needs attention first, and why.
async fn caseload(State(app): State<App>, person: Person) -> Result<Page, Error> {
    safety::look_round(&app).await?;
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    let viewer = person.clone();
    app.db
        .write(move |tx| {
            let who = Some(viewer.person_id.as_str());
            audit::add(
                tx,
                &audit_id,
                &viewer.clinic_id,
                now,
                who,
                None,
                "opened the caseload",
            )
        })
        .await
        .map_err(Error::from)?;
    let viewer = person.clone();
    let (clients, plans, mut kept, invitations, watch) = app
        .db
        .read(move |tx| {
            let clients = people::caseload(tx, &viewer)?;
            let plans = plans::store::list_for_caseload(tx, &viewer.clinic_id, &viewer.person_id)?;
            let kept = sittings::store::list_for_caseload(
                tx,
                &viewer.clinic_id,
                &viewer.person_id,
                now - WINDOW * DAY,
            )?;
            let invited_by = Some(viewer.person_id.as_str());
            let invitations =
                people::store::list_invitations(tx, &viewer.clinic_id, invited_by, now)?;
            let watch = (
                alerts::waiting(tx, &viewer)?,
                alerts::lacks_help(tx, &viewer.clinic_id)?,
            );
            Ok::<_, Error>((clients, plans, kept, invitations, watch))
        })
        .await?;
    let mut plans_of: HashMap<String, Vec<plans::Plan>> = HashMap::new();
    for plan in plans {
        plans_of
            .entry(plan.client_id.clone())
            .or_default()
            .push(plan);
    }
    let mut rows: Vec<rules::CaseloadRow> = clients
        .into_iter()
        .map(|access| {
            let on = day(now, &access.zone);
            let since = day(access.since_at, &access.zone);
            // Only with her leave is anything of her record looked at.
            let sittings = match access.record() {
                Some(_) => kept.remove(access.client_id()).unwrap_or_default(),
                None => Vec::new(),
            };
            let plans = plans_of.remove(access.client_id()).unwrap_or_default();
            rules::caseload_row(access, sittings, &plans, since, now, on)
        })
        .collect();
    rules::sort(&mut rows);
    let (waiting, lacks_help) = watch;
    let first = alerts::card(&app, &person, &waiting);
    let body = pages::caseload(&app, &person, &rows, &invitations, (&first, lacks_help));
    Ok(person.page("Caseload", "/caseload", body).wide())
}
