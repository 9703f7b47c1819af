//! One's own voice: a practice is read line by line, heard, offered to others, and taken back.

mod pages;
pub mod rules;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_content::Practice;
use kith_sound::{Clip, ClipError, Fault, Format, RecordedError, SoundFile, Track};
use kith_sound::{prepare_recorded, read_recorded};
use serde::Deserialize;
use serde_json::json;

use super::routes::answer;
use super::speaker::{self, Speaker, label};
use super::store::{self, Recording, Take};
use crate::app::{App, State};
use crate::features::library::{self, Asked};
use crate::features::people::{self, ClientAccess, Person, open_client};
use kith_base::audit;
use kith_base::db::{self, Tx};
use kith_base::error::Error;
use kith_base::id::read_id;
use kith_base::web::form::Form;
use kith_base::web::headers::allow_microphone;
use kith_base::web::layout::Page;
use kith_base::web::respond::{self, see};
use rules::Read;

/// What one line may weigh: a minute and a half of everything browsers send, and more than half a minute of a WAV file.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long one line may last. The longest there are take a third of that, read slowly.
const MOST_SECONDS: f64 = 90.0;

const STYLE: &str = "css/recording.css";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/recordings", get(list).post(begin))
        .route("/recordings/{recording_id}", get(show))
        .route("/recordings/{recording_id}/sound", get(whole))
        .route(
            "/recordings/{recording_id}/takes/{cue}",
            post(keep).layer(DefaultBodyLimit::max(MOST_BYTES)),
        )
        .route("/recordings/{recording_id}/takes/{cue}/sound", get(hear))
        .route("/recordings/{recording_id}/offer", post(offer))
        .route(
            "/recordings/{recording_id}/offer/withdrawal",
            post(withdraw),
        )
        .route("/recordings/{recording_id}/revocation", post(revoke))
}

/// A recording of somebody's own, and how far it is.
struct Own<'a> {
    recording: Recording,
    /// None when the practice is no longer here.
    practice: Option<&'a Practice>,
    /// The client it is made for. One she no longer works with is none, and nothing more can be recorded for them.
    client: Option<ClientAccess>,
    read: Vec<Read>,
    /// The least minutes it takes, where that is more than the practice promises.
    least_minutes: Option<f64>,
}

impl Own<'_> {
    /// Whether it is made for a client, and that client is no longer hers to record for.
    fn is_over(&self) -> bool {
        self.practice.is_none() || (!self.recording.for_id.is_empty() && self.client.is_none())
    }

    fn title(&self) -> &str {
        self.practice
            .map_or(&self.recording.practice, |practice| &practice.title)
    }
}

fn put_together<'a>(
    tx: &mut Tx<'_>,
    app: &'a App,
    person: &Person,
    clients: &[ClientAccess],
    recording: Recording,
) -> Result<Own<'a>, Error> {
    let practice = app.content.practice(&recording.practice);
    let takes = store::list_takes(tx, &person.clinic_id, &recording.recording_id)?;
    let lines = practice.map_or_else(Vec::new, |practice| rules::lines(&app.content, practice));
    let client = clients
        .iter()
        .find(|client| client.client_id() == recording.for_id)
        .cloned();
    let read = rules::read(lines, takes);
    let least_minutes = practice
        .filter(|_| rules::is_complete(&read))
        .and_then(|practice| rules::least_minutes(&app.content, practice, &read));
    Ok(Own {
        recording,
        practice,
        client,
        read,
        least_minutes,
    })
}

/// A recording of hers.
fn open<'a>(
    tx: &mut Tx<'_>,
    app: &'a App,
    person: &Person,
    recording_id: &str,
) -> Result<Own<'a>, Error> {
    let recording_id = read_id(recording_id).ok_or(Error::NotFound)?;
    let recording = store::find_recording(tx, &person.clinic_id, &person.person_id, &recording_id)?
        .ok_or(Error::NotFound)?;
    let clients = if recording.for_id.is_empty() {
        Vec::new()
    } else {
        people::caseload(tx, person)?
    };
    put_together(tx, app, person, &clients, recording)
}

/// Which practice somebody came from.
#[derive(Deserialize)]
struct Chosen {
    #[serde(default)]
    practice: String,
}

/// `GET /recordings`
async fn list(
    State(app): State<App>,
    person: Person,
    Query(chosen): Query<Chosen>,
) -> Result<Page, Error> {
    let form = Form::of(&[("practice", chosen.practice.as_str())]);
    show_list(&app, &person, &form).await
}

async fn show_list(app: &App, person: &Person, form: &Form) -> Result<Page, Error> {
    let (house, who) = (app.clone(), person.clone());
    let body = app
        .db
        .read(move |tx| {
            let clients = people::caseload(tx, &who)?;
            let own = store::list_recordings(tx, &who.clinic_id, &who.person_id)?
                .into_iter()
                .map(|recording| put_together(tx, &house, &who, &clients, recording))
                .collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Error>((pages::recordings(&own), clients))
        })
        .await?;
    let (recordings, clients) = body;
    let practices: Vec<_> = app
        .content
        .practices()
        .filter(|practice| library::may_start(person, practice))
        .map(|practice| (practice, rules::lines(&app.content, practice)))
        .collect();
    let body = pages::list(&recordings, &practices, &clients, form);
    let mut page = person.page("Your own voice", "/practices", body);
    page.styles.push(STYLE);
    Ok(page)
}

/// `POST /recordings`: begins one, or goes on with the one there is.
async fn begin(State(app): State<App>, person: Person, mut form: Form) -> Result<Response, Error> {
    let slug = form.text("practice", 100);
    if library::open(&app, &person, &slug).await.is_err() {
        form.complain("practice", "Please choose one of the practices.");
        let page = show_list(&app, &person, &form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let for_id = match form.raw("for") {
        "" => String::new(),
        client => {
            let deed = "went to record a practice in their own voice";
            let access = open_client(&app, &person, client, deed).await?;
            access.client_id().to_owned()
        }
    };
    let now = app.clock.now();
    let recording = Recording {
        recording_id: app.ids.make(now)?,
        person_id: person.person_id.clone(),
        practice: slug,
        for_id,
        offered_to: String::new(),
        offered_at: None,
        made_at: now,
    };
    let id = app
        .db
        .write(move |tx| {
            if store::add_recording(tx, &person.clinic_id, &recording)? {
                return Ok(recording.recording_id);
            }
            store::list_recordings(tx, &person.clinic_id, &person.person_id)?
                .into_iter()
                .find(|one| one.practice == recording.practice && one.for_id == recording.for_id)
                .map(|one| one.recording_id)
                .ok_or(Error::NotFound)
        })
        .await?;
    Ok(see(&format!("/recordings/{id}")))
}

/// `GET /recordings/{recording_id}`: the only page that may ask for the microphone.
async fn show(
    State(app): State<App>,
    person: Person,
    Path(recording_id): Path<String>,
) -> Result<Response, Error> {
    let form = Form::default();
    show_one(&app, &person, &recording_id, &form, StatusCode::OK).await
}

async fn show_one(
    app: &App,
    person: &Person,
    recording_id: &str,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Error> {
    let (house, who, id) = (app.clone(), person.clone(), recording_id.to_owned());
    let (form, now) = (form.clone(), app.clock.now());
    let (title, body) = app
        .db
        .read(move |tx| {
            let own = open(tx, &house, &who, &id)?;
            let body = pages::recording(&who, &own, &form, now)?;
            Ok::<_, Error>((own.title().to_owned(), body))
        })
        .await?;
    let mut page = person
        .page(&title, "/practices", body)
        .with_script("js/recording/recording.js");
    page.styles.push(STYLE);
    let mut response = (status, page).into_response();
    allow_microphone(response.headers_mut());
    Ok(response)
}

/// `POST /recordings/{recording_id}/takes/{cue}`: what a browser recorded for a line. It is cleaned and encoded, and only
/// that is kept.
async fn keep(
    State(app): State<App>,
    person: Person,
    Path((recording_id, cue)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    person.is_sent_by(&headers)?;
    let (house, who, id) = (app.clone(), person.clone(), recording_id.clone());
    let wanted = cue.clone();
    let line = app
        .db
        .read(move |tx| line(&open(tx, &house, &who, &id)?, &wanted))
        .await?;
    app.limits.count(&format!("take {}", person.person_id))?;
    let sent = body.map_err(|_| {
        Error::TooLarge(
            "That is more than one line can be. Please record this line by itself.".to_owned(),
        )
    })?;
    let made = tokio::task::spawn_blocking(move || make(&sent));
    let (clip, fault) = made.await.map_err(Error::internal)??;
    let now = app.clock.now();
    let take = Take {
        cue: line.cue,
        take_id: app.ids.make(now)?,
        seconds: clip.seconds(),
        text: line.text,
        taken_at: now,
    };
    let told: Vec<_> = [
        rules::is_cut_off(&take.text, take.seconds)
            .then_some("That was short for this line. Is all of it there?"),
        fault.map(pages::fault),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (house, seconds, sound) = (app.clone(), take.seconds, clip.to_ogg());
    let id = recording_id.clone();
    let (done, needed) = app
        .db
        .write(move |tx| {
            // It may have been taken back while this was on its way.
            let own = open(tx, &house, &person, &id)?;
            self::line(&own, &take.cue)?;
            let (clinic, id) = (&person.clinic_id, &own.recording.recording_id);
            store::set_take(tx, clinic, id, &take, &sound)?;
            let own = open(tx, &house, &person, id)?;
            Ok::<_, Error>(rules::progress(&own.read))
        })
        .await?;
    let answer = json!({"seconds": seconds, "told": told, "done": done, "needed": needed});
    Ok(respond::json(StatusCode::OK, &answer))
}

/// The line of that digest, if it can be recorded.
fn line(own: &Own<'_>, cue: &str) -> Result<rules::Line, Error> {
    if own.is_over() {
        return Err(Error::Conflict(
            "Nothing more can be recorded for this one.".to_owned(),
        ));
    }
    let read = own.read.iter().find(|read| read.line.cue == cue);
    read.map(|read| read.line.clone()).ok_or_else(|| {
        Error::Conflict(
            "The words of this line have changed since this page was opened. Please open it again."
                .to_owned(),
        )
    })
}

fn make(sent: &[u8]) -> Result<(Clip, Option<Fault>), Error> {
    let no = |words: &str| Error::invalid("sound", words);
    let too_long = format!(
        "A line can last up to {MOST_SECONDS} seconds. Please record this one by itself, and stop after its last word."
    );
    let sound = read_recorded(sent, MOST_SECONDS).map_err(|error| match error {
        RecordedError::TooLong => no(&too_long),
        RecordedError::Unknown | RecordedError::Broken => no(
            "What arrived is no recording that can be read here. Please try it once more; if that does not help, another browser may.",
        ),
    })?;
    let (samples, fault) = prepare_recorded(&sound).map_err(refused)?;
    Ok((Clip::encode(&samples).map_err(refused)?, fault))
}

fn refused(error: ClipError) -> Error {
    match error {
        ClipError::Silent => Error::invalid(
            "sound",
            "Nobody was heard in this one. Is the microphone on, and is it the right one?",
        ),
        other => Error::internal(other),
    }
}

/// `GET /recordings/{recording_id}/takes/{cue}/sound`: what those will hear to whom it is offered.
async fn hear(
    State(app): State<App>,
    person: Person,
    Path((recording_id, cue)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let house = app.clone();
    let sound = app
        .db
        .read(move |tx| {
            let own = open(tx, &house, &person, &recording_id)?;
            let id = &own.recording.recording_id;
            store::find_sound(tx, &person.clinic_id, id, &cue)?.ok_or(Error::NotFound)
        })
        .await?;
    let clip = Arc::new(Clip::from_ogg(&sound).map_err(Error::internal)?);
    let track = Track::new(clip.seconds(), [(0.0, clip)]).map_err(Error::internal)?;
    // MP4 is what all browsers play that can record.
    Ok(answer(SoundFile::new(track, Format::Mp4), &headers))
}

/// `GET /recordings/{recording_id}/sound?minutes=N`: the practice as it will be heard, before anybody else hears it.
async fn whole(
    State(app): State<App>,
    person: Person,
    Path(recording_id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (house, who) = (app.clone(), person.clone());
    let (slug, id, read) = app
        .db
        .read(move |tx| {
            let own = open(tx, &house, &who, &recording_id)?;
            let recording = own.recording;
            Ok::<_, Error>((recording.practice, recording.recording_id, own.read))
        })
        .await?;
    let practice = library::open(&app, &person, &slug).await?;
    let speaker = speaker_of(&app, &person.clinic_id, &id, &person.name, read).await?;
    let spoken = speaker::spoken_by(&app, practice, &asked, Some(speaker)).await?;
    Ok(answer(
        SoundFile::new(spoken.sounding.track, Format::Mp4),
        &headers,
    ))
}

/// `POST /recordings/{recording_id}/offer`: others may hear it from now on.
async fn offer(
    State(app): State<App>,
    person: Person,
    Path(recording_id): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    let (house, who, id) = (app.clone(), person.clone(), recording_id.clone());
    let to = form.text("to", 20);
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    let problem = app
        .db
        .write(move |tx| {
            let own = open(tx, &house, &who, &id)?;
            let (done, needed) = rules::progress(&own.read);
            if own.is_over() {
                return Ok(Some("Nobody can hear this one any more.".to_owned()));
            }
            if !rules::is_complete(&own.read) {
                let left = needed - done;
                return Ok(Some(format!(
                    "{} still to be read first.",
                    pages::lines_text(left)
                )));
            }
            let audiences = rules::audiences(&own.recording.for_id);
            let Some(to) = audiences.iter().copied().find(|audience| *audience == to) else {
                return Ok(Some("Please choose who may hear it.".to_owned()));
            };
            let id = &own.recording.recording_id;
            store::update_offered(tx, &who.clinic_id, id, to, Some(now))?;
            write_down(tx, &audit_id, &who, &own, now, pages::offered_deed(to))?;
            Ok::<_, Error>(None)
        })
        .await?;
    let Some(problem) = problem else {
        return Ok(see(&format!("/recordings/{recording_id}#offer")));
    };
    form.complain("to", problem);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    show_one(&app, &person, &recording_id, &form, status).await
}

/// What was done with a recording stands where the client reads it for whom it was made; else where the owner does.
fn write_down(
    tx: &mut Tx<'_>,
    audit_id: &str,
    person: &Person,
    own: &Own<'_>,
    now: i64,
    deed: &str,
) -> Result<(), Error> {
    let whom = own.client.as_ref().map(ClientAccess::client_id);
    let who = Some(person.person_id.as_str());
    Ok(audit::add(
        tx,
        audit_id,
        &person.clinic_id,
        now,
        who,
        whom,
        deed,
    )?)
}

/// `POST /recordings/{recording_id}/offer/withdrawal`: nobody hears it for now; it stays here for her.
async fn withdraw(
    State(app): State<App>,
    person: Person,
    Path(recording_id): Path<String>,
) -> Result<Response, Error> {
    let (house, id) = (app.clone(), recording_id.clone());
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            let own = open(tx, &house, &person, &id)?;
            if own.recording.offered_to.is_empty() {
                return Ok(());
            }
            let id = &own.recording.recording_id;
            store::update_offered(tx, &person.clinic_id, id, "", None)?;
            let deed = "no longer offers a practice in their own voice";
            write_down(tx, &audit_id, &person, &own, now, deed)
        })
        .await?;
    Ok(see(&format!("/recordings/{recording_id}#offer")))
}

/// `POST /recordings/{recording_id}/revocation`: every copy there is here goes.
async fn revoke(
    State(app): State<App>,
    person: Person,
    Path(recording_id): Path<String>,
) -> Result<Response, Error> {
    let house = app.clone();
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    app.db
        .write(move |tx| {
            let own = open(tx, &house, &person, &recording_id)?;
            store::remove_recording(tx, &person.clinic_id, &own.recording.recording_id)?;
            let deed = "took back a practice in their own voice";
            write_down(tx, &audit_id, &person, &own, now, deed)
        })
        .await?;
    Ok(see("/recordings"))
}

/// Who among those who recorded a practice speaks it to this person: the one meant for her first who has read all of it, as
/// it is today.
///
/// # Errors
/// When the database fails.
pub(super) async fn best(
    app: &App,
    person: &Person,
    practice: &Practice,
) -> Result<Option<Speaker>, Error> {
    let (house, practice) = (app.clone(), practice.clone());
    let (clinic, listener) = (person.clinic_id.clone(), person.person_id.clone());
    let found = app
        .db
        .read(move |tx| {
            let offered = store::list_offered(tx, &clinic, &listener, &practice.slug)?;
            for one in rules::best_first(offered, &listener) {
                let takes = store::list_takes(tx, &clinic, &one.recording.recording_id)?;
                let read = rules::read(rules::lines(&house.content, &practice), takes);
                if rules::is_complete(&read) {
                    return Ok(Some((one, read)));
                }
            }
            Ok::<_, Error>(None)
        })
        .await?;
    let Some((one, read)) = found else {
        return Ok(None);
    };
    let id = &one.recording.recording_id;
    speaker_of(app, &person.clinic_id, id, &one.name, read)
        .await
        .map(Some)
}

/// Stands for every recording this person may hear: another text once one is offered, read anew or taken back.
///
/// # Errors
/// When the database fails.
pub(super) async fn revision(app: &App, person: &Person) -> Result<String, Error> {
    let (clinic, listener) = (person.clinic_id.clone(), person.person_id.clone());
    let states = app
        .db
        .read(move |tx| store::list_offered_states(tx, &clinic, &listener))
        .await
        .map_err(Error::from)?;
    Ok(states.join("\n"))
}

/// Fetches what was said, but for what somebody is listening to anyway.
async fn speaker_of(
    app: &App,
    clinic_id: &str,
    recording_id: &str,
    name: &str,
    read: Vec<Read>,
) -> Result<Speaker, Error> {
    let place = |take_id: &str| PathBuf::from("takes").join(take_id);
    let mut said = HashMap::new();
    let mut missing = HashMap::new();
    for Read { line, take } in read {
        let Some(take) = take else { continue };
        match app.clips.held(&place(&take.take_id)) {
            Some(clip) => {
                said.insert(line.text, clip);
            }
            None => {
                missing.insert(take.take_id, line.text);
            }
        }
    }
    if !missing.is_empty() {
        let (clinic, id) = (clinic_id.to_owned(), recording_id.to_owned());
        let sounds = app
            .db
            .read(move |tx| store::list_sounds(tx, &clinic, &id))
            .await
            .map_err(Error::from)?;
        for (take_id, sound) in sounds {
            if let Some(text) = missing.remove(&take_id)
                && let Some(clip) = app.clips.hold(place(&take_id), &sound)
            {
                said.insert(text, clip);
            }
        }
    }
    Ok(Speaker::recorded(recording_id, name, said))
}

/// Everything about a person's voice, and what was recorded for her: what she takes along when she downloads what is kept.
///
/// # Errors
/// When the database fails.
pub fn record(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<serde_json::Value, Error> {
    let mut own = Vec::new();
    for recording in store::list_recordings(tx, clinic_id, person_id)? {
        let takes = store::list_takes(tx, clinic_id, &recording.recording_id)?;
        let takes: Vec<_> = takes
            .iter()
            .map(|take| {
                json!({"text": take.text, "seconds": take.seconds, "taken_at": take.taken_at,
                    "sound": format!("/recordings/{}/takes/{}/sound", recording.recording_id, take.cue)})
            })
            .collect();
        own.push(json!({"recording": recording, "takes": takes}));
    }
    let made_for: Vec<_> = store::list_made_for(tx, clinic_id, person_id)?
        .iter()
        .map(|made| {
            json!({"by": made.name, "practice": made.recording.practice,
                "made_at": made.recording.made_at, "offered_at": made.recording.offered_at})
        })
        .collect();
    Ok(json!({"own": own, "made_for_you": made_for}))
}

/// Somebody leaves, or has everything erased: her voice goes, and what was recorded for her alone.
///
/// # Errors
/// When the database fails.
pub fn remove_all(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<bool, db::Error> {
    let mut gone = store::list_recordings(tx, clinic_id, person_id)?;
    let made_for = store::list_made_for(tx, clinic_id, person_id)?;
    gone.extend(made_for.into_iter().map(|made| made.recording));
    for recording in &gone {
        store::remove_recording(tx, clinic_id, &recording.recording_id)?;
    }
    Ok(!gone.is_empty())
}
