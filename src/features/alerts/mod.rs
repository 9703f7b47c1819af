//! Who looks when something is wrong: the clinic's named contact, alerts that stay open until
//! somebody has seen them, and the page of help.
//!
//! Kith sends no alert by mail or telephone. It shows them to whom they concern, counts the hours
//! somebody promised to look in, and passes on what nobody has looked at.

mod contact;
mod help;
mod pages;
mod routes;
pub mod rules;
pub mod store;

#[cfg(test)]
pub(crate) mod tests;

use axum::Router;
use axum::routing::{get, post};
use kith_content::Library;

use crate::app::App;
use crate::features::people::{self, Person};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::Ids;

pub use help::{HelpPage, Reader, find_help};
pub use pages::{card, who_looks};
pub use rules::{Contact, Kind};
pub use store::Alert;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/alerts", get(routes::list))
        .route(
            "/alerts/{alert_id}/acknowledgement",
            post(routes::acknowledge),
        )
        .route("/alerts/{alert_id}/closing", post(routes::close))
        .route("/help", get(help::page))
        .route(
            "/me/safety-plan",
            get(help::safety_plan).post(help::change_safety_plan),
        )
        .route(
            "/clinic/help",
            get(help::numbers).post(help::change_numbers),
        )
        .route("/clinic/contact", get(contact::page).post(contact::change))
}

/// The named, staffed contact of a clinic that asks about risk. `None`: questions about risk are not
/// asked, and whoever would be asked is told that nobody is watching.
///
/// # Errors
/// When the database fails.
pub fn risk_contact(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Option<Contact>, Error> {
    let contact = staffed(tx, clinic_id)?;
    Ok(contact.filter(|contact| contact.risk_items))
}

/// The contact of a clinic, whether or not it asks about risk; `None` when one of the two people has
/// left.
fn staffed(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Option<Contact>, Error> {
    Ok(store::find_contact(tx, clinic_id)?.filter(Contact::is_staffed))
}

/// Whether a clinic has nobody's emergency number on its page of help.
///
/// # Errors
/// When the database fails.
pub fn lacks_help(tx: &mut Tx<'_>, clinic_id: &str) -> Result<bool, Error> {
    let rows = store::list_help(tx, clinic_id)?;
    Ok(!rows.iter().any(|help| !help.emergency_number.is_empty()))
}

/// Something that happened and asks for a look.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    /// The clinic.
    pub clinic_id: &'a str,
    /// Whom it is about.
    pub person_id: &'a str,
    /// Why.
    pub kind: Kind,
    /// The record it comes from.
    pub cause_id: &'a str,
    /// When, Unix milliseconds.
    pub now: i64,
}

/// Who was told, to say so to the person it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Names; empty when nobody was, because nobody may be.
    pub names: Vec<String>,
    /// By when somebody looks, where a clinic has said.
    pub looks_by: Option<i64>,
}

/// Whom a cause may be told to: the named contact for risk, with the client's leave to be contacted;
/// else every practitioner of hers she shares with and who is still here.
fn recipients(
    tx: &mut Tx<'_>,
    cause: &Cause<'_>,
    contact: Option<&Contact>,
) -> Result<Vec<(String, String)>, Error> {
    let consents = people::store::list_consents(tx, cause.clinic_id, cause.person_id)?;
    let agreed = |layer: &str, with_id: &str| {
        consents
            .iter()
            .rev()
            .find(|row| row.layer == layer && row.with_id == with_id)
            .is_some_and(|row| row.given)
    };
    if cause.kind == Kind::RiskAnswer {
        return Ok(contact
            .filter(|contact| contact.risk_items && agreed("risk-contact", ""))
            .map(|contact| (contact.person_id.clone(), contact.name().to_owned()))
            .into_iter()
            .collect());
    }
    let mut found = Vec::new();
    for (id, name) in people::store::list_practitioners(tx, cause.clinic_id, cause.person_id)? {
        if agreed("share", &id) && people::store::is_here(tx, cause.clinic_id, &id)? {
            found.push((id, name));
        }
    }
    Ok(found)
}

/// Whether somebody may be told of this person's answers about risk.
///
/// # Errors
/// When the database fails.
pub fn may_tell_of_risk(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<bool, Error> {
    let contact = staffed(tx, clinic_id)?;
    let cause = Cause {
        clinic_id,
        person_id,
        kind: Kind::RiskAnswer,
        cause_id: "",
        now: 0,
    };
    Ok(!recipients(tx, &cause, contact.as_ref())?.is_empty())
}

/// Raises an alert, once a cause, and never a second of its kind while one waits for the same people,
/// but for an answer about risk: each is news, though an earlier one still waits.
/// Where nobody may be told nothing is raised, and [`Told::names`] is empty.
///
/// # Errors
/// When the database fails.
pub fn raise(
    tx: &mut Tx<'_>,
    ids: &Ids,
    library: &Library,
    cause: &Cause<'_>,
) -> Result<Told, Error> {
    let (clinic, now) = (cause.clinic_id, cause.now);
    let contact = staffed(tx, clinic)?;
    let recipients = recipients(tx, cause, contact.as_ref())?;
    if recipients.is_empty() {
        return Ok(Told::default());
    }
    let due_at = contact.as_ref().map(|contact| contact.looks_by(now));
    let told = Told {
        names: recipients.iter().map(|(_, name)| name.clone()).collect(),
        // Only who is asked about risk has promised to look within some hours.
        looks_by: due_at.filter(|_| cause.kind == Kind::RiskAnswer),
    };
    let mut waits_for_all = cause.kind != Kind::RiskAnswer;
    for (id, _) in &recipients {
        let waiting = store::find_waiting(tx, clinic, cause.person_id, cause.kind, id)?;
        waits_for_all &= waiting.is_some();
    }
    if waits_for_all {
        return Ok(told);
    }
    let unseen = library.safety().rules.unseen_hours * 3_600_000.0;
    let due_at = due_at.unwrap_or(now + unseen as i64);
    let alert_id = ids.make(now)?;
    let why = (cause.kind, cause.cause_id);
    if !store::add_alert(tx, clinic, &alert_id, cause.person_id, why, (now, due_at))? {
        return Ok(told);
    }
    for (id, _) in &recipients {
        let event = event(&alert_id, now, "sent", "", id, "");
        store::add_event(tx, clinic, &ids.make(now)?, &event)?;
    }
    let whom = Some(cause.person_id);
    audit::add(
        tx,
        &ids.make(now)?,
        clinic,
        now,
        None,
        whom,
        "noted that something asks for a look, and for whom",
    )?;
    Ok(told)
}

fn event(alert_id: &str, at: i64, kind: &str, by: &str, to: &str, note: &str) -> store::Event {
    store::Event {
        alert_id: alert_id.to_owned(),
        at,
        kind: kind.to_owned(),
        by_id: by.to_owned(),
        by: None,
        to_id: to.to_owned(),
        note: note.to_owned(),
    }
}

/// Somebody it went to has seen an alert.
///
/// # Errors
/// [`Error::NotFound`] when it did not go to her.
pub fn acknowledge(
    tx: &mut Tx<'_>,
    ids: &Ids,
    clinic_id: &str,
    (person_id, alert_id): (&str, &str),
    note: &str,
    now: i64,
) -> Result<(), Error> {
    let whom = (person_id, alert_id);
    answer(tx, ids, clinic_id, whom, ("acknowledged", note), now)
}

/// Somebody it went to has seen an alert, or says what came of it.
fn answer(
    tx: &mut Tx<'_>,
    ids: &Ids,
    clinic_id: &str,
    (person_id, alert_id): (&str, &str),
    (kind, note): (&str, &str),
    now: i64,
) -> Result<(), Error> {
    let alert = store::find_sent(tx, clinic_id, person_id, alert_id)?.ok_or(Error::NotFound)?;
    let event = event(alert_id, now, kind, person_id, "", note);
    if !store::add_event(tx, clinic_id, &ids.make(now)?, &event)? {
        return Ok(());
    }
    // Whoever says what came of it has looked.
    store::remove_waiting(tx, clinic_id, alert_id)?;
    let deed = match kind {
        "closed" => "closed an alert",
        _ => "looked at an alert and took it on",
    };
    let (who, whom) = (Some(person_id), Some(alert.person_id.as_str()));
    audit::add(tx, &ids.make(now)?, clinic_id, now, who, whom, deed)?;
    Ok(())
}

/// Passes on every alert that nobody has looked at in time; doing it twice does it once. An answer
/// about risk goes to the second person. Others go to nobody new, because a client has agreed to
/// nobody new: owners and leads see how many there are.
///
/// # Errors
/// When the database fails.
pub fn escalate_due(tx: &mut Tx<'_>, ids: &Ids, now: i64) -> Result<usize, Error> {
    let mut passed_on = 0;
    for alert in store::list_overdue(tx, now)? {
        let clinic = alert.clinic_id.as_str();
        if !store::update_passed_on(tx, clinic, &alert.alert_id)? {
            continue;
        }
        let second = match alert.kind {
            Some(Kind::RiskAnswer) => store::find_contact(tx, clinic)?
                .filter(|contact| contact.second_name.is_some())
                .map(|contact| contact.second_id),
            _ => None,
        };
        let to = second.unwrap_or_default();
        let event = event(&alert.alert_id, now, "escalated", "", &to, "");
        store::add_event(tx, clinic, &ids.make(now)?, &event)?;
        let whom = Some(alert.person_id.as_str());
        let deed = if to.is_empty() {
            "noted that nobody had looked at an alert in time"
        } else {
            "passed on an alert nobody had looked at in time"
        };
        audit::add(tx, &ids.make(now)?, clinic, now, None, whom, deed)?;
        passed_on += 1;
    }
    if passed_on > 0 {
        tracing::warn!(passed_on, "alerts were not looked at in time");
    }
    Ok(passed_on)
}

/// Passes on what is overdue, when anything is. Pages and the periodic job call it.
///
/// # Errors
/// When the database fails.
pub async fn escalate(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    let overdue = app
        .db
        .read(move |tx| store::is_overdue(tx, now))
        .await
        .map_err(Error::from)?;
    if overdue {
        let ids = app.ids.clone();
        app.db
            .write(move |tx| escalate_due(tx, &ids, now).map(|_| ()))
            .await?;
    }
    Ok(())
}

/// An alert that waits, and somebody who may know of it and has not been told: a contact named since, a practitioner who
/// took over, somebody the client has begun to share with.
type Unreached = (String, String, String);

fn list_unreached(tx: &mut Tx<'_>, now: i64) -> Result<Vec<Unreached>, Error> {
    let mut unreached = Vec::new();
    for alert in store::list_unanswered(tx)? {
        let Some(kind) = alert.kind else {
            continue;
        };
        let cause = Cause {
            clinic_id: &alert.clinic_id,
            person_id: &alert.person_id,
            kind,
            cause_id: "",
            now,
        };
        let contact = staffed(tx, &alert.clinic_id)?;
        for (to, _) in recipients(tx, &cause, contact.as_ref())? {
            if store::find_sent(tx, &alert.clinic_id, &to, &alert.alert_id)?.is_none() {
                unreached.push((alert.clinic_id.clone(), alert.alert_id.clone(), to));
            }
        }
    }
    Ok(unreached)
}

/// Sends what waits also to whoever may know of it by now, so that nothing waits for people who are gone. The periodic job
/// calls it; it writes only when there is somebody new.
///
/// # Errors
/// When the database fails.
pub async fn reach(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    let unreached = app.db.read(move |tx| list_unreached(tx, now)).await?;
    if unreached.is_empty() {
        return Ok(());
    }
    let ids = app.ids.clone();
    app.db
        .write(move |tx| {
            for (clinic, alert_id, to) in &unreached {
                let event = event(alert_id, now, "sent", "", to, "");
                store::add_event(tx, clinic, &ids.make(now)?, &event)?;
            }
            Ok(())
        })
        .await
}

/// Somebody who works here has left: what waited for her is passed on at once.
///
/// # Errors
/// When the database fails.
pub fn person_left(
    tx: &mut Tx<'_>,
    ids: &Ids,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<(), Error> {
    store::update_left(tx, clinic_id, person_id, now)?;
    escalate_due(tx, ids, now)?;
    Ok(())
}

/// What waits for somebody, and how many alerts of the clinic nobody has looked at in time.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Alerts that went to her and wait, each with whether she may know what it is about.
    pub mine: Vec<(Alert, bool)>,
    /// For owners and leads; 0 for everybody else.
    pub unseen: i64,
}

/// What waits for whoever asks.
///
/// # Errors
/// When the database fails.
pub fn waiting(tx: &mut Tx<'_>, person: &Person) -> Result<Waiting, Error> {
    use people::Role::{Lead, Owner};
    let (clinic, whose) = (&person.clinic_id, &person.person_id);
    let mut sent = store::list_sent(tx, clinic, whose, i64::MAX)?;
    sent.retain(|alert| alert.waits);
    let unseen = if person.roles.any(&[Owner, Lead]) {
        store::count_unseen(tx, clinic)?
    } else {
        0
    };
    Ok(Waiting {
        mine: may_know(tx, person, sent)?,
        unseen,
    })
}

/// Adds to each alert whether this person may know what it is about: consent may have been taken back
/// since it was raised.
fn may_know(
    tx: &mut Tx<'_>,
    person: &Person,
    alerts: Vec<Alert>,
) -> Result<Vec<(Alert, bool)>, Error> {
    let mut known = Vec::new();
    for alert in alerts {
        let consents = people::store::list_consents(tx, &person.clinic_id, &alert.person_id)?;
        let (layer, with_id) = match alert.kind {
            Some(Kind::RiskAnswer) => ("risk-contact", ""),
            _ => ("share", person.person_id.as_str()),
        };
        let given = consents
            .iter()
            .rev()
            .find(|row| row.layer == layer && row.with_id == with_id)
            .is_some_and(|row| row.given);
        known.push((alert, given));
    }
    Ok(known)
}
