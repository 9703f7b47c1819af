//! What is to be read, and a practice read, offered, heard and taken back through the whole program.

use std::f32::consts::TAU;

use axum::body::Body;
use axum::http::{StatusCode, header};

use super::super::store::{self, Offered, Recording, Take};
use super::rules::{self, Line};
use crate::testing::{Answer, Someone, TestApp};

const PRACTICE: &str = "soles-ground";
const COMPOSITION: &str = "/practices/soles-ground/composition?minutes=3";

fn take(line: &Line) -> Take {
    Take {
        cue: line.cue.clone(),
        take_id: line.cue.clone(),
        text: line.text.clone(),
        seconds: 2.0,
        taken_at: 0,
    }
}

#[test]
fn every_practice_has_lines_and_each_is_there_once() {
    let content = crate::testing::content();
    for practice in content.practices() {
        let lines = rules::lines(&content, practice);
        let mut cues: Vec<_> = lines.iter().map(|line| &line.cue).collect();
        cues.sort();
        cues.dedup();
        assert_eq!(cues.len(), lines.len(), "{}", practice.slug);
        assert!(lines.iter().all(|line| !line.text.contains('{')));
        assert!(lines.first().is_some_and(|line| line.wishes.is_none()));
        // What people may choose comes last.
        let first = lines.iter().position(|line| line.wishes.is_some());
        let optional = lines.iter().filter(|line| line.wishes.is_some()).count();
        assert_eq!(first.map_or(0, |first| lines.len() - first), optional);
        assert_eq!(optional > 0, practice.script.speaks_wishes());
        // With no choice made, what is said is among what has to be read.
        let asked = kith_content::Asked::new(practice.minutes.1, &content);
        let said = kith_content::compose(practice, &asked)
            .unwrap()
            .filled(practice);
        for cue in said.cues.iter().filter(|cue| !cue.text.is_empty()) {
            let known = lines.iter().find(|line| line.text == cue.text);
            assert!(
                known.is_some_and(|line| line.wishes.is_none()),
                "{}",
                cue.text
            );
        }
    }
}

#[test]
fn it_is_whole_when_all_that_has_to_be_read_was_as_it_is_now() {
    let content = crate::testing::content();
    let practice = content.practice("wish-loved-one").unwrap();
    let lines = rules::lines(&content, practice);
    let needed: Vec<_> = lines.iter().filter(|line| line.wishes.is_none()).collect();
    assert!(needed.len() < lines.len());
    let mut takes: Vec<_> = needed.iter().map(|line| take(line)).collect();
    let whole = rules::read(lines.clone(), takes.clone());
    assert!(rules::is_complete(&whole));
    assert_eq!(rules::progress(&whole), (needed.len(), needed.len()));
    // Another text is another line: what was said before is not said now.
    takes[0].cue = "of another text".to_owned();
    let changed = rules::read(lines.clone(), takes);
    assert!(!rules::is_complete(&changed));
    assert_eq!(rules::progress(&changed), (needed.len() - 1, needed.len()));
    assert!(!rules::is_complete(&[]));
}

#[test]
fn who_reads_slowly_is_told_how_long_it_takes() {
    let content = crate::testing::content();
    let practice = content.practice(PRACTICE).unwrap();
    let lines = rules::lines(&content, practice);
    let read = |seconds: f64| {
        let takes = lines.iter().map(|line| Take {
            seconds,
            ..take(line)
        });
        rules::read(lines.clone(), takes.collect())
    };
    assert_eq!(rules::least_minutes(&content, practice, &read(2.0)), None);
    let least = rules::least_minutes(&content, practice, &read(12.0)).unwrap();
    assert!(least > practice.minutes.0, "{least}");
}

#[test]
fn the_voice_meant_for_somebody_comes_first() {
    let one = |person: &str, to: &str| Offered {
        recording: Recording {
            recording_id: format!("{person} {to}"),
            person_id: person.to_owned(),
            practice: PRACTICE.to_owned(),
            for_id: if to == "client" { "ben" } else { "" }.to_owned(),
            offered_to: to.to_owned(),
            offered_at: Some(0),
            made_at: 0,
        },
        name: String::new(),
    };
    let order = |offered: Vec<Offered>, listener: &str| {
        let sorted = rules::best_first(offered, listener);
        let names = sorted.into_iter().map(|one| one.recording.recording_id);
        names.collect::<Vec<_>>()
    };
    let offered = || {
        vec![
            one("noor", "clinic"),
            one("amira", "caseload"),
            one("amira", "client"),
            one("olu", "clinic"),
        ]
    };
    assert_eq!(
        order(offered(), "ben"),
        [
            "amira client",
            "amira caseload",
            "noor clinic",
            "olu clinic"
        ]
    );
    assert_eq!(
        order(offered(), "noor")[..3],
        ["amira client", "amira caseload", "noor clinic"]
    );
    assert_eq!(
        order(
            vec![one("noor", "clinic"), one("amira", "caseload")],
            "amira"
        ),
        ["amira caseload", "noor clinic"]
    );
}

#[test]
fn what_is_far_too_short_was_cut_off() {
    assert!(rules::is_cut_off(
        "Press both feet down a little, as if to leave a print.",
        1.0
    ));
    assert!(!rules::is_cut_off(
        "Press both feet down a little, as if to leave a print.",
        3.0
    ));
    assert!(!rules::is_cut_off("Rest.", 0.3));
}

/// Something like a voice in a quiet room, as a WAV file: so many seconds of it, between half seconds of nothing.
pub(crate) fn spoken(seconds: f32, hertz: f32) -> Vec<u8> {
    let rate = 16_000_f32;
    let tone = |index: usize| {
        let at = index as f32 / rate;
        let swell = 0.3 + 0.7 * (at * 2.0 * TAU).cos().abs();
        0.2 * swell * ((at * hertz * TAU).sin() + 0.5 * (2.0 * at * hertz * TAU).sin())
    };
    let quiet = vec![0.0; 8_000];
    let said: Vec<f32> = (0..(seconds * rate) as usize).map(tone).collect();
    let samples = [quiet.as_slice(), &said, &quiet].concat();
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend(16_000_u32.to_le_bytes());
    bytes.extend(32_000_u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend((samples.len() as u32 * 2).to_le_bytes());
    for sample in samples {
        bytes.extend(((sample * 32_767.0) as i16).to_le_bytes());
    }
    bytes
}

async fn send(app: &TestApp, who: &Someone, id: &str, cue: &str, sound: Vec<u8>) -> Answer {
    let request = app
        .request("POST", &format!("/recordings/{id}/takes/{cue}"), Some(who))
        .header(header::CONTENT_TYPE, "audio/wav")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(sound))
        .unwrap();
    app.send(request).await
}

async fn begin(app: &TestApp, who: &Someone, for_id: &str) -> String {
    let fields = [("practice", PRACTICE), ("for", for_id)];
    let answer = app.post(Some(who), "/recordings", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.place.trim_start_matches("/recordings/").to_owned()
}

fn needed(app: &TestApp) -> Vec<Line> {
    let content = &app.app.content;
    let mut lines = rules::lines(content, content.practice(PRACTICE).unwrap());
    lines.retain(|line| line.wishes.is_none());
    lines
}

async fn read_all(app: &TestApp, who: &Someone, id: &str) {
    let lines = needed(app);
    for (index, line) in lines.iter().enumerate() {
        // Another length for each, so that they can be told from one another.
        let sound = spoken(1.0 + 0.05 * index as f32, 150.0);
        let answer = send(app, who, id, &line.cue, sound).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let json = answer.json();
        assert_eq!(json["done"], index + 1);
        assert_eq!(json["needed"], lines.len());
        let seconds = json["seconds"].as_f64().unwrap();
        assert!(
            (seconds - 1.0 - 0.05 * index as f64 - 0.2).abs() < 0.1,
            "{seconds}"
        );
    }
}

/// A recording of Amira's with one line read, and that line.
pub(crate) async fn begun_by(app: &TestApp, who: &Someone) -> (String, String) {
    let id = begin(app, who, "").await;
    let cue = needed(app)[0].cue.clone();
    let answer = send(app, who, &id, &cue, spoken(1.0, 150.0)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    (id, cue)
}

async fn offer(app: &TestApp, who: &Someone, id: &str, to: &str) -> Answer {
    let path = format!("/recordings/{id}/offer");
    app.post(Some(who), &path, &[("to", to)]).await
}

/// By which a phone knows that something else may be heard.
async fn revision(app: &TestApp) -> String {
    let ben = app.ben.person();
    crate::features::voices::revision(&app.app, &ben)
        .await
        .unwrap()
}

/// Whose voice somebody hears.
async fn label(app: &TestApp, who: &Someone) -> String {
    let request = app
        .request("GET", COMPOSITION, Some(who))
        .header(header::ACCEPT, "application/json")
        .body(Body::empty())
        .unwrap();
    let json = app.send(request).await.json();
    assert_ne!(json["sound"]["synthetic"], true);
    json["sound"]["label"]
        .as_str()
        .unwrap_or("nobody")
        .to_owned()
}

#[tokio::test]
async fn a_practice_is_read_offered_heard_and_taken_back() {
    let app = TestApp::new().await;
    let id = begin(&app, &app.amira, "").await;
    assert_eq!(
        begin(&app, &app.amira, "").await,
        id,
        "one for each practice"
    );
    let early = offer(&app, &app.amira, &id, "caseload").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    let lines = needed(&app).len();
    assert!(
        early
            .text
            .contains(&format!("{lines} lines are still to be read first."))
    );
    read_all(&app, &app.amira, &id).await;
    assert_eq!(label(&app, &app.ben).await, "nobody", "not offered yet");
    let nobody = offer(&app, &app.amira, &id, "client").await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let silent = revision(&app).await;
    let offered = offer(&app, &app.amira, &id, "caseload").await;
    assert_eq!(offered.status, StatusCode::SEE_OTHER);
    let heard = revision(&app).await;
    assert_ne!(heard, silent);

    for (who, heard) in [
        (&app.ben, "Amira’s voice"),
        (&app.amira, "Amira’s voice"),
        (&app.noor, "nobody"),
        (&app.chloe, "nobody"),
        (&app.fay, "nobody"),
        (&app.dov, "nobody"),
    ] {
        assert_eq!(label(&app, who).await, heard, "{}", who.name);
    }
    // What is heard is as long as it was said.
    let pack = app.get(Some(&app.ben), COMPOSITION).await.json();
    assert_eq!(pack["sound"]["spoken"], pack["sound"]["cues"]);
    let takes: Vec<_> = needed(&app);
    for cue in pack["cues"].as_array().unwrap() {
        let Some(index) = takes
            .iter()
            .position(|line| cue["text"] == line.text.as_str())
        else {
            continue;
        };
        let seconds = cue["seconds"].as_f64().unwrap();
        assert!((seconds - 1.2 - 0.05 * index as f64).abs() < 0.1, "{cue}");
    }
    let address = pack["sound"]["mp4"].as_str().unwrap().to_owned();
    assert!(address.contains(&id));
    let sound = app.get(Some(&app.ben), &address).await;
    assert_eq!(sound.status, StatusCode::OK);
    assert_eq!(
        sound.headers[header::CONTENT_TYPE],
        "audio/mp4; codecs=opus"
    );
    assert_eq!(
        app.get(Some(&app.fay), &address).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    // Reading a line again is another sound at another address.
    let again = send(&app, &app.amira, &id, &takes[0].cue, spoken(2.5, 200.0)).await;
    assert_eq!(again.status, StatusCode::OK);
    let now = app.get(Some(&app.ben), COMPOSITION).await.json();
    assert_ne!(now["sound"]["mp4"], pack["sound"]["mp4"]);
    assert_ne!(revision(&app).await, heard);
    assert_eq!(
        app.get(Some(&app.ben), &address).await.status,
        StatusCode::NOT_FOUND
    );

    app.post(
        Some(&app.amira),
        &format!("/recordings/{id}/offer/withdrawal"),
        &[],
    )
    .await;
    assert_eq!(label(&app, &app.ben).await, "nobody");
    assert_eq!(revision(&app).await, silent);
    offer(&app, &app.amira, &id, "clinic").await;
    for (who, heard) in [
        (&app.ben, "Amira’s voice"),
        (&app.noor, "Amira’s voice"),
        (&app.chloe, "Amira’s voice"),
        (&app.fay, "nobody"),
        (&app.dov, "nobody"),
    ] {
        assert_eq!(label(&app, who).await, heard, "{}", who.name);
    }

    let address = app.get(Some(&app.ben), COMPOSITION).await.json()["sound"]["ogg"]
        .as_str()
        .unwrap()
        .to_owned();
    let back = app
        .post(
            Some(&app.amira),
            &format!("/recordings/{id}/revocation"),
            &[],
        )
        .await;
    assert_eq!(back.place, "/recordings");
    assert_eq!(label(&app, &app.ben).await, "nobody");
    assert_eq!(
        app.get(Some(&app.ben), &address).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let path = format!("/recordings/{id}");
    assert_eq!(
        app.get(Some(&app.amira), &path).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(takes_left(&app).await, 0);
    let log = app.get(Some(&app.olu), "/clinic/audit").await.text;
    for deed in [
        "offered a practice in their own voice to their caseload",
        "offered a practice in their own voice to the whole clinic",
        "no longer offers a practice in their own voice",
        "took back a practice in their own voice",
    ] {
        assert!(log.contains(deed), "{deed}");
    }
}

async fn takes_left(app: &TestApp) -> i64 {
    app.app
        .db
        .read(|tx| tx.one("select count(*) as n from take", &[], |row| row.get("n")))
        .await
        .unwrap()
        .unwrap_or(0)
}

#[tokio::test]
async fn what_is_made_for_one_client_nobody_else_hears() {
    let app = TestApp::new().await;
    fn fields(client: &str) -> [(&str, &str); 2] {
        [("practice", PRACTICE), ("for", client)]
    }
    for (who, client) in [
        (&app.noor, &app.ben.id),
        (&app.amira, &app.fay.id),
        (&app.dov, &app.ben.id),
    ] {
        let answer = app.post(Some(who), "/recordings", &fields(client)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", who.name);
    }
    let id = begin(&app, &app.amira, &app.ben.id).await;
    read_all(&app, &app.amira, &id).await;
    for to in ["caseload", "clinic"] {
        let wide = offer(&app, &app.amira, &id, to).await;
        assert_eq!(wide.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
    }
    assert_eq!(
        offer(&app, &app.amira, &id, "client").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(label(&app, &app.ben).await, "Amira’s voice");
    for other in [&app.amira, &app.noor, &app.olu, &app.fay] {
        assert_eq!(label(&app, other).await, "nobody", "{}", other.name);
    }
    let me = app.get(Some(&app.ben), "/me").await.text;
    assert!(me.contains("offered a practice in their own voice"));
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(record["recordings"]["made_for_you"][0]["by"], "Amira");
    // Once she no longer works with him, he no longer hears her, and she can only take it back.
    app.app
        .db
        .write(|tx| tx.exec("update caseload set ended_at = 1", &[]))
        .await
        .unwrap();
    assert_eq!(label(&app, &app.ben).await, "nobody");
    let page = app
        .get(Some(&app.amira), &format!("/recordings/{id}"))
        .await;
    assert!(page.text.contains("Nobody hears it any more.") && !page.text.contains("data-studio"));
    assert!(!page.text.contains("Ben"));
    let cue = needed(&app)[0].cue.clone();
    let late = send(&app, &app.amira, &id, &cue, spoken(1.0, 150.0)).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let again = offer(&app, &app.amira, &id, "client").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let back = app
        .post(
            Some(&app.amira),
            &format!("/recordings/{id}/revocation"),
            &[],
        )
        .await;
    assert_eq!(back.place, "/recordings");
}

#[tokio::test]
async fn a_changed_practice_is_spoken_by_another_voice_until_it_is_read_anew() {
    let app = TestApp::new().await;
    let id = begin(&app, &app.amira, "").await;
    read_all(&app, &app.amira, &id).await;
    offer(&app, &app.amira, &id, "caseload").await;
    // As if the first line had been another one when it was read.
    let cue = needed(&app)[0].cue.clone();
    let changed = cue.clone();
    app.app
        .db
        .write(move |tx| {
            let statement = "update take set cue = 'of-other-words' where cue = $1";
            tx.exec(statement, &[(&changed).into()])
        })
        .await
        .unwrap();
    assert_eq!(label(&app, &app.ben).await, "nobody");
    let page = app
        .get(Some(&app.amira), &format!("/recordings/{id}"))
        .await
        .text;
    assert!(
        page.contains("The practice has changed: 1 line is to be read anew."),
        "{page}"
    );
    let unknown = send(&app, &app.amira, &id, "of-other-words", spoken(1.0, 150.0)).await;
    assert_eq!(unknown.status, StatusCode::CONFLICT);
    send(&app, &app.amira, &id, &cue, spoken(1.0, 150.0)).await;
    assert_eq!(label(&app, &app.ben).await, "Amira’s voice");
}

#[tokio::test]
async fn what_is_no_voice_is_refused_and_nothing_of_it_is_kept() {
    let app = TestApp::new().await;
    let id = begin(&app, &app.amira, "").await;
    let cue = needed(&app)[0].cue.clone();
    let silence = {
        let mut quiet = spoken(1.0, 150.0);
        quiet[44..].fill(0);
        quiet
    };
    let invalid = StatusCode::UNPROCESSABLE_ENTITY;
    for (what, sound, status, words) in [
        (
            "nothing",
            Vec::new(),
            invalid,
            "no recording that can be read",
        ),
        (
            "a page",
            b"<!doctype html><script>alert(1)</script>".to_vec(),
            invalid,
            "no recording that can be read",
        ),
        (
            "a broken one",
            b"\x1a\x45\xdf\xa3 and nothing".to_vec(),
            invalid,
            "no recording that can be read",
        ),
        (
            "half of one",
            spoken(1.0, 150.0)[..30].to_vec(),
            invalid,
            "no recording that can be read",
        ),
        ("silence", silence, invalid, "Nobody was heard"),
        ("too long", spoken(95.0, 150.0), invalid, "up to 90 seconds"),
        (
            "too much",
            vec![b'R'; 5 * 1024 * 1024],
            StatusCode::PAYLOAD_TOO_LARGE,
            "more than one line",
        ),
    ] {
        let answer = send(&app, &app.amira, &id, &cue, sound).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text);
        let message = answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(message.contains(words), "{what}: {message}");
    }
    assert_eq!(takes_left(&app).await, 0);
    // Too loud is told, and kept.
    let mut loud = spoken(1.0, 150.0);
    for pair in loud[44..].chunks_exact_mut(2) {
        let louder = i16::from_le_bytes([pair[0], pair[1]]).saturating_mul(12);
        pair.copy_from_slice(&louder.to_le_bytes());
    }
    let answer = send(&app, &app.amira, &id, &cue, loud).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(answer.json()["told"].to_string().contains("too loud"));
    assert_eq!(takes_left(&app).await, 1);
    let sound = app
        .app
        .db
        .read(|tx| {
            tx.one("select sound from take", &[], |row| {
                row.get::<Vec<u8>>("sound")
            })
        })
        .await
        .unwrap()
        .unwrap();
    assert!(
        sound.starts_with(b"OggS"),
        "only what was made of it is kept"
    );
}

#[tokio::test]
async fn a_recording_is_nobody_elses() {
    let app = TestApp::new().await;
    let (id, cue) = begun_by(&app, &app.amira).await;
    for other in [&app.noor, &app.dov] {
        for path in ["", "/sound", &format!("/takes/{cue}/sound")] {
            let status = app
                .get(Some(other), &format!("/recordings/{id}{path}"))
                .await
                .status;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/offer", "/offer/withdrawal", "/revocation"] {
            let path = format!("/recordings/{id}{path}");
            let status = app
                .post(Some(other), &path, &[("to", "clinic")])
                .await
                .status;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
        let status = send(&app, other, &id, &cue, spoken(1.0, 150.0))
            .await
            .status;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(!app.get(Some(other), "/recordings").await.text.contains(&id));
    }
    assert_eq!(takes_left(&app).await, 1);
    let heard = app
        .get(
            Some(&app.amira),
            &format!("/recordings/{id}/takes/{cue}/sound"),
        )
        .await;
    assert_eq!(
        heard.headers[header::CONTENT_TYPE],
        "audio/mp4; codecs=opus"
    );
}

#[tokio::test]
async fn only_the_page_on_which_one_records_may_ask_for_the_microphone() {
    let app = TestApp::new().await;
    let (id, _) = begun_by(&app, &app.amira).await;
    for (path, microphone) in [
        (format!("/recordings/{id}"), "microphone=(self)"),
        ("/recordings".to_owned(), "microphone=()"),
        ("/practices".to_owned(), "microphone=()"),
        ("/recordings/nothing".to_owned(), "microphone=()"),
    ] {
        let answer = app.get(Some(&app.amira), &path).await;
        let policy = answer.headers["permissions-policy"].to_str().unwrap();
        assert!(policy.contains(microphone), "{path}: {policy}");
        assert!(policy.contains("camera=()"));
    }
}

#[tokio::test]
async fn a_voice_goes_with_whom_it_belongs_to_and_with_whom_it_was_for() {
    let app = TestApp::new().await;
    let (id, _) = begun_by(&app, &app.amira).await;
    let for_ben = begin(&app, &app.amira, &app.ben.id).await;
    let cue = needed(&app)[0].cue.clone();
    send(&app, &app.amira, &for_ben, &cue, spoken(1.0, 150.0)).await;
    assert_eq!(takes_left(&app).await, 2);
    let record = app.get(Some(&app.amira), "/me/record.json").await.json();
    let own = record["recordings"]["own"].as_array().unwrap();
    assert_eq!(own.len(), 2);
    let place = own[0]["takes"][0]["sound"].as_str().unwrap();
    assert_eq!(
        app.get(Some(&app.amira), place).await.status,
        StatusCode::OK
    );

    app.post(Some(&app.ben), "/me/erasure", &[("word", "erase")])
        .await;
    assert_eq!(takes_left(&app).await, 1, "what was for him is gone");
    let path = format!("/clinic/people/{}/ending", app.amira.id);
    let ended = app.post(Some(&app.olu), &path, &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert_eq!(takes_left(&app).await, 0, "and so is hers");
    let clinic = app.amira.clinic_id.clone();
    let whose = app.amira.id.clone();
    let left = app
        .app
        .db
        .read(move |tx| store::find_recording(tx, &clinic, &whose, &id))
        .await
        .unwrap();
    assert_eq!(left, None);
}

/// What a phone goes by to see whether what it keeps is as it should be.
async fn kept_version(app: &TestApp, who: &Someone) -> String {
    let pack = app.get(Some(who), "/offline/pack").await.json();
    pack["version"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn phones_fetch_anew_what_is_offered_read_again_or_taken_back() {
    let app = TestApp::new().await;
    let before = kept_version(&app, &app.ben).await;
    let elsewhere = kept_version(&app, &app.fay).await;
    let (id, cue) = begun_by(&app, &app.amira).await;
    read_all(&app, &app.amira, &id).await;
    assert_eq!(kept_version(&app, &app.ben).await, before, "not offered");
    offer(&app, &app.amira, &id, "caseload").await;
    let offered = kept_version(&app, &app.ben).await;
    assert_ne!(offered, before);
    send(&app, &app.amira, &id, &cue, spoken(2.0, 180.0)).await;
    let again = kept_version(&app, &app.ben).await;
    assert_ne!(again, offered, "read again");
    let path = format!("/recordings/{id}/revocation");
    app.post(Some(&app.amira), &path, &[]).await;
    assert_eq!(
        kept_version(&app, &app.ben).await,
        before,
        "as if it had never been"
    );
    assert_eq!(kept_version(&app, &app.fay).await, elsewhere);
}
