//! A practitioner offers a practice or a programme.

use std::collections::BTreeSet;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kith_content::{Edition, ItemKind, Library, Practice, Programme, Restriction};
use serde::Deserialize;

use super::rules::{self, Course, Plan};
use super::{line, pages, store};
use crate::app::{App, State};
use crate::features::library::{self, is_for_one, may_prescribe};
use crate::features::people::{ClientAccess, Person, open_client};
use kith_base::audit;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::locale::day;
use kith_base::web::respond::see;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    practice: String,
    #[serde(default)]
    programme: String,
    #[serde(default)]
    edition: String,
    /// What to prescribe, typed in one line.
    #[serde(default)]
    line: String,
}

/// What to do if it goes badly, until somebody writes something better.
pub(super) const IF_HARD: &str = "Stop, feel both feet on the floor, and do something ordinary. It is not a failure, and we will talk about it.";

/// `GET /clients/{client_id}/plans/new`
pub(super) async fn page(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the plans").await?;
    let running = running(&app, &access).await?;
    let named = named(&app, &person, &access).await?;
    let may = |practice: &Practice| may_prescribe(practice) || named.contains(&practice.slug);
    let written = line::read(&asked.line, &app.content, may);
    let programme = match &written {
        Some(line::Written {
            what: line::What::Programme(slug),
            ..
        }) => slug.as_str(),
        _ => asked.programme.as_str(),
    };
    let mut form = if programme.is_empty() {
        let slug = match &written {
            Some(line::Written {
                what: line::What::Practice(slug),
                ..
            }) => slug.as_str(),
            _ => asked.practice.as_str(),
        };
        practice_form(&app.content, slug, may).ok_or(Error::NotFound)?
    } else {
        let programme = app
            .content
            .programme(programme)
            .filter(|programme| is_for_one(programme))
            .ok_or(Error::NotFound)?;
        programme_form(&app.content, programme)
    };
    if let Some(written) = &written {
        written.fill(&mut form);
    }
    if !asked.line.trim().is_empty() {
        form.set("line", asked.line.trim());
        if written.is_none() {
            form.complain(
                "line",
                "No practice or programme is called anything like that. You can choose one below.",
            );
        }
    }
    if !asked.edition.is_empty() {
        form.set("edition", &asked.edition);
    }
    let body = pages::prescribe(&app, &access, (&running, &named), &form, written.is_some());
    Ok(person.page("Prescribe", "/caseload", body).into_response())
}

fn practice_form(library: &Library, slug: &str, may: impl Fn(&Practice) -> bool) -> Option<Form> {
    let practice = library
        .practice(slug)
        .filter(|practice| may(practice))
        .or_else(|| library.practice("wish-loved-one"))
        .or_else(|| library.practices().next())?;
    let minutes = library::usual_minutes(practice).to_string();
    let mut form = common_form(library, practice.anchor.as_deref().unwrap_or_default());
    form.set("practice", &practice.slug);
    form.set("minutes", &minutes);
    form.set("why", practice.why.as_deref().unwrap_or_default());
    form.set("if_hard", IF_HARD);
    Some(form)
}

fn programme_form(library: &Library, programme: &Programme) -> Form {
    let mut form = common_form(library, "");
    form.set("programme", &programme.slug);
    form.set("why", &programme.why);
    form.set("if_hard", &programme.if_hard);
    form
}

fn common_form(library: &Library, routine: &str) -> Form {
    let smallest = library
        .practice("soles-ground")
        .or_else(|| library.practices().next())
        .map_or("", |practice| practice.slug.as_str());
    let mut form = Form::of(&[
        ("routine", routine),
        ("smallest_practice", smallest),
        ("smallest_minutes", "1"),
        ("phrases", ""),
    ]);
    form.set_all("weekday", rules::WEEKDAYS.iter().map(|(digit, _)| *digit));
    form
}

/// The plans of a client that are not over: a new one may take their place.
async fn running(app: &App, access: &ClientAccess) -> Result<Vec<Plan>, Error> {
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    let mut plans = app
        .db
        .read(move |tx| store::list(tx, &clinic, &client))
        .await
        .map_err(Error::from)?;
    plans.retain(|plan| plan.state != rules::State::Ended);
    Ok(plans)
}

/// What she wrote and offered to this client by name: she alone prescribes it.
async fn named(
    app: &App,
    person: &Person,
    access: &ClientAccess,
) -> Result<BTreeSet<String>, Error> {
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    let offered = app
        .db
        .read(move |tx| library::store::list_chosen_for(tx, &clinic, &client))
        .await
        .map_err(Error::from)?;
    let is_hers = |chosen: &library::store::Chosen| {
        let practice = app.content.practice(&chosen.practice);
        chosen.offered_by == person.person_id
            && chosen.taken_back_at.is_none()
            && practice.is_some_and(|found| found.restricted == Some(Restriction::Chosen))
    };
    let hers = offered.into_iter().filter(is_hers);
    Ok(hers.map(|chosen| chosen.practice).collect())
}

/// `POST /clients/{client_id}/plans`
pub(super) async fn prescribe(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the plans").await?;
    let now = app.clock.now();
    let mut plan = Plan {
        plan_id: app.ids.make(now)?,
        client_id: access.client_id().to_owned(),
        prescribed_by: person.person_id.clone(),
        starts_on: day(now, &access.zone),
        made_at: now,
        ..Plan::default()
    };
    let named = named(&app, &person, &access).await?;
    let may = |practice: &Practice| may_prescribe(practice) || named.contains(&practice.slug);
    read(&mut form, &app.content, &mut plan, may);
    plan.starts_on = rules::read_start(&mut form, plan.starts_on);
    plan.why = form.needed(
        "why",
        500,
        "Please say why in a sentence: it is read first.",
    );
    plan.if_hard = form.needed("if_hard", 500, "Please say what to do if it goes badly.");
    plan.phrases = read_phrases(&mut form, &app.content);
    if !form.problems.is_empty() {
        let running = running(&app, &access).await?;
        let body = pages::prescribe(&app, &access, (&running, &named), &form, false);
        let page = person.page("Prescribe", "/caseload", body);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let clinic_id = person.clinic_id;
    let instead: Vec<String> = form.all("instead").map(str::to_owned).collect();
    let audit_id = app.ids.make(now)?;
    let deed = match plan.course {
        Some(_) => "offered a programme",
        None => "offered a practice",
    };
    app.db
        .write(move |tx| {
            let (clinic, client) = (clinic_id.as_str(), &plan.client_id);
            store::add(tx, clinic, &plan)?;
            for ended in &instead {
                store::end(tx, clinic, client, ended, now)?;
            }
            let (who, whom) = (Some(plan.prescribed_by.as_str()), Some(client.as_str()));
            audit::add(tx, &audit_id, clinic, now, who, whom, deed)
        })
        .await
        .map_err(Error::from)?;
    Ok(see(&format!("/clients/{}", access.client_id())))
}

/// Reads what is prescribed: a practice, or a programme and how much of it.
fn read(form: &mut Form, library: &Library, plan: &mut Plan, may: impl Fn(&Practice) -> bool) {
    let slug = form.text("programme", 80);
    if slug.is_empty() {
        plan.prescribed = vec![rules::read_practice(form, library, may)];
        return;
    }
    let found = library
        .programme(&slug)
        .filter(|programme| is_for_one(programme));
    let Some(programme) = found else {
        form.complain("programme", "Please choose one of the programmes.");
        return;
    };
    let edition = Edition::Care;
    let is_fixed = programme.is_fixed(edition);
    plan.course = Some(Course {
        programme: slug,
        edition,
        prescribed: rules::read_dose(form, library, may, is_fixed),
        agreed: None,
        opened: Vec::new(),
        swaps: Vec::new(),
    });
}

/// The set of wishes; empty for the usual one.
pub(super) fn read_phrases(form: &mut Form, library: &Library) -> String {
    let phrases = form.text("phrases", 60);
    if !phrases.is_empty() && library.phrase_set(&phrases).is_none() {
        form.complain("phrases", "Please choose one of the sets of wishes.");
    }
    phrases
}

/// The longest a programme's practices last, minutes.
pub(super) fn longest(programme: &Programme, edition: Edition) -> f64 {
    programme
        .stages_of(edition)
        .flat_map(|stage| stage.items_of(edition))
        .filter(|item| item.kind == ItemKind::Practice)
        .map(|item| item.minutes.1)
        .fold(1.0, f64::max)
}
