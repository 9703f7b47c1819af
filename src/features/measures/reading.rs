//! Reading back what one answered oneself: the list of it, and every question with its answer. Never by a link or a code.

use std::collections::BTreeMap;

use axum::extract::Path;
use maud::{Markup, html};

use super::giving_pages::way_words;
use super::pages::every_answer;
use super::sheet::Sheet;
use super::{Response, asking, store};
use crate::app::{App, State};
use crate::features::people::{self, Person, RecordAccess};
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::locale::{date_text, day, moment_text};

/// So many of one measure stand open; what is older is folded away.
const OPEN: usize = 5;

/// What a measure is called where its words are not here: the long names are a clinician's.
fn name(app: &App, measure: &str) -> String {
    let library = &app.content;
    let check_in = library.check_in(measure).map(|one| one.title.as_str());
    let instrument = library.instrument(measure);
    let instrument = instrument.map(|one| one.abbreviation.as_str());
    check_in.or(instrument).unwrap_or(measure).to_owned()
}

fn on(app: &App, person: &Person, response: &Response) -> String {
    let today = day(app.clock.now(), &person.zone);
    let on = response.answered_on.parse();
    on.map_or_else(
        |_| response.answered_on.clone(),
        |on| date_text(on, today, &person.locale),
    )
}

/// `GET /responses`
pub(super) async fn list(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let access = RecordAccess::own(&person);
    let at_hand = app.clone();
    let (responses, here) = app
        .db
        .read(move |tx| {
            let here = asking::answerable(tx, &at_hand.content, access.clinic_id())?;
            let responses = store::responses::list_responses(tx, &access, 0)?;
            Ok::<_, Error>((responses, here))
        })
        .await?;
    let body = all(&app, &person, &responses, &here);
    Ok(person.page("What you answered", "/measures", body))
}

fn all(
    app: &App,
    person: &Person,
    responses: &[Response],
    here: &BTreeMap<String, String>,
) -> Markup {
    let title = |id: &str| here.get(id).cloned().unwrap_or_else(|| name(app, id));
    let mut measures: Vec<(&str, Vec<&Response>)> = Vec::new();
    for response in responses.iter().rev() {
        let known = measures
            .iter_mut()
            .find(|(id, _)| *id == response.instrument);
        match known {
            Some((_, some)) => some.push(response),
            None => measures.push((&response.instrument, vec![response])),
        }
    }
    let days = |some: &[&Response]| {
        html! {
            ul.choices {
                @for response in some { li { a href={ "/responses/" (response.id) "/answers" } { (on(app, person, response)) } } }
            }
        }
    };
    html! {
        p.soft { a href="/measures" { "Questions about how you are" } }
        h1 { "What you answered" }
        @if measures.is_empty() { p { "Nothing yet. What you answer can be read again here." } }
        @else { p.soft { "Here you can read again what you answered. Who else can read it stands under " a href="/me" { "Me" } "." } }
        @for (id, some) in &measures {
            @let (open, older) = some.split_at(some.len().min(OPEN));
            section {
                h2 { (title(id)) }
                (days(open))
                @if !older.is_empty() {
                    details {
                        summary { (older.len()) " before these" span.sr { ": " (title(id)) } }
                        (days(older))
                    }
                }
            }
        }
    }
}

/// `GET /responses/{response_id}/answers`
pub(super) async fn one(
    State(app): State<App>,
    person: Person,
    Path(response_id): Path<String>,
) -> Result<Page, Error> {
    let access = RecordAccess::own(&person);
    let at_hand = app.clone();
    let (response, sheet, typed_by) = app
        .db
        .read(move |tx| {
            let clinic = access.clinic_id();
            let response = store::responses::find_response(tx, &access, &response_id)?
                .ok_or(Error::NotFound)?;
            let read = (
                response.instrument.as_str(),
                response.questionnaire_id.as_str(),
            );
            let sheet = asking::find_sheet_read(tx, &at_hand.content, clinic, read)?;
            let typed_by = match response.entered_by.as_str() {
                "" => None,
                id => people::store::find_person(tx, clinic, id)?.map(|row| row.name),
            };
            Ok::<_, Error>((response, sheet, typed_by))
        })
        .await?;
    let body = read(
        &app,
        &person,
        (&response, sheet.as_ref()),
        typed_by.as_deref(),
    );
    let mut page = person.page("What you answered", "/measures", body);
    page.styles.push("css/measures.css");
    Ok(page)
}

fn read(
    app: &App,
    person: &Person,
    (response, sheet): (&Response, Option<&Sheet>),
    typed_by: Option<&str>,
) -> Markup {
    let has_words = sheet.is_some_and(|sheet| sheet.items.iter().any(|one| !one.text.is_empty()));
    let has_score = response.scores().total.is_some();
    html! {
        p.soft { a href="/responses" { "What you answered" } }
        @match sheet {
            Some(sheet) => h1 lang=(sheet.language) { (sheet.title) },
            None => h1 { (name(app, &response.instrument)) },
        }
        p { "Answered " (on(app, person, response)) ", " (way_words(response.way))
            @if let Some(name) = typed_by { ", typed in by " (name) } "." }
        @if response.risk { (about_risk(app, person, response)) }
        @if !has_words { p.soft { "The words of this form are not here, so its questions stand here by their numbers." } }
        @else if let Some(lead) = sheet.map(|sheet| &sheet.lead).filter(|lead| !lead.is_empty()) { p.soft { (lead) } }
        (every_answer(response, sheet, &[]))
        @if let Some(credit) = sheet.map(|sheet| &sheet.credit).filter(|credit| !credit.is_empty()) { p.credit { (credit) } }
        @if has_score { p { a.link href="/progress" { "Where this lies among your other answers" } } }
    }
}

/// Who was told of an answer about risk, read later.
fn about_risk(app: &App, person: &Person, response: &Response) -> Markup {
    let when = |at| moment_text(at, app.clock.now(), &person.zone, &person.locale);
    html! {
        div.note {
            @if response.told.is_empty() {
                p { "One of these answers asks for somebody’s attention. Nobody was told of it: you had not agreed that anybody is, or nobody was there to be." }
            } @else {
                p { "One of these answers asks for somebody’s attention. " (response.told) " was told of that"
                    @if let Some(at) = response.looks_by_at { ", and said they look by " (when(at)) }
                    ". What you answered was not passed on with it." }
            }
            p { "If it is near to you now, " a href="/help" { "here is help" } "." }
        }
    }
}
