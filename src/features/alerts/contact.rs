//! The clinic's named contact: who looks at answers about risk, when, and how soon. Without one those
//! questions are not asked.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::rules::{Contact, Hours, read_time, time_text};
use super::{escalate_due, store};
use crate::app::{App, State};
use crate::features::people::store::PersonRow;
use crate::features::people::{self, Person, Role, Roles};
use kith_base::audit;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, Page, problems};
use kith_base::web::locale::is_zone;
use kith_base::web::respond::see;

/// The most hours a contact may take; more is no answer to somebody at risk.
const MOST_HOURS: i64 = 72;
/// The fewest minutes a day; with less nobody can be said to look.
const LEAST_MINUTES: i64 = 30;

/// The weekdays, as plans name them too.
const WEEKDAYS: [(&str, &str); 7] = [
    ("1", "Mon"),
    ("2", "Tue"),
    ("3", "Wed"),
    ("4", "Thu"),
    ("5", "Fri"),
    ("6", "Sat"),
    ("7", "Sun"),
];

struct Known {
    contact: Option<Contact>,
    people: Vec<PersonRow>,
    zone: String,
}

async fn known(app: &App, person: &Person) -> Result<Known, Error> {
    let clinic = person.clinic_id.clone();
    app.db
        .read(move |tx| {
            let row = people::store::find_clinic(tx, &clinic)?.ok_or(Error::NotFound)?;
            let mut people = people::store::list_people(tx, &clinic)?;
            people.retain(may_be_second);
            Ok(Known {
                contact: store::find_contact(tx, &clinic)?,
                people,
                zone: row.zone,
            })
        })
        .await
}

fn may_be_first(row: &PersonRow) -> bool {
    Roles::read(&row.roles).any(&[Role::Practitioner, Role::Lead])
}

fn may_be_second(row: &PersonRow) -> bool {
    Roles::read(&row.roles).any(&[Role::Practitioner, Role::Lead, Role::Owner])
}

/// `GET /clinic/contact`
pub(super) async fn page(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let known = known(&app, &person).await?;
    let form = match &known.contact {
        Some(contact) => {
            let (from, to) = (
                time_text(contact.hours.from_minute),
                time_text(contact.hours.to_minute),
            );
            let hours = contact.response_hours.to_string();
            let mut fields = vec![
                ("person", contact.person_id.as_str()),
                ("second", &contact.second_id),
                ("hours_words", &contact.hours_words),
                ("from", &from),
                ("to", &to),
                ("zone", &contact.hours.zone),
                ("response_hours", &hours),
                ("risk_items", if contact.risk_items { "yes" } else { "" }),
            ];
            let days = WEEKDAYS.iter().map(|(digit, _)| *digit);
            fields.extend(
                days.filter(|digit| contact.hours.weekdays.contains(digit))
                    .map(|digit| ("weekday", digit)),
            );
            Form::of(&fields)
        }
        None => Form::of(&[("zone", &known.zone)]),
    };
    Ok(person.page("Named contact", "/clinic", show(&known, &form)))
}

fn show(known: &Known, form: &Form) -> Markup {
    let options = |may: fn(&PersonRow) -> bool, nobody: &str| {
        let mut options = vec![(String::new(), nobody.to_owned())];
        let people = known.people.iter().filter(|row| may(row));
        options.extend(people.map(|row| (row.person_id.clone(), row.name.clone())));
        options
    };
    let text = |name, label, hint, kind, more: &[(&str, &str)]| {
        Field {
            name,
            label,
            hint,
            kind,
            more,
        }
        .show(form)
    };
    let left = known
        .contact
        .as_ref()
        .is_some_and(|contact| !contact.is_staffed());
    html! {
        h1 { "Named contact" }
        p { "Some questions ask about very dark times: thoughts of ending one’s life, self-harm, not being safe at home. Kith asks them only where somebody has promised to look at the answers." }
        p.soft { "Kith sends no message. Whoever is named here opens Alerts in the hours below; what nobody has looked at in time goes to the second person, and owners and leads see how many there are." }
        @if left { p.note { "One of the two people has left. Until somebody else is named, these questions are not asked." } }
        (problems(form))
        form.stack method="post" action="/clinic/contact" {
            (Field { name: "person", label: "Who looks", hint: "If you choose nobody, the questions about risk are not asked.", kind: "", more: &[] }
                .choice(form, &options(may_be_first, "Nobody")))
            (Field { name: "second", label: "Who is next, when nobody looked in time", hint: "", kind: "", more: &[] }
                .choice(form, &options(may_be_second, "Please choose")))
            (text("hours_words", "Their hours, in words", "Read by whoever is asked. Such as: on weekdays from 9 to 17.", "text",
                &[("maxlength", "120"), ("autocomplete", "off")]))
            fieldset #weekday {
                legend { "On which days" }
                @if let Some(problem) = form.problem("weekday") { p.problem { (problem) } }
                div.days {
                    @for (digit, name) in WEEKDAYS {
                        label.tick { input type="checkbox" name="weekday" value=(digit) checked[form.all("weekday").any(|sent| sent == digit)]; (name) }
                    }
                }
            }
            div.pair {
                (text("from", "From", "", "time", &[]))
                (text("to", "Until", "", "time", &[]))
            }
            (text("zone", "Time zone", "Such as Europe/Madrid.", "text", &[("autocomplete", "off"), ("spellcheck", "false")]))
            (text("response_hours", "Within how many of these hours", "From 1 to 72. Choose a time you can surely keep.", "number",
                &[("inputmode", "numeric"), ("min", "1"), ("max", "72"), ("step", "1")]))
            div.field {
                label.tick { input #risk_items type="checkbox" name="risk_items" value="yes" checked[form.ticked("risk_items")]; "Ask clients the questions about risk" }
                @if let Some(problem) = form.problem("risk_items") { p.problem { (problem) } }
            }
            button.button type="submit" { "Keep these" }
        }
    }
}

/// Reads the form; `None` when nobody is named. What is missing is complained about.
fn read(form: &mut Form, known: &Known) -> Option<Contact> {
    let (person_id, second_id) = (form.text("person", 36), form.text("second", 36));
    if person_id.is_empty() {
        if form.ticked("risk_items") {
            form.complain(
                "risk_items",
                "These questions can be switched on once somebody is named who looks at the answers, with hours, how soon, and a second person. Otherwise nobody would see them.",
            );
        }
        return None;
    }
    let name_of = |id: &str, may: fn(&PersonRow) -> bool| {
        let row = known.people.iter().find(|row| row.person_id == id);
        row.filter(|row| may(row)).map(|row| row.name.clone())
    };
    let (name, second_name) = (
        name_of(&person_id, may_be_first),
        name_of(&second_id, may_be_second),
    );
    if name.is_none() {
        form.complain(
            "person",
            "Please choose a practitioner or a lead who works here.",
        );
    }
    if second_name.is_none() || second_id == person_id {
        form.complain(
            "second",
            "Please choose a second person, somebody else than the first: one person alone may be ill or away.",
        );
    }
    let hours_words = form.needed("hours_words", 120, "Please say their hours in words.");
    let weekdays: String = WEEKDAYS
        .iter()
        .map(|(digit, _)| *digit)
        .filter(|digit| form.all("weekday").any(|sent| sent == *digit))
        .collect();
    if weekdays.is_empty() {
        form.complain("weekday", "Please choose at least one day.");
    }
    let (from, to) = (read_time(form.raw("from")), read_time(form.raw("to")));
    let (from_minute, to_minute) = (from.unwrap_or(0), to.unwrap_or(0));
    if from.is_none() {
        form.complain("from", "Please enter a time such as 09:00.");
    }
    if to.is_none() || to_minute - from_minute < LEAST_MINUTES {
        form.complain(
            "to",
            "Please enter a time such as 17:00, at least half an hour after the first.",
        );
    }
    let zone = form.text("zone", 60);
    if !is_zone(&zone) {
        form.complain(
            "zone",
            "There is no time zone of that name. It looks like Europe/Madrid.",
        );
    }
    let hours = form.raw("response_hours").trim().parse::<i64>();
    let response_hours = hours.unwrap_or(0);
    if !(1..=MOST_HOURS).contains(&response_hours) {
        form.complain(
            "response_hours",
            "Please enter a number of hours from 1 to 72.",
        );
    }
    Some(Contact {
        person_id,
        name,
        second_id,
        second_name,
        hours_words,
        hours: Hours {
            weekdays,
            from_minute,
            to_minute,
            zone,
        },
        response_hours,
        risk_items: form.ticked("risk_items"),
    })
}

/// `POST /clinic/contact`: a contact that is complete, or none, and then nothing about risk is asked.
pub(super) async fn change(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let known = known(&app, &person).await?;
    let contact = read(&mut form, &known);
    if !form.problems.is_empty() {
        let page = person.page("Named contact", "/clinic", show(&known, &form));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let now = app.clock.now();
    let ids = app.ids.clone();
    app.db
        .write(move |tx| {
            let clinic = person.clinic_id.as_str();
            let deed = match &contact {
                Some(contact) => {
                    store::set_contact(tx, clinic, contact, now)?;
                    // What waits is counted by the new hours, and never put off by them.
                    for (alert_id, at) in store::list_waiting(tx, clinic)? {
                        store::update_due(tx, clinic, &alert_id, contact.looks_by(at))?;
                    }
                    "named who looks at answers about risk"
                }
                None => {
                    store::remove_contact(tx, clinic)?;
                    // Nobody is left who promised to look: whatever waits is passed on now.
                    for (alert_id, _) in store::list_waiting(tx, clinic)? {
                        store::update_due(tx, clinic, &alert_id, now)?;
                    }
                    "named nobody to look at answers about risk"
                }
            };
            let who = Some(person.person_id.as_str());
            audit::add(tx, &ids.make(now)?, clinic, now, who, None, deed)?;
            escalate_due(tx, &ids, now)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see("/clinic"))
}
