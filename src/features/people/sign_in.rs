//! Signing in and out: a password for those who treat, a PIN on her own phone for a client.

use axum::extract::{ConnectInfo, FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;

use super::store::{self, PersonRow};
use super::{Person, Role, Roles, Visitor, rules};
use crate::app::{App, State};
use kith_base::audit;
use kith_base::clock::DAY;
use kith_base::error::Error;
use kith_base::id;
use kith_base::web::form::Form;
use kith_base::web::headers::{cookie, set_cookie};
use kith_base::web::layout::{Field, Page, problems};
use kith_base::web::respond::see;

/// Who asks, as far as the network tells: for slowing down guesses, never for letting in.
pub struct Caller(pub String);

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            // The last entry of the last line is the one our own proxy wrote.
            .next_back()
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|address| address.trim().parse::<std::net::IpAddr>().ok())
            .map(|address| address.to_string());
        let address = match forwarded {
            Some(address) if app.config.behind_proxy => address,
            _ => parts
                .extensions
                .get::<ConnectInfo<std::net::SocketAddr>>()
                .map_or_else(|| "local".to_owned(), |caller| caller.0.ip().to_string()),
        };
        Ok(Self(address))
    }
}

/// How long somebody stays signed in after she was last here.
fn lasts(roles: &Roles) -> i64 {
    // Screens in a clinic are shared, a phone is one's own and has a PIN of its own.
    if roles.any(&[
        Role::Practitioner,
        Role::Lead,
        Role::Researcher,
        Role::Owner,
    ]) {
        DAY / 2
    } else {
        30 * DAY
    }
}

/// The `__Host-` prefix makes browsers refuse the cookie from anywhere but here; it needs https.
fn cookie_name(app: &App, kind: &str) -> String {
    if app.config.is_secure() {
        format!("__Host-kith_{kind}")
    } else {
        format!("kith_{kind}")
    }
}

/// What is kept of the login this request came with; it tells one device from another.
pub fn login_hash(app: &App, headers: &HeaderMap) -> Option<String> {
    cookie(headers, &cookie_name(app, "login")).map(id::digest)
}

/// Whoever this request's cookie belongs to, and the state of her clinic's own content.
pub(super) async fn find_person(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<(Person, i64)>, Error> {
    let Some(token) = cookie(headers, &cookie_name(app, "login")) else {
        return Ok(None);
    };
    let hash = id::digest(token);
    let now = app.clock.now();
    let found = app
        .db
        .read({
            let hash = hash.clone();
            move |tx| store::find_login(tx, &hash, now)
        })
        .await
        .map_err(Error::from)?;
    let Some(login) = found else {
        return Ok(None);
    };
    let person = as_person(app, login.person);
    // Once an hour is often enough to notice that she is still here.
    if now - login.seen_at > DAY / 24 {
        let until = now + lasts(&person.roles);
        app.db
            .write(move |tx| store::update_login(tx, &hash, now, until))
            .await
            .map_err(Error::from)?;
    }
    Ok(Some((person, login.content_revision)))
}

fn as_person(app: &App, row: PersonRow) -> Person {
    Person {
        clinic_id: row.clinic_id,
        person_id: row.person_id,
        name: row.name,
        roles: Roles::read(&row.roles),
        locale: row.locale,
        zone: row.zone,
        demo: app.config.demo,
    }
}

/// Signs somebody in: stores the login and answers with its cookie and the way to go on.
pub(super) async fn begin(app: &App, row: PersonRow, next: &str) -> Result<Response, Error> {
    let token = id::secret()?;
    let hash = id::digest(&token);
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    let person = as_person(app, row);
    let lasts = lasts(&person.roles);
    let place = rules::next_place(next, person.home()).to_owned();
    app.db
        .write(move |tx| {
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            store::add_login(tx, clinic, whose, &hash, now, now + lasts)?;
            audit::add(
                tx,
                &audit_id,
                clinic,
                now,
                Some(whose),
                Some(whose),
                "signed in",
            )
        })
        .await
        .map_err(Error::from)?;
    let mut response = see(&place);
    let name = cookie_name(app, "login");
    response.headers_mut().append(
        header::SET_COOKIE,
        set_cookie(&name, &token, 30 * DAY / 1000, app.config.is_secure()),
    );
    Ok(response)
}

/// Marks this device as one a client was invited on. The cookie stays when she signs out.
pub(super) fn remember_device(app: &App, response: &mut Response, token: &str) {
    let name = cookie_name(app, "device");
    response.headers_mut().append(
        header::SET_COOKIE,
        set_cookie(&name, token, 400 * DAY / 1000, app.config.is_secure()),
    );
}

/// The people whose device this is, signed in or not; whoever joined last comes first.
pub async fn list_device_owners(app: &App, headers: &HeaderMap) -> Result<Vec<PersonRow>, Error> {
    let Some(token) = device_token(app, headers) else {
        return Ok(Vec::new());
    };
    let hash = id::digest(token);
    app.db
        .read(move |tx| store::list_by_device(tx, &hash))
        .await
        .map_err(Error::from)
}

/// What this device is known by, if somebody has joined on it.
pub(super) fn device_token<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(headers, &cookie_name(app, "device"))
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`
pub(super) async fn page(
    State(app): State<App>,
    Visitor(person): Visitor,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if let Some(person) = person {
        return Ok(see(rules::next_place(&asked.next, person.home())));
    }
    let owners = list_device_owners(&app, &headers).await?;
    let name = match owners.as_slice() {
        [only] => only.sign_in_name.clone(),
        _ => String::new(),
    };
    let form = Form::of(&[("name", &name), ("next", &asked.next)]);
    Ok(show(&app, &form).into_response())
}

fn show(app: &App, form: &Form) -> Page {
    let body = html! {
        h1 { "Sign in" }
        (problems(form))
        form.stack method="post" action="/sign-in" {
            input type="hidden" name="next" value=(form.raw("next"));
            (Field { name: "name", label: "Your sign-in name", hint: "", kind: "text",
                more: &[("autocomplete", "username"), ("autocapitalize", "none"),
                    ("spellcheck", "false"), ("required", "")] }.show(form))
            (Field { name: "secret", label: "PIN or password",
                hint: "A PIN works on the phone you joined with.", kind: "password",
                more: &[("autocomplete", "current-password"), ("required", "")] }.show(form))
            button.button type="submit" { "Sign in" }
        }
        p.soft { "Invited, and here for the first time? " a href="/join" { "Enter your code" } "." }
        p.soft { "New phone, or the PIN is gone? Ask your practitioner for a new invitation: it takes a moment, and nothing is lost." }
        @if app.config.demo { p { a.link href="/" { "Back to the demo's entrance" } } }
    };
    Page::bare("Sign in", body)
}

enum Try {
    Wait(i64),
    Compare(Option<(PersonRow, String)>),
}

/// `POST /sign-in`, the form `name`, `secret`.
pub(super) async fn sign_in(
    State(app): State<App>,
    Caller(caller): Caller,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Error> {
    app.limits.count(&format!("sign-in {caller}"))?;
    let name = form.needed("name", 60, "Please enter your sign-in name.");
    if form.raw("secret").is_empty() {
        form.complain("secret", "Please enter your PIN or password.");
    }
    if !form.problems.is_empty() {
        return Ok(again(&app, &form));
    }
    let owners = list_device_owners(&app, &headers).await?;
    let now = app.clock.now();
    // In a demo, whose secrets are printed on its first page, a PIN works anywhere.
    let any_device = app.config.demo;
    // The try is counted before the secret is looked at, so that many at once count as many.
    let attempt = app
        .db
        .write(move |tx| {
            let Some(person) = store::find_by_sign_in_name(tx, &name)? else {
                return Ok::<_, Error>(Try::Compare(None));
            };
            let (clinic, whose) = (&person.clinic_id, &person.person_id);
            let Some(credential) = store::find_credential(tx, clinic, whose)? else {
                return Ok(Try::Compare(None));
            };
            let own_device = owners.iter().any(|owner| owner.person_id == *whose);
            if credential.kind == "pin" && !own_device && !any_device {
                return Ok(Try::Compare(None));
            }
            let Some(failures) = store::count_try(tx, clinic, whose, now)? else {
                return Ok(Try::Wait((credential.locked_until_at - now).max(1000)));
            };
            let locked = now + rules::wait_after(failures);
            store::update_failures(tx, clinic, whose, failures, locked)?;
            Ok(Try::Compare(Some((person, credential.hash))))
        })
        .await?;
    let found = match attempt {
        Try::Wait(wait) => return Err(Error::TooMany((wait / 1000).unsigned_abs() + 1)),
        Try::Compare(found) => found,
    };
    let hash = found.as_ref().map(|(_, hash)| hash.clone());
    let right = app.secrets.matches(form.raw("secret"), hash).await?;
    let Some((person, _)) = found.filter(|_| right) else {
        form.complain(
            "secret",
            "The name and the PIN or password do not match. A PIN works on the phone you joined with, nowhere else.",
        );
        return Ok(again(&app, &form));
    };
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    app.db
        .write(move |tx| store::update_failures(tx, &clinic, &whose, 0, 0))
        .await
        .map_err(Error::from)?;
    begin(&app, person, form.raw("next")).await
}

fn again(app: &App, form: &Form) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, show(app, form)).into_response()
}

/// `POST /demo/entry`: one tap, in the demo only.
pub(super) async fn demo_entry(State(app): State<App>, mut form: Form) -> Result<Response, Error> {
    if !app.config.demo {
        return Err(Error::NotFound);
    }
    let name = form.text("name", 60);
    let person = app
        .db
        .read(move |tx| {
            let person = store::find_by_sign_in_name(tx, &name)?.ok_or(Error::NotFound)?;
            let clinic = store::find_clinic(tx, &person.clinic_id)?.ok_or(Error::NotFound)?;
            // Nobody real is ever let in without a secret, whatever database the demo was given.
            if clinic.invented {
                Ok(person)
            } else {
                Err(Error::NotFound)
            }
        })
        .await?;
    begin(&app, person, "").await
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let name = cookie_name(&app, "login");
    if let Some(token) = cookie(&headers, &name) {
        let hash = id::digest(token);
        app.db
            .write(move |tx| store::remove_login(tx, &hash))
            .await
            .map_err(Error::from)?;
    }
    let mut response = see("/");
    response.headers_mut().append(
        header::SET_COOKIE,
        set_cookie(&name, "", 0, app.config.is_secure()),
    );
    Ok(response)
}
