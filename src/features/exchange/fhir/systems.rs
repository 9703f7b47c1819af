//! The owner's page on which other systems are connected and disconnected.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::rules::{Scope, Scopes, System, pseudonym};
use super::{base, store};
use crate::app::{App, State};
use crate::features::people::{Openness, Person, open_records};
use kith_base::audit;
use kith_base::clock::DAY;
use kith_base::error::Error;
use kith_base::id::{digest, secret};
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{date_text, day, moment_text};
use kith_base::web::respond::see;

/// How long a token may hold: days and words.
const LASTS: [(&str, &str); 3] = [("30", "A month"), ("90", "Three months"), ("365", "A year")];

/// `GET /clinic/systems`
pub(super) async fn page(State(app): State<App>, person: Person) -> Result<Response, Error> {
    let form = Form::of(&[("whose", "everybody"), ("days", "90")]);
    show(&app, &person, &form).await
}

async fn show(app: &App, person: &Person, form: &Form) -> Result<Response, Error> {
    let clinic = person.clinic_id.clone();
    let systems = app
        .db
        .read(move |tx| store::list_systems(tx, &clinic))
        .await
        .map_err(Error::from)?;
    let status = match form.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let body = overview(app, person, &systems, form);
    Ok((status, person.page("Other systems", "/clinic", body)).into_response())
}

/// `POST /clinic/systems`: a new token, shown this once.
pub(super) async fn connect(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let name = form.needed("name", 60, "Please say what the system is called.");
    if name.contains('\n') {
        form.complain("name", "A name stands on one line.");
    }
    let chosen: Vec<String> = form.all("scope").map(str::to_owned).collect();
    let scopes = Scopes::read(&chosen.join(" "));
    if scopes.is_empty() {
        form.complain("scope", "Please choose at least one thing that it may do.");
    }
    let everybody = form.raw("whose") != "listed";
    let listed = form.text("patients", 10_000);
    let listed: Vec<String> = listed.split_whitespace().map(str::to_owned).collect();
    if !everybody && listed.is_empty() {
        form.complain("patients", "Please enter whose, or choose everybody.");
    }
    let lasts = LASTS.iter().find(|(days, _)| *days == form.raw("days"));
    let days: i64 = lasts.and_then(|(days, _)| days.parse().ok()).unwrap_or(0);
    if days == 0 {
        form.complain("days", "Please choose how long it may connect.");
    }
    let clinic = person.clinic_id.clone();
    let clients = match everybody {
        true => Vec::new(),
        false => {
            // Whoever is on the list has to agree herself: being on it opens nothing.
            app.db
                .read(move |tx| open_records(tx, &clinic, Openness::WholeClinic))
                .await?
        }
    };
    let mut chosen = Vec::new();
    for wanted in listed.iter().filter(|_| !everybody) {
        let known = clients
            .iter()
            .find(|one| pseudonym(one.record.clinic_id(), one.record.person_id()) == *wanted);
        match known {
            Some(known) => chosen.push(known.record.person_id().to_owned()),
            None => {
                let wanted: String = wanted.chars().take(40).collect();
                let words = format!("There is no code {wanted} here.");
                form.complain("patients", words);
                break;
            }
        }
    }
    if !form.problems.is_empty() {
        return show(&app, &person, &form).await;
    }
    let now = app.clock.now();
    let token = secret()?;
    let system = System {
        clinic_id: person.clinic_id.clone(),
        system_id: app.ids.make(now)?,
        name,
        scopes,
        everybody,
        made_at: now,
        expires_at: now + days * DAY,
        revoked_at: None,
        last_used_at: None,
    };
    let audit_id = app.ids.make(now)?;
    let (kept, hash, maker) = (system.clone(), digest(&token), person.person_id.clone());
    app.db
        .write(move |tx| {
            store::add_system(tx, &kept, &hash, &maker, &chosen)?;
            let deed = format!("connected the system “{}”", kept.name);
            audit::add(
                tx,
                &audit_id,
                &kept.clinic_id,
                now,
                Some(&maker),
                None,
                &deed,
            )
        })
        .await
        .map_err(Error::from)?;
    let body = connected(&app, &person, &system, &token);
    let mut page = person.page("Connected", "/clinic", body);
    page.scripts.push("js/push.js");
    Ok(page.into_response())
}

/// `POST /clinic/systems/{system_id}/revocation`
pub(super) async fn revoke(
    State(app): State<App>,
    person: Person,
    Path(system_id): Path<String>,
) -> Result<Response, Error> {
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            let clinic = &person.clinic_id;
            // Twice is as good as once.
            if let Some(name) = store::update_revoked(tx, clinic, &system_id, now)? {
                let who = Some(person.person_id.as_str());
                let deed = format!("disconnected the system “{name}”");
                audit::add(tx, &audit_id, clinic, now, who, None, &deed)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see("/clinic/systems"))
}

fn overview(app: &App, person: &Person, systems: &[System], form: &Form) -> Markup {
    let now = app.clock.now();
    let lasts: Vec<_> = LASTS
        .iter()
        .map(|(days, words)| ((*days).to_owned(), (*words).to_owned()))
        .collect();
    let (here, over): (Vec<_>, Vec<_>) = systems
        .iter()
        .partition(|system| system.revoked_at.is_none() && system.expires_at > now);
    html! {
        h1 { "Other systems" }
        p.lead { "The program your clinic keeps its records in can read answers, scores and agreed plans from here, and add answers given elsewhere." }
        p { "It sees only clients who agreed to this themselves, under Me. Nobody has unless they said so, and a yes that is taken back holds from that moment. Names never leave from here: each client goes by a made-up code, which their practitioner finds on the client’s page." }
        p.soft { "For whoever looks after the other program: it has to know FHIR R4, the usual language between health records." }
        (problems(form))
        @if !here.is_empty() {
            section {
                h2 { "Connected" }
                @for system in &here { (card(app, person, system)) }
            }
        }
        section {
            h2 { "Connect a system" }
            form.stack method="post" action="/clinic/systems" {
                (Field { name: "name", label: "What it is called", hint: "Clients read this name in their list of who saw what.", kind: "text",
                    more: &[("required", ""), ("maxlength", "60"), ("autocomplete", "off")] }.show(form))
                fieldset #scope {
                    legend { "What it may do" }
                    @for scope in Scope::ALL {
                        label.tick {
                            input type="checkbox" name="scope" value=(scope.word())
                                checked[form.all("scope").any(|word| word == scope.word())];
                            (scope.words())
                        }
                    }
                }
                fieldset {
                    legend { "For whom" }
                    label.tick {
                        input type="radio" name="whose" value="everybody" checked[form.raw("whose") != "listed"];
                        "Every client who agrees"
                    }
                    label.tick {
                        input type="radio" name="whose" value="listed" checked[form.raw("whose") == "listed"];
                        "Only some, if they agree"
                    }
                }
                (Field { name: "patients", label: "Their codes, if only some",
                    hint: "One a line, as they stand at the end of a client’s page. Their practitioner can tell you.", kind: "", more: &[] }.lines(form))
                (Field { name: "days", label: "For how long", hint: "", kind: "", more: &[] }.choice(form, &lasts))
                button.button type="submit" { "Make a key" }
            }
        }
        @if !over.is_empty() {
            section {
                h2 { "No longer connected" }
                ul.plain {
                    @for system in &over {
                        @let ended = system.revoked_at.unwrap_or(system.expires_at);
                        li { (system.name) span.soft { " until " (on(app, person, ended)) } }
                    }
                }
            }
        }
    }
}

fn on(app: &App, person: &Person, at: i64) -> String {
    let today = day(app.clock.now(), &person.zone);
    date_text(day(at, &person.zone), today, &person.locale)
}

fn card(app: &App, person: &Person, system: &System) -> Markup {
    html! {
        div.card {
            h3 { (system.name) }
            ul { @for scope in system.scopes.iter() { li { (scope.words()) } } }
            p.soft {
                @if system.everybody { "For every client who agrees. " } @else { "For the clients on its list, if they agree. " }
                "Until " (on(app, person, system.expires_at)) ". "
                @match system.last_used_at {
                    Some(at) => { "Last here " (moment_text(at, app.clock.now(), &person.zone, &person.locale)) "." }
                    None => { "Not yet here." }
                }
            }
            form method="post" action={ "/clinic/systems/" (system.system_id) "/revocation" } {
                button.button.quiet type="submit" { "Disconnect" span.sr { " " (system.name) } }
            }
        }
    }
}

fn connected(app: &App, person: &Person, system: &System, token: &str) -> Markup {
    html! {
        h1 { (system.name) " is connected" }
        p { "Enter these two there. The key is shown only now; Kith keeps nothing that could be read back." }
        div.field data-copy {
            label for="address" { "Address" }
            input #address type="text" readonly value=(base(app)) data-select;
        }
        div.field data-copy {
            label for="token" { "Key (some programs call it a token)" }
            input #token type="text" readonly value=(token) data-select;
        }
        p { "Some programs also ask what it may do (“scopes”): " code { (system.scopes) } }
        p.note { "Whoever has this key can do what you have just allowed, until "
            (on(app, person, system.expires_at)) " or until you disconnect it." }
        p { a.button href="/clinic/systems" { "Done" } }
    }
}
