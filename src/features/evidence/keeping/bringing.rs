//! Bringing in a file of references or effects: a look at what was read, then drafts of what is chosen.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kith_content::evidence::STUDIES;
use kith_content::evidence::draft::Draft;
use kith_evidence::import::{
    Better, Choice, Choices, Format, MOST_BYTES, Made, Measured, Metapsy, Papers, Reference,
    Trouble, from_metapsy, from_references, id_for, metapsy, references,
};

use super::bringing_pages as pages;
use super::versions::{id_of, path};
use super::writing::{names, note_deed, reference};
use crate::app::{App, State};
use crate::content::store::{self as content, Version};
use crate::features::evidence::page;
use crate::features::people::Person;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::respond::see;
use kith_base::web::upload::Upload;

/// The file as base64 in a form, where two of its letters take three places each, what was chosen, and something to spare.
pub(super) const LARGEST: usize = MOST_BYTES / 3 * 4 + MOST_BYTES / 8 + 256 * 1024;

/// What may be said for all studies of a file of effects at once.
pub(super) const FOR_ALL: [&str; 6] = [
    "source",
    "design",
    "family",
    "people",
    "setting",
    "population",
];

/// `GET /evidence/imports`
pub(super) async fn form(person: Person) -> Page {
    page(&person, "Bring in a file", pages::form(&Form::default()))
}

/// What was sent, and what it is.
struct Sent {
    name: String,
    format: Format,
    text: String,
}

/// One study of a file, and whether it is here.
pub(super) struct Candidate {
    /// The line of the file.
    pub(super) line: usize,
    /// What it would be called.
    pub(super) id: String,
    pub(super) draft: Draft,
    /// The study it is already.
    pub(super) here: Option<String>,
    /// What of it is not taken.
    pub(super) left_out: Vec<Trouble>,
}

/// All that a file holds.
pub(super) struct Read {
    pub(super) format: Format,
    pub(super) file: String,
    pub(super) candidates: Vec<Candidate>,
    /// What was measured in it; of a file of effects only.
    pub(super) measured: Vec<Measured>,
    pub(super) troubles: Vec<Trouble>,
}

/// `POST /evidence/imports`: first a look, then, with `do=keep`, drafts of what is ticked.
pub(super) async fn bring(
    State(app): State<App>,
    person: Person,
    Upload { mut form, file }: Upload,
) -> Result<Response, Error> {
    let sent = sent(&mut form, file);
    let Some(sent) = sent.filter(|_| form.problems.is_empty()) else {
        let shown = page(&person, "Bring in a file", pages::form(&form));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    };
    let own = own_drafts(&app, &person.clinic_id).await?;
    let keeps = form.raw("do") == "keep";
    let read = read(&app, &own, &sent, &mut form);
    if keeps {
        let chosen: Vec<&Candidate> = chosen(&read, &form);
        if chosen.is_empty() {
            form.complain("", "Nothing is ticked, so there is nothing to keep.");
        }
        if form.problems.is_empty() {
            keep(&app, &person, &read, &chosen).await?;
            return Ok(see("/evidence/waiting"));
        }
    }
    form.set("carried", &STANDARD.encode(&sent.text));
    form.set("file_name", &sent.name);
    form.set("format", sent.format.as_str());
    let status = match form.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let body = pages::look(&app, &read, &form);
    Ok((status, page(&person, "Look at this file", body)).into_response())
}

fn sent(form: &mut Form, file: Option<(String, Vec<u8>)>) -> Option<Sent> {
    let pasted = form.raw("text").to_owned();
    let (name, bytes) = match file {
        Some((name, bytes)) => (name.chars().take(100).collect(), bytes),
        None if !form.raw("carried").is_empty() => {
            let bytes = STANDARD.decode(form.raw("carried")).unwrap_or_default();
            (form.text("file_name", 100), bytes)
        }
        None if !pasted.trim().is_empty() => ("pasted text".to_owned(), pasted.into_bytes()),
        None => {
            form.complain("file", "Please choose a file, or paste what is in it.");
            return None;
        }
    };
    if bytes.len() > MOST_BYTES {
        let most = MOST_BYTES / 1024;
        form.complain(
            "file",
            format!("The file is larger than {most} KB. Please split it."),
        );
        return None;
    }
    let Ok(text) = String::from_utf8(bytes) else {
        form.complain("file", "This is not UTF-8 text. Save it as UTF-8 in the program it comes from, and choose it again.");
        return None;
    };
    let format = match form.raw("format") {
        "" => Format::guess(&text),
        word => word.parse().ok(),
    };
    let Some(format) = format else {
        form.complain(
            "format",
            "It does not look like any of these. Please say what it is.",
        );
        return None;
    };
    Some(Sent { name, format, text })
}

/// The clinic's own files, read or waiting.
async fn own_drafts(app: &App, clinic_id: &str) -> Result<Vec<(String, Draft)>, Error> {
    let clinic = clinic_id.to_owned();
    let files = app
        .db
        .read(move |tx| content::list_files(tx, &clinic, STUDIES))
        .await?;
    let own = files.into_iter().filter_map(|file| {
        let id = id_of(&file.newest.path)?.to_owned();
        Some((id, Draft::read(&file.newest.text).unwrap_or_default()))
    });
    Ok(own.collect())
}

fn read(app: &App, own: &[(String, Draft)], sent: &Sent, form: &mut Form) -> Read {
    let names = names(app, own.iter().map(|(id, _)| id.as_str()));
    let taken = |id: &str| names.contains(id);
    let (lines, made, measured, troubles): (Vec<usize>, Vec<Made>, Vec<Measured>, Vec<Trouble>) =
        match sent.format {
            Format::Metapsy => {
                let file = metapsy(&sent.text);
                let made = from_metapsy(&file, &choices(app, &file, form), taken);
                let lines = file.comparisons.iter().map(|one| one.line).collect();
                (lines, made, file.measured, file.troubles)
            }
            format => {
                let file = references(format, &sent.text);
                let lines = file.found.iter().map(|one| one.line).collect();
                let made = from_references(&file.found, taken);
                (lines, made, Vec::new(), file.troubles)
            }
        };
    let mut papers = Papers::of(app.content.evidence());
    for (id, draft) in own {
        papers.add(id, &reference(draft));
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for (line, made) in lines.into_iter().zip(made) {
        let paper = reference(&made.draft);
        let found = papers.find(&paper).map(str::to_owned);
        let found = found.or_else(|| by_name(app, sent.format, &paper));
        // Several comparisons of one trial are one paper, and meant to be; a reference that stands there twice is not.
        if sent.format != Format::Metapsy {
            papers.add(&made.id, &paper);
        }
        candidates.push(Candidate {
            here: found,
            line,
            id: made.id,
            draft: made.draft,
            left_out: made.left_out,
        });
    }
    Read {
        format: sent.format,
        file: sent.name.clone(),
        candidates,
        measured,
        troubles,
    }
}

/// A file of effects names papers by author and year: as much as that is told where nothing better is known.
fn by_name(app: &App, format: Format, paper: &Reference) -> Option<String> {
    let plain = id_for(paper, |_| false);
    let known = app.content.evidence().study(&plain).is_some();
    (format == Format::Metapsy && paper.title.is_empty() && known).then_some(plain)
}

/// What was said about what a file of effects measured. Before anybody said anything, what Kith knows of a questionnaire
/// is put there to be confirmed.
fn choices(app: &App, file: &Metapsy, form: &mut Form) -> Choices {
    let asked = form.raw("do") == "keep" || form.raw("do") == "again";
    let mut choices = Choices::default();
    for (index, measured) in file.measured.iter().enumerate() {
        let (better, construct) = (format!("better-{index}"), format!("construct-{index}"));
        if !asked {
            let (lower, about) = known(app, measured);
            form.set(&better, lower.unwrap_or_default());
            form.set(&construct, about.as_deref().unwrap_or_default());
        }
        let said = match form.raw(&better) {
            "lower" => Some(Better::Lower),
            "higher" => Some(Better::Higher),
            "out" => None,
            _ => {
                if form.raw("do") == "keep" {
                    form.complain(
                        &better,
                        format!(
                            "Please say what is better on {}, or leave it out.",
                            measured.name
                        ),
                    );
                }
                None
            }
        };
        let about = Some(form.raw(&construct).to_owned());
        let is_construct = |id: &String| app.content.evidence().construct(id).is_some();
        choices.measured.insert(
            measured.name.clone(),
            Choice {
                better: said,
                construct: about.filter(is_construct),
            },
        );
    }
    for key in FOR_ALL {
        let value = form.raw(&format!("all-{key}")).trim().to_owned();
        if !value.is_empty() {
            choices.for_all.insert(key.to_owned(), value);
        }
    }
    choices
}

/// What a questionnaire of ours of that name measures, and which way.
fn known(app: &App, measured: &Measured) -> (Option<&'static str>, Option<String>) {
    if !measured.event.is_empty() {
        return (None, None);
    }
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(&measured.instrument);
    let is_it = |one: &&kith_content::Instrument| {
        plain(&one.id) == wanted || plain(&one.abbreviation) == wanted
    };
    let Some(found) = app.content.instruments().find(is_it) else {
        return (None, None);
    };
    let better = found
        .total
        .as_ref()
        .and_then(|total| match total.better.as_str() {
            "lower" => Some("lower"),
            "higher" => Some("higher"),
            _ => None,
        });
    let construct = app
        .content
        .evidence()
        .construct(&found.construct.replace(' ', "-"));
    (better, construct.map(|one| one.id.clone()))
}

/// What is ticked.
fn chosen<'r>(read: &'r Read, form: &Form) -> Vec<&'r Candidate> {
    let ticked: std::collections::HashSet<&str> = form.all("keep").collect();
    let all = read.candidates.iter().enumerate();
    all.filter(|(index, _)| ticked.contains(index.to_string().as_str()))
        .map(|(_, one)| one)
        .collect()
}

/// Writes drafts down, all or none.
async fn keep(app: &App, person: &Person, read: &Read, chosen: &[&Candidate]) -> Result<(), Error> {
    let (ids, now) = (app.ids.clone(), app.clock.now());
    let versions: Vec<Version> = chosen
        .iter()
        .map(|one| Version {
            clinic_id: person.clinic_id.clone(),
            path: path(&one.id),
            version: 1,
            text: one.draft.write().text,
            note: format!(
                "Brought in from {} ({}), line {}.",
                read.file, read.format, one.line
            ),
            made_by: person.person_id.clone(),
            made_at: now,
        })
        .collect();
    let count = versions.len();
    let studies = if count == 1 {
        "a study".to_owned()
    } else {
        format!("{count} studies")
    };
    let deed = format!(
        "brought in drafts of {studies} from a file ({})",
        read.format
    );
    let person = person.clone();
    app.db
        .write(move |tx| {
            for version in &versions {
                if !content::add_version(tx, version)? {
                    return Err(Error::Conflict("Somebody else brought in the same paper at this moment. Please look at the file again.".to_owned()));
                }
            }
            note_deed(tx, &ids, &person, now, &deed)
        })
        .await
}
