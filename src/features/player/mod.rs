//! The player's page, and the pack it plays: a practice composed for the minutes asked.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use kith_content::{Asked as Composing, Forms, Practice, TimedCue, compose, fill};
use maud::{PreEscaped, html};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::{App, State};
use crate::base::error::Error;
use crate::base::web::layout::Page;
use crate::base::web::locale::minutes_text;
use crate::base::web::respond;
use crate::features::library;
use crate::features::people::{Person, RecordAccess};
use crate::features::plans;

/// This room's routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/practise/{slug}", get(page))
        .route("/practices/{slug}/composition", get(composition))
}

/// How somebody wants it, as the end of an address says it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    phrases: String,
    /// Forms to leave out: `eyes-closed`, `touch`, `imagery`, `breath`.
    #[serde(default)]
    eyes_closed: String,
    #[serde(default)]
    touch: String,
    #[serde(default)]
    imagery: String,
    #[serde(default)]
    breath: String,
    #[serde(default)]
    light: String,
    /// `yes`: skip the first screen.
    #[serde(default)]
    begin: String,
    /// `no`: ask nothing afterwards, as for whoever came from the help page.
    #[serde(default)]
    rate: String,
}

impl Asked {
    fn forms(&self) -> Forms {
        Forms {
            eyes_closed: self.eyes_closed != "no",
            touch: self.touch != "no",
            imagery: self.imagery != "no",
            breath: self.breath != "no",
            light: self.light == "yes",
        }
    }

    /// What is to be composed.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the minutes are no number or there are no such wishes.
    pub fn composing<'a>(&self, app: &'a App, practice: &Practice) -> Result<Composing<'a>, Error> {
        let minutes = match self.minutes.trim().replace(',', ".").as_str() {
            "" => library::usual_minutes(practice),
            text => text
                .parse::<f64>()
                .map_err(|_| Error::invalid("minutes", "Minutes must be a number."))?,
        };
        let mut composing = Composing::new(minutes, &app.content);
        composing.forms = self.forms();
        if !self.phrases.is_empty() {
            composing.phrases = app.content.phrase_set(&self.phrases).ok_or_else(|| {
                Error::invalid("phrases", "There is no set of wishes of that name here.")
            })?;
        }
        Ok(composing)
    }

    /// The same wishes for another number of minutes, as the end of an address.
    fn query(&self) -> String {
        let mut query = String::from("?");
        for (name, value) in [
            ("phrases", &self.phrases),
            ("eyes_closed", &self.eyes_closed),
            ("touch", &self.touch),
            ("imagery", &self.imagery),
            ("breath", &self.breath),
            ("light", &self.light),
        ] {
            if !value.is_empty()
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            {
                query.push_str(&format!("{name}={value}&"));
            }
        }
        query
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
    ease_out: Vec<TimedCue>,
    barriers: Vec<serde_json::Value>,
    person: String,
    home: &'static str,
    help: &'static str,
    something_else: String,
    language: &'a str,
    begin: bool,
    rate: bool,
}

fn pack<'a>(
    app: &App,
    person: &'a Person,
    practice: &'a Practice,
    asked: &Asked,
) -> Result<Pack<'a>, Error> {
    let composing = asked.composing(app, practice)?;
    let minutes = composing.minutes;
    let composed = compose(practice, &composing)
        .map_err(|error| Error::invalid("minutes", error.to_string()))?;
    // Easing out is a minute with both feet on the floor, whatever came before.
    let ease_out = app
        .content
        .practice("soles-ground")
        .and_then(|ground| compose(ground, &Composing::new(1.0, &app.content)).ok())
        .map(|ground| ground.cues)
        .unwrap_or_default();
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
        minutes,
        range: composed.range,
        seconds: composed.seconds,
        restarts: format!("/practices/{}/composition{}", practice.slug, asked.query()),
        load: practice.load,
        cautions: &practice.cautions,
        variables: variables.into(),
        cues: composed.cues,
        ease_out,
        barriers: app
            .content
            .barriers()
            .iter()
            .map(|barrier| json!({"code": barrier.code, "words": barrier.words}))
            .collect(),
        person: person.key(),
        home: "/today",
        help: "/help",
        something_else: format!("/something-else?from={}", practice.slug),
        language: &person.locale,
        begin: asked.begin == "yes",
        rate: asked.rate != "no",
    })
}

/// A practice she may start, or one that was prescribed for her with a practitioner's care.
///
/// # Errors
/// [`Error::NotFound`] when it is neither.
pub async fn open<'a>(app: &'a App, person: &Person, slug: &str) -> Result<&'a Practice, Error> {
    let found = library::open(app, person, slug);
    if found.is_ok() {
        return found;
    }
    let practice = app.content.practice(slug).ok_or(Error::NotFound)?;
    let access = RecordAccess::own(person);
    let plans = app
        .db
        .read(move |tx| plans::store::list(tx, access.clinic_id(), access.person_id()))
        .await
        .map_err(Error::from)?;
    let prescribed = plans.iter().any(|plan| plan.asks_for(slug, &app.content));
    if prescribed {
        Ok(practice)
    } else {
        Err(Error::NotFound)
    }
}

/// `GET /practices/{slug}/composition?minutes=N`
async fn composition(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let practice = open(&app, &person, &slug).await?;
    let pack = pack(&app, &person, practice, &asked)?;
    Ok(respond::json(StatusCode::OK, &pack))
}

/// `GET /practise/{slug}?minutes=N`
async fn page(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let practice = open(&app, &person, &slug).await?;
    let pack = pack(&app, &person, practice, &asked)?;
    // Inside a script element only "<" could end it.
    let json = serde_json::to_string(&pack)
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
