//! A client looks at an offer, changes it, and agrees; or takes up a programme by herself.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use kith_content::{Edition, Practice};

use super::rules::{self, Plan, SURE};
use super::store::{self, Agreement, Terms};
use super::{pages, prescribing};
use crate::app::{App, State};
use crate::features::library;
use crate::features::library::own::Chosen;
use crate::features::people::Person;
use kith_base::audit;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::locale::day;
use kith_base::web::respond::see;

async fn find_own(app: &App, person: &Person, plan_id: &str) -> Result<Plan, Error> {
    let (clinic, whose, wanted) = (
        person.clinic_id.clone(),
        person.person_id.clone(),
        plan_id.to_owned(),
    );
    app.db
        .read(move |tx| store::list(tx, &clinic, &whose))
        .await
        .map_err(Error::from)?
        .into_iter()
        .find(|plan| plan.plan_id == wanted)
        .ok_or(Error::NotFound)
}

/// `GET /plans/{plan_id}`
pub(super) async fn page(
    State(app): State<App>,
    person: Person,
    Path(plan_id): Path<String>,
) -> Result<Response, Error> {
    let plan = find_own(&app, &person, &plan_id).await?;
    let today = day(app.clock.now(), &person.zone);
    let form = pages::form_of(&plan, today);
    let chosen = Chosen::of(&app, &person).await?;
    let body = pages::offer(&app, (&person, &chosen), &plan, &form, today);
    Ok(person.page("Your plan", "/today", body).into_response())
}

/// `POST /plans/{plan_id}/agreement`: the plan, as the client made it her own.
pub(super) async fn agree(
    State(app): State<App>,
    person: Person,
    Path(plan_id): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    let plan = find_own(&app, &person, &plan_id).await?;
    if plan.state == rules::State::Ended {
        return Err(over());
    }
    let today = day(app.clock.now(), &person.zone);
    let chosen = Chosen::of(&app, &person).await?;
    let terms = read_terms(&app, &mut form, &plan, &chosen)?;
    let starts_on = match plan.state {
        rules::State::Offered => rules::read_start(&mut form, plan.starts_on.max(today)),
        _ => plan.starts_on,
    };
    let confidence = rules::read_confidence(&mut form);
    if !form.problems.is_empty() {
        let body = pages::offer(&app, (&person, &chosen), &plan, &form, today);
        let page = person.page("Your plan", "/today", body);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let is_unsure = confidence.is_some_and(|sure| sure < SURE);
    if plan.state == rules::State::Offered && is_unsure && !form.ticked("as_it_is") {
        let versions = smaller(&app, &plan, &terms);
        if !versions.is_empty() {
            let body = pages::smaller(&plan, &form, &versions);
            return Ok(person.page("Your plan", "/today", body).into_response());
        }
    }
    let agreement = Agreement {
        starts_on,
        on: today,
        confidence,
        now: app.clock.now(),
    };
    keep(&app, &person, plan, terms, agreement).await?;
    Ok(see("/today"))
}

fn over() -> Error {
    Error::Conflict("This plan is no longer on offer.".to_owned())
}

/// What she agrees to. A practice that was prescribed with care stays allowed, and nothing else that is restricted.
fn read_terms(app: &App, form: &mut Form, plan: &Plan, chosen: &Chosen) -> Result<Terms, Error> {
    let prescribed: Vec<_> = plan
        .prescribed
        .iter()
        .map(|item| item.practice.clone())
        .collect();
    let may = |practice: &Practice| {
        practice.restricted.is_none()
            || prescribed.contains(&practice.slug) && !chosen.is_gone(&app.content, &practice.slug)
    };
    let Some(course) = &plan.course else {
        let item = rules::read_practice(form, &app.content, may);
        return Ok(Terms::Practices(vec![item]));
    };
    let programme = app.content.programme(&course.programme).ok_or_else(over)?;
    let fixed = programme.is_fixed(course.edition);
    Ok(Terms::Dose(rules::read_dose(
        form,
        &app.content,
        may,
        fixed,
    )))
}

/// Smaller versions of what she is not sure about, as words and terms; none where the dose is the same for everybody.
fn smaller(app: &App, plan: &Plan, terms: &Terms) -> Vec<(String, Terms)> {
    match (terms, &plan.course) {
        (Terms::Practices(items), _) => items
            .first()
            .map(|item| rules::smaller(item, &app.content))
            .unwrap_or_default()
            .into_iter()
            .map(|(words, item)| (words, Terms::Practices(vec![item])))
            .collect(),
        (Terms::Dose(dose), Some(course)) => {
            let Some(programme) = app.content.programme(&course.programme) else {
                return Vec::new();
            };
            if programme.is_fixed(course.edition) {
                return Vec::new();
            }
            rules::smaller_dose(dose, prescribing::longest(programme, course.edition))
                .into_iter()
                .map(|(words, dose)| (words, Terms::Dose(dose)))
                .collect()
        }
        (Terms::Dose(_), None) => Vec::new(),
    }
}

async fn keep(
    app: &App,
    person: &Person,
    plan: Plan,
    terms: Terms,
    agreement: Agreement,
) -> Result<(), Error> {
    let audit_id = app.ids.make(agreement.now)?;
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    let kept = app
        .db
        .write(move |tx| {
            let is_new = plan.state == rules::State::Offered;
            let done = if is_new {
                store::agree(tx, &clinic, &whose, &plan.plan_id, &terms, agreement)?
            } else {
                store::change(tx, &clinic, &whose, &plan.plan_id, &terms)?
            };
            if done {
                let deed = if is_new {
                    "agreed to a plan"
                } else {
                    "changed a plan"
                };
                let who = Some(whose.as_str());
                audit::add(tx, &audit_id, &clinic, agreement.now, who, who, deed)?;
            }
            Ok::<_, Error>(done)
        })
        .await?;
    if kept { Ok(()) } else { Err(over()) }
}

/// `POST /programmes/{programme}/enrolment`: for whoever wants to practise without being prescribed anything.
pub(super) async fn enrol(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
) -> Result<Response, Error> {
    let programme = app
        .content
        .programme(&slug)
        .filter(|programme| library::may_enrol(&person, programme))
        .ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let today: Date = day(now, &person.zone);
    let plan = Plan {
        plan_id: app.ids.make(now)?,
        client_id: person.person_id.clone(),
        prescribed_by: person.person_id.clone(),
        course: Some(rules::Course {
            programme: slug,
            edition: Edition::Care,
            prescribed: rules::Dose {
                weekdays: rules::EVERY_DAY.to_owned(),
                smallest_practice: library::STEADIER.to_owned(),
                smallest_minutes: 1.0,
                ..rules::Dose::default()
            },
            agreed: None,
            opened: Vec::new(),
            swaps: Vec::new(),
        }),
        why: programme.why.clone(),
        if_hard: programme.if_hard.clone(),
        starts_on: today,
        made_at: now,
        ..Plan::default()
    };
    let place = format!("/plans/{}", plan.plan_id);
    let (audit_id, clinic) = (app.ids.make(now)?, person.clinic_id);
    app.db
        .write(move |tx| {
            store::add(tx, &clinic, &plan)?;
            let who = Some(plan.client_id.as_str());
            audit::add(tx, &audit_id, &clinic, now, who, who, "took up a programme")
        })
        .await
        .map_err(Error::from)?;
    Ok(see(&place))
}
