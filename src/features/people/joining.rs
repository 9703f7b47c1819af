//! Joining: an invitation becomes a person with a name, a secret, and decisions about her data.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kith_content::Layer;
use maud::{Markup, html};

use super::consent::{names_somebody, words};
use super::sign_in::{Caller, begin, device_token, list_device_owners, remember_device};
use super::store::{self, ConsentRow, InvitationRow, PersonRow};
use super::{Role, Roles, rules};
use crate::app::{App, State};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, Page, problems};
use kith_base::web::locale::{LOCALES, is_zone};
use kith_base::web::respond::see;

/// `GET /join`
pub(super) async fn code_page() -> Page {
    ask_code(&Form::default())
}

fn ask_code(form: &Form) -> Page {
    let body = html! {
        h1 { "Welcome" }
        p { "Enter the code from your invitation." }
        (problems(form))
        form.stack method="post" action="/join" {
            (Field { name: "code", label: "Code", hint: "Eight letters and digits, such as K7PX-29QM.",
                kind: "text", more: &[("autocomplete", "off"), ("autocapitalize", "characters"),
                    ("spellcheck", "false"), ("required", "")] }.show(form))
            button.button type="submit" { "Go on" }
        }
    };
    Page::bare("Join", body)
}

/// `POST /join`
pub(super) async fn code(
    State(app): State<App>,
    Caller(caller): Caller,
    mut form: Form,
) -> Result<Response, Error> {
    let typed = form.text("code", 20);
    match id::read_code(&typed) {
        Some(code) if find(&app, &caller, &code).await.is_ok() => Ok(see(&format!("/join/{code}"))),
        _ => {
            app.limits.count(&format!("join {caller}"))?;
            form.complain(
                "code",
                "This code does not open anything. It may have been used or have run out: please ask for a new one.",
            );
            Ok((StatusCode::UNPROCESSABLE_ENTITY, ask_code(&form)).into_response())
        }
    }
}

/// The invitation behind a link's or a code's secret.
async fn find(app: &App, caller: &str, secret: &str) -> Result<InvitationRow, Error> {
    app.limits.count(&format!("join {caller}"))?;
    let hash = id::digest(&id::read_code(secret).unwrap_or_else(|| secret.to_owned()));
    let now = app.clock.now();
    app.db
        .read(move |tx| store::find_invitation(tx, &hash))
        .await
        .map_err(Error::from)?
        .filter(|invitation| invitation.closed_at.is_none() && invitation.expires_at > now)
        .ok_or(Error::NotFound)
}

struct Welcome {
    invitation: InvitationRow,
    clinic: store::Clinic,
    inviter: Option<String>,
}

async fn welcome(app: &App, caller: &str, secret: &str) -> Result<Welcome, Error> {
    let invitation = find(app, caller, secret).await?;
    app.db
        .read(move |tx| {
            let clinic = store::find_clinic(tx, &invitation.clinic_id)?.ok_or(Error::NotFound)?;
            let inviter = match &invitation.invited_by {
                Some(id) => store::find_person(tx, &invitation.clinic_id, id)?.map(|row| row.name),
                None => None,
            };
            Ok(Welcome {
                invitation,
                clinic,
                inviter,
            })
        })
        .await
}

/// `GET /join/{secret}`
pub(super) async fn page(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(secret): Path<String>,
) -> Result<Response, Error> {
    let welcome = match welcome(&app, &caller, &secret).await {
        Err(Error::NotFound) => {
            let body = html! {
                h1 { "This invitation no longer works" }
                p { "It has been used, taken back, or has run out. Please ask whoever sent it for a new one." }
                p { a.button href="/sign-in" { "Sign in" } }
            };
            return Ok((StatusCode::NOT_FOUND, Page::bare("Invitation", body)).into_response());
        }
        other => other?,
    };
    let form = Form::of(&[
        ("name", &welcome.invitation.name),
        ("zone", &welcome.clinic.zone),
        ("locale", &welcome.clinic.locale),
    ]);
    Ok(show(&app, &welcome, &secret, &form).into_response())
}

/// The layers put to somebody who comes. Whether other systems may read is asked once there is one to speak of: it waits under Me,
/// and is not given until then.
fn asked_layers<'a>(app: &'a App, roles: &Roles) -> Vec<&'a Layer> {
    app.content
        .layers()
        .iter()
        .filter(|layer| layer.id != "systems")
        .filter(|layer| {
            layer
                .audience
                .iter()
                .filter_map(|word| Role::read(word))
                .any(|role| roles.has(role))
        })
        .collect()
}

fn show(app: &App, welcome: &Welcome, secret: &str, form: &Form) -> Page {
    let roles = Roles::read(&welcome.invitation.roles);
    let client = roles.has(Role::Client);
    let again = welcome.invitation.for_person.is_some();
    let body = html! {
        h1 { "Welcome to " (welcome.clinic.name) }
        p {
            @match &welcome.inviter {
                Some(inviter) => { (inviter) " invites you" }
                None => { "You are invited" }
            }
            @if client { " to practise with Kith: a minute or thirty, wherever you are." }
            @else { " to work here as " (roles.to_string().replace(' ', " and ")) "." }
        }
        (problems(form))
        form.stack method="post" action={ "/join/" (secret) } {
            @if again {
                p.note { "You are already known here. Choose a new PIN for this phone. Your old phone will be signed out, and nothing you practised is lost." }
                (Field { name: "sign_in_name", label: "The name you sign in with",
                    hint: "The one you chose when you joined. Only you know it, and it keeps others from joining as you.", kind: "text",
                    more: &[("required", ""), ("maxlength", "60"), ("autocomplete", "username"),
                        ("autocapitalize", "none"), ("spellcheck", "false")] }.show(form))
            } @else {
                (Field { name: "name", label: "What shall we call you?", hint: "It need not be your own name.",
                    kind: "text", more: &[("required", ""), ("maxlength", "60"), ("autocomplete", "nickname")] }.show(form))
                (Field { name: "sign_in_name", label: "A name to sign in with",
                    hint: "Without spaces, such as blue-kettle. You will need it again if you sign out.", kind: "text",
                    more: &[("required", ""), ("maxlength", "60"), ("autocomplete", "username"),
                        ("autocapitalize", "none"), ("spellcheck", "false")] }.show(form))
            }
            (secret_fields(form, client))
            @if !again {
                details open[form.problem("zone").or(form.problem("locale")).is_some()] {
                    summary { "Time zone and language" }
                    (zone_fields(form))
                }
                @for layer in asked_layers(app, &roles) {
                    fieldset.consent {
                        legend { (layer.title) }
                        (words(layer))
                        label.tick {
                            input type="checkbox" name=(layer.id) id=(layer.id) value="yes"
                                checked[form.ticked(&layer.id)] required[layer.required];
                            @if layer.required { "I agree to this" }
                            @else if names_somebody(&layer.id) {
                                "I want to share this with " (welcome.inviter.as_deref().unwrap_or("my practitioner"))
                            }
                            @else { "I agree to this (you can also leave it)" }
                        }
                        @if let Some(problem) = form.problem(&layer.id) { p.problem { (problem) } }
                    }
                }
            }
            button.button type="submit" { "Join" }
        }
    };
    Page::bare("Welcome", body).with_script("js/kith.js")
}

/// The two boxes for a new secret.
pub(super) fn secret_fields(form: &Form, pin: bool) -> Markup {
    let (label, hint, mode) = if pin {
        (
            "Choose a PIN",
            "6 to 12 digits. It works on this phone only.",
            "numeric",
        )
    } else {
        (
            "Choose a password",
            "At least 12 characters. A few words together make a good one.",
            "text",
        )
    };
    let more = [
        ("required", ""),
        ("autocomplete", "new-password"),
        ("inputmode", mode),
    ];
    html! {
        (Field { name: "secret", label, hint, kind: "password", more: &more }.show(form))
        (Field { name: "secret_again", label: "The same once more", hint: "", kind: "password", more: &more }.show(form))
    }
}

/// Where somebody is and how she writes dates.
pub(super) fn zone_fields(form: &Form) -> Markup {
    let locales: Vec<_> = LOCALES
        .iter()
        .map(|(tag, words)| ((*tag).to_owned(), (*words).to_owned()))
        .collect();
    html! {
        (Field { name: "zone", label: "Your time zone",
            hint: "So that a day is your day, such as Europe/Madrid.", kind: "text",
            more: &[("required", ""), ("autocomplete", "off"), ("spellcheck", "false"), ("data-zone", "")] }.show(form))
        (Field { name: "locale", label: "Language and dates", hint: "", kind: "", more: &[] }.choice(form, &locales))
    }
}

/// Reads the two boxes for a new secret.
pub(super) fn read_secret(form: &mut Form, pin: bool, sign_in_name: &str) -> String {
    let secret = form.raw("secret").to_owned();
    let problem = if pin {
        rules::pin_problem(&secret)
    } else {
        rules::password_problem(&secret, sign_in_name)
    };
    if let Some(problem) = problem {
        form.complain("secret", problem);
    } else if secret != form.raw("secret_again") {
        form.complain(
            "secret_again",
            "The two do not match. Please type both again.",
        );
    }
    secret
}

/// Reads zone and locale.
pub(super) fn read_place(form: &mut Form) -> (String, String) {
    let zone = form.text("zone", 60);
    if !is_zone(&zone) {
        form.complain(
            "zone",
            "There is no time zone of that name. It looks like Europe/Madrid or America/New_York.",
        );
    }
    let locale = form.text("locale", 10);
    if !LOCALES.iter().any(|(tag, _)| *tag == locale) {
        form.complain("locale", "Please choose one of the languages.");
    }
    (zone, locale)
}

/// Everything it takes to join, settled; the demo comes in through the same door.
pub struct Joining {
    /// Who she will be.
    pub person: PersonRow,
    /// `pin` or `password`.
    pub kind: &'static str,
    /// The hash of her secret.
    pub secret_hash: String,
    /// Her decisions.
    pub consents: Vec<ConsentRow>,
    /// Her device and the hash of its token; clients only.
    pub device: Option<(String, String)>,
    /// The practitioner who invited her.
    pub practitioner_id: Option<String>,
    /// For the log.
    pub audit_id: String,
}

impl Joining {
    /// Writes it all.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the sign-in name is taken.
    pub fn store(&self, tx: &mut Tx<'_>, now: i64) -> Result<(), Error> {
        let person = &self.person;
        let (clinic, whose) = (person.clinic_id.as_str(), person.person_id.as_str());
        if store::find_by_sign_in_name(tx, &person.sign_in_name)?.is_some() {
            return Err(Error::invalid(
                "sign_in_name",
                "Somebody has this sign-in name already. Please choose another.",
            ));
        }
        store::add_person(tx, person)?;
        store::set_credential(tx, clinic, whose, self.kind, &self.secret_hash, now)?;
        for consent in &self.consents {
            store::add_consent(tx, clinic, whose, consent)?;
        }
        if let Some((device_id, token_hash)) = &self.device {
            store::add_device(tx, clinic, device_id, whose, token_hash, now)?;
        }
        if let Some(practitioner) = &self.practitioner_id {
            store::add_to_caseload(tx, clinic, practitioner, whose, now)?;
        }
        audit::add(
            tx,
            &self.audit_id,
            clinic,
            now,
            Some(whose),
            Some(whose),
            "joined",
        )?;
        Ok(())
    }
}

/// `POST /join/{secret}`
pub(super) async fn join(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(secret): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Error> {
    let welcome = welcome(&app, &caller, &secret).await?;
    // Two people may share a device; it is known by one token then.
    let shared = list_device_owners(&app, &headers).await?;
    let token = match device_token(&app, &headers) {
        Some(token) if !shared.is_empty() => token.to_owned(),
        _ => id::secret()?,
    };
    let outcome = match welcome.invitation.for_person.clone() {
        Some(person_id) => renew(&app, &welcome, &person_id, &token, &mut form).await,
        None => join_new(&app, &welcome, &token, &mut form).await,
    };
    match outcome {
        Err(Error::Invalid(problems)) => {
            form.problems = problems;
            let page = show(&app, &welcome, &secret, &form);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        other => other,
    }
}

async fn join_new(
    app: &App,
    welcome: &Welcome,
    device_token: &str,
    form: &mut Form,
) -> Result<Response, Error> {
    let invitation = welcome.invitation.clone();
    let roles = Roles::read(&invitation.roles);
    let client = roles.has(Role::Client);
    let name = form.needed("name", 60, "Please tell us what to call you.");
    let sign_in_name = form.text("sign_in_name", 60);
    if let Some(problem) = rules::sign_in_name_problem(&sign_in_name) {
        form.complain("sign_in_name", problem);
    }
    let secret = read_secret(form, client, &sign_in_name);
    let (zone, locale) = read_place(form);
    let now = app.clock.now();
    let mut consents = Vec::new();
    for layer in asked_layers(app, &roles) {
        let given = form.ticked(&layer.id);
        if layer.required && !given {
            form.complain(
                &layer.id,
                "Without this Kith cannot keep anything for you. You are free not to join.",
            );
        }
        let with_id = match &invitation.invited_by {
            Some(id) if names_somebody(&layer.id) => id.clone(),
            _ => String::new(),
        };
        consents.push(ConsentRow {
            consent_id: app.ids.make(now)?,
            layer: layer.id.clone(),
            version: layer.version.clone(),
            with_id,
            given,
            at: now,
        });
    }
    form.finish()?;
    let joining = Joining {
        person: PersonRow {
            clinic_id: invitation.clinic_id.clone(),
            person_id: app.ids.make(now)?,
            name,
            sign_in_name,
            roles: invitation.roles.clone(),
            locale,
            zone,
            made_at: now,
        },
        kind: if client { "pin" } else { "password" },
        secret_hash: app.secrets.hash(&secret).await?,
        consents,
        device: if client {
            Some((app.ids.make(now)?, id::digest(device_token)))
        } else {
            None
        },
        practitioner_id: invitation.invited_by.clone().filter(|_| client),
        audit_id: app.ids.make(now)?,
    };
    let person = joining.person.clone();
    app.db
        .write(move |tx| {
            use_up(tx, &invitation, &joining.person.person_id, now)?;
            joining.store(tx, now)
        })
        .await?;
    let mut response = begin(app, person, "").await?;
    if client {
        remember_device(app, &mut response, device_token);
    }
    Ok(response)
}

/// A new PIN on a new phone; the old one is signed out.
async fn renew(
    app: &App,
    welcome: &Welcome,
    person_id: &str,
    token: &str,
    form: &mut Form,
) -> Result<Response, Error> {
    let invitation = welcome.invitation.clone();
    // Whoever made the invitation does not know this name, and so cannot use it up herself.
    let sign_in_name = form.text("sign_in_name", 60).to_lowercase();
    let secret = read_secret(form, true, "");
    form.finish()?;
    let now = app.clock.now();
    let hash = app.secrets.hash(&secret).await?;
    let (device_id, audit_id) = (app.ids.make(now)?, app.ids.make(now)?);
    let (token_hash, person_id) = (id::digest(token), person_id.to_owned());
    let person = app
        .db
        .write(move |tx| {
            let clinic = invitation.clinic_id.as_str();
            let person = store::find_person(tx, clinic, &person_id)?.ok_or(Error::NotFound)?;
            // The invitation is worth as much as its maker's place beside the client.
            let inviter = invitation.invited_by.as_deref().unwrap_or_default();
            store::find_in_caseload(tx, clinic, inviter, &person_id)?.ok_or(Error::NotFound)?;
            if person.sign_in_name != sign_in_name {
                return Err(Error::invalid(
                    "sign_in_name",
                    "That is not the name this invitation is for. It is the one you chose when you joined.",
                ));
            }
            use_up(tx, &invitation, &person_id, now)?;
            store::remove_devices(tx, clinic, &person_id, now)?;
            store::set_credential(tx, clinic, &person_id, "pin", &hash, now)?;
            store::add_device(tx, clinic, &device_id, &person_id, &token_hash, now)?;
            let (maker, whose) = (Some(inviter), Some(person_id.as_str()));
            audit::add(tx, &audit_id, clinic, now, maker, whose, "had a new phone added")?;
            Ok::<_, Error>(person)
        })
        .await?;
    let mut response = begin(app, person, "").await?;
    remember_device(app, &mut response, token);
    Ok(response)
}

fn use_up(
    tx: &mut Tx<'_>,
    invitation: &InvitationRow,
    person_id: &str,
    now: i64,
) -> Result<(), Error> {
    let clinic = &invitation.clinic_id;
    if store::close_invitation(tx, clinic, &invitation.invitation_id, Some(person_id), now)? {
        Ok(())
    } else {
        Err(Error::Conflict(
            "This invitation has been used in the meantime. Please ask for a new one.".to_owned(),
        ))
    }
}
