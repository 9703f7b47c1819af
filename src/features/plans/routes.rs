//! Prescribing, agreeing, ending.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kith_content::{Practice, Restriction};
use serde::Deserialize;

use super::rules::{self, Plan};
use super::{pages, store};
use crate::app::App;
use crate::base::audit;
use crate::base::error::Error;
use crate::base::web::form::Form;
use crate::base::web::locale::day;
use crate::base::web::respond::see;
use crate::features::library;
use crate::features::people::{ClientAccess, Person, open_client};

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    practice: String,
}

/// What may be prescribed for doing alone.
fn may_prescribe(practice: &Practice) -> bool {
    matches!(
        practice.restricted,
        None | Some(Restriction::PractitionerFirst)
    )
}

/// `GET /clients/{client_id}/plans/new`
pub(super) async fn new_page(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the plans").await?;
    let practice = app
        .content
        .practice(&asked.practice)
        .or_else(|| app.content.practice("wish-loved-one"))
        .or_else(|| app.content.practices().next())
        .ok_or(Error::NotFound)?;
    let minutes = library::usual_minutes(practice).to_string();
    let smallest = app.content.practice("soles-ground").unwrap_or(practice);
    let mut fields = vec![
        ("practice", practice.slug.as_str()),
        ("minutes", &minutes),
        ("routine", practice.anchor.as_deref().unwrap_or_default()),
        ("smallest_practice", &smallest.slug),
        ("smallest_minutes", "1"),
        (
            "if_hard",
            "Stop, feel both feet on the floor, and do something ordinary. It is not a failure, and we will talk about it.",
        ),
    ];
    fields.extend(rules::WEEKDAYS.iter().map(|(digit, _)| ("weekday", *digit)));
    let running = running(&app, &access).await?;
    let body = pages::prescribe(&app, &access, &running, &Form::of(&fields), may_prescribe);
    Ok(person.page("Prescribe", "/caseload", body).into_response())
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

/// `POST /clients/{client_id}/plans`
pub(super) async fn prescribe(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the plans").await?;
    let practice = rules::read_practice(&mut form, &app.content, may_prescribe);
    let why = form.needed(
        "why",
        500,
        "Please say why in a sentence: it is read first.",
    );
    let if_hard = form.needed("if_hard", 500, "Please say what to do if it goes badly.");
    if !form.problems.is_empty() {
        let running = running(&app, &access).await?;
        let body = pages::prescribe(&app, &access, &running, &form, may_prescribe);
        let page = person.page("Prescribe", "/caseload", body);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = app.clock.now();
    let plan = Plan {
        plan_id: app.ids.make(now)?,
        client_id: access.client_id().to_owned(),
        prescribed_by: person.person_id,
        programme: None,
        why,
        if_hard,
        state: rules::State::Offered,
        starts_on: day(now, &access.zone),
        ends_on: None,
        made_at: now,
        agreed_at: None,
        prescribed: vec![practice],
        agreed: Vec::new(),
    };
    let clinic_id = person.clinic_id;
    let instead: Vec<String> = form.all("instead").map(str::to_owned).collect();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            let (clinic, client) = (clinic_id.as_str(), &plan.client_id);
            store::add(tx, clinic, &plan)?;
            for ended in &instead {
                store::end(tx, clinic, client, ended, now)?;
            }
            let (who, whom) = (Some(plan.prescribed_by.as_str()), Some(client.as_str()));
            audit::add(tx, &audit_id, clinic, now, who, whom, "offered a practice")
        })
        .await
        .map_err(Error::from)?;
    Ok(see(&format!("/clients/{}", access.client_id())))
}

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
pub(super) async fn offer_page(
    State(app): State<App>,
    person: Person,
    Path(plan_id): Path<String>,
) -> Result<Response, Error> {
    let plan = find_own(&app, &person, &plan_id).await?;
    let form = pages::form_of(&plan);
    let body = pages::offer(&app, &plan, &form);
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
        return Err(Error::Conflict(
            "This plan is no longer on offer.".to_owned(),
        ));
    }
    let prescribed: Vec<_> = plan
        .prescribed
        .iter()
        .map(|item| item.practice.clone())
        .collect();
    let agreed = rules::read_practice(&mut form, &app.content, |practice| {
        practice.restricted.is_none() || prescribed.contains(&practice.slug)
    });
    if !form.problems.is_empty() {
        let body = pages::offer(&app, &plan, &form);
        let page = person.page("Your plan", "/today", body);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    let starts_on = day(now, &person.zone);
    let agreed = app
        .db
        .write(move |tx| {
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            let done = match plan.state {
                rules::State::Offered => {
                    store::agree(tx, clinic, whose, &plan.plan_id, &[agreed], starts_on, now)?
                }
                _ => store::change(tx, clinic, whose, &plan.plan_id, &[agreed])?,
            };
            if done {
                let deed = match plan.state {
                    rules::State::Offered => "agreed to a plan",
                    _ => "changed a plan",
                };
                audit::add(tx, &audit_id, clinic, now, Some(whose), Some(whose), deed)?;
            }
            Ok::<_, Error>(done)
        })
        .await?;
    if agreed {
        Ok(see("/today"))
    } else {
        Err(Error::Conflict(
            "This plan is no longer on offer.".to_owned(),
        ))
    }
}

async fn end(
    app: &App,
    clinic: String,
    client: String,
    actor: String,
    plan: String,
) -> Result<(), Error> {
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            if !store::end(tx, &clinic, &client, &plan, now)? {
                return Err(Error::NotFound);
            }
            audit::add(
                tx,
                &audit_id,
                &clinic,
                now,
                Some(&actor),
                Some(&client),
                "ended a plan",
            )?;
            Ok(())
        })
        .await
}

/// `POST /plans/{plan_id}/ending`: a client needs nobody's leave to stop.
pub(super) async fn end_own(
    State(app): State<App>,
    person: Person,
    Path(plan_id): Path<String>,
) -> Result<Response, Error> {
    let whose = person.person_id;
    end(&app, person.clinic_id, whose.clone(), whose, plan_id).await?;
    Ok(see("/today"))
}

/// `POST /clients/{client_id}/plans/{plan_id}/ending`
pub(super) async fn end_for_client(
    State(app): State<App>,
    person: Person,
    Path((client_id, plan_id)): Path<(String, String)>,
) -> Result<Response, Error> {
    let access = open_client(&app, &person, &client_id, "looked at the plans").await?;
    let client = access.client_id().to_owned();
    end(
        &app,
        person.clinic_id,
        client.clone(),
        person.person_id,
        plan_id,
    )
    .await?;
    Ok(see(&format!("/clients/{client}")))
}
