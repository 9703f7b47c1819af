//! Who, load, decide, answer: the list, beginning one, the editor, its checker, and keeping a version.

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::draft::{BEGINNING, Draft, Terms};
use super::editor::{self, Shown};
use super::pages::{self, Listed};
use super::rules::{self, Checked, MOST_PRACTICES, MOST_VERSIONS, Reach};
use crate::app::{App, State};
use crate::content::store::{self, OwnFile, Version};
use crate::content::text_of;
use crate::features::library;
use crate::features::library::own::is_own;
use crate::features::people::{self, Person, Role};
use kith_base::audit;
use kith_base::error::Error;
use kith_base::web::difference;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::respond::{self, see, wants_json};

/// A practice of whoever asks.
pub(super) struct Own {
    pub(super) slug: String,
    pub(super) file: OwnFile,
    /// The newest version, as a form has it.
    pub(super) draft: Draft,
    pub(super) terms: Terms,
    pub(super) reach: Reach,
}

impl Own {
    pub(super) fn of(app: &App, file: OwnFile) -> Option<Self> {
        let slug = rules::slug_at(&file.newest.path)?.to_owned();
        let (draft, terms) = Draft::read(&file.newest.text);
        Some(Self {
            reach: reach_of(app, &slug, &file),
            slug,
            file,
            draft,
            terms,
        })
    }

    pub(super) fn checked(&self, app: &App) -> Checked {
        rules::check(&app.content, &self.slug, &self.draft, self.terms)
    }
}

/// Who has a practice now.
pub(super) fn reach_of(app: &App, slug: &str, file: &OwnFile) -> Reach {
    match (file.in_use, app.content.practice(slug)) {
        (None, _) if file.taken_back => Reach::Withdrawn,
        // What the reader of a newer Kith leaves out nobody has.
        (None, _) | (Some(_), None) => Reach::Nobody,
        (Some(_), Some(practice)) => Reach::of(Terms {
            restricted: practice.restricted,
            instead: practice.instead,
        }),
    }
}

/// The practice of that slug, if whoever asks wrote it.
pub(super) async fn find_own(app: &App, person: &Person, slug: &str) -> Result<Own, Error> {
    if !is_own(slug) {
        return Err(Error::NotFound);
    }
    let (clinic, path) = (person.clinic_id.clone(), rules::path_of(slug));
    let file = app
        .db
        .read(move |tx| store::find_file(tx, &clinic, &path))
        .await
        .map_err(Error::from)?;
    file.filter(|file| file.begun_by == person.person_id)
        .and_then(|file| Own::of(app, file))
        .ok_or(Error::NotFound)
}

#[derive(Deserialize)]
pub(super) struct From {
    /// The practice to begin with a copy of.
    #[serde(default)]
    from: String,
}

/// `GET /writing`: one's own, and what others here wrote and offer.
pub(super) async fn list(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<From>,
) -> Result<Page, Error> {
    let form = Form::of(&[("from", &asked.from)]);
    list_page(&app, &person, &form).await
}

async fn list_page(app: &App, person: &Person, form: &Form) -> Result<Page, Error> {
    let clinic = person.clinic_id.clone();
    let (files, people) = app
        .db
        .read(move |tx| {
            let files = store::list_files(tx, &clinic, "practices/")?;
            let people = people::store::list_people(tx, &clinic)?;
            Ok::<_, Error>((files, people))
        })
        .await?;
    let name = |id: &str| {
        let found = people.iter().find(|row| row.person_id == id);
        found.map_or("Somebody who has left", |row| row.name.as_str())
    };
    let listed: Vec<Listed<'_>> = files
        .into_iter()
        .filter_map(|file| {
            let own = Own::of(app, file)?;
            let is_hers = own.file.begun_by == person.person_id;
            // A practice for named clients may hold what one of them told: nobody else reads more than its name.
            let is_seen = is_hers
                || own.reach == Reach::Everybody
                || (own.reach == Reach::Chosen && person.roles.has(Role::Owner));
            is_seen.then(|| Listed {
                is_hers,
                writer: name(&own.file.begun_by),
                own,
            })
        })
        .collect();
    let body = pages::list(app, person, &listed, form);
    Ok(dressed(person.page(
        "Practices written here",
        "/practices",
        body,
    )))
}

/// With what the pages of this room need.
pub(super) fn dressed(mut page: Page) -> Page {
    page.styles.push("css/writing.css");
    page.styles.push(difference::STYLE);
    page
}

/// `POST /writing`: begins one, with a small example or as a copy.
pub(super) async fn begin(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let title = form.needed(
        "title",
        60,
        "Please give it a title; it can be another one later.",
    );
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let from = form.text("from", 80);
    let copied = match from.as_str() {
        "" => None,
        slug => {
            let found = library::open(&app, &person, slug)
                .await
                .ok()
                .filter(|practice| rules::may_copy(practice));
            if found.is_none() {
                form.complain("from", "Please choose one of these.");
            }
            found
        }
    };
    if !form.problems.is_empty() {
        let page = list_page(&app, &person, &form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (draft, note) = match copied {
        None => (rules::example(&title), "Begun".to_owned()),
        Some(practice) => (
            rules::copy_of(&read_text(&app, &person, &practice.slug).await?, &title),
            format!("Begun from {}", practice.title),
        ),
    };
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    let known = app.content.clone();
    let slug = app
        .db
        .write(move |tx| {
            let (clinic, who) = (person.clinic_id.as_str(), person.person_id.as_str());
            let files = store::list_files(tx, clinic, "practices/")?;
            let is_withdrawn = |file: &OwnFile| {
                file.taken_back || Draft::read(&file.newest.text).1 == rules::terms(Reach::Withdrawn, "", false)
            };
            if files.iter().filter(|file| !is_withdrawn(file)).count() >= MOST_PRACTICES {
                return Err(Error::Conflict(format!(
                    "There are {MOST_PRACTICES} practices written here already. Withdraw one that is not needed any more, then begin this one."
                )));
            }
            let slug = rules::slug_of(&title, |slug| {
                known.practice(slug).is_some()
                    || files.iter().any(|file| file.newest.path == rules::path_of(slug))
            });
            let version = Version {
                clinic_id: clinic.to_owned(),
                path: rules::path_of(&slug),
                version: 1,
                text: draft.text(BEGINNING).text,
                note,
                made_by: who.to_owned(),
                made_at: now,
            };
            if !store::add_version(tx, &version)? {
                return Err(Error::Conflict(
                    "Somebody else took this title at the same moment. Please try again.".to_owned(),
                ));
            }
            audit::add(tx, &audit_id, clinic, now, Some(who), None, "began to write a practice")?;
            Ok::<_, Error>(slug)
        })
        .await?;
    Ok(see(&format!("/writing/{slug}")))
}

/// The text of a practice's file: the clinic's own, or what everybody has.
async fn read_text(app: &App, person: &Person, slug: &str) -> Result<String, Error> {
    let (clinic, path) = (person.clinic_id.clone(), rules::path_of(slug));
    let wanted = path.clone();
    let (_, used) = app
        .db
        .read(move |tx| store::list_used(tx, &clinic))
        .await
        .map_err(Error::from)?;
    if let Some((_, text)) = used.into_iter().find(|(used, _)| *used == wanted) {
        return Ok(text);
    }
    let overlay = app.config.content.clone();
    tokio::task::spawn_blocking(move || text_of(overlay.as_deref(), &path))
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)?
        .ok_or(Error::NotFound)
}

/// `GET /writing/{slug}`
pub(super) async fn edit(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
) -> Result<Page, Error> {
    let own = find_own(&app, &person, &slug).await?;
    let checked = own.checked(&app);
    let mut form = own.draft.form();
    form.set("base", &own.file.newest.version.to_string());
    let shown = Shown::kept(&app, &checked, &form);
    Ok(editor::page(&app, &person, &own, &shown))
}

/// How long somebody wants to hear it, as the form says; five minutes or as near as it can be when it says nothing.
pub(super) fn minutes_of(form: &Form, checked: &Checked) -> f64 {
    let typed = form.raw("at").trim().replace(',', ".").parse::<f64>().ok();
    let usual = checked
        .practice
        .as_ref()
        .map_or(5.0, library::usual_minutes);
    typed.filter(|minutes| minutes.is_finite()).unwrap_or(usual)
}

/// `POST /writing/{slug}/check`: what is to be mended and how it goes, as a page, or as JSON for the page that is open.
pub(super) async fn check(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, Error> {
    app.limits
        .count_request(&format!("writing {}", person.person_id))?;
    let own = find_own(&app, &person, &slug).await?;
    let checked = check_form(&app, &own, &form).await?;
    if wants_json(&headers) {
        let shown = Shown::unkept(&app, &checked, &form);
        return Ok(respond::json(
            StatusCode::OK,
            &json!({
                "said": editor::said(&shown),
                "good": checked.is_good(),
                "faults": checked.faults,
                "panel": editor::panel(&shown).into_string(),
                "timeline": editor::timeline(&shown).into_string(),
            }),
        ));
    }
    editor::complain(&mut form, &checked);
    let shown = Shown::unkept(&app, &checked, &form);
    Ok(editor::page(&app, &person, &own, &shown).into_response())
}

/// Reads what was sent. What takes long to play is played beside the others.
pub(super) async fn check_form(app: &App, own: &Own, form: &Form) -> Result<Checked, Error> {
    let (content, slug, terms) = (app.content.clone(), own.slug.clone(), own.terms);
    let draft = Draft::of_form(form);
    tokio::task::spawn_blocking(move || rules::check(&content, &slug, &draft, terms))
        .await
        .map_err(Error::internal)
}

/// `POST /writing/{slug}/versions`: keeps what was written, whether it is right yet or not.
pub(super) async fn keep(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    person.is_asked_by(&form)?;
    let own = find_own(&app, &person, &slug).await?;
    let draft = Draft::of_form(&form);
    let note = form.text("note", 200);
    if draft.script.chars().count() > rules::LONGEST {
        form.complain(
            "script",
            format!(
                "This is longer than {} characters. Please make two practices of it.",
                rules::LONGEST
            ),
        );
    }
    if own.file.newest.version >= MOST_VERSIONS {
        form.complain("note", "There are as many versions of this as can be kept. Begin a new practice as a copy of it.");
    }
    if !form.problems.is_empty() {
        let checked = check_form(&app, &own, &form).await?;
        let shown = Shown::unkept(&app, &checked, &form);
        let page = editor::page(&app, &person, &own, &shown);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let text = draft.text(own.terms).text;
    let here = format!("/writing/{slug}");
    if text == own.file.newest.text {
        return Ok(see(&here));
    }
    let base = form.raw("base").parse::<i64>().map_err(|_| {
        Error::invalid("base", "This page does not say which version it follows. Please open it again, and put your text into it.")
    })?;
    let version = Version {
        clinic_id: person.clinic_id.clone(),
        path: own.file.newest.path.clone(),
        version: base + 1,
        text,
        note,
        made_by: person.person_id.clone(),
        made_at: app.clock.now(),
    };
    let added = app
        .db
        .write(move |tx| store::add_version(tx, &version))
        .await
        .map_err(Error::from)?;
    if added {
        return Ok(see(&here));
    }
    // Another page kept something in between. Both are shown, and the next press of the button is about that.
    let own = find_own(&app, &person, &slug).await?;
    let checked = check_form(&app, &own, &form).await?;
    form.set("base", &own.file.newest.version.to_string());
    let shown = Shown::unkept(&app, &checked, &form).overtaken();
    let page = editor::page(&app, &person, &own, &shown);
    Ok((StatusCode::CONFLICT, page).into_response())
}
