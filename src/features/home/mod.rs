//! What each person sees first: the entrance, today, the caseload, and help.

mod measures;
mod pages;
pub mod rules;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use kith_content::{ItemKind, Library};
use serde_json::json;

use crate::app::{App, State};
use crate::features::library::own::Chosen;
use crate::features::people::{self, Person, RecordAccess, Visitor};
use crate::features::progress::WINDOW;
use crate::features::{alerts, guide, plans, progress, reminders, safety, sittings};
use kith_base::audit;
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::locale::day;
use kith_base::web::respond::{self, see, wants_json};

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(entrance))
        .route("/today", get(today))
        .route("/measures", get(measures::page))
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

/// Everything about somebody that decides what a day shows her.
pub struct Known {
    plans: Vec<plans::Plan>,
    /// What she practised lately, oldest first.
    pub kept: Vec<sittings::Sitting>,
    /// What was asked, answered and done to keep her safe.
    pub overview: safety::Overview,
    asked: measures::Asked,
    done: Vec<plans::Done>,
    /// What was offered to her by name.
    chosen: Chosen,
}

impl Known {
    /// Looks it up.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(
        tx: &mut Tx<'_>,
        app: &App,
        access: &RecordAccess,
        (now, on): (i64, Date),
    ) -> Result<Self, Error> {
        let plans = plans::store::list(tx, access.clinic_id(), access.person_id())?;
        let days = plans::days_to_read(&plans, on);
        let kept = sittings::store::list(tx, access, now - days * DAY)?;
        let overview = safety::overview(tx, access)?;
        let asked = measures::Asked::find(tx, app, access, &plans, (now, days))?;
        let whose = (access.clinic_id(), access.person_id());
        let chosen = Chosen::find(tx, &app.content, whose)?;
        let mut done = plans::done(&kept);
        done.extend(plans::answered(asked.done.clone()));
        done.extend(overview.checks.iter().map(|check| plans::Done {
            kind: ItemKind::Measure,
            id: safety::UNWANTED.to_owned(),
            on: check.on,
            share: 1.0,
            score: None,
        }));
        Ok(Self {
            plans,
            kept,
            overview,
            asked,
            done,
            chosen,
        })
    }

    /// The day `on`, today or one that comes, if nothing else happens until then.
    pub fn day(&self, library: &Library, on: Date) -> rules::Today<'_> {
        let mut view = rules::today(&self.plans, &self.kept, &self.done, on, library);
        view.miss(&self.chosen, library);
        view.here = self.asked.here.clone();
        view.requests = self.asked.requests.clone();
        let screening = self.overview.screening.as_ref();
        let screened = screening.map(|screening| screening.on);
        view.screening = rules::screening_due(&view.courses, screened, on, library);
        let limits = self.overview.limits(library, on);
        rules::ease(&mut view, &limits, &self.kept, on, library);
        if self.overview.pause(on).is_some() {
            view.due.clear();
            view.now = None;
        }
        view
    }
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
    let (at_hand, viewer) = (app.clone(), person.clone());
    let (known, waiting, changed) = app
        .db
        .read(move |tx| {
            let known = Known::find(tx, &at_hand, &access, (now, on))?;
            let waiting = guide::find_waiting(tx, &at_hand, &viewer, now)?;
            let changed = people::list_changed(tx, at_hand.content.layers(), &viewer)?;
            Ok::<_, Error>((known, waiting, changed))
        })
        .await?;
    let view = known.day(&app.content, on);
    let overview = &known.overview;
    if wants_json(&headers) {
        let due: Vec<_> = view
            .due
            .iter()
            .map(|due| {
                json!({"kind": due.kind, "id": due.id, "minutes": due.minutes, "plan": due.plan_id,
                "routine": due.routine, "times": due.times, "times_done": due.times_done,
                "optional": due.optional, "opens_on": due.opens_on.to_string(),
                "closes_on": due.closes_on.to_string(),
                "here": match due.kind {
                    ItemKind::Measure => due.id == safety::UNWANTED || view.here.contains_key(&due.id),
                    _ => !view.gone.contains(&due.id),
                },
                "smallest": {"id": due.smallest_practice, "minutes": due.smallest_minutes}})
            })
            .collect();
        let requests: Vec<_> = view
            .requests
            .iter()
            .map(|request| {
                json!({"kind": ItemKind::Measure, "id": request.instrument, "request": request.request_id,
                "until": request.expires_at, "here": view.here.contains_key(&request.instrument)})
            })
            .collect();
        let body = json!({"on": on.to_string(), "due": due, "requests": requests,
            "practised_today": view.practised_today,
            "something_else": waiting.as_ref().map(|waiting| json!({"from": waiting.practice, "reason": waiting.reason})),
            "offered": view.offered.iter().map(|plan| &plan.plan_id).collect::<Vec<_>>()});
        return Ok(respond::json(StatusCode::OK, &body));
    }
    let first = pages::First {
        safety: safety::for_today(&app, &person, overview, on),
        is_stopped: overview.pause(on).is_some(),
        waiting,
        changed,
        question: reminders::card(&app, &person).await?,
    };
    let body = pages::today(&app, &person, &view, &first);
    let page = person.page("Today", "/today", body);
    Ok(measures::dressed(page).into_response())
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
    let (clients, plans, mut kept, mut totals, invitations, watch) = app
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
            let totals = progress::list_totals_for_caseload(tx, &viewer, now)?;
            let invited_by = Some(viewer.person_id.as_str());
            let invitations =
                people::store::list_invitations(tx, &viewer.clinic_id, invited_by, now)?;
            let watch = (
                alerts::waiting(tx, &viewer)?,
                alerts::lacks_help(tx, &viewer.clinic_id)?,
            );
            Ok::<_, Error>((clients, plans, kept, totals, invitations, watch))
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
            let answered = match access.record() {
                Some(_) => totals.remove(access.client_id()).unwrap_or_default(),
                None => Vec::new(),
            };
            let news = progress::picture::news(&answered, &app.content, on);
            rules::caseload_row(access, sittings, &plans, &news, since, (now, on))
        })
        .collect();
    rules::sort(&mut rows);
    let (waiting, lacks_help) = watch;
    let first = alerts::card(&app, &person, &waiting);
    let body = pages::caseload(&app, &person, &rows, &invitations, (&first, lacks_help));
    Ok(person.page("Caseload", "/caseload", body).wide())
}
