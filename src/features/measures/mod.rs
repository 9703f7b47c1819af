//! Questionnaires: what is asked, what was answered, what it comes to, and who is told when an answer asks for it.

mod answering;
mod asked;
mod asking;
mod giving;
mod giving_pages;
pub mod goals;
mod pages;
mod paper;
pub mod questionnaires;
mod reading;
pub mod rules;
mod sheet;
pub mod store;

#[cfg(test)]
pub(crate) mod tests;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response as HttpResponse;
use axum::routing::{get, post};
use kith_content::Library;
use kith_content::instrument::Then;
use serde::Serialize;
use serde_json::Value as Json;

use crate::app::{App, State};
use crate::features::alerts::{self, Cause, Kind};
use crate::features::people::{Person, RecordAccess};
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::Ids;
use kith_base::record::{self, Refusal, Taken};
use kith_base::web::form;

pub use answering::revision;
pub use asking::answerable;
pub use rules::{Request, Response, Way};

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/responses", get(reading::list).post(take))
        .route("/responses/{response_id}", get(answering::kept))
        .route("/responses/{response_id}/answers", get(reading::one))
        .route("/measures/{measure}", get(answering::page))
        .route("/measures/{measure}/responses", post(answering::answer))
        .route("/clients/{client_id}/measures", get(giving::page))
        .route(
            "/clients/{client_id}/measures/{measure}",
            get(giving::paper_page).post(giving::paper_entry),
        )
        .route("/clients/{client_id}/requests", post(giving::ask))
        .route(
            "/clients/{client_id}/requests/{request_id}/withdrawal",
            post(giving::withdraw),
        )
        .route(
            "/clients/{client_id}/requests/{request_id}/keys",
            post(giving::make_key),
        )
        .route(
            "/clients/{client_id}/responses/{response_id}",
            get(giving::response),
        )
        .route(
            "/clients/{client_id}/responses/{response_id}/scorings",
            post(giving::score_again),
        )
        .route("/asked/{secret}", get(asked::page).post(asked::answer))
        .route(
            "/waiting-room",
            get(asked::waiting_room).post(asked::open_by_code),
        )
        .merge(questionnaires::routes())
        .merge(goals::routes())
}

/// One record that is on disk now, and what follows from it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kept {
    /// Its id; the device may forget it.
    pub id: String,
    /// What it came to.
    pub scores: Json,
    /// An item about risk was endorsed, or a check-in says so: the page of help is shown, and nobody is thanked.
    pub help: bool,
    /// An instrument that would be good to answer now.
    pub offer: Option<String>,
    /// What else follows.
    pub then: Vec<Then>,
}

/// `POST /responses`: a list of records.
async fn take(
    State(app): State<App>,
    person: Person,
    headers: HeaderMap,
    form::Json(sent): form::Json<Json>,
) -> Result<HttpResponse, Error> {
    person.is_sent_by(&headers)?;
    let now = app.clock.now();
    let (mut good, mut refused) = record::read_all(sent, "responses", |record| {
        rules::read(record, now, &person.zone, &app.content)
    })?;
    let mut kept = Vec::new();
    if !good.is_empty() {
        // In the order of their ids, so that two batches of the same records never wait for each other.
        good.sort_by(|a, b| a.id.cmp(&b.id));
        let at_hand = app.clone();
        let foreign;
        (kept, foreign) = app
            .db
            .write(move |tx| {
                let whose = RecordAccess::own(&person);
                keep(tx, &at_hand.ids, &at_hand.content, &whose, &good)
            })
            .await?;
        refused.extend(foreign);
    }
    Ok(Taken { kept, refused }.answer())
}

/// Keeps each response once, and raises an alert for an answer about risk. One that is there already is as good as kept, if it
/// is her own: nothing is raised a second time.
///
/// # Errors
/// When the database fails.
pub fn keep(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    whose: &RecordAccess,
    responses: &[Response],
) -> Result<(Vec<Kept>, Vec<Refusal>), Error> {
    let (clinic, person) = (whose.clinic_id(), whose.person_id());
    let (mut kept, mut foreign) = (Vec::new(), Vec::new());
    for response in responses {
        if !store::responses::add_response(tx, clinic, person, response)? {
            match store::responses::find_response(tx, whose, &response.id)? {
                Some(first) if first.says_the_same(response) => {
                    kept.push(follow(tx, library, whose, &first)?);
                }
                Some(_) => foreign.push(Refusal::of(
                    &response.id,
                    "Your answers were kept already, from another window or device, and stay as they are there.",
                )),
                None => foreign.push(Refusal::of(&response.id, "Another record has this id.")),
            }
            continue;
        }
        if response.risk && is_news(response) {
            let whose = (clinic, person, response.id.as_str());
            tell(tx, ids, library, whose, response.received_at)?;
        }
        kept.push(follow(tx, library, whose, response)?);
    }
    Ok((kept, foreign))
}

/// Whether an answer about risk calls for somebody to look now. What comes from paper or from another system may be years old: only
/// what was answered lately is told. What somebody answered here herself is always told when it arrives.
fn is_news(response: &Response) -> bool {
    !matches!(response.way, Way::Paper | Way::Fhir)
        || response.answered_at >= response.received_at - STILL_TOLD
}

/// Tells whoever may be told of an answer about risk, and notes who that was.
fn tell(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    (clinic, person, response_id): (&str, &str, &str),
    now: i64,
) -> Result<(), Error> {
    let cause = Cause {
        clinic_id: clinic,
        person_id: person,
        kind: Kind::RiskAnswer,
        cause_id: response_id,
        now,
    };
    let told = alerts::raise(tx, ids, library, &cause)?;
    if !told.names.is_empty() {
        let names = told.names.join(" and ");
        store::responses::update_told(tx, clinic, response_id, &names, told.looks_by)?;
    }
    Ok(())
}

/// How long an answer about risk of which nobody could be told is still told when somebody may be: as the consent says.
const STILL_TOLD: i64 = 14 * DAY;

/// Tells of recent answers about risk of which nobody could be told when they came: a client has agreed since, or a clinic has named
/// its contact. The periodic job calls it; it writes only where somebody may be told by now.
///
/// # Errors
/// When the database fails.
pub async fn tell_late(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    let untold = app
        .db
        .read(move |tx| {
            let untold = store::responses::list_untold(tx, now - STILL_TOLD)?;
            let mut told = Vec::new();
            for (clinic, person, response_id) in untold {
                if alerts::may_tell_of_risk(tx, &clinic, &person)? {
                    told.push((clinic, person, response_id));
                }
            }
            Ok::<_, Error>(told)
        })
        .await?;
    if untold.is_empty() {
        return Ok(());
    }
    let at_hand = app.clone();
    app.db
        .write(move |tx| {
            for (clinic, person, response_id) in &untold {
                let whose = (clinic.as_str(), person.as_str(), response_id.as_str());
                tell(tx, &at_hand.ids, &at_hand.content, whose, now)?;
            }
            Ok(())
        })
        .await
}

/// The most scores of one check-in that its rules look at.
const LOOKS_BACK: i64 = 60;

fn follow(
    tx: &mut Tx<'_>,
    library: &Library,
    whose: &RecordAccess,
    response: &Response,
) -> Result<Kept, Error> {
    let (mut offer, mut then) = (None, Vec::new());
    if let Some(check_in) = library.check_in(&response.instrument)
        && !check_in.rules.is_empty()
        && response.first.total.is_some()
    {
        let (clinic, person) = (whose.clinic_id(), whose.person_id());
        let totals =
            store::responses::list_totals(tx, clinic, person, &response.instrument, LOOKS_BACK)?;
        let (offered, follows) = rules::follows(check_in, &totals);
        offer = offered.map(str::to_owned);
        then = follows;
    }
    Ok(Kept {
        id: response.id.clone(),
        scores: response.first.scores.clone(),
        help: response.risk || then.contains(&Then::Help),
        offer,
        then,
    })
}
