//! One's own page: settings, secret, consents, and who looked.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::consent::{current, names_somebody, words};
use super::joining::{read_place, read_secret, secret_fields, zone_fields};
use super::sign_in::begin;
use super::store::{self, ConsentRow};
use super::{Person, Role};
use crate::app::{App, State};
use kith_base::audit;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::moment_text;
use kith_base::web::respond::see;

/// How many entries of the audit log stand on one's own page.
const ENTRIES: i64 = 50;

struct Account {
    consents: BTreeMap<(String, String), ConsentRow>,
    practitioners: Vec<(String, String)>,
    seen: Vec<audit::Entry>,
    sign_in_name: String,
}

/// `GET /me`
pub(super) async fn page(State(app): State<App>, person: Person) -> Result<Response, Error> {
    let form = Form::of(&[
        ("name", &person.name),
        ("zone", &person.zone),
        ("locale", &person.locale),
    ]);
    show(&app, &person, &form).await
}

async fn show(app: &App, person: &Person, form: &Form) -> Result<Response, Error> {
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    let account = app
        .db
        .read(move |tx| {
            Ok::<_, Error>(Account {
                consents: current(store::list_consents(tx, &clinic, &whose)?),
                practitioners: store::list_practitioners(tx, &clinic, &whose)?,
                seen: audit::list_about(tx, &clinic, Some(&whose), ENTRIES)?,
                sign_in_name: store::find_person(tx, &clinic, &whose)?
                    .map(|row| row.sign_in_name)
                    .unwrap_or_default(),
            })
        })
        .await?;
    let client = person.roles.has(Role::Client);
    let body = html! {
        h1 { "Me" }
        (problems(form))
        p.soft { "You sign in as " strong { (account.sign_in_name) } "." }
        section {
            h2 { "Settings" }
            form.stack method="post" action="/me/settings" {
                (Field { name: "name", label: "What we call you", hint: "", kind: "text",
                    more: &[("required", ""), ("maxlength", "60"), ("autocomplete", "nickname")] }.show(form))
                (zone_fields(form))
                button.button.quiet type="submit" { "Keep these" }
            }
        }
        section {
            h2 { "Reminders" }
            p { a.link href="/reminders" { "One short message a day, if you would like that" } }
            h2 { "Without a network" }
            p { a.link href="/me/phone" { "What this phone keeps" } }
            h2 { "For hard times" }
            ul.choices {
                li { a href="/me/safety-plan" { "My safety plan" } }
                li { a href="/me/unwanted-effects" { "Unwanted effects of practising" } }
                li { a href="/me/screening" { "The questions before a programme" } }
            }
        }
        @if client { (consents(app, person, &account)) }
        section {
            h2 { @if client { "Your PIN" } @else { "Your password" } }
            details open[form.problem("secret").or(form.problem("secret_again")).or(form.problem("now")).is_some()] {
                summary { "Change it" }
                form.stack method="post" action="/me/secret" {
                    (Field { name: "now", label: "The one you have now", hint: "", kind: "password",
                        more: &[("required", ""), ("autocomplete", "current-password")] }.show(form))
                    (secret_fields(form, client))
                    button.button.quiet type="submit" { "Change it" }
                }
            }
        }
        section {
            h2 { "Who saw or changed what" }
            p.soft { "Every look at your page is written down here and cannot be removed. A practitioner's list of clients, with the day you last practised and how it fitted, is part of their daily work and is written down once for all." }
            table.plain {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } } }
                tbody {
                    @for entry in &account.seen {
                        tr {
                            td { (moment_text(entry.at, app.clock.now(), &person.zone, &person.locale)) }
                            td { @if entry.actor_id.as_deref() == Some(&person.person_id) { "You" }
                                @else { (entry.actor.as_deref().unwrap_or("The clinic")) } }
                            td { (entry.action) }
                        }
                    }
                }
            }
        }
        section #erase {
            h2 { "Your data" }
            p { a.link href="/me/record.json" download="kith-record.json" { "Download everything kept about you" } }
            p { a.link href="/me/record.fhir.json" download="kith-record.fhir.json" { "Your answers, scores and plans in the form other record systems read" } span.soft { " (FHIR)" } }
            @if client {
                details {
                    summary { "Erase everything" }
                    form.stack method="post" action="/me/erasure" {
                        p { "This ends your use of Kith and removes what you practised, your plans, your decisions and your name. It cannot be undone. What stays is that somebody was here, without a name." }
                        (Field { name: "word", label: "Type erase if you are sure", hint: "", kind: "text",
                            more: &[("autocomplete", "off"), ("autocapitalize", "none"), ("required", "")] }.show(form))
                        button.button.quiet type="submit" { "Erase everything" }
                    }
                }
            }
        }
    };
    let page = person.page("Me", "/me", body);
    let status = if form.problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, page).into_response())
}

fn consents(app: &App, person: &Person, account: &Account) -> Markup {
    let nobody = [(String::new(), String::new())];
    html! {
        section #consent {
            h2 { "What you agreed to" }
            p.soft { "You can take each of these back at any time. Nobody holds it against you." }
            @for layer in app.content.layers().iter().filter(|layer| layer.audience.iter().any(|word| word == "client")) {
                @let whom = if names_somebody(&layer.id) { account.practitioners.as_slice() } else { nobody.as_slice() };
                @for (with_id, with_name) in whom {
                    @let decision = account.consents.get(&(layer.id.clone(), with_id.clone()));
                    @let given = decision.is_some_and(|row| row.given);
                    div.card {
                        h3 { (layer.title) @if !with_name.is_empty() { ": " (with_name) } }
                        p {
                            strong { @if given { "Yes" } @else { "No" } }
                            @if let Some(row) = decision {
                                " since " (moment_text(row.at, app.clock.now(), &person.zone, &person.locale))
                            }
                        }
                        @if given && decision.is_some_and(|row| row.version != layer.version) {
                            p.note { "The words have changed since. Please read them again." }
                        }
                        details { summary { "The words" } (words(layer)) }
                        @if !given || decision.is_some_and(|row| row.version != layer.version) {
                            form method="post" action={ "/me/consent/" (layer.id) } {
                                input type="hidden" name="with" value=(with_id);
                                button.button.quiet type="submit" { "Agree" span.sr { " to: " (layer.title) " " (with_name) } }
                            }
                        }
                        @if given && layer.required {
                            p { a.link href="#erase" { "To take this back, erase everything" } }
                        } @else if given {
                            form method="post" action={ "/me/consent/" (layer.id) "/withdrawal" } {
                                input type="hidden" name="with" value=(with_id);
                                button.button.quiet type="submit" { "Take back" span.sr { ": " (layer.title) " " (with_name) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `POST /me/settings`
pub(super) async fn change_settings(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let name = form.needed("name", 60, "Please tell us what to call you.");
    let (zone, locale) = read_place(&mut form);
    if !form.problems.is_empty() {
        return show(&app, &person, &form).await;
    }
    app.db
        .write(move |tx| {
            store::update_person(
                tx,
                &person.clinic_id,
                &person.person_id,
                &name,
                &locale,
                &zone,
            )
        })
        .await
        .map_err(Error::from)?;
    Ok(see("/me"))
}

/// `POST /me/secret`
pub(super) async fn change_secret(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    app.limits.count(&format!("secret {}", person.person_id))?;
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    let (credential, row) = app
        .db
        .read(move |tx| {
            Ok::<_, Error>((
                store::find_credential(tx, &clinic, &whose)?.ok_or(Error::NotFound)?,
                store::find_person(tx, &clinic, &whose)?.ok_or(Error::NotFound)?,
            ))
        })
        .await?;
    let secret = read_secret(&mut form, credential.kind == "pin", &row.sign_in_name);
    if !app
        .secrets
        .matches(form.raw("now"), Some(credential.hash))
        .await?
    {
        form.complain("now", "That is not the one you have now.");
    }
    if !form.problems.is_empty() {
        let mut shown = Form::of(&[
            ("name", &person.name),
            ("zone", &person.zone),
            ("locale", &person.locale),
        ]);
        shown.problems = form.problems;
        return show(&app, &person, &shown).await;
    }
    let hash = app.secrets.hash(&secret).await?;
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            store::set_credential(tx, clinic, whose, &credential.kind, &hash, now)?;
            // Whoever knew the old one is signed out; whoever changed it is signed in again below.
            store::remove_logins(tx, clinic, whose)?;
            let deed = "changed how to sign in";
            audit::add(tx, &audit_id, clinic, now, Some(whose), Some(whose), deed)
        })
        .await
        .map_err(Error::from)?;
    begin(&app, row, "/me").await
}
