//! The page of help, one tap away from everywhere, and what somebody keeps for herself beside it.

use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kith_content::{HelpWords, Library};
use maud::{Markup, html};
use serde::Deserialize;

use super::rules::{dialled, help_for, is_number, words_for};
use super::store::{self, Help, SafetyPlan};
use crate::app::{App, State};
use crate::features::people::{self, Person, Visitor, list_device_owners};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, Page, problems};
use kith_base::web::locale::LOCALES;
use kith_base::web::respond::see;

/// A phone that loses its network shortly after still has the page; it goes by the cookie, so that
/// nobody is shown another person's.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=600");

#[derive(Deserialize)]
pub(super) struct Reached {
    /// `screening`: help came first, and what follows from the answers comes after it.
    #[serde(default)]
    after: String,
}

/// `GET /help`: for everybody, signed in or not.
pub(super) async fn page(
    State(app): State<App>,
    Visitor(person): Visitor,
    Query(reached): Query<Reached>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let clinic_id = match &person {
        Some(person) => Some(person.clinic_id.clone()),
        None => list_device_owners(&app, &headers)
            .await?
            .into_iter()
            .next()
            .map(|owner| owner.clinic_id),
    };
    let reader = person.clone();
    let at_hand = app.clone();
    let help = app
        .db
        .read(move |tx| {
            let reader = reader.as_ref().map(|person| Reader {
                person_id: Some(&person.person_id),
                locale: &person.locale,
            });
            find_help(tx, &at_hand.content, clinic_id.as_deref(), reader)
        })
        .await?;
    let body = html! {
        (help.page())
        @if person.is_some() && reached.after == "screening" {
            p { a.link href="/me/screening" { "What follows from your answers" } }
        }
    };
    let mut response = match &person {
        Some(person) => person.page(&help.words.title, "", body).into_response(),
        None => Page::bare(&help.words.title, body).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, KEPT);
    headers.insert(header::VARY, HeaderValue::from_static("cookie"));
    Ok(response)
}

/// Who reads the page of help.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Whoever is signed in; her own safety plan is one tap away.
    pub person_id: Option<&'a str>,
    /// In which language.
    pub locale: &'a str,
}

/// Everything the page of help says to one reader.
#[derive(Clone, Debug)]
pub struct HelpPage {
    words: HelpWords,
    numbers: Help,
    clinic: String,
    signed_in: bool,
    plan: Option<SafetyPlan>,
}

/// What the page of help says: for its own page, and for pages that must show it without a network.
///
/// # Errors
/// When the database fails.
pub fn find_help(
    tx: &mut Tx<'_>,
    library: &Library,
    clinic_id: Option<&str>,
    reader: Option<Reader<'_>>,
) -> Result<HelpPage, Error> {
    let clinic = match clinic_id {
        Some(id) => people::store::find_clinic(tx, id)?,
        // Where one clinic runs the house, its numbers serve whoever comes by.
        None => match people::store::list_clinics(tx)?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
    };
    let clinic = clinic.unwrap_or_default();
    let rows = store::list_help(tx, &clinic.clinic_id)?;
    let whose = reader.and_then(|reader| reader.person_id);
    let plan = match whose {
        Some(whose) => store::find_safety_plan(tx, &clinic.clinic_id, whose)?,
        None => None,
    };
    let own = reader.map(|reader| reader.locale);
    let locales: Vec<&str> = own.into_iter().chain([clinic.locale.as_str()]).collect();
    let words = words_for(&library.safety().help, &locales);
    Ok(HelpPage {
        words: words.cloned().unwrap_or_default(),
        numbers: help_for(&rows, &locales).cloned().unwrap_or_default(),
        clinic: clinic.name,
        signed_in: whose.is_some(),
        plan,
    })
}

impl HelpPage {
    /// As a page of its own.
    fn page(&self) -> Markup {
        html! { h1 { (self.words.title) } (self.inner()) }
    }

    /// As the first part of another page.
    pub fn part(&self) -> Markup {
        html! { h2 tabindex="-1" { (self.words.title) } (self.inner())
        @if self.signed_in { p { (self.words.ground_here) } } }
    }

    fn inner(&self) -> Markup {
        let plan = self.plan.as_ref();
        show(
            &self.words,
            &self.numbers,
            &self.clinic,
            self.signed_in,
            plan,
        )
    }
}

fn show(
    words: &HelpWords,
    numbers: &Help,
    clinic: &str,
    signed_in: bool,
    plan: Option<&SafetyPlan>,
) -> Markup {
    let call = |label: &str, number: &str| {
        html! { a.number href={ "tel:" (dialled(number)) } { (label.replace("{number}", number)) } }
    };
    let own_person = plan.filter(|plan| !plan.person_number.is_empty());
    let has_line = [
        &numbers.call_number,
        &numbers.text_number,
        &numbers.chat_url,
    ]
    .iter()
    .any(|way| !way.is_empty());
    html! {
        p.lead { (words.lead) }
        section {
            @if numbers.emergency_number.is_empty() {
                p { (words.danger_unknown) }
                p.note { (words.missing) }
            } @else {
                p { (words.danger.replace("{emergency}", &numbers.emergency_number)) }
                p { (call(&words.call, &numbers.emergency_number)) }
            }
        }
        @if has_line {
            section {
                p { @if numbers.line_name.is_empty() { (words.talk_unnamed) } @else { (words.talk.replace("{line}", &numbers.line_name)) }
                    @if !numbers.hours.is_empty() { " " (numbers.hours) } }
                div.numbers {
                    @if !numbers.call_number.is_empty() { (call(&words.call, &numbers.call_number)) }
                    @if !numbers.text_number.is_empty() {
                        a.number href={ "sms:" (dialled(&numbers.text_number)) } { (words.text.replace("{number}", &numbers.text_number)) }
                    }
                    @if !numbers.chat_url.is_empty() { a.number href=(numbers.chat_url) rel="noreferrer" { (words.write) } }
                }
            }
        }
        section {
            p { (words.near) }
            div.numbers {
                @if let Some(plan) = own_person {
                    a.number href={ "tel:" (dialled(&plan.person_number)) } {
                        (words.person.replace("{name}", if plan.person_name.is_empty() { &plan.person_number } else { &plan.person_name })) }
                }
                @if signed_in {
                    a.button.quiet href="/me/safety-plan" { (words.plan) }
                    a.button.quiet href="/practise/soles-ground?minutes=1&begin=yes&rate=no" { (words.ground) }
                }
            }
            @if !signed_in { p { (words.ground_here) } }
        }
        @if !numbers.extra.is_empty() { p { @if !clinic.is_empty() { (clinic) ": " } (numbers.extra) } }
    }
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    locale: String,
}

/// `GET /clinic/help?locale=en-GB`: the numbers in one language.
pub(super) async fn numbers(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let clinic_id = person.clinic_id.clone();
    let (clinic, rows) = app
        .db
        .read(move |tx| {
            Ok::<_, Error>((
                people::store::find_clinic(tx, &clinic_id)?.ok_or(Error::NotFound)?,
                store::list_help(tx, &clinic_id)?,
            ))
        })
        .await?;
    let locale = if is_locale(&asked.locale) {
        asked.locale
    } else {
        clinic.locale
    };
    let row = rows.into_iter().find(|help| help.locale == locale);
    let help = row.unwrap_or_else(|| Help {
        locale: locale.clone(),
        ..Help::default()
    });
    let form = Form::of(&[
        ("locale", &help.locale),
        ("emergency_number", &help.emergency_number),
        ("line_name", &help.line_name),
        ("call_number", &help.call_number),
        ("text_number", &help.text_number),
        ("chat_url", &help.chat_url),
        ("hours", &help.hours),
        ("extra", &help.extra),
    ]);
    Ok(person.page("The help page", "/clinic", numbers_page(&form)))
}

fn is_locale(tag: &str) -> bool {
    LOCALES.iter().any(|(known, _)| *known == tag)
}

fn numbers_page(form: &Form) -> Markup {
    let text = |name, label, hint| {
        Field {
            name,
            label,
            hint,
            kind: "text",
            more: &[("autocomplete", "off")],
        }
        .show(form)
    };
    html! {
        h1 { "The help page" }
        p.soft { "It is one tap away from every page, also for whoever is not signed in. Please ring each number once yourself." }
        p { "Shown to readers of: "
            @for (tag, words) in LOCALES {
                @if *tag == form.raw("locale") { strong { (words) } } @else { a href={ "/clinic/help?locale=" (tag) } { (words) } }
                " "
            }
        }
        (problems(form))
        form.stack method="post" action="/clinic/help" {
            input type="hidden" name="locale" value=(form.raw("locale"));
            (text("emergency_number", "Emergency number", "Of the place your clients live in."))
            (text("line_name", "A line to talk to somebody", "Its name."))
            (text("call_number", "Its telephone number", ""))
            (text("text_number", "Its number for text messages", ""))
            (text("chat_url", "Where one can write to it", "A whole address, beginning with https://"))
            (text("hours", "When it answers", "A short sentence."))
            (Field { name: "extra", label: "How to reach the clinic, and anything else", hint: "Whom, how, and in which hours. Say so if nobody answers at night.", kind: "", more: &[] }.lines(form))
            button.button type="submit" { "Keep these" }
        }
    }
}

/// `POST /clinic/help`
pub(super) async fn change_numbers(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let help = Help {
        locale: form.text("locale", 10),
        emergency_number: form.text("emergency_number", 30),
        line_name: form.text("line_name", 80),
        call_number: form.text("call_number", 30),
        text_number: form.text("text_number", 30),
        chat_url: form.text("chat_url", 300),
        hours: form.text("hours", 120),
        extra: form.text("extra", 300),
    };
    if !is_locale(&help.locale) {
        form.complain("locale", "Please choose one of the languages.");
    }
    for field in ["emergency_number", "call_number", "text_number"] {
        if !is_number(form.raw(field)) {
            form.complain(
                field,
                "A telephone number has digits, spaces, + and - only.",
            );
        }
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || "\"<>".contains(c);
    if !help.chat_url.is_empty()
        && (!help.chat_url.starts_with("https://") || help.chat_url.contains(odd))
    {
        form.complain(
            "chat_url",
            "Please enter a whole address, beginning with https://",
        );
    }
    if !form.problems.is_empty() {
        let page = person.page("The help page", "/clinic", numbers_page(&form));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            let clinic = person.clinic_id.as_str();
            store::set_help(tx, clinic, &help)?;
            let who = Some(person.person_id.as_str());
            let deed = "changed the help page";
            audit::add(tx, &audit_id, clinic, now, who, None, deed)
        })
        .await
        .map_err(Error::from)?;
    Ok(see("/clinic"))
}

/// The questions of a safety plan, in our own words: field, question, what helps to answer it.
const LINES: [(&str, &str, &str); 5] = [
    (
        "signs",
        "How I notice that it is getting bad",
        "What I feel, think or do at first.",
    ),
    (
        "helps",
        "What helps me through the next hour",
        "Small and possible: a walk, cold water, a film.",
    ),
    (
        "safer",
        "What makes the place I am in safer",
        "What I put away or give to somebody to keep.",
    ),
    (
        "people",
        "With whom I can be, or talk",
        "Names and numbers, also of professionals.",
    ),
    ("reasons", "What I want to be here for", ""),
];

/// `GET /me/safety-plan`: her own, and shown to nobody else.
pub(super) async fn safety_plan(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    let plan = app
        .db
        .read(move |tx| store::find_safety_plan(tx, &clinic, &whose))
        .await
        .map_err(Error::from)?;
    let kept = plan.is_some();
    let plan = plan.unwrap_or_default();
    let form = Form::of(&[
        ("signs", &plan.signs),
        ("helps", &plan.helps),
        ("safer", &plan.safer),
        ("people", &plan.people),
        ("reasons", &plan.reasons),
        ("person_name", &plan.person_name),
        ("person_number", &plan.person_number),
    ]);
    Ok(person.page("My safety plan", "/me", safety_plan_page(&form, kept)))
}

fn safety_plan_page(form: &Form, kept: bool) -> Markup {
    let written: Vec<_> = LINES
        .iter()
        .filter(|(name, _, _)| kept && !form.raw(name).trim().is_empty())
        .collect();
    html! {
        h1 { "My safety plan" }
        p { "A few lines for a bad hour, written in a better one. Leave out what you like." }
        p.soft { "Kept for you alone: no page shows it to anybody else, your practitioner included." }
        @if !written.is_empty() {
            section.card {
                @for (name, asked, _) in &written {
                    h3 { (asked) }
                    p.lines { (form.raw(name)) }
                }
            }
        }
        (problems(form))
        details.plain open[written.is_empty() || !form.problems.is_empty()] {
            summary { @if written.is_empty() { "Write it" } @else { "Change it" } }
            form.stack method="post" action="/me/safety-plan" {
                @for (name, label, hint) in LINES { (Field { name, label, hint, kind: "", more: &[] }.lines(form)) }
                (Field { name: "person_name", label: "My person", hint: "Somebody to ring. They are one tap away on the help page.", kind: "text",
                    more: &[("maxlength", "60"), ("autocomplete", "off")] }.show(form))
                (Field { name: "person_number", label: "Their number", hint: "", kind: "tel",
                    more: &[("maxlength", "30"), ("autocomplete", "off")] }.show(form))
                button.button type="submit" { "Keep it" }
            }
        }
        p { a.link href="/help" { "Help now" } }
    }
}

/// `POST /me/safety-plan`
pub(super) async fn change_safety_plan(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let mut line = |name| form.text(name, 1000);
    let mut plan = SafetyPlan {
        signs: line("signs"),
        helps: line("helps"),
        safer: line("safer"),
        people: line("people"),
        reasons: line("reasons"),
        ..SafetyPlan::default()
    };
    plan.person_name = form.text("person_name", 60);
    plan.person_number = form.text("person_number", 30);
    if !is_number(&plan.person_number) {
        form.complain(
            "person_number",
            "A telephone number has digits, spaces, + and - only.",
        );
    }
    if !form.problems.is_empty() {
        let page = person.page("My safety plan", "/me", safety_plan_page(&form, false));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = app.clock.now();
    app.db
        .write(move |tx| {
            store::set_safety_plan(tx, &person.clinic_id, &person.person_id, &plan, now)
        })
        .await
        .map_err(Error::from)?;
    let mut response = see("/me/safety-plan");
    // The page of help a browser has kept does not know the number that was just written.
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\""),
    );
    Ok(response)
}
