//! One page to hand to somebody, from the same source as the screen.

use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kith_content::evidence::{AskedComparator, ToldTo};
use kith_evidence::answer;
use maud::{Markup, html};
use serde::Deserialize;

use super::rules::Asked;
use super::sheet::{Made, Sheet};
use super::sheets::{self, Include};
use super::{builder, keeping, page, pages, pdf, works_here};
use crate::app::{App, State};
use crate::features::library;
use crate::features::people::Person;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::locale::day;

/// The longest line of somebody's own words, characters.
const LONGEST: usize = 280;

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    format: String,
    #[serde(default)]
    construct: String,
}

/// What a handout is asked for as.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Page,
    Pdf,
}

impl Format {
    fn of(word: &str) -> Result<Self, Error> {
        match word {
            "" | "html" => Ok(Self::Page),
            "pdf" => Ok(Self::Pdf),
            _ => Err(Error::invalid(
                "format",
                "A page to hand over comes as html or as pdf.",
            )),
        }
    }
}

/// A handout as it was asked for.
struct Handout {
    sheet: Sheet,
    /// What the file is called.
    name: String,
    /// How somebody gets the same as a PDF.
    as_pdf: Markup,
    /// What stands below it on the screen.
    below: Markup,
}

impl Handout {
    async fn answer(self, app: &App, person: &Person, format: Format) -> Result<Response, Error> {
        if format == Format::Page {
            let body = html! {
                div.offpaper.printing { button.button type="button" data-print hidden { "Print" }
                    @if app.typesetter.is_there() { (self.as_pdf) }
                    @else { span.soft { " To keep it as a file, choose “Save as PDF” where your browser asks for a printer." } } }
                (self.sheet.show())
                (self.below)
            };
            return Ok(page(person, &self.sheet.title, body).into_response());
        }
        let bytes = pdf::made(&app.typesetter, &self.sheet)
            .await
            .map_err(|no_pdf| pdf::told(&no_pdf))?;
        let name = format!("inline; filename=\"kith-{}.pdf\"", self.name);
        let name = HeaderValue::from_str(&name).map_err(Error::internal)?;
        Ok((
            [
                (
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/pdf"),
                ),
                (header::CONTENT_DISPOSITION, name),
            ],
            bytes,
        )
            .into_response())
    }
}

/// A link to the same as a PDF.
fn link(href: &str) -> Markup {
    html! { a.link href=(href) { "Keep it as a PDF" } }
}

/// The same fields once more, as a PDF: what was put together is kept nowhere else.
fn again(form: &Form) -> Markup {
    let fields = [
        "construct",
        "audience",
        "comparator",
        "picture",
        "published",
        "sources",
        "words",
    ];
    html! {
        form method="post" action="/handouts" {
            @for name in fields { input type="hidden" name=(name) value=(form.raw(name)); }
            input type="hidden" name="format" value="pdf";
            button.link type="submit" { "Keep it as a PDF" }
        }
    }
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
    page(
        &person,
        "A page to hand over",
        builder::builder(&app, &form),
    )
}

/// `POST /handouts`: the page as it was put together. Nothing of it is kept.
pub(super) async fn make(
    State(app): State<App>,
    person: Person,
    mut form: Form,
) -> Result<Response, Error> {
    let format = Format::of(form.raw("format"))?;
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
        let page = page(
            &person,
            "A page to hand over",
            builder::builder(&app, &form),
        );
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let include = Include {
        picture: form.ticked("picture"),
        published: form.ticked("published"),
        sources: form.ticked("sources"),
        words: (!own_words.is_empty()).then_some((person.name.clone(), own_words)),
    };
    let handout = of_question(&app, &person, &construct, &asked, &include, again(&form)).await?;
    handout.answer(&app, &person, format).await
}

/// `GET /handouts/{construct}?audience=client`
pub(super) async fn question(
    State(app): State<App>,
    person: Person,
    Path(construct): Path<String>,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let format = Format::of(&wanted.format)?;
    let query = match asked.as_query() {
        query if query.is_empty() => "?format=pdf".to_owned(),
        query => format!("{query}&format=pdf"),
    };
    let as_pdf = link(&format!("/handouts/{construct}{query}"));
    let include = Include::usual();
    let handout = of_question(&app, &person, &construct, &asked, &include, as_pdf).await?;
    handout.answer(&app, &person, format).await
}

async fn of_question(
    app: &App,
    person: &Person,
    construct: &str,
    asked: &Asked,
    include: &Include,
    as_pdf: Markup,
) -> Result<Handout, Error> {
    let evidence = app.content.evidence();
    let to = asked.audience(works_here(person))?;
    let question = asked.question(evidence, construct)?;
    let answer = answer(evidence, &question).map_err(Error::internal)?;
    let clinic = person.clinic_id.clone();
    let own = app
        .db
        .read(move |tx| keeping::own_studies(tx, &clinic))
        .await?;
    let mut made = made(app, person);
    made.version
        .push_str(&keeping::among_in_words(&own, &pages::pooled(&answer)));
    let (sheet, traces) = sheets::question(evidence, &answer, to, include, made);
    Ok(Handout {
        sheet,
        name: format!("{construct}-{to}"),
        as_pdf,
        below: html! {
            div.offpaper {
                p { a.link href={ "/evidence/" (construct) } { "All that is known about this" } }
                (traces.list())
            }
        },
    })
}

/// `GET /handouts/training`: what compassion training is, why, and what to do if it does not suit you.
pub(super) async fn training(
    State(app): State<App>,
    person: Person,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let format = Format::of(&wanted.format)?;
    let (sheet, traces) = sheets::training(&app, made(&app, &person))?;
    let handout = Handout {
        sheet,
        name: "training".to_owned(),
        as_pdf: link("/handouts/training?format=pdf"),
        below: html! {
            div.offpaper { p { a.link href="/evidence" { "What studies found, question by question" } } (traces.list()) }
        },
    };
    handout.answer(&app, &person, format).await
}

/// `GET /handouts/practices/{slug}`
pub(super) async fn practice(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let format = Format::of(&wanted.format)?;
    let practice = library::open(&app, &person, &slug).await?;
    let handout = Handout {
        sheet: sheets::practice(&app, practice, made(&app, &person)),
        name: practice.slug.clone(),
        as_pdf: link(&format!("/handouts/practices/{}?format=pdf", practice.slug)),
        below: html! { p.offpaper { a.link href={ "/practices/" (practice.slug) } { "The practice itself" } } },
    };
    handout.answer(&app, &person, format).await
}

/// `GET /handouts/programmes/{programme}`
pub(super) async fn programme(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let format = Format::of(&wanted.format)?;
    let programme = app
        .content
        .programme(&slug)
        .filter(|programme| library::is_for_one(programme) || works_here(&person))
        .ok_or(Error::NotFound)?;
    let handout = Handout {
        sheet: sheets::programme(&app, programme, made(&app, &person)),
        name: programme.slug.clone(),
        as_pdf: link(&format!(
            "/handouts/programmes/{}?format=pdf",
            programme.slug
        )),
        below: html! { p.offpaper { a.link href={ "/programmes/" (programme.slug) } { "The programme, day by day" } } },
    };
    handout.answer(&app, &person, format).await
}
