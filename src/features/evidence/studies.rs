//! The studies: all of them, and one with every figure that was transcribed from it.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use kith_content::evidence::{Cell, Evidence, Outcome, Study, WHOLE};
use maud::{Markup, html};

use super::numbers::{label, mark};
use super::rules::{begun, called, checked, plain};
use super::{keeping, page, pages, works_here};
use crate::app::{App, State};
use crate::features::people::Person;
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::respond::see;

/// What is shown of a whole study, in this order.
const OF_STUDY: [&str; 16] = [
    "design",
    "family",
    "people",
    "setting",
    "comparator",
    "against",
    "days",
    "minutes_a_day",
    "n_treatment",
    "n_control",
    "n_total",
    "studies",
    "follow_up_months",
    "harms",
    "sample",
    "year",
];

/// What is shown of each thing it found.
const OF_OUTCOME: [&str; 18] = [
    "measure",
    "value",
    "raw_difference",
    "se",
    "ci_low",
    "ci_high",
    "p",
    "n_treatment",
    "n_control",
    "n_total",
    "mean_treatment",
    "sd_treatment",
    "mean_control",
    "sd_control",
    "studies",
    "months",
    "composite",
    "favours",
];

/// A heading, and which studies stand under it.
type Group = (&'static str, fn(&Study) -> bool);

/// `GET /evidence/studies`
pub(super) async fn list(State(app): State<App>, person: Person) -> Result<Page, Error> {
    let clinic = person.clinic_id.clone();
    let own = app
        .db
        .read(move |tx| keeping::own_studies(tx, &clinic))
        .await?;
    let body = all(app.content.evidence(), &own, works_here(&person));
    Ok(page(&person, "Studies", body))
}

/// `GET /evidence/studies/{study}`
pub(super) async fn show(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let evidence = app.content.evidence();
    let works_here = works_here(&person);
    let kept = match works_here {
        true => Some(keeping::kept(&app, &person.clinic_id, &id).await?),
        false => None,
    };
    let Some(study) = evidence.study(&id) else {
        // It waits to be read, or was said no to: whoever works here sees its newest version.
        let newest = kept
            .and_then(|kept| kept.newest_address())
            .ok_or(Error::NotFound)?;
        return Ok(see(&newest));
    };
    let clinic = person.clinic_id.clone();
    let own = app
        .db
        .read(move |tx| keeping::own_studies(tx, &clinic))
        .await?;
    let own = own.iter().find(|own| own.study == study.id);
    let title = format!("{}, {}", study.by(), study.year);
    let body = html! {
        (body(evidence, study))
        (keeping::about(&study.id, own, works_here, kept.as_ref()))
        (pages::foot(evidence))
    };
    Ok(page(&person, &title, body).into_response())
}

fn all(evidence: &Evidence, own: &[keeping::Own], works_here: bool) -> Markup {
    let is_own = |study: &Study| own.iter().any(|own| own.study == study.id);
    let alone = |study: &Study| own.iter().any(|own| own.study == study.id && own.alone);
    let groups: [Group; 3] = [
        ("Trials", |study| study.design.is_trial()),
        ("Meta-analyses and reviews", |study| {
            study.design.is_synthesis()
        }),
        ("Other studies", |study| {
            !study.design.is_trial() && !study.design.is_synthesis()
        }),
    ];
    html! {
        h1 { "Studies" }
        p.lead { "Everything this library holds, with what was read of each." }
        @if works_here {
            ul.choices {
                li { a href="/evidence/studies/new" { "Add a study" } }
                li { a href="/evidence/imports" { "Bring in a file" } }
                li { a href="/evidence/waiting" { "Studies that wait" } }
            }
        }
        @for (heading, is_in) in groups {
            @let those: Vec<&Study> = evidence.studies.iter().filter(|study| is_in(study)).collect();
            section {
                h2 { (heading) " " span.soft { (those.len()) } }
                ul.plain.ruled {
                    @for study in those {
                        li { a href={ "/evidence/studies/" (study.id) } { (study.by()) ", " (study.year) } ". " (study.title) ". " span.soft { (study.journal) } " " (mark(study.verified))
                            @if study.retired.is_some() { " " span.checked.memory { "taken out" } }
                            @if is_own(study) { " " span.checked { "written here" } }
                            @if alone(study) { " " span.checked.memory { "read by one person only" } } }
                    }
                }
            }
        }
        (pages::foot(evidence))
    }
}

/// A study with everything that was read of it.
pub(super) fn body(evidence: &Evidence, study: &Study) -> Markup {
    html! {
        h1.study { (study.title) }
        p { (study.authors) ", " (study.year) ". " em { (study.published_in()) } "." }
        @if let Some(why) = &study.retired { p.note { strong { "Taken out: it is in no pool." } " " (why) } }
        p { (begun(checked(study.verified))) ". "
            a href=(study.source) rel="noopener noreferrer" { "Where we read it" }
            @for other in &study.also_at { ", " a href=(other) rel="noopener noreferrer" { "also here" } }
            @if let Some(doi) = &study.doi { ", " a href={ "https://doi.org/" (doi) } rel="noopener noreferrer" { "DOI " (doi) } } }
        @if let Some(caveat) = &study.caveat { p.note { (caveat) } }
        section {
            h2 { "The study" }
            p { (begun(&study.intervention)) ". " (begun(&study.population)) "." }
            @if study.arms_assumed_equal { p.soft { "The size of each arm was not seen: half of all is taken for each." } }
            (cells(OF_STUDY.iter().filter_map(|key| study.cell(key)).collect()))
        }
        @for outcome in &study.outcomes { (found(evidence, study, outcome)) }
        p.soft { "The small words under each figure are its address: statements name it, so that every number can be followed back." }
    }
}

fn found(evidence: &Evidence, study: &Study, outcome: &Outcome) -> Markup {
    let construct = outcome
        .construct
        .as_deref()
        .and_then(|id| evidence.construct(id));
    html! {
        section id=(outcome.id) {
            h2 { (begun(outcome.label.as_deref().unwrap_or(&outcome.id.replace('-', " ")))) }
            @if let Some(kind) = outcome.effect { p.soft { "A figure of the kind " (called(kind)) @if outcome.within_group { ", change within one group" } "." @if kind.is_standardised() { " Positive is better." } } }
            @if let Some(note) = &outcome.note { p.soft { (note) } }
            (cells(OF_OUTCOME.iter().filter_map(|key| outcome.cell(&study.id, key)).collect()))
            p.soft {
                @if let Some(construct) = construct { a href={ "/evidence/" (construct.id) } { "All that is known about " (construct.name) } }
                @if outcome.source != study.source { @if construct.is_some() { " · " } a href=(outcome.source) rel="noopener noreferrer" { "Where this was read" } }
            }
        }
    }
}

/// What there is, and whom it favours even where that is nobody: statements name it.
fn cells(cells: Vec<Cell>) -> Markup {
    html! {
        dl.cells {
            @for cell in cells.iter().filter(|cell| says_something(cell)) {
                @let (place, key) = place(cell);
                div id=(place) {
                    dt { (label(key)) }
                    dd { @match (&cell.number, &cell.words) {
                            (Some(number), _) => strong { (plain(*number)) },
                            (None, Some(words)) => { @if words == "true" { "yes" } @else { (words) } },
                            (None, None) => span.soft { "nobody is compared" },
                        }
                        " " (mark(cell.verified))
                        code.address { (cell.id) } }
                }
            }
        }
    }
}

/// Whether a cell is worth a place: not where nothing was read, nor that it is nobody else's people and mixes nothing.
fn says_something(cell: &Cell) -> bool {
    let (place, key) = place(cell);
    let own = cell
        .id
        .strip_suffix(place)
        .map(|id| id.trim_end_matches('/'));
    match (key, &cell.words) {
        ("favours", _) => true,
        ("composite", Some(words)) => words == "true",
        ("sample", Some(words)) => own != Some(words.as_str()),
        (_, words) => words.is_some() || cell.number.is_some(),
    }
}

/// The end of a cell's address, which is its place on the page, and its key.
fn place(cell: &Cell) -> (&str, &str) {
    let place = cell
        .id
        .split_once('/')
        .map_or(cell.id.as_str(), |(_, rest)| rest);
    let key = place.split_once('/').map_or(WHOLE, |(_, key)| key);
    (place, key)
}
