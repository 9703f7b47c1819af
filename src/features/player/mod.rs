//! The player's page, and the pack it plays: a practice composed for the minutes asked, and where its sound is.

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use kith_content::{Practice, TimedCue, fill};
use kith_sound::Format;
use maud::{PreEscaped, html};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::{App, State};
use crate::features::library::{Asked, STEADIER};
use crate::features::people::Person;
use crate::features::plans;
use crate::features::voices::{self, Spoken};
use kith_base::error::Error;
use kith_base::web::layout::Page;
use kith_base::web::locale::minutes_text;
use kith_base::web::respond;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/practise/{slug}", get(page))
        .route("/practices/{slug}/composition", get(composition))
}

/// How the player is to begin and to end.
#[derive(Debug, Default, Deserialize)]
struct Manner {
    /// `yes`: skip the first screen.
    #[serde(default)]
    begin: String,
    /// `no`: ask nothing afterwards, as for whoever came from the help page.
    #[serde(default)]
    rate: String,
}

/// The sound of a composition, from the first second to the last, and who speaks in it.
#[derive(Serialize)]
struct Sound {
    ogg: String,
    mp4: String,
    /// The bytes of the larger of the two.
    bytes: u64,
    /// `none` when there are only bells.
    voice: String,
    label: Option<String>,
    synthetic: bool,
    /// How many of its cues are said.
    spoken: usize,
    cues: usize,
}

impl Sound {
    fn of(spoken: &Spoken) -> Self {
        let speaker = spoken.speaker.as_ref();
        Self {
            ogg: spoken.address(Format::Ogg),
            mp4: spoken.address(Format::Mp4),
            bytes: spoken.bytes(Format::Ogg).max(spoken.bytes(Format::Mp4)),
            voice: speaker
                .map_or("none", |speaker| &speaker.voice.name)
                .to_owned(),
            label: speaker.map(|speaker| speaker.label.clone()),
            synthetic: speaker.is_some_and(|speaker| speaker.voice.synthetic),
            spoken: spoken.sounding.spoken,
            cues: spoken.sounding.cues,
        }
    }
}

/// Everything the player needs, so that nothing has to be fetched once it began.
#[derive(Serialize)]
struct Pack<'a> {
    practice: &'a str,
    revision: &'a str,
    title: &'a str,
    summary: &'a str,
    minutes: f64,
    range: [f64; 2],
    seconds: f64,
    restarts: String,
    load: u8,
    cautions: &'a [String],
    variables: serde_json::Value,
    cues: Vec<TimedCue>,
    /// Nowhere for what is still being written: its page keeps the time, and the browser speaks.
    sound: Option<Sound>,
    ease_out: Vec<TimedCue>,
    ease_out_sound: Option<Sound>,
    barriers: Vec<serde_json::Value>,
    person: String,
    home: String,
    help: &'static str,
    something_else: String,
    language: &'a str,
    begin: bool,
    rate: bool,
    /// Whether a record is made of it.
    keep: bool,
}

async fn pack<'a>(
    app: &App,
    person: &'a Person,
    practice: &'a Practice,
    asked: &Asked,
    manner: &Manner,
) -> Result<Pack<'a>, Error> {
    let spoken = voices::spoken(app, person, practice, asked).await?;
    // Easing out is a minute with both feet on the floor, whatever came before.
    let ease_out = match app.content.practice(STEADIER) {
        Some(ground) => voices::spoken(app, person, ground, &asked.of_minutes(1))
            .await
            .ok(),
        None => None,
    };
    let variables = practice
        .variables
        .iter()
        .map(|(name, variable)| {
            let words = json!({"ask": variable.ask, "default": variable.default});
            (name.clone(), words)
        })
        .collect::<serde_json::Map<_, _>>();
    Ok(Pack {
        practice: &practice.slug,
        revision: &practice.revision,
        title: &practice.title,
        summary: &practice.summary,
        minutes: spoken.minutes,
        range: spoken.sounding.composition.range,
        seconds: spoken.sounding.composition.seconds,
        restarts: format!("/practices/{}/composition{}", practice.slug, asked.query()),
        load: practice.load,
        cautions: &practice.cautions,
        variables: variables.into(),
        sound: Some(Sound::of(&spoken)),
        cues: spoken.sounding.composition.cues,
        ease_out_sound: ease_out.as_ref().map(Sound::of),
        ease_out: ease_out
            .map(|ground| ground.sounding.composition.cues)
            .unwrap_or_default(),
        barriers: app
            .content
            .barriers()
            .iter()
            .map(|barrier| json!({"code": barrier.code, "words": barrier.words}))
            .collect(),
        person: person.key(),
        home: "/today".to_owned(),
        help: "/help",
        something_else: format!("/something-else?from={}", practice.slug),
        language: &person.locale,
        begin: manner.begin == "yes",
        rate: manner.rate != "no",
        keep: true,
    })
}

/// `GET /practices/{slug}/composition?minutes=N`
async fn composition(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    Query(manner): Query<Manner>,
) -> Result<Response, Error> {
    let practice = plans::open_practice(&app, &person, &slug).await?;
    let pack = pack(&app, &person, practice, &asked, &manner).await?;
    Ok(respond::json(StatusCode::OK, &pack))
}

/// `GET /practise/{slug}?minutes=N`
async fn page(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    Query(manner): Query<Manner>,
) -> Result<Page, Error> {
    let practice = plans::open_practice(&app, &person, &slug).await?;
    let pack = pack(&app, &person, practice, &asked, &manner).await?;
    playing(&person, practice, &pack)
}

/// How a practice is heard by whoever is still writing it.
pub struct Preview {
    /// Where one goes afterwards.
    pub home: String,
    /// Where other lengths are had; nowhere for what was not kept.
    pub restarts: Option<String>,
}

async fn previewed<'a>(
    app: &App,
    person: &'a Person,
    practice: &'a Practice,
    asked: &Asked,
    preview: &Preview,
) -> Result<Pack<'a>, Error> {
    let pack = pack(app, person, practice, asked, &Manner::default()).await?;
    let range = match preview.restarts {
        Some(_) => pack.range,
        None => [pack.minutes, pack.minutes],
    };
    Ok(Pack {
        home: preview.home.clone(),
        range,
        restarts: preview.restarts.clone().unwrap_or_default() + &asked.query(),
        something_else: String::new(),
        sound: None,
        rate: false,
        keep: false,
        ..pack
    })
}

/// A player's page of a practice that is no part of the library. Nothing is asked afterwards and no record is made.
///
/// # Errors
/// [`Error::Invalid`] when it cannot last as long as was asked.
pub async fn preview(
    app: &App,
    person: &Person,
    practice: &Practice,
    asked: &Asked,
    preview: &Preview,
) -> Result<Page, Error> {
    let pack = previewed(app, person, practice, asked, preview).await?;
    playing(person, practice, &pack)
}

/// The same for the page that plays already and asks for another length.
///
/// # Errors
/// As [`preview`].
pub async fn preview_pack(
    app: &App,
    person: &Person,
    practice: &Practice,
    asked: &Asked,
    preview: &Preview,
) -> Result<Response, Error> {
    let pack = previewed(app, person, practice, asked, preview).await?;
    Ok(respond::json(StatusCode::OK, &pack))
}

fn playing(person: &Person, practice: &Practice, pack: &Pack<'_>) -> Result<Page, Error> {
    // Inside a script element only "<" could end it.
    let json = serde_json::to_string(pack)
        .map_err(Error::internal)?
        .replace('<', "\\u003c");
    let body = html! {
        noscript {
                h1 { (practice.title) }
                p { "Your browser runs no scripts here, so this is the text to read at your own pace, about "
                    (minutes_text(pack.minutes)) "." }
                @for cue in &pack.cues { @if !cue.text.is_empty() { p { (fill(&cue.text, &practice.variables)) } } }
        }
        script #pack type="application/json" { (PreEscaped(json)) }
    };
    let mut page = person.page(&practice.title, "", body);
    page.played = true;
    page.scripts.push("js/player/play.js");
    Ok(page)
}
