//! Asking a client for something, in the hands of whoever looks after her: requests, and the keys to them.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response as HttpResponse};
use maud::{Markup, html};

use serde::Deserialize;

use super::asking::{self, Standing};
use super::giving_pages::{self, Client, Given};
use super::rules::{self, Request};
use super::store::keys::{Key, KeyKind, add_key};
use super::store::requests;
use super::{paper, store};
use crate::app::{App, State};
use crate::features::alerts;
use crate::features::people::{ClientAccess, Person, open_client};
use kith_base::audit;
use kith_base::error::Error;
use kith_base::id;
use kith_base::web::form::Form;
use kith_base::web::locale::moment_text;
use kith_base::web::respond::see;

/// How long a code for the waiting room holds.
const CODE_HOLDS: i64 = 20 * 60_000;
/// The furthest ahead requests are read.
const ALL: i64 = 0;

/// `GET /clients/{client_id}/measures`
pub(super) async fn page(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
) -> Result<HttpResponse, Error> {
    let deed = "looked at the questionnaires";
    let access = open_client(&app, &person, &client_id, deed).await?;
    let form = Form::of(&[("at", "09:00"), ("opens", "now"), ("remind", "no")]);
    show(&app, &person, &access, &form).await
}

async fn show(
    app: &App,
    person: &Person,
    access: &ClientAccess,
    form: &Form,
) -> Result<HttpResponse, Error> {
    let now = app.clock.now();
    let record = access.record();
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    let at_hand = app.clone();
    let given = app
        .db
        .read(move |tx| {
            let library = &at_hand.content;
            let here = asking::answerable(tx, library, &clinic)?;
            let watched = alerts::risk_contact(tx, &clinic)?.is_some();
            let requests = requests::list_requests(tx, &clinic, &client, ALL)?;
            let responses = match &record {
                Some(record) => Some(store::responses::list_responses(tx, record, 0)?),
                None => None,
            };
            let mut unwatched = Vec::new();
            if !watched {
                for words in store::questionnaires::list_forms(tx, &clinic)? {
                    let id = words.form.instrument;
                    if let Some(Standing::Unwatched(instead)) =
                        asking::standing(tx, library, &clinic, &id)?
                    {
                        unwatched.push((id, instead.map(|(_, title)| title)));
                    }
                }
                unwatched.dedup();
            }
            Ok::<_, Error>(Given {
                here,
                unwatched,
                requests,
                responses,
            })
        })
        .await?;
    let client = Client {
        app,
        person,
        access,
        now,
    };
    let body = giving_pages::measures(&client, &given, form);
    let mut page = person.page(&access.name, "/caseload", body).wide();
    page.styles.push("css/measures.css");
    let mut response = page.into_response();
    if !form.problems.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `POST /clients/{client_id}/requests`: she is asked for something, by some time.
pub(super) async fn ask(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
    mut form: Form,
) -> Result<HttpResponse, Error> {
    let access = open_client(&app, &person, &client_id, "asked for a questionnaire").await?;
    let now = app.clock.now();
    let measure = form.text("measure", 60);
    let times = rules::read_times(&mut form, now, &access.zone);
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    let (at_hand, asked) = (app.clone(), measure.clone());
    // Without a share nobody learns here whether she has answered.
    let shares = access.record().is_some();
    let (standing, waiting) = app
        .db
        .read(move |tx| {
            let standing = asking::standing(tx, &at_hand.content, &clinic, &asked)?;
            let requests = requests::list_requests(tx, &clinic, &client, now)?;
            let waiting = requests.iter().any(|request| {
                let is_there = match shares {
                    true => request.is_open(now),
                    false => request.is_kept(now),
                };
                request.instrument == asked && is_there
            });
            Ok::<_, Error>((standing, waiting))
        })
        .await?;
    match standing {
        Some(Standing::Here) if waiting => form.complain(
            "measure",
            "They have been asked for this already. Take that request back first.",
        ),
        Some(Standing::Here) => {}
        Some(Standing::Unwatched(instead)) => form.complain(
            "measure",
            match instead {
                Some((_, title)) => format!("It asks about risk, and this clinic has nobody who looks at such answers at set hours. {title} asks about the same without it."),
                None => "It asks about risk, and this clinic has nobody who looks at such answers at set hours.".to_owned(),
            },
        ),
        Some(Standing::NoWords) => form.complain(
            "measure",
            "Its words have not been brought to this clinic.",
        ),
        None => form.complain("measure", "Please choose what to ask for."),
    }
    let Some(times) = times.filter(|_| form.problems.is_empty()) else {
        return show(&app, &person, &access, &form).await;
    };
    let request = Request {
        request_id: app.ids.make(now)?,
        instrument: measure,
        asked_by: person.person_id.clone(),
        asked_at: now,
        opens_at: times.opens_at,
        expires_at: times.expires_at,
        remind_at: times.remind_at,
        reminded_at: None,
        withdrawn_at: None,
        answered_at: None,
    };
    let place = place(&access);
    app.db
        .write(move |tx| {
            requests::add_request(tx, access.clinic_id(), access.client_id(), &request)
        })
        .await
        .map_err(Error::from)?;
    Ok(see(&place))
}

fn place(access: &ClientAccess) -> String {
    format!("/clients/{}/measures", access.client_id())
}

/// `POST /clients/{client_id}/requests/{request_id}/withdrawal`
pub(super) async fn withdraw(
    State(app): State<App>,
    person: Person,
    Path((client_id, request_id)): Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let deed = "took back what was asked";
    let access = open_client(&app, &person, &client_id, deed).await?;
    let now = app.clock.now();
    let place = place(&access);
    let taken = app
        .db
        .write(move |tx| {
            let (clinic, client) = (access.clinic_id(), access.client_id());
            requests::update_withdrawn(tx, clinic, client, &request_id, now)
        })
        .await
        .map_err(Error::from)?;
    match taken {
        true => Ok(see(&place)),
        false => Err(Error::NotFound),
    }
}

/// `POST /clients/{client_id}/requests/{request_id}/keys`: a link to send, or a code for the waiting room; shown this once.
pub(super) async fn make_key(
    State(app): State<App>,
    person: Person,
    Path((client_id, request_id)): Path<(String, String)>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let deed = "made a link or a code to answer something";
    let access = open_client(&app, &person, &client_id, deed).await?;
    let kind = KeyKind::read(form.raw("kind"))
        .ok_or_else(|| Error::invalid("kind", "Please say whether it is a link or a code."))?;
    let now = app.clock.now();
    let secret = match kind {
        KeyKind::Link => id::secret()?,
        KeyKind::WaitingRoom => id::code()?,
    };
    let hash = id::digest(&secret);
    let made_by = person.person_id.clone();
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    let until = app
        .db
        .write(move |tx| {
            let (whose, request) =
                requests::find_request(tx, &clinic, &request_id)?.ok_or(Error::NotFound)?;
            if whose != client {
                return Err(Error::NotFound);
            }
            // Whether she has answered is not told here: it may be nobody's but hers. A key to it opens nothing then.
            if !request.is_kept(now) {
                return Err(Error::Conflict(
                    "This is over or was taken back. Please ask anew.".to_owned(),
                ));
            }
            let expires_at = match kind {
                KeyKind::Link => request.expires_at,
                KeyKind::WaitingRoom => request.expires_at.min(now + CODE_HOLDS),
            };
            let key = Key {
                clinic_id: clinic,
                request_id,
                kind,
                made_by,
                expires_at,
                used_at: None,
            };
            add_key(tx, &hash, &key, now)?;
            Ok(expires_at)
        })
        .await?;
    let until = moment_text(until, now, &person.zone, &person.locale);
    let url = app.config.url.as_str();
    let body = html! {
        @match kind {
            KeyKind::Link => (link_words(&format!("{url}/asked/{secret}"), &until)),
            KeyKind::WaitingRoom => (code_words(&secret, url, &until)),
        }
        p { a.button href=(place(&access)) { "Done" } }
    };
    let title = match kind {
        KeyKind::Link => "A link",
        KeyKind::WaitingRoom => "A code",
    };
    Ok(person.page(title, "/caseload", body).into_response())
}

fn link_words(link: &str, until: &str) -> Markup {
    html! {
        h1 { "A link for this one questionnaire" }
        p { "Whoever opens it can answer once, without signing in, until " (until) ". It shows no name. It is shown only now." }
        div.field data-copies {
            label for="link" { "Link" }
            input #link type="text" readonly value=(link) data-select;
        }
    }
}

fn code_words(code: &str, url: &str, until: &str) -> Markup {
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    html! {
        h1 { "A code for the waiting room" }
        p { "It works once, until " (until) ". It is shown only now." }
        p.code-line { "Code " strong.code { (code) }
            span.soft { " to enter on the clinic’s tablet at " (address) "/waiting-room" } }
    }
}

/// `GET /clients/{client_id}/responses/{response_id}`
pub(super) async fn response(
    State(app): State<App>,
    person: Person,
    Path((client_id, response_id)): Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let deed = "looked at answers to a questionnaire";
    let access = open_client(&app, &person, &client_id, deed).await?;
    let record = access.record().ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let at_hand = app.clone();
    let (response, sheet, scorings, typed_by, before) =
        app.db
            .read(move |tx| {
                let clinic = record.clinic_id();
                let response = store::responses::find_response(tx, &record, &response_id)?
                    .ok_or(Error::NotFound)?;
                let read = (
                    response.instrument.as_str(),
                    response.questionnaire_id.as_str(),
                );
                let sheet = asking::find_sheet_read(tx, &at_hand.content, clinic, read)?;
                let scorings = store::responses::list_scorings(tx, clinic, &response.id)?;
                let typed_by = match response.entered_by.as_str() {
                    "" => None,
                    id => crate::features::people::store::find_person(tx, clinic, id)?
                        .map(|row| row.name),
                };
                let all = store::responses::list_responses(tx, &record, 0)?;
                let before = rules::before(all, &response);
                Ok::<_, Error>((response, sheet, scorings, typed_by, before))
            })
            .await?;
    let client = Client {
        app: &app,
        person: &person,
        access: &access,
        now,
    };
    let shown = giving_pages::Shown {
        response: &response,
        sheet: sheet.as_ref(),
        scorings: &scorings,
        before: before.as_ref(),
        typed_by: typed_by.as_deref(),
    };
    let body = giving_pages::response(&client, &shown);
    let mut page = person.page(&access.name, "/caseload", body).wide();
    page.styles.push("css/measures.css");
    Ok(page.into_response())
}

/// `POST /clients/{client_id}/responses/{response_id}/scorings`: scored again by today's definition, beside the first.
pub(super) async fn score_again(
    State(app): State<App>,
    person: Person,
    Path((client_id, response_id)): Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let deed = "scored answers again";
    let access = open_client(&app, &person, &client_id, deed).await?;
    let record = access.record().ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let scoring_id = app.ids.make(now)?;
    let place = format!("/clients/{}/responses/{response_id}", access.client_id());
    let at_hand = app.clone();
    app.db
        .write(move |tx| {
            let response = store::responses::find_response(tx, &record, &response_id)?
                .ok_or(Error::NotFound)?;
            let (answers, order) = (&response.answers, &response.order);
            let scores = rules::scores_of(&at_hand.content, &response.instrument, answers, order)
                .map_err(Error::Conflict)?;
            // What is there already is let be: it was scored by this very definition.
            if response.first.version != scores.version {
                let ids = (scoring_id.as_str(), response.id.as_str());
                let by = (now, person.person_id.as_str());
                store::responses::add_scoring(tx, record.clinic_id(), ids, &scores, by)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see(&place))
}

/// Whether a form is typed in by its numbers alone, though its words are here: the paper has another order.
#[derive(Deserialize)]
pub(super) struct ByNumbers {
    #[serde(default)]
    numbers: String,
}

/// `GET /clients/{client_id}/measures/{measure}`: a grid for answers that came on paper.
pub(super) async fn paper_page(
    State(app): State<App>,
    person: Person,
    Path((client_id, measure)): Path<(String, String)>,
    Query(asked): Query<ByNumbers>,
) -> Result<HttpResponse, Error> {
    let deed = "opened the form for answers on paper";
    let access = open_client(&app, &person, &client_id, deed).await?;
    let form = Form::of(&[("numbers", &asked.numbers)]);
    paper::show(&app, &person, &access, &measure, form).await
}

/// `POST /clients/{client_id}/measures/{measure}`
pub(super) async fn paper_entry(
    State(app): State<App>,
    person: Person,
    Path((client_id, measure)): Path<(String, String)>,
    form: Form,
) -> Result<HttpResponse, Error> {
    let deed = "entered answers from paper";
    let access = open_client(&app, &person, &client_id, deed).await?;
    paper::enter(&app, &person, &access, &measure, form).await
}

/// Adds a line to the log about what nobody did who is signed in.
pub(super) fn note(
    tx: &mut kith_base::db::Tx<'_>,
    app: &App,
    (clinic, whom): (&str, &str),
    deed: &str,
    now: i64,
) -> Result<(), Error> {
    let audit_id = app.ids.make(now)?;
    audit::add(tx, &audit_id, clinic, now, None, Some(whom), deed).map_err(Error::from)
}
