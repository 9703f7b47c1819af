//! Who, load, decide, answer.

use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kith_sound::{Format, SoundFile};
use serde::Deserialize;
use serde_json::json;

use super::body::body;
use super::rules::{Part, is_known, is_meant, part};
use super::speaker::{self, NOBODY, Speaker};
use crate::app::{App, State};
use crate::features::library::Asked;
use crate::features::people::Person;
use crate::features::plans;
use kith_base::error::Error;
use kith_base::web::respond;

/// Which voice, and which kind of file.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    /// A voice's name, `none` for bells alone; left out, the best that says all of it.
    #[serde(default)]
    voice: String,
    /// `ogg`, or `mp4` for players that cannot play that.
    #[serde(default)]
    format: String,
    /// The number of the sound that the captions belong to; left out, whatever it is now.
    #[serde(default)]
    v: String,
}

/// `GET /voices`: who can speak here, and whether it is a program.
pub(super) async fn list(State(app): State<App>, _: Person) -> Result<Response, Error> {
    let voices = tokio::task::spawn_blocking(move || app.clips.voices())
        .await
        .map_err(Error::internal)?;
    let voices: Vec<_> = voices
        .into_iter()
        .map(speaker::rendered)
        .map(|Speaker { voice, label, .. }| {
            json!({"voice": voice.name, "synthetic": voice.synthetic, "label": label})
        })
        .collect();
    Ok(respond::json(StatusCode::OK, &json!({"voices": voices})))
}

/// `GET /practices/{slug}/sound?minutes=N&voice=V`
pub(super) async fn sound(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let practice = plans::open_practice(&app, &person, &slug).await?;
    let format = match wanted.format.as_str() {
        "" | "ogg" => Format::Ogg,
        "mp4" => Format::Mp4,
        _ => return Err(Error::invalid("format", "The format can be ogg or mp4.")),
    };
    let spoken = match wanted.voice.as_str() {
        "" => speaker::spoken(&app, &person, practice, &asked).await?,
        NOBODY => speaker::spoken_by(&app, practice, &asked, None).await?,
        name => {
            let mut speakers = speaker::speakers(&app, &person, practice)
                .await?
                .into_iter();
            let found = speakers.find(|speaker| speaker.voice.name == name);
            let found = found
                .ok_or_else(|| Error::invalid("voice", "There is no voice of that name here."))?;
            speaker::spoken_by(&app, practice, &asked, Some(found)).await?
        }
    };
    // Sound that belongs to captions which have changed since is no longer here.
    if !wanted.v.is_empty() && wanted.v != speaker::version(&spoken.sounding) {
        return Err(Error::NotFound);
    }
    Ok(answer(
        SoundFile::new(spoken.sounding.track, format),
        &headers,
    ))
}

/// The whole file or the part that was asked for.
pub(super) fn answer(file: SoundFile, headers: &HeaderMap) -> Response {
    let tag = format!(
        "\"{:016x}-{}\"",
        file.track().fingerprint(),
        file.format().ending()
    );
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let length = file.length();
    let mut answer = if is_known(said(header::IF_NONE_MATCH), &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let range = said(header::RANGE).filter(|_| is_meant(said(header::IF_RANGE), &tag));
        match part(range, length) {
            Part::Whole => sent(StatusCode::OK, body(file.clone(), 0, length), None),
            Part::Some(from, end) => sent(
                StatusCode::PARTIAL_CONTENT,
                body(file.clone(), from, end),
                Some(format!("bytes {from}-{}/{length}", end - 1)),
            ),
            Part::None => sent(
                StatusCode::RANGE_NOT_SATISFIABLE,
                Body::empty(),
                Some(format!("bytes */{length}")),
            ),
        }
    };
    let headers = answer.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(file.format().content_type()),
    );
    // Her own browser may keep it, and asks each time whether it is still so.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    answer
}

fn sent(status: StatusCode, body: Body, range: Option<String>) -> Response {
    let mut answer = (status, body).into_response();
    if let Some(range) = range.and_then(|range| HeaderValue::try_from(range).ok()) {
        answer.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    answer
}
