//! Answering, signed in: one page that works without script, and the page after it.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response as HttpResponse};
use kith_content::Library;
use kith_content::instrument::Then;
use maud::{Markup, html};
use serde::Deserialize;

use super::asking::{self, Asking, Found, Whose};
use super::pages::{self, After, Asked};
use super::rules::{self, Sent};
use super::sheet::Sheet;
use super::{Kept, Response, keep, store};
use crate::app::{App, State};
use crate::features::alerts::{Reader, find_help};
use crate::features::people::{Person, RecordAccess};
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::{Error, Problem};
use kith_base::id::digest;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::locale::moment_text;
use kith_base::web::respond::see;

/// The script and the style of every page to answer on.
pub(super) fn dressed(mut page: Page) -> Page {
    page.styles.push("css/measures.css");
    page.scripts.push("js/measures/answer.js");
    page
}

#[derive(Deserialize)]
pub(super) struct Wish {
    /// Another language than her own.
    #[serde(default)]
    language: String,
}

fn whose(person: &Person) -> Whose<'_> {
    Whose {
        clinic_id: &person.clinic_id,
        person_id: &person.person_id,
        locale: &person.locale,
        signed_in: true,
    }
}

/// `GET /measures/{measure}`
pub(super) async fn page(
    State(app): State<App>,
    person: Person,
    Path(measure): Path<String>,
    Query(wish): Query<Wish>,
) -> Result<HttpResponse, Error> {
    let (at_hand, viewer) = (app.clone(), person.clone());
    let asked_for = measure.clone();
    let found = app
        .db
        .read(move |tx| {
            let library = &at_hand.content;
            asking::find(tx, library, whose(&viewer), &asked_for, &wish.language)
        })
        .await?;
    match found.ok_or(Error::NotFound)? {
        Found::Not(name, standing) => {
            let body = pages::not_here(&name, &standing);
            let page = person.page(&name, "/measures", body);
            Ok((StatusCode::NOT_FOUND, page).into_response())
        }
        Found::Asking(asking) => {
            let id = app.ids.make(app.clock.now())?;
            let form = Form::default();
            show(&app, &person, &asking, (&id, &form, &[]))
        }
    }
}

/// A hash of what a page to answer on says to her: a phone that keeps one knows by it when to fetch it anew. `None` when it cannot
/// be answered here.
///
/// # Errors
/// When the database fails.
pub fn revision(
    tx: &mut Tx<'_>,
    library: &Library,
    person: &Person,
    measure: &str,
) -> Result<Option<String>, Error> {
    let Some(Found::Asking(asking)) = asking::find(tx, library, whose(person), measure, "")? else {
        return Ok(None);
    };
    let body = body(library, person, &asking, ("", &Form::default(), &[]))?;
    Ok(Some(digest(&body.into_string())))
}

fn show(
    app: &App,
    person: &Person,
    asking: &Asking,
    given: (&str, &Form, &[usize]),
) -> Result<HttpResponse, Error> {
    let body = body(&app.content, person, asking, given)?;
    let page = dressed(person.page(&asking.sheet.title, "/measures", body));
    Ok(page.into_response())
}

fn body(
    library: &Library,
    person: &Person,
    asking: &Asking,
    (id, form, gaps): (&str, &Form, &[usize]),
) -> Result<Markup, Error> {
    let action = format!("/measures/{}/responses", asking.sheet.measure);
    let asked = Asked {
        action: &action,
        id,
        form,
        gaps,
        direct: false,
        whose: &person.key(),
        home: ("/today", "Back to today"),
    };
    pages::answering(library, asking, &asked)
}

/// The words a form was filled in by: those its page showed, though newer ones may be here by now.
pub(super) fn sheet_sent(
    tx: &mut Tx<'_>,
    library: &Library,
    (clinic_id, locale): (&str, &str),
    measure: &str,
    form: &Form,
) -> Result<Option<Sheet>, Error> {
    let read = form.raw("questionnaire");
    let sheet = asking::find_sheet_read(tx, library, clinic_id, (measure, read))?;
    if sheet.is_some() {
        return Ok(sheet);
    }
    if !read.is_empty() {
        // Read by other words, answers could land on other questions.
        return Err(Error::Conflict(
            "The words of this questionnaire have changed since the page was opened. Please open it again. Nothing was kept.".to_owned(),
        ));
    }
    let found = asking::find_sheet(tx, library, clinic_id, (measure, locale))?;
    Ok(found.map(|(sheet, _)| sheet))
}

/// `POST /measures/{measure}/responses`: the form as it is sent without script. Gaps are told once before it is kept, but an
/// answer that calls for help is kept at once.
pub(super) async fn answer(
    State(app): State<App>,
    person: Person,
    Path(measure): Path<String>,
    form: Form,
) -> Result<HttpResponse, Error> {
    person.is_asked_by(&form)?;
    let now = app.clock.now();
    let new_id = app.ids.make(now)?;
    let (at_hand, viewer) = (app.clone(), person.clone());
    let (asked_for, sent_form) = (measure.clone(), form.clone());
    let (sheet, found) = app
        .db
        .read(move |tx| {
            let library = &at_hand.content;
            let place = (viewer.clinic_id.as_str(), viewer.locale.as_str());
            let sheet = sheet_sent(tx, library, place, &asked_for, &sent_form)?;
            let found = asking::find(tx, library, whose(&viewer), &asked_for, "")?;
            Ok::<_, Error>((sheet, found))
        })
        .await?;
    // What was sent counts, even if nobody looks at such answers any more.
    let sheet = sheet.ok_or(Error::NotFound)?;
    let sent = rules::read_sent(&form, &sheet, &new_id);
    let can_show = matches!(found, Some(Found::Asking(_)));
    let tells_gaps = |sent: &Sent| {
        let known = form.raw("gaps") == "known" || sheet.is_endorsed(&sent.answers);
        !sent.gaps.is_empty() && !known && can_show
    };
    let again = match &sent {
        Err(problems) => Some((problems.clone(), Vec::new())),
        Ok(sent) if sent.is_empty() => {
            let nothing = "Nothing is answered yet. One answer is enough.";
            Some((vec![Problem::with("", nothing)], Vec::new()))
        }
        Ok(sent) if tells_gaps(sent) => Some((Vec::new(), sent.gaps.clone())),
        Ok(_) => None,
    };
    if let Some((problems, gaps)) = again {
        let mut form = form;
        let refused = !problems.is_empty();
        form.problems.clone_from(&problems);
        let id = sent
            .as_ref()
            .map_or(new_id.as_str(), |sent| sent.id.as_str());
        // It is asked no more since its page was opened: what is wrong is said plainly.
        let Some(Found::Asking(mut asking)) = found else {
            return Err(Error::Invalid(problems));
        };
        asking.sheet = sheet;
        let mut page = show(&app, &person, &asking, (id, &form, &gaps))?;
        if refused {
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        return Ok(page);
    }
    let sent = sent.map_err(Error::Invalid)?;
    let mut response = rules::read(sent.record(&sheet, now), now, &person.zone, &app.content)
        .map_err(|refusal| Error::invalid("", refusal.why))?;
    let at_hand = app.clone();
    let kept = app
        .db
        .write(move |tx| {
            let whose = RecordAccess::own(&person);
            // Gone back to, changed and sent again: what is said now counts too, as answers of their own.
            let before = store::responses::find_response(tx, &whose, &response.id)?;
            if before.is_some_and(|before| !before.says_the_same(&response)) {
                response.id = new_id;
            }
            keep_one(tx, &at_hand, &whose, response)
        })
        .await?;
    Ok(see(&format!("/responses/{}", kept.id)))
}

/// Keeps one response; what another record stands in the way of is a conflict.
pub(super) fn keep_one(
    tx: &mut Tx<'_>,
    app: &App,
    whose: &RecordAccess,
    response: Response,
) -> Result<Kept, Error> {
    let (mut kept, mut refused) = keep(tx, &app.ids, &app.content, whose, &[response])?;
    match (kept.pop(), refused.pop()) {
        (Some(kept), _) => Ok(kept),
        (None, refusal) => Err(Error::Conflict(
            refusal.map(|refusal| refusal.why).unwrap_or_default(),
        )),
    }
}

/// `GET /responses/{response_id}`: her own answers are kept, and what follows from them.
pub(super) async fn kept(
    State(app): State<App>,
    person: Person,
    Path(response_id): Path<String>,
) -> Result<Page, Error> {
    let (at_hand, viewer) = (app.clone(), person.clone());
    let now = app.clock.now();
    let (response, follows, help, offers) = app
        .db
        .read(move |tx| {
            let library = &at_hand.content;
            let access = RecordAccess::own(&viewer);
            let clinic = viewer.clinic_id.as_str();
            let response = store::responses::find_response(tx, &access, &response_id)?
                .ok_or(Error::NotFound)?;
            let follows = super::follow(tx, library, &access, &response)?;
            let reader = Reader {
                person_id: Some(&viewer.person_id),
                locale: &viewer.locale,
            };
            let help = find_help(tx, library, Some(clinic), Some(reader))?;
            let offers = asking::answerable(tx, library, clinic)?;
            Ok::<_, Error>((response, follows, help, offers))
        })
        .await?;
    // What follows from a check-in is said of the last one, not of one of last month.
    let is_fresh = now - response.answered_at < DAY;
    let then: &[Then] = if is_fresh { &follows.then } else { &[] };
    let calls = response.risk || then.contains(&Then::Help);
    let offer = follows.offer.as_ref().filter(|_| is_fresh);
    let after = After {
        help: calls.then(|| help.part()),
        told: response.risk.then(|| told(&app, &person, &response)),
        then,
        offer: offer.and_then(|id| Some((id.as_str(), offers.get(id)?.as_str()))),
        home: ("/today", "Back to today"),
        signed_in: true,
    };
    let body = pages::after(&after);
    let mut page = person.page("Kept", "/measures", body);
    page.styles.push("css/measures.css");
    Ok(page)
}

/// Who was told of an answer about risk, said to the person who gave it.
fn told(app: &App, person: &Person, response: &Response) -> Markup {
    let when = |at| moment_text(at, app.clock.now(), &person.zone, &person.locale);
    html! {
        @if response.told.is_empty() {
            p { "Nobody has been told of it: you have not agreed that anybody is, or nobody is there to be. If you would like somebody to know, please tell them yourself." }
        } @else {
            p { "A note that something asks for a look is there for " (response.told) ". "
                @if let Some(at) = response.looks_by_at { "They have said they look by " (when(at)) ". " }
                "Please do not wait for a call if you need somebody now." }
        }
    }
}
