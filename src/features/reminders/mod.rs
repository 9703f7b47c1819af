//! One reminder a day, at a time and after a routine of one's own: calendar feed, e-mail, web push.
//!
//! It says nothing that a locked screen should not show, keeps quiet hours, stops after three that
//! nobody followed, and then asks once.

mod calendar;
mod pages;
mod routes;
pub mod rules;
pub mod store;
mod work;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::{get, post};
use maud::Markup;

use crate::app::App;
use crate::features::people::Person;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::jobs;
use kith_base::push::{Keys, Push, new_private_key};
use rules::State;

pub use work::work;

/// How many browsers one person's messages go to.
pub const MOST_DEVICES: i64 = 4;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/reminders", get(routes::page).post(routes::change))
        .route("/reminders/pause", post(routes::pause))
        .route("/reminders/ending", post(routes::end))
        .route("/reminders/smaller", post(routes::make_smaller))
        .route("/reminders/smallest", get(routes::smallest))
        .route("/reminders/calendar", post(routes::make_calendar))
        .route(
            "/reminders/calendar/revocation",
            post(routes::revoke_calendar),
        )
        .route("/reminders/devices", post(routes::add_device))
        .route(
            "/reminders/devices/{device_id}/ending",
            post(routes::end_device),
        )
        .route("/reminders/mail/letter", post(routes::ask_again))
        .route(
            "/reminders/mail/confirmation/{secret}",
            get(routes::confirmation_page).post(routes::confirm),
        )
        .route(
            "/reminders/mail/ending/{secret}",
            get(routes::leave_page).post(routes::leave),
        )
        .route("/calendar/{file}", get(routes::calendar))
}

/// Whether letters can be sent here.
fn sends_mail(app: &App) -> bool {
    app.config.mailer.is_there()
}

/// Whether messages to browsers can be sent here. Nothing leaves the machine a demo runs on, and
/// browsers take messages over https only.
fn can_push(app: &App) -> bool {
    !app.config.demo && (app.config.is_secure() || cfg!(test))
}

fn push(app: &App) -> Push {
    let contact = match &app.config.mail_from {
        Some(address) => format!("mailto:{address}"),
        None => app.config.url.clone(),
    };
    Push {
        local: cfg!(test),
        contact,
    }
}

/// The keys a clinic's messages are known by, made the first time they are needed.
async fn keys(app: &App, clinic_id: &str) -> Result<Keys, Error> {
    let clinic = clinic_id.to_owned();
    let found = app
        .db
        .read(move |tx| store::find_key(tx, &clinic))
        .await
        .map_err(Error::from)?;
    let key = match found {
        Some(key) => key,
        None => {
            let (clinic, made) = (
                clinic_id.to_owned(),
                new_private_key().map_err(Error::internal)?,
            );
            app.db
                .write(move |tx| {
                    store::add_key(tx, &clinic, &made)?;
                    store::find_key(tx, &clinic)
                })
                .await
                .map_err(Error::from)?
                .ok_or_else(|| Error::internal("the new key is not there"))?
        }
    };
    Keys::read(&key).ok_or_else(|| Error::internal("the key for messages cannot be read"))
}

/// What her first page shows of her reminders: the one question, when it was asked. That she came is
/// noted, and so is another time zone.
///
/// # Errors
/// When the database fails.
pub async fn card(app: &App, person: &Person) -> Result<Option<Markup>, Error> {
    let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
    let found = app
        .db
        .read(move |tx| {
            let Some(reminder) = store::find(tx, &clinic, &whose)? else {
                return Ok(None);
            };
            Ok::<_, Error>(Some((
                reminder,
                store::list_sent(tx, &clinic, &whose, rules::IGNORED as i64)?,
            )))
        })
        .await?;
    let Some((reminder, sent)) = found else {
        return Ok(None);
    };
    let moved = reminder.zone != person.zone;
    let unseen = |sent: &rules::Sent| sent.delivered_at.is_some() && sent.visited_at.is_none();
    if moved || sent.iter().any(unseen) {
        let (person, reminder, now) = (person.clone(), reminder.clone(), app.clock.now());
        app.db
            .write(move |tx| {
                let (clinic, whose) = (&person.clinic_id, &person.person_id);
                store::update_visited(tx, clinic, whose, now)?;
                if moved {
                    let here = kith_base::web::locale::zone(&person.zone);
                    let next = rules::next_at(&reminder, now, &here);
                    store::update_next(tx, clinic, whose, next, &person.zone)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
    }
    Ok((reminder.state == State::Asked).then(|| pages::question(false)))
}

/// Everything kept here about a person, for her to take along.
///
/// # Errors
/// When the database fails.
pub fn record(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<serde_json::Value, Error> {
    Ok(serde_json::json!({
        "settings": store::find(tx, clinic_id, person_id)?,
        "sent": store::list_sent(tx, clinic_id, person_id, i64::MAX)?,
        "mail": store::find_address(tx, clinic_id, person_id)?,
        "devices": store::list_devices(tx, clinic_id, person_id)?,
        "calendar_since": store::find_calendar(tx, clinic_id, person_id)?,
    }))
}

/// Removes everything kept here about a person, and what was still to be sent.
///
/// # Errors
/// When the database fails.
pub fn remove_all(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<(), kith_base::db::Error> {
    store::remove_all(tx, clinic_id, person_id)?;
    jobs::store::remove_all(tx, clinic_id, person_id)
}
