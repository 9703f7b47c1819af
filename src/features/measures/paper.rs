//! Answers that came on paper, typed in by whoever looks after her: numbers by item, with the words where they are here.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response as HttpResponse};
use jiff::civil::Date;
use kith_content::instrument::NoteKind;
use maud::{Markup, html};

use super::answering::keep_one;
use super::asking;
use super::rules::{self, Way};
use super::sheet::{Answers, Sheet};
use super::store;
use crate::app::App;
use crate::features::people::{self, ClientAccess, Person};
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{day, zone};
use kith_base::web::respond::see;

/// The words where they are here, else numbers alone.
async fn sheet(
    app: &App,
    access: &ClientAccess,
    measure: &str,
    form: &Form,
) -> Result<Sheet, Error> {
    let (clinic, client) = (access.clinic_id().to_owned(), access.client_id().to_owned());
    let (at_hand, measure, read) = (
        app.clone(),
        measure.to_owned(),
        form.raw("questionnaire").to_owned(),
    );
    let order = form.raw("order").to_owned();
    let by_numbers = form.raw("numbers") == "yes";
    app.db
        .read(move |tx| {
            let library = &at_hand.content;
            let row = people::store::find_person(tx, &clinic, &client)?.ok_or(Error::NotFound)?;
            if let Some(sheet) = asking::find_sheet_read(tx, library, &clinic, (&measure, &read))? {
                return Ok(sheet);
            }
            // Words stand beside the boxes only where nothing else was sent: numbers go by the order of what was shown.
            if order.is_empty()
                && !by_numbers
                && read.is_empty()
                && let Some((sheet, _)) =
                    asking::find_sheet(tx, library, &clinic, (&measure, &row.locale))?
            {
                return Ok(sheet);
            }
            let instrument = library.instrument(&measure).ok_or(Error::NotFound)?;
            let mut sheet = Sheet::of_numbers(instrument);
            if instrument.orders.iter().any(|known| known.id == order) {
                sheet.order = order;
            }
            Ok(sheet)
        })
        .await
}

pub(super) async fn show(
    app: &App,
    person: &Person,
    access: &ClientAccess,
    measure: &str,
    mut form: Form,
) -> Result<HttpResponse, Error> {
    let name = app
        .content
        .instrument(measure)
        .map(|instrument| instrument.abbreviation.clone())
        .or_else(|| Some(app.content.check_in(measure)?.title.clone()))
        .ok_or(Error::NotFound)?;
    let sheet = sheet(app, access, measure, &form).await?;
    let now = app.clock.now();
    if form.raw("on").is_empty() {
        form.set("on", &day(now, &access.zone).to_string());
    }
    let id = app.ids.make(now)?;
    let body = match access.record() {
        Some(_) => grid(app, access, &sheet, &name, (&id, &form)),
        None => html! {
            h1 { (name) ", from paper" }
            p.note { (access.name) " does not share with you, so there is nothing you can enter for them." }
        },
    };
    let mut page = person.page(&name, "/caseload", body);
    page.styles.push("css/measures.css");
    page.scripts.push("js/measures/paper.js");
    let mut response = page.into_response();
    if !form.problems.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn grid(
    app: &App,
    access: &ClientAccess,
    sheet: &Sheet,
    name: &str,
    (id, form): (&str, &Form),
) -> Markup {
    let orders = app
        .content
        .instrument(&sheet.measure)
        .map_or(&[][..], |instrument| &instrument.orders);
    let with_words = sheet.items.iter().any(|item| !item.text.is_empty());
    html! {
        h1 { (name) ", from paper" }
        p.soft { "For " (access.name) ". Type a number for each question: it goes to the next by itself. Leave a box empty, or press -, for a question without an answer. Backspace in an empty box goes back." }
        (problems(form))
        @if with_words && orders.len() > 1 {
            p.note { "This form is printed in two orders. If the paper begins otherwise, "
                a href={ "/clients/" (access.client_id()) "/measures/" (sheet.measure) "?numbers=yes" } { "type it in by numbers" } "." }
        }
        form.stack.paper method="post" action={ "/clients/" (access.client_id()) "/measures/" (sheet.measure) } data-paper {
            input type="hidden" name="id" value=(id);
            input type="hidden" name="questionnaire" value=(sheet.questionnaire_id);
            @if !with_words && form.raw("numbers") == "yes" { input type="hidden" name="numbers" value="yes"; }
            (Field { name: "on", label: "The day it was filled in", hint: "", kind: "date", more: &[("required", "")] }.show(form))
            @if !with_words && orders.len() > 1 {
                div.field {
                    label for="order" { "Which order the paper has" }
                    p.hint { "Look at the first question: the forms differ." }
                    @if let Some(problem) = form.problem("order") { p.problem { (problem) } }
                    select #order name="order" required {
                        option value="" { "Please choose" }
                        @for order in orders { option value=(order.id) selected[form.raw("order") == order.id] { (order.id.replace('-', " ")) } }
                    }
                }
            }
            (legend(app, sheet))
            ol.grid {
                @for (place, item) in (1..).zip(&sheet.items) {
                    @let name = format!("item-{place}");
                    @let values = item.answers.values();
                    @let allowed: Vec<String> = values.iter().map(ToString::to_string).collect();
                    @let own = if common(sheet).is_none() { stand_for(&item.answers) } else { Vec::new() };
                    li {
                        label for=(name) { span.place { (place) } @if !item.text.is_empty() { span lang=(sheet.language) { (item.text) } } @else { span.sr { "Question " (place) } } }
                        input id=(name) name=(name) type="text" inputmode="numeric" autocomplete="off" maxlength="4" value=(form.raw(&name))
                            data-allowed=(allowed.join(" ")) aria-invalid=[form.problem(&name).map(|_| "true")]
                            aria-describedby={ (name) "-takes" };
                        span.takes.soft id={ (name) "-takes" } { (takes(&values)) }
                        @if !own.is_empty() { p.stand.soft lang=(sheet.language) { (listed(&own)) } }
                    }
                }
            }
            p.problem role="alert" data-paper-problem hidden {}
            button.button type="submit" { "Keep these answers" }
        }
        p { a.link href={ "/clients/" (access.client_id()) "/measures" } { "Back" } }
    }
}

/// What numbers stand for, as far as there are words.
fn stand_for(answers: &Answers) -> Vec<(f64, &str)> {
    let values = answers.values().into_iter();
    let named = values.map(|value| (value, answers.words_of(value)));
    named.filter(|(_, words)| !words.is_empty()).collect()
}

/// The same, where it is so for every question.
fn common(sheet: &Sheet) -> Option<Vec<(f64, &str)>> {
    let first = stand_for(&sheet.items.first()?.answers);
    let mut others = sheet.items.iter().map(|item| stand_for(&item.answers));
    (!first.is_empty() && others.all(|other| other == first)).then_some(first)
}

/// `0 Never, 1 Now and then`.
fn listed(stand: &[(f64, &str)]) -> String {
    let each = stand
        .iter()
        .map(|(value, words)| format!("{value} {words}"));
    each.collect::<Vec<_>>().join(", ")
}

/// What the numbers stand for; where the words are not here, how to find the numbers on the paper.
fn legend(app: &App, sheet: &Sheet) -> Markup {
    let instrument = app.content.instrument(&sheet.measure);
    let about = instrument.and_then(|instrument| instrument.notes.get(&NoteKind::Form));
    let has_words = sheet
        .items
        .iter()
        .any(|item| !stand_for(&item.answers).is_empty());
    let numbers = sheet
        .items
        .first()
        .map(|item| takes(&item.answers.values()));
    html! {
        @if let Some(stand) = common(sheet) {
            div.note.legend {
                p { "What the numbers stand for" }
                ul lang=(sheet.language) { @for (value, words) in stand { li { strong { (value) } " " (words) } } }
            }
        } @else if !has_words {
            div.note {
                p { "The words of the answers are not in this clinic, so only numbers stand here"
                    @if let Some(numbers) = &numbers { ", " (numbers) } ". Type the number printed beside the answer that was chosen. "
                    a href={ "/questionnaires/" (sheet.measure) } { "How the words come here" } "." }
                @if let Some(about) = about { p { "About this form: " (about) } }
            }
        }
    }
}

/// `0 to 3`, where the numbers follow one another.
fn takes(values: &[f64]) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.first(), sorted.last()) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        _ => String::new(),
    }
}

/// When it was: now for today, noon for another day.
fn answered_at(on: Date, now: i64, zone_name: &str) -> i64 {
    if on == day(now, zone_name) {
        return now;
    }
    let noon = on.at(12, 0, 0, 0);
    zone(zone_name)
        .to_ambiguous_timestamp(noon)
        .compatible()
        .map_or(now, |at| at.as_millisecond())
}

pub(super) async fn enter(
    app: &App,
    person: &Person,
    access: &ClientAccess,
    measure: &str,
    mut form: Form,
) -> Result<HttpResponse, Error> {
    let record = access.record().ok_or(Error::NotFound)?;
    let sheet = sheet(app, access, measure, &form).await?;
    let now = app.clock.now();
    let new_id = app.ids.make(now)?;
    let with_words = sheet.items.iter().any(|item| !item.text.is_empty());
    let orders = app
        .content
        .instrument(measure)
        .map_or(0, |one| one.orders.len());
    if !with_words && orders > 1 && sheet.order.is_empty() {
        form.complain(
            "order",
            "Please choose: the forms differ in which items are turned.",
        );
    }
    let on = form.raw("on").trim().parse::<Date>();
    if on.is_err() {
        form.complain("on", "Please enter a day such as 2026-11-30.");
    }
    let sent = match rules::read_sent(&form, &sheet, &new_id) {
        Ok(sent) if sent.is_empty() => {
            form.complain("", "No answer was entered yet.");
            None
        }
        Ok(sent) => Some(sent),
        Err(problems) => {
            form.problems.extend(problems);
            None
        }
    };
    let read = match (sent, on) {
        (Some(sent), Ok(on)) if form.problems.is_empty() => {
            let at = answered_at(on, now, &access.zone);
            Some(rules::read(
                sent.record(&sheet, at),
                now,
                &access.zone,
                &app.content,
            ))
        }
        _ => None,
    };
    let response = match read {
        Some(Ok(response)) => Some(response),
        Some(Err(refusal)) => {
            form.complain("on", refusal.why);
            None
        }
        None => None,
    };
    let Some(mut response) = response else {
        return show(app, person, access, measure, form).await;
    };
    response.way = Way::Paper;
    response.entered_by = person.person_id.clone();
    let place = format!("/clients/{}/responses/{}", access.client_id(), response.id);
    let at_hand = app.clone();
    app.db
        .write(move |tx| {
            // A form sent twice: what stands there already is what was kept.
            if store::responses::find_response(tx, &record, &response.id)?.is_some() {
                return Ok(());
            }
            keep_one(tx, &at_hand, &record, response).map(|_| ())
        })
        .await?;
    Ok(see(&place))
}
