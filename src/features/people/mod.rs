//! Who belongs to a clinic, how they sign in, what they agreed to, and who may see whom.
//!
//! The largest room, so it is divided by noun: each noun's file holds its routes and its pages.
//! Other rooms need [`Person`], [`ClientAccess`] and [`RecordAccess`].

mod access;
mod account;
mod consent;
pub mod invitations;
mod joining;
pub mod permissions;
mod rules;
pub mod secrets;
mod sign_in;
pub mod store;

#[cfg(test)]
mod tests;

use std::fmt;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::routing::{get, post};
use maud::Markup;

use crate::app::App;
use kith_base::error::Error;
use kith_base::id;
use kith_base::web::form::Form;
use kith_base::web::layout::{Link, Page};

pub use access::{
    ClientAccess, OpenRecord, Openness, RecordAccess, caseload, open_client, open_records,
};
pub use consent::list_changed;
pub use joining::Joining;
pub use sign_in::{Caller, list_device_owners, login_hash};

/// This room's routes; who may use them stands in [`permissions::TABLE`].
pub fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/demo/entry", post(sign_in::demo_entry))
        .route("/join", get(joining::code_page).post(joining::code))
        .route("/join/{secret}", get(joining::page).post(joining::join))
        .route("/invitations", post(invitations::invite_client))
        .route("/invitations/new", get(invitations::new_page))
        .route(
            "/invitations/{invitation_id}/revocation",
            post(invitations::revoke),
        )
        .route(
            "/clients/{client_id}/invitations",
            post(invitations::invite_again),
        )
        .route("/clinic/invitations", post(invitations::invite_staff))
        .route("/me", get(account::page))
        .route("/me/settings", post(account::change_settings))
        .route("/me/secret", post(account::change_secret))
        .route("/me/consent/{layer}", post(consent::give))
        .route("/me/consent/{layer}/withdrawal", post(consent::withdraw))
}

/// What somebody is in her clinic; one person may be several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Practises, and decides who sees it.
    Client,
    /// Prescribes, and sees the clients of her own caseload.
    Practitioner,
    /// Supervises or runs a team, and sees only aggregates.
    Lead,
    /// Runs studies; sees only aggregates outside of them.
    Researcher,
    /// Runs the installation: people, settings, backups.
    Owner,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Client,
        Self::Practitioner,
        Self::Lead,
        Self::Researcher,
        Self::Owner,
    ];

    /// The word it is stored and shown as.
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Practitioner => "practitioner",
            Self::Lead => "lead",
            Self::Researcher => "researcher",
            Self::Owner => "owner",
        }
    }

    /// The role of that word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// The roles of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// These roles, each once.
    pub fn of(roles: &[Role]) -> Self {
        let mut roles = roles.to_vec();
        roles.sort_unstable();
        roles.dedup();
        Self(roles)
    }

    /// From words divided by spaces; unknown ones give nothing.
    pub fn read(words: &str) -> Self {
        Self::of(
            &words
                .split_whitespace()
                .filter_map(Role::read)
                .collect::<Vec<_>>(),
        )
    }

    /// Whether `role` is among them.
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// Whether any of `roles` is among them.
    pub fn any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|role| role.word()).collect();
        out.write_str(&words.join(" "))
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Her clinic.
    pub clinic_id: String,
    /// Herself.
    pub person_id: String,
    /// What she is called here.
    pub name: String,
    /// What she is here.
    pub roles: Roles,
    /// How dates are written for her.
    pub locale: String,
    /// Where her days begin and end.
    pub zone: String,
    /// Whether the demo's note belongs on her pages.
    pub demo: bool,
}

impl Person {
    /// A key that says nothing about her, for what is kept on her device.
    pub fn key(&self) -> String {
        id::digest(&self.person_id).chars().take(16).collect()
    }

    /// Whether a form was made for her: a page that was left open says whose it is, and somebody else may have signed in since.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it was made for somebody else; nothing of it may be kept.
    pub fn is_asked_by(&self, form: &Form) -> Result<(), Error> {
        let whose = form.raw("person");
        if whose.is_empty() || whose == self.key() {
            return Ok(());
        }
        Err(Error::Conflict(
            "Somebody else has signed in on this device since that page was opened. Nothing was kept. Please sign in again yourself, go back, and send it once more.".to_owned(),
        ))
    }

    /// Whether records are hers: the page that sends them says whose they are, and somebody else may have signed in since.
    ///
    /// # Errors
    /// [`Error::SignIn`] when they are somebody else's; the device keeps them until she comes back.
    pub fn is_sent_by(&self, headers: &HeaderMap) -> Result<(), Error> {
        match headers.get("kith-person") {
            Some(key) if key.as_bytes() != self.key().as_bytes() => Err(Error::SignIn),
            _ => Ok(()),
        }
    }

    /// Where she begins.
    pub fn home(&self) -> &'static str {
        if self.roles.has(Role::Practitioner) {
            "/caseload"
        } else if self.roles.any(&[Role::Lead, Role::Owner, Role::Researcher]) {
            "/clinic"
        } else {
            "/today"
        }
    }

    /// A page of hers, with the navigation of her roles.
    pub fn page(&self, title: &str, here: &str, body: Markup) -> Page {
        let mut links = Vec::new();
        let mut add = |href, label| links.push(Link { href, label });
        if self.roles.has(Role::Practitioner) {
            add("/caseload", "Caseload");
            add("/questionnaires", "Questionnaires");
        }
        if self.roles.any(&[Role::Lead, Role::Owner, Role::Researcher]) {
            add("/clinic", "Clinic");
        }
        // Whoever works here has a side of her own that nobody else sees.
        if self.roles.has(Role::Client) {
            add("/today", "Today");
        } else {
            add("/my-practice", "My practice");
        }
        add("/practices", "Practices");
        add("/progress", "Picture");
        add("/me", "Me");
        Page {
            language: self.locale.clone(),
            person: Some(self.key()),
            links,
            here: here.to_owned(),
            banner: self
                .demo
                .then_some("A demonstration: everybody here is invented."),
            styles: vec!["css/player.css"],
            scripts: vec!["js/kith.js", "js/player/pending.js"],
            ..Page::bare(title, body)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or(Error::SignIn)
    }
}

/// The pseudonym a person has for other systems: it says nothing about her and is no key to anything here.
pub fn pseudonym(clinic_id: &str, person_id: &str) -> String {
    let mut pseudonym = id::digest(&format!("patient\n{clinic_id}\n{person_id}"));
    pseudonym.truncate(32);
    pseudonym
}

/// Whoever asks, signed in or not.
pub struct Visitor(pub Option<Person>);

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self(parts.extensions.get::<Person>().cloned()))
    }
}

/// Whether nobody has joined yet.
///
/// # Errors
/// When the database fails.
pub async fn store_is_empty(app: &App) -> Result<bool, Error> {
    let clinics = app
        .db
        .read(store::list_clinics)
        .await
        .map_err(Error::from)?;
    Ok(clinics.is_empty())
}
