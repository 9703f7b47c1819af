//! Asking, keeping, and doing what follows.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kith_content::Signal;

use super::rules::{Decision, Noticed};
use super::store::{self, Decided};
use super::{go_on, go_on_gently, hold, keep_check, keep_screening, overview, pages};
use crate::app::{App, State};
use crate::features::alerts;
use crate::features::people::{self, Person, RecordAccess, open_client};
use kith_base::audit;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::locale::day;
use kith_base::web::respond::see;

/// `GET /me/unwanted-effects`
pub(super) async fn unwanted(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let access = RecordAccess::own(&person);
    let overview = app.db.read(move |tx| overview(tx, &access)).await?;
    let body = pages::unwanted(&app, &person, &overview);
    Ok(person.page("Unwanted effects", "/me", body))
}

/// What was noticed, as it was sent: ticked, or said to be bothersome or lasting.
fn read_noticed(form: &mut Form, app: &App) -> Vec<Noticed> {
    let mut noticed = Vec::new();
    for effect in &app.content.safety().effects {
        let sent = form.raw(&format!("{}-bothersome", effect.id)).to_owned();
        let bothersome = match sent.as_str() {
            "" => None,
            "0" | "1" | "2" | "3" => sent.parse().ok(),
            _ => {
                form.complain(&effect.id, "Please choose one of the answers.");
                None
            }
        };
        let lasting = form.ticked(&format!("{}-lasting", effect.id));
        if form.ticked(&effect.id) || lasting || bothersome.is_some_and(|number| number > 0) {
            noticed.push(Noticed {
                effect: effect.id.clone(),
                bothersome,
                lasting,
            });
        }
    }
    noticed
}

/// `POST /me/unwanted-effects`
pub(super) async fn check(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let noticed = read_noticed(&mut form, &app);
    form.finish()?;
    let now = app.clock.now();
    let today = day(now, &person.zone);
    let (library, ids) = (app.clone(), app.ids.clone());
    app.db
        .write(move |tx| {
            let access = RecordAccess::own(&person);
            keep_check(tx, &ids, &library.content, &access, noticed, (now, today))
        })
        .await?;
    Ok(see("/me/unwanted-effects"))
}

/// `GET /me/screening`
pub(super) async fn screening(State(app): State<App>, person: Person) -> Result<Page, Error> {
    show_screening(&app, &person, &Form::default(), false).await
}

async fn show_screening(
    app: &App,
    person: &Person,
    form: &Form,
    unanswered: bool,
) -> Result<Page, Error> {
    let access = RecordAccess::own(person);
    let (overview, asking) = app
        .db
        .read(move |tx| {
            let (clinic, whose) = (access.clinic_id(), access.person_id());
            let consents = people::store::list_consents(tx, clinic, whose)?;
            let mut newest = consents.iter().rev();
            let agreed = newest.find(|row| row.layer == "risk-contact");
            let asking = pages::Asking {
                contact: alerts::risk_contact(tx, clinic)?,
                may_be_contacted: agreed.is_some_and(|row| row.given),
                unanswered,
            };
            Ok::<_, Error>((overview(tx, &access)?, asking))
        })
        .await?;
    let body = pages::screening(app, person, &overview, &asking, form);
    Ok(person.page("Before a programme", "/me", body))
}

/// `POST /me/screening`: each question may be left out, and what was sent counts even if nobody looks
/// at such answers any more. Nothing answered is no screening, unless she says that she leaves all out.
pub(super) async fn answer(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let mut answers = Vec::new();
    for question in &app.content.safety().questions {
        let sent = form.text(&question.id, 60);
        if question.answers.iter().any(|answer| answer.id == sent) {
            answers.push((question.id.clone(), sent));
        } else if !sent.is_empty() {
            form.complain(
                &question.id,
                "Please choose one of the answers, or leave it out.",
            );
        }
    }
    let leaves_all = form.raw("leave") == "all";
    if leaves_all {
        answers.clear();
    } else if !form.problems.is_empty() {
        let page = show_screening(&app, &person, &form, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    } else if answers.is_empty() {
        let page = show_screening(&app, &person, &form, true).await?;
        return Ok(page.into_response());
    }
    let now = app.clock.now();
    let today = day(now, &person.zone);
    let (library, ids) = (app.clone(), app.ids.clone());
    let result = app
        .db
        .write(move |tx| {
            let access = RecordAccess::own(&person);
            let when = (now, today);
            keep_screening(tx, &ids, &library.content, &access, answers, when)
        })
        .await?;
    // Red, and any answer about risk: help comes first, and what follows from the answers after it.
    Ok(if result.signal == Signal::Red || result.risk {
        see("/help?after=screening")
    } else {
        see("/me/screening")
    })
}

/// `POST /me/safety-steps/ending`: a client undoes what was done for her by rule.
pub(super) async fn end_step(
    State(app): State<App>,
    person: Person,
    form: Form,
) -> Result<Response, Error> {
    let kind = match form.raw("kind") {
        "soften" => "soften",
        "restart" => "restart",
        "pause" => "pause",
        _ => return Err(Error::invalid("kind", "Please say what is to end.")),
    };
    let now = app.clock.now();
    let today = day(now, &person.zone);
    let (library, ids) = (app.clone(), app.ids.clone());
    app.db
        .write(move |tx| {
            let access = RecordAccess::own(&person);
            let (clinic, whose) = (access.clinic_id(), access.person_id());
            let done = if kind == "pause" {
                go_on_gently(tx, &ids, &library.content, &access, (now, today))?
            } else {
                store::update_ended(tx, clinic, whose, kind, false, now)? > 0
            };
            if done {
                let deed = match kind {
                    "pause" => "went on after a pause",
                    _ => "went back to the usual length",
                };
                let who = Some(whose);
                audit::add(tx, &ids.make(now)?, clinic, now, who, who, deed)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see("/today"))
}

/// `POST /clients/{client_id}/screening-decisions`: a named clinician decides, with a reason.
pub(super) async fn decide(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    let deed = "looked at the answers before a programme";
    let access = open_client(&app, &person, &client_id, deed).await?;
    let record = access.record().ok_or(Error::NotFound)?;
    let decision = Decision::read(form.raw("decision"));
    if decision.is_none() {
        form.complain("decision", "Please choose what you decided.");
    }
    let reason = form.needed(
        "reason",
        1000,
        "Please give a reason: it is kept with your name, and your client can read it.",
    );
    form.finish()?;
    let decision = decision.unwrap_or(Decision::NotNow);
    let about = form.raw("screening_id").to_owned();
    let now = app.clock.now();
    let today = day(now, &access.zone);
    let place = format!("/clients/{}", access.client_id());
    let (library, ids) = (app.clone(), app.ids.clone());
    app.db
        .write(move |tx| {
            let screening = super::screening(tx, &record)?.ok_or_else(|| {
                Error::Conflict("There are no answers to decide about.".to_owned())
            })?;
            // A decision is about what was read, not about what came since.
            if screening.screening_id != about {
                return Err(Error::Conflict(
                    "They have answered again; please read it first.".to_owned(),
                ));
            }
            let decided = Decided {
                screening_id: screening.screening_id,
                by_id: person.person_id.clone(),
                by: None,
                at: now,
                decision,
                reason,
            };
            let decision_id = ids.make(now)?;
            store::add_decision(tx, &record, &decision_id, &decided)?;
            if decision == Decision::NotNow {
                hold(tx, &ids, &record, &decision_id, (now, today))?;
            } else {
                let how = (true, decision == Decision::Light);
                go_on(tx, &ids, &library.content, &record, how, (now, today))?;
                if decision == Decision::AsPlanned {
                    let (clinic, whose) = (record.clinic_id(), record.person_id());
                    store::update_ended(tx, clinic, whose, "restart", false, now)?;
                }
            }
            let (who, whom) = (Some(person.person_id.as_str()), Some(record.person_id()));
            let deed = "decided after the answers before a programme";
            audit::add(tx, &ids.make(now)?, &person.clinic_id, now, who, whom, deed)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see(&place))
}
