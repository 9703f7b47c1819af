//! Inviting: a link to send and a short code to read out, each good for one person and two weeks.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::store::{self, InvitationRow};
use super::{Person, Role, open_client};
use crate::app::{App, State};
use kith_base::audit;
use kith_base::clock::DAY;
use kith_base::error::Error;
use kith_base::id;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{date_text, day};
use kith_base::web::respond::see;

/// How long an invitation can be used.
const LASTS: i64 = 14 * DAY;

/// A new invitation's two secrets, shown once and kept only as hashes.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// To send: the address that opens it.
    pub link: String,
    /// To read out.
    pub code: String,
    /// Until when, Unix milliseconds.
    pub expires_at: i64,
}

/// What an invitation is for.
pub struct Wanted<'a> {
    /// The clinic that invites.
    pub clinic_id: &'a str,
    /// Who invites; `None`: the command line.
    pub invited_by: Option<&'a str>,
    /// What the invited will be.
    pub roles: &'a super::Roles,
    /// The name she is invited by.
    pub name: &'a str,
    /// Somebody who is already here and needs a new PIN on a new phone.
    pub for_person: Option<&'a str>,
}

/// Makes an invitation.
///
/// # Errors
/// When the database fails.
pub async fn invite(app: &App, wanted: Wanted<'_>) -> Result<Invitation, Error> {
    let now = app.clock.now();
    let (token, code) = (id::secret()?, id::code()?);
    let row = InvitationRow {
        clinic_id: wanted.clinic_id.to_owned(),
        invitation_id: app.ids.make(now)?,
        roles: wanted.roles.to_string(),
        name: wanted.name.to_owned(),
        invited_by: wanted.invited_by.map(str::to_owned),
        for_person: wanted.for_person.map(str::to_owned),
        expires_at: now + LASTS,
        closed_at: None,
    };
    let made = Invitation {
        link: format!("{}/join/{token}", app.config.url),
        code: code.clone(),
        expires_at: row.expires_at,
    };
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            store::add_invitation(tx, &row, &id::digest(&token), &id::digest(&code), now)?;
            audit::add(
                tx,
                &audit_id,
                &row.clinic_id,
                now,
                row.invited_by.as_deref(),
                row.for_person.as_deref(),
                "made an invitation",
            )
        })
        .await
        .map_err(Error::from)?;
    Ok(made)
}

/// `GET /invitations/new`
pub(super) async fn new_page(person: Person) -> impl IntoResponse {
    let body = ask(&Form::default(), "/invitations", false);
    person.page("Invite a client", "", body)
}

fn ask(form: &Form, action: &str, staff: bool) -> Markup {
    html! {
        h1 { @if staff { "Invite a colleague" } @else { "Invite a client" } }
        (problems(form))
        form.stack method="post" action=(action) {
            (Field { name: "name", label: "A name to know them by",
                hint: "A pseudonym is enough. It can be changed on joining.", kind: "text",
                more: &[("required", ""), ("maxlength", "60"), ("autocomplete", "off")] }.show(form))
            @if staff {
                fieldset {
                    legend { "What they will do here" }
                    @for role in [Role::Practitioner, Role::Lead, Role::Researcher, Role::Owner] {
                        label.tick {
                            input type="checkbox" name="role" value=(role.word())
                                checked[form.all("role").any(|word| word == role.word())];
                            (role.word())
                        }
                    }
                }
            }
            button.button type="submit" { "Make the invitation" }
        }
        @if !staff {
            p.soft { "You get a link to send and a short code to read out. No e-mail address is needed: a PIN is chosen on their own phone." }
        }
    }
}

/// `POST /invitations`
pub(super) async fn invite_client(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let name = form.needed(
        "name",
        60,
        "Please enter a name, or a word you will know them by.",
    );
    if !form.problems.is_empty() {
        let page = person.page("Invite a client", "", ask(&form, "/invitations", false));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let invitation = invite(
        &app,
        Wanted {
            clinic_id: &person.clinic_id,
            invited_by: Some(&person.person_id),
            roles: &super::Roles::of(&[Role::Client]),
            name: &name,
            for_person: None,
        },
    )
    .await?;
    Ok(show(&app, &person, &name, &invitation))
}

/// `POST /clients/{client_id}/invitations`: a new phone, or the PIN is gone.
pub(super) async fn invite_again(
    State(app): State<App>,
    person: Person,
    Path(client_id): Path<String>,
) -> Result<Response, Error> {
    let access = open_client(
        &app,
        &person,
        &client_id,
        "made a new invitation for a new phone",
    )
    .await?;
    let invitation = invite(
        &app,
        Wanted {
            clinic_id: access.clinic_id(),
            invited_by: Some(&person.person_id),
            roles: &super::Roles::of(&[Role::Client]),
            name: &access.name,
            for_person: Some(access.client_id()),
        },
    )
    .await?;
    Ok(show(&app, &person, &access.name, &invitation))
}

/// `POST /clinic/invitations`: an owner invites those who work here.
pub(super) async fn invite_staff(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let name = form.needed("name", 60, "Please enter a name.");
    let roles: Vec<Role> = form
        .all("role")
        .filter_map(Role::read)
        .filter(|role| *role != Role::Client)
        .collect();
    if roles.is_empty() {
        form.complain("role", "Please choose what they will do here.");
    }
    if !form.problems.is_empty() {
        let page = person.page(
            "Invite a colleague",
            "",
            ask(&form, "/clinic/invitations", true),
        );
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let invitation = invite(
        &app,
        Wanted {
            clinic_id: &person.clinic_id,
            invited_by: Some(&person.person_id),
            roles: &super::Roles::of(&roles),
            name: &name,
            for_person: None,
        },
    )
    .await?;
    Ok(show(&app, &person, &name, &invitation))
}

/// The address as one reads it out.
fn address(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, address)| address)
}

fn show(app: &App, person: &Person, name: &str, invitation: &Invitation) -> Response {
    let today = day(app.clock.now(), &person.zone);
    let until = day(invitation.expires_at, &person.zone);
    let body = html! {
        h1 { "An invitation for " (name) }
        p { "Send this link, or read out the code. Both are shown only now, work once, and end on "
            (date_text(until, today, &person.locale)) "." }
        div.field {
            label for="link" { "Link" }
            input #link type="text" readonly value=(invitation.link) data-select;
        }
        p.code-line { "Code " strong.code { (invitation.code) }
            span.soft { " to enter at " (address(&app.config.url)) "/join" } }
        p { a.button href=(person.home()) { "Done" } }
    };
    person.page("Invitation", "", body).into_response()
}

/// `POST /invitations/{invitation_id}/revocation`
pub(super) async fn revoke(
    State(app): State<App>,
    person: Person,
    Path(invitation_id): Path<String>,
) -> Result<Response, Error> {
    let now = app.clock.now();
    let home = person.home();
    let own_only = (!person.roles.has(Role::Owner)).then_some(person.person_id);
    let clinic_id = person.clinic_id;
    let revoked = app
        .db
        .write(move |tx| {
            store::revoke_invitation(tx, &clinic_id, &invitation_id, own_only.as_deref(), now)
        })
        .await
        .map_err(Error::from)?;
    if revoked {
        Ok(see(home))
    } else {
        Err(Error::NotFound)
    }
}
