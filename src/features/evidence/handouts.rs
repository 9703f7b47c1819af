//! One page to hand to somebody, from the same source as the screen.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kith_content::evidence::{AskedComparator, ToldTo};
use kith_evidence::answer;
use serde::Deserialize;

use super::rules::Asked;
use super::sheets::{self, Include, Made};
use super::{keeping, page, pages, works_here};
use crate::app::{App, State};
use crate::base::error::Error;
use crate::base::web::form::Form;
use crate::base::web::layout::Page;
use crate::base::web::locale::day;
use crate::features::library;
use crate::features::people::Person;

/// The longest line of somebody's own words, characters.
const LONGEST: usize = 280;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    format: String,
    #[serde(default)]
    construct: String,
}

/// When and from which library it is made, for the foot of the sheet.
fn made(app: &App, person: &Person) -> Made {
    Made {
        on: day(app.clock.now(), &person.zone)
            .strftime("%-d %B %Y")
            .to_string(),
        version: app.content.evidence().version.clone(),
    }
}

/// Kith makes no PDF by itself; it says so rather than sending something else.
fn as_page(format: &str) -> Result<(), Error> {
    match format {
        "" | "html" => Ok(()),
        _ => Err(Error::invalid(
            "format",
            "Kith makes no such file by itself. Open the page, and print it to PDF in your browser.",
        )),
    }
}

/// `GET /handouts`: choose whom it is for, what about, what goes in.
pub(super) async fn builder(
    State(app): State<App>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Page {
    let about = if wanted.construct.is_empty() {
        "depression"
    } else {
        &wanted.construct
    };
    let mut form = Form::of(&[("construct", about), ("audience", "supervisor")]);
    for what in ["picture", "published", "sources"] {
        form.set(what, "yes");
    }
    page(&person, "A page to hand over", sheets::builder(&app, &form))
}

/// `POST /handouts`: the page as it was put together. Nothing of it is kept.
pub(super) async fn make(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let own_words = form.text("words", LONGEST);
    let asked = Asked {
        comparator: form.text("comparator", 20),
        audience: form.text("audience", 20),
        ..Asked::default()
    };
    let evidence = app.content.evidence();
    let construct = form.text("construct", 60);
    if evidence.construct(&construct).is_none() {
        form.complain("construct", "Please choose what it is about.");
    }
    if asked.audience.parse::<ToldTo>().is_err() {
        form.complain("audience", "Please choose whom it is for.");
    }
    if !asked.comparator.is_empty() && asked.comparator.parse::<AskedComparator>().is_err() {
        form.complain("comparator", "Please choose one of the comparisons.");
    }
    if !form.problems.is_empty() {
        let page = page(&person, "A page to hand over", sheets::builder(&app, &form));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let include = Include {
        picture: form.ticked("picture"),
        published: form.ticked("published"),
        sources: form.ticked("sources"),
        words: (!own_words.is_empty()).then_some((person.name.clone(), own_words)),
    };
    let page = of_question(&app, &person, &construct, &asked, &include).await?;
    Ok(page.into_response())
}

/// `GET /handouts/{construct}?audience=client`
pub(super) async fn question(
    State(app): State<App>,
    person: Person,
    Path(construct): Path<String>,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Page, Error> {
    as_page(&wanted.format)?;
    of_question(&app, &person, &construct, &asked, &Include::usual()).await
}

async fn of_question(
    app: &App,
    person: &Person,
    construct: &str,
    asked: &Asked,
    include: &Include,
) -> Result<Page, Error> {
    let evidence = app.content.evidence();
    let to = asked.audience(works_here(person))?;
    let question = asked.question(evidence, construct)?;
    let answer = answer(evidence, &question).map_err(Error::internal)?;
    let title = pages::title(evidence, &answer, to);
    let clinic = person.clinic_id.clone();
    let own = app
        .db
        .read(move |tx| keeping::own_studies(tx, &clinic))
        .await?;
    let mut made = made(app, person);
    made.version
        .push_str(&keeping::among_in_words(&own, &pages::pooled(&answer)));
    let body = sheets::question(evidence, &answer, to, include, &made);
    Ok(page(person, &title, body))
}

/// `GET /handouts/training`: what compassion training is, why, and what to do if it does not suit you.
pub(super) async fn training(
    State(app): State<App>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Result<Page, Error> {
    as_page(&wanted.format)?;
    let body = sheets::training(&app, &made(&app, &person))?;
    Ok(page(&person, "What compassion training is", body))
}

/// `GET /handouts/practices/{slug}`
pub(super) async fn practice(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Page, Error> {
    as_page(&wanted.format)?;
    let practice = library::open(&app, &person, &slug).await?;
    let body = sheets::practice(&app, practice, &made(&app, &person));
    Ok(page(&person, &practice.title, body))
}

/// `GET /handouts/programmes/{programme}`
pub(super) async fn programme(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Page, Error> {
    as_page(&wanted.format)?;
    let programme = app
        .content
        .programme(&slug)
        .filter(|programme| library::is_for_one(programme) || works_here(&person))
        .ok_or(Error::NotFound)?;
    let body = sheets::programme(&app, programme, &made(&app, &person));
    Ok(page(&person, &programme.title, body))
}
