//! Consent by layers: what was agreed to, in which words, with whom; given and taken back one by one.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use kith_content::Layer;
use maud::{Markup, html};

use super::store::{self, ConsentRow};
use super::{Person, Role};
use crate::app::{App, State};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::respond::see;

/// Layers that name one practitioner: each is decided separately.
pub(super) fn names_somebody(layer: &str) -> bool {
    layer == "share"
}

/// The newest decision for each layer and practitioner.
pub(super) fn current(rows: Vec<ConsentRow>) -> BTreeMap<(String, String), ConsentRow> {
    rows.into_iter()
        .map(|row| ((row.layer.clone(), row.with_id.clone()), row))
        .collect()
}

/// The words of a layer.
pub(super) fn words(layer: &Layer) -> Markup {
    html! { @for paragraph in &layer.text { p { (paragraph) } } }
}

/// Titles of what somebody agreed to in words that have changed since. Her yes holds; she is asked to read them again.
///
/// # Errors
/// When the database fails.
pub fn list_changed(
    tx: &mut Tx<'_>,
    layers: &[Layer],
    person: &Person,
) -> Result<Vec<String>, Error> {
    if !person.roles.has(Role::Client) {
        return Ok(Vec::new());
    }
    let (clinic, whose) = (&person.clinic_id, &person.person_id);
    let decisions = current(store::list_consents(tx, clinic, whose)?);
    let theirs = store::list_practitioners(tx, clinic, whose)?;
    let mut titles = Vec::new();
    for layer in layers {
        let is_old = decisions.values().any(|row| {
            // Whoever looks after her no longer stands on her page, and nothing is to be decided about them.
            let is_shown =
                !names_somebody(&row.layer) || theirs.iter().any(|(id, _)| *id == row.with_id);
            row.layer == layer.id && row.given && row.version != layer.version && is_shown
        });
        if is_old {
            titles.push(layer.title.clone());
        }
    }
    Ok(titles)
}

/// `POST /me/consent/{layer}`
pub(super) async fn give(
    State(app): State<App>,
    person: Person,
    Path(layer): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    decide(&app, &person, &layer, form, true).await
}

/// `POST /me/consent/{layer}/withdrawal`
pub(super) async fn withdraw(
    State(app): State<App>,
    person: Person,
    Path(layer): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    if layer == "use" {
        // Without it nothing can be kept: that is erasure, which asks once more.
        return Ok(see("/me#erase"));
    }
    decide(&app, &person, &layer, form, false).await
}

async fn decide(
    app: &App,
    person: &Person,
    layer: &str,
    mut form: Form,
    given: bool,
) -> Result<Response, Error> {
    let layer = app
        .content
        .layers()
        .iter()
        .find(|known| known.id == layer)
        .ok_or(Error::NotFound)?;
    let with_id = form.text("with", 36);
    let now = app.clock.now();
    let row = ConsentRow {
        consent_id: app.ids.make(now)?,
        layer: layer.id.clone(),
        version: layer.version.clone(),
        with_id,
        given,
        at: now,
    };
    let audit_id = app.ids.make(now)?;
    let (clinic_id, person_id) = (person.clinic_id.clone(), person.person_id.clone());
    app.db
        .write(move |tx| {
            if names_somebody(&row.layer) {
                let theirs = store::list_practitioners(tx, &clinic_id, &person_id)?;
                if !theirs.iter().any(|(id, _)| *id == row.with_id) {
                    return Err(Error::NotFound);
                }
            } else if !row.with_id.is_empty() {
                return Err(Error::invalid("with", "This layer names nobody."));
            }
            store::add_consent(tx, &clinic_id, &person_id, &row)?;
            let whose = Some(person_id.as_str());
            let deed = if given {
                "gave a consent"
            } else {
                "took back a consent"
            };
            audit::add(tx, &audit_id, &clinic_id, now, whose, whose, deed)?;
            Ok(())
        })
        .await?;
    Ok(see("/me#consent"))
}
