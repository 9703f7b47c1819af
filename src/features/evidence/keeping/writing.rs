//! Adding, correcting and taking out: what somebody filled in becomes a version of a file.

use std::collections::HashSet;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kith_content::evidence::draft::{Draft, RETIRED};
use kith_evidence::import::{Reference, id_for};

use super::fields::{check, draft_of, form_of, outcomes};
use super::form_pages::{self, For};
use super::rules::Standing;
use super::versions::{Kept, id_of, kept, path};
use crate::app::{App, State};
use crate::content::store::{self as content, Version};
use crate::features::evidence::page;
use crate::features::people::Person;
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::Ids;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::respond::see;

/// The longest reason.
const REASON: usize = 600;

/// `GET /evidence/studies/new`
pub(super) async fn new(State(app): State<App>, person: Person) -> Page {
    let mut form = Form::default();
    form.set("outcomes", "1");
    let body = form_pages::page(app.content.evidence(), &For::New, &form);
    page(&person, "Add a study", body)
}

/// `GET /evidence/studies/{study}/versions/new`
pub(super) async fn correct(
    State(app): State<App>,
    person: Person,
    Path(study): Path<String>,
) -> Result<Page, Error> {
    let kept = kept(&app, &person.clinic_id, &study).await?;
    let newest = kept.newest().ok_or(Error::NotFound)?;
    let form = form_of(&newest.draft());
    Ok(filled(&app, &person, Some(&kept), &form))
}

/// The page of the form, for a study that is new or that there are versions of.
fn filled(app: &App, person: &Person, kept: Option<&Kept>, form: &Form) -> Page {
    let evidence = app.content.evidence();
    let newest = kept.and_then(|kept| Some((kept.id.as_str(), kept.newest()?)));
    let by = newest.map(|(_, one)| called(&one.draft()));
    let what = match (newest, &by) {
        (Some((id, one)), Some(by)) => {
            let version = one.version.version;
            match one.standing {
                Standing::Draft => For::Draft(id, version, by),
                _ => For::Correction(id, version, by),
            }
        }
        _ => For::New,
    };
    let title = match what {
        For::New => "Add a study",
        For::Correction(..) => "Correct a study",
        For::Draft(..) => "Go on with a draft",
    };
    page(person, title, form_pages::page(evidence, &what, form))
}

/// Authors and year of a draft, as far as it has them.
pub(super) fn called(draft: &Draft) -> String {
    let authors: Vec<&str> = draft.get("authors").split(',').map(str::trim).collect();
    let authors = match authors.as_slice() {
        [first, _, _, _, ..] => format!("{first} and others"),
        _ => draft.get("authors").to_owned(),
    };
    match (authors.as_str(), draft.get("year")) {
        ("", _) => "a study without authors".to_owned(),
        (authors, "") => authors.to_owned(),
        (authors, year) => format!("{authors}, {year}"),
    }
}

/// `POST /evidence/studies`
pub(in crate::features::evidence) async fn create(
    State(app): State<App>,
    person: Person,
    form: Form,
) -> Result<Response, Error> {
    keep(&app, &person, None, form).await
}

/// `POST /evidence/studies/{study}/versions`
pub(super) async fn add(
    State(app): State<App>,
    person: Person,
    Path(study): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    let kept = kept(&app, &person.clinic_id, &study).await?;
    keep(&app, &person, Some(kept), form).await
}

async fn keep(
    app: &App,
    person: &Person,
    kept: Option<Kept>,
    sent: Form,
) -> Result<Response, Error> {
    let draft = draft_of(&sent);
    // Outcomes that were left empty are gone, so the fields are numbered anew.
    let mut form = form_of(&draft);
    for name in ["wrong", "read_in"] {
        form.set(name, sent.raw(name));
    }
    if sent.raw("do") == "another" {
        form.set("outcomes", &(outcomes(&form) + 1).to_string());
        return Ok(filled(app, person, kept.as_ref(), &form).into_response());
    }
    let as_draft = sent.raw("do") == "draft";
    let newest = kept.as_ref().and_then(Kept::newest);
    let is_correction = newest.is_some_and(|one| one.standing != Standing::Draft);
    let note = note(&mut form, is_correction, as_draft);
    let base: i64 = sent.raw("base").parse().unwrap_or_default();
    if newest.is_some_and(|one| one.version.version != base) {
        form.complain("", "Somebody else wrote a version of this meanwhile. What you wrote is still here: look at theirs in another window, then offer yours again.");
    }
    if let Some(one) = newest.filter(|one| one.draft() == draft && one.standing != Standing::Draft)
    {
        let which = one.version.version;
        form.complain("", format!("This is what version {which} says already."));
    }
    let id = match &kept {
        Some(kept) => kept.id.clone(),
        None => new_id(app, &person.clinic_id, &draft).await?,
    };
    let mut at_hand = Form::default();
    let whole = check(&app.content, &id, &draft, &mut at_hand);
    if !as_draft {
        form.problems.append(&mut at_hand.problems);
    }
    if draft.get("title").is_empty() && form.problem("title").is_none() {
        form.complain("title", "Please say this: title.");
    }
    if !form.problems.is_empty() {
        if outcomes(&form) == 0 {
            form.set("outcomes", "1");
        }
        let shown = filled(app, person, kept.as_ref(), &form);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    let deed = match (is_correction, whole && !as_draft) {
        (_, false) => format!("kept a draft of the study {id}"),
        (true, true) => format!("offered a correction of the study {id}"),
        (false, true) => format!("offered the study {id}"),
    };
    let version = write(
        app,
        person,
        (&id, kept.as_ref()),
        draft.write().text,
        note,
        deed,
    )
    .await?;
    Ok(see(&format!("/evidence/studies/{id}/versions/{version}")))
}

/// What was changed, and where it was read.
fn note(form: &mut Form, is_correction: bool, as_draft: bool) -> String {
    let ask = |form: &mut Form, name: &str, ask: &str| match as_draft {
        true => form.text(name, REASON),
        false => form.needed(name, REASON, ask),
    };
    let mut said = Vec::new();
    if is_correction {
        let wrong = ask(form, "wrong", "Please say what was wrong.");
        said.push(format!("What was wrong: {wrong}"));
    }
    let read_in = ask(
        form,
        "read_in",
        "Please say where in it you read the figures.",
    );
    if !read_in.is_empty() {
        said.push(format!("Read in: {read_in}"));
    }
    said.join("\n")
}

/// A name for a new study's file that nothing here has.
async fn new_id(app: &App, clinic_id: &str, draft: &Draft) -> Result<String, Error> {
    let clinic = clinic_id.to_owned();
    let own = app
        .db
        .read(move |tx| content::list_files(tx, &clinic, kith_content::evidence::STUDIES))
        .await?;
    let own = own.iter().filter_map(|file| id_of(&file.newest.path));
    let names = names(app, own);
    Ok(id_for(&reference(draft), |id| names.contains(id)))
}

/// What no new study can be called: what studies, other sources and the clinic's own files are.
pub(super) fn names<'o>(app: &App, own: impl Iterator<Item = &'o str>) -> HashSet<String> {
    let sources = app
        .content
        .sources()
        .iter()
        .map(|source| source.id.as_str());
    let taken = sources.chain(["new"]).map(str::to_owned);
    taken.chain(own.map(str::to_owned)).collect()
}

/// What a draft says of the paper.
pub(super) fn reference(draft: &Draft) -> Reference {
    let authors = draft
        .get("authors")
        .split(',')
        .map(|name| name.trim().to_owned());
    Reference {
        authors: authors.filter(|name| !name.is_empty()).collect(),
        year: draft.get("year").parse().ok(),
        title: draft.get("title").to_owned(),
        doi: draft.get("doi").to_owned(),
        ..Reference::default()
    }
}

/// Adds a version after the newest there is; before the first change of a study that comes with Kith, that as well.
async fn write(
    app: &App,
    person: &Person,
    (id, kept): (&str, Option<&Kept>),
    text: String,
    note: String,
    deed: String,
) -> Result<i64, Error> {
    let before = kept.and_then(Kept::newest).map(|one| one.version.clone());
    let (person, ids, now) = (person.clone(), app.ids.clone(), app.clock.now());
    let version = Version {
        clinic_id: person.clinic_id.clone(),
        path: path(id),
        version: before.as_ref().map_or(1, |before| before.version + 1),
        text,
        note,
        made_by: person.person_id.clone(),
        made_at: now,
    };
    let number = version.version;
    let common = before.filter(|before| before.made_by.is_empty() && before.version == 1);
    app.db
        .write(move |tx| {
            if let Some(common) = &common {
                // It is there already where somebody changed the study before.
                let mut common = common.clone();
                common.made_at = if common.made_at == 0 { now } else { common.made_at };
                content::add_version(tx, &common)?;
            }
            if !content::add_version(tx, &version)? {
                return Err(Error::Conflict(
                    "Somebody else wrote a version of this at the same moment. Please go back and offer yours again.".to_owned(),
                ));
            }
            note_deed(tx, &ids, &person, now, &deed)
        })
        .await?;
    Ok(number)
}

/// Writes down who did what.
pub(super) fn note_deed(
    tx: &mut Tx<'_>,
    ids: &Ids,
    person: &Person,
    now: i64,
    deed: &str,
) -> Result<(), Error> {
    let who = Some(person.person_id.as_str());
    audit::add(tx, &ids.make(now)?, &person.clinic_id, now, who, None, deed)?;
    Ok(())
}

/// `POST /evidence/studies/{study}/retirement`: a version that says why it no longer counts; that too is read by another.
pub(super) async fn retire(
    State(app): State<App>,
    person: Person,
    Path(study): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    let kept = kept(&app, &person.clinic_id, &study).await?;
    let reason = form.needed("reason", REASON, "Please say why it is taken out.");
    form.finish()?;
    let counting = kept.counting().ok_or(Error::NotFound)?;
    if kept.open().is_some() {
        return Err(Error::Conflict(
            "A version of this study waits to be read. Decide about that one first.".to_owned(),
        ));
    }
    let mut draft = counting.draft();
    draft.set(RETIRED, &reason);
    let note = format!("Taken out: {reason}");
    let deed = format!("offered to take out the study {study}");
    let text = draft.write().text;
    let version = write(&app, &person, (&study, Some(&kept)), text, note, deed).await?;
    Ok(see(&format!(
        "/evidence/studies/{study}/versions/{version}"
    )))
}
