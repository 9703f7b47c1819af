//! Reading what somebody else wrote, and saying whether it counts.

use axum::extract::{Path, Query};
use axum::response::Response;
use kith_content::evidence::draft::Draft;
use kith_content::{File, Problem};
use serde::Deserialize;

use super::pages;
use super::rules::{May, Standing, differences as differ, may_approve};
use super::store::{self, Review};
use super::versions::{Kept, One, kept, open, path};
use super::writing::note_deed;
use crate::app::{App, State};
use crate::content::load_with;
use crate::content::store as content;
use crate::features::evidence::page;
use crate::features::people::{Person, Role};
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::respond::see;

/// The longest reason.
const REASON: usize = 600;

/// `GET /evidence/waiting`
pub(super) async fn waiting(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let (open, staff) = open(&app, &person.clinic_id).await?;
    let body = pages::waiting(&person, &open, staff, app.clock.now());
    Ok(page(&person, "Studies that wait", body))
}

/// `GET /evidence/studies/{study}/versions`
pub(super) async fn list(
    State(app): State<App>,
    person: Person,
    Path(study): Path<String>,
) -> Result<Page, Error> {
    let kept = kept(&app, &person.clinic_id, &study).await?;
    let body = pages::list(&app, &person, &kept);
    Ok(page(&person, "Versions of a study", body))
}

/// `GET /evidence/studies/{study}/versions/{version}`
pub(super) async fn show(
    State(app): State<App>,
    person: Person,
    Path((study, version)): Path<(String, String)>,
) -> Result<Page, Error> {
    let kept = kept(&app, &person.clinic_id, &study).await?;
    let one = kept.find(number(&version)?).ok_or(Error::NotFound)?;
    let body = pages::version(&app, &person, &kept, one, &Form::default());
    Ok(page(&person, &format!("{study}, version {version}"), body))
}

/// Which version is compared with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct From {
    from: Option<String>,
}

/// `GET /evidence/studies/{study}/versions/{version}/differences`: from the one before, or from another.
pub(super) async fn differences(
    State(app): State<App>,
    person: Person,
    Path((study, version)): Path<(String, String)>,
    Query(From { from }): Query<From>,
) -> Result<Page, Error> {
    let kept = kept(&app, &person.clinic_id, &study).await?;
    let one = kept.find(number(&version)?).ok_or(Error::NotFound)?;
    let from = match from {
        Some(from) => number(&from)?,
        None => one.version.version - 1,
    };
    let before = match from {
        // What was there before the first version.
        0 => Draft::default(),
        from => kept.find(from).ok_or(Error::NotFound)?.draft(),
    };
    let found = differ(&before, &one.draft());
    let body = pages::differences(&kept, one, from, &found);
    Ok(page(&person, "What differs", body))
}

/// `POST /evidence/studies/{study}/versions/{version}/approval`
pub(super) async fn approve(
    State(app): State<App>,
    person: Person,
    Path((study, version)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Error> {
    let kept = kept(&app, &person.clinic_id, &study).await?;
    let one = kept.find(number(&version)?).ok_or(Error::NotFound)?;
    if one.standing != Standing::Waits {
        let how = one.standing.words();
        return Err(Error::Conflict(format!(
            "Nothing is to be decided about this version ({how})."
        )));
    }
    let others = others(&kept, &person);
    let alone = match may_approve(
        &one.version,
        &person.person_id,
        person.roles.has(Role::Owner),
        others,
    ) {
        May::Approve => false,
        May::ApproveAlone => true,
        May::AskAnother => {
            return Err(Error::invalid(
                "",
                "You wrote this yourself. Somebody else who works here reads it and says that it counts.",
            ));
        }
        May::AskOwner => {
            return Err(Error::invalid(
                "",
                "You wrote this yourself, and nobody else works here. Whoever owns the clinic can let it count.",
            ));
        }
    };
    let note = form.text("looked_at", REASON);
    if alone && !form.ticked("alone") {
        form.complain("alone", "Please say that nobody but you has read it.");
    }
    form.finish()?;
    let broken = newly_broken(&app, &person.clinic_id, one).await?;
    if let Some(first) = broken.first() {
        return Err(Error::invalid(
            "",
            format!(
                "This cannot count yet, because something else leans on what it changes: {first}"
            ),
        ));
    }
    let review = Review {
        study: study.clone(),
        version: one.version.version,
        approved: true,
        alone,
        note,
        decided_by: person.person_id.clone(),
        decided_at: app.clock.now(),
    };
    decide(&app, &person, review).await?;
    Ok(see(&format!("/evidence/studies/{study}")))
}

/// A version's number as it stands in an address.
fn number(text: &str) -> Result<i64, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// How many work here beside somebody.
pub(super) fn others(kept: &Kept, person: &Person) -> usize {
    let herself = usize::from(person.roles.any(&super::versions::STAFF));
    kept.staff.saturating_sub(herself)
}

/// `POST /evidence/studies/{study}/versions/{version}/refusal`: somebody else says no, or its writer takes it back.
pub(super) async fn refuse(
    State(app): State<App>,
    person: Person,
    Path((study, version)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Error> {
    let kept = kept(&app, &person.clinic_id, &study).await?;
    let one = kept.find(number(&version)?).ok_or(Error::NotFound)?;
    if !one.standing.is_open() {
        let how = one.standing.words();
        return Err(Error::Conflict(format!(
            "Nothing is to be decided about this version ({how})."
        )));
    }
    let own = one.version.made_by == person.person_id;
    let note = if own {
        form.text("note", REASON)
    } else {
        form.needed(
            "note",
            REASON,
            "Please say why, so that its writer can put it right.",
        )
    };
    form.finish()?;
    let review = Review {
        study: study.clone(),
        version: one.version.version,
        approved: false,
        alone: false,
        note,
        decided_by: person.person_id.clone(),
        decided_at: app.clock.now(),
    };
    decide(&app, &person, review).await?;
    Ok(see(&format!(
        "/evidence/studies/{study}/versions/{version}"
    )))
}

/// Writes a decision down, and puts what was approved to use.
async fn decide(app: &App, person: &Person, review: Review) -> Result<(), Error> {
    let (person, ids, now) = (person.clone(), app.ids.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            let clinic = person.clinic_id.as_str();
            let file = path(&review.study);
            let newest = content::find_file(tx, clinic, &file)?;
            let is_newest = newest.is_some_and(|file| file.newest.version == review.version);
            if !is_newest || !store::add_review(tx, clinic, &review)? {
                return Err(Error::Conflict(
                    "Somebody wrote or decided something about this study meanwhile. Please look at it again.".to_owned(),
                ));
            }
            let (study, version) = (&review.study, review.version);
            let deed = if review.approved {
                let by = (person.person_id.as_str(), now);
                content::update_use(tx, (clinic, &file), Some(version), by)?;
                let alone = if review.alone { ", which nobody else had read" } else { "" };
                format!("let version {version} of the study {study} count{alone}")
            } else {
                format!("said no to version {version} of the study {study}")
            };
            note_deed(tx, &ids, &person, now, &deed)
        })
        .await
}

/// What would no longer be right in the clinic's content if a version counted: a claim that tells a figure the version no
/// longer has, a practice whose source it is.
async fn newly_broken(app: &App, clinic_id: &str, one: &One) -> Result<Vec<Problem>, Error> {
    let clinic = clinic_id.to_owned();
    let (_, own) = app
        .db
        .read(move |tx| content::list_used(tx, &clinic))
        .await?;
    let own: Vec<File> = own
        .into_iter()
        .map(|(path, text)| File { path, text })
        .collect();
    let (overlay, version) = (app.config.content.clone(), one.version.clone());
    tokio::task::spawn_blocking(move || {
        let before = load_with(overlay.as_deref(), own.clone())?.problems;
        let mut with = own;
        with.push(File {
            path: version.path,
            text: version.text,
        });
        let mut after = load_with(overlay.as_deref(), with)?.problems;
        after.retain(|problem| !before.contains(problem));
        Ok::<_, String>(after)
    })
    .await
    .map_err(Error::internal)?
    .map_err(Error::internal)
}
