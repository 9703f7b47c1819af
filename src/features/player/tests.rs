//! The pack says who speaks and where the sound is, and the two never tell different times.

use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use kith_sound::{Clip, decode_ogg};
use serde_json::Value;
use tower::ServiceExt;

use crate::clips::{Clips, Voice};
use crate::testing::TestApp;

const SOLES: &str = "/practices/soles-ground/composition?minutes=3";

/// A voice that says everything of a practice but its last so many texts, in so many seconds each.
fn speak(app: &TestApp, data: &Path, name: &str, practice: &str, seconds: f32, missing: usize) {
    let voice = Voice {
        name: name.to_owned(),
        pace: 140,
        synthetic: true,
        made_by: "a test".to_owned(),
    };
    let clips = Clips::new(data);
    clips.add_voice(&voice).unwrap();
    let samples: Vec<f32> = (0..(seconds * 48_000.0) as usize)
        .map(|sample| (sample as f32 * 0.05).sin() * 0.3)
        .collect();
    let clip = Clip::encode(&samples).unwrap();
    let content = &app.app.content;
    let texts = crate::clips::texts(content, content.practice(practice).into_iter());
    for text in &texts[..texts.len() - missing] {
        clips.keep(&voice, text, &clip).unwrap();
    }
}

async fn composition(app: &TestApp, path: &str) -> Value {
    let answer = app.get(Some(&app.ben), path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.json()
}

async fn sound(app: &TestApp, address: &str) -> (StatusCode, Vec<u8>) {
    let request = app.request("GET", address, Some(&app.ben));
    let request = request.body(Body::empty()).unwrap();
    let answer = app.router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, bytes.to_vec())
}

#[tokio::test]
async fn without_a_voice_the_pack_has_bells_as_long_as_the_practice() {
    let app = TestApp::new().await;
    let pack = composition(&app, SOLES).await;
    assert_eq!(
        (&pack["sound"]["voice"], &pack["sound"]["spoken"]),
        (&"none".into(), &0.into())
    );
    assert!(pack["sound"]["label"].is_null());
    assert!(pack["sound"]["cues"].as_u64().unwrap() > 3);
    for (part, seconds) in [("sound", 180.0), ("ease_out_sound", 60.0)] {
        let (status, bytes) = sound(&app, pack[part]["ogg"].as_str().unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        assert!((decode_ogg(&bytes).unwrap().seconds() - seconds).abs() < 1e-6);
        let (status, bytes) = sound(&app, pack[part]["mp4"].as_str().unwrap()).await;
        assert_eq!(
            (status, bytes.len() as u64),
            (StatusCode::OK, pack[part]["bytes"].as_u64().unwrap())
        );
    }
}

#[tokio::test]
async fn captions_stand_as_long_as_the_voice_speaks_and_its_name_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(|config| config.data = folder.path().to_owned()).await;
    speak(&app, folder.path(), "test", "soles-ground", 1.5, 0);
    let pack = composition(&app, SOLES).await;
    let told = &pack["sound"];
    assert_eq!(told["voice"], "test");
    assert_eq!(told["label"], "A computer's voice");
    assert_eq!(told["synthetic"], true);
    assert_eq!(told["spoken"], told["cues"]);
    let spoken = pack["cues"].as_array().unwrap().iter();
    for cue in spoken.filter(|cue| cue["kind"] == "speech") {
        let seconds = cue["seconds"].as_f64().unwrap();
        assert!((1.5..1.6).contains(&seconds), "{cue}");
    }
    let page = app.get(Some(&app.ben), "/practise/soles-ground").await;
    assert!(page.text.contains("voice=test"), "{}", page.text);
}

#[tokio::test]
async fn a_voice_that_can_say_only_half_does_not_begin() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(|config| config.data = folder.path().to_owned()).await;
    speak(&app, folder.path(), "a-half", "soles-ground", 1.5, 1);
    let pack = composition(&app, SOLES).await;
    assert_eq!(pack["sound"]["voice"], "none");
    // The next one that can say all of it does, and one too slow for these minutes does not either.
    speak(&app, folder.path(), "b-slow", "soles-ground", 40.0, 0);
    speak(&app, folder.path(), "c-whole", "soles-ground", 1.5, 0);
    let pack = composition(&app, SOLES).await;
    assert_eq!(pack["sound"]["voice"], "c-whole");
}

#[tokio::test]
async fn sound_that_is_not_of_these_captions_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(|config| config.data = folder.path().to_owned()).await;
    speak(&app, folder.path(), "test", "arrive-breath", 1.5, 0);
    let path = "/practices/arrive-breath/composition?minutes=5";
    let mut addresses = std::collections::BTreeSet::new();
    for choice in [
        "",
        "&eyes_closed=no",
        "&breath=no",
        "&eyes_closed=no&breath=no",
    ] {
        let pack = composition(&app, &format!("{path}{choice}")).await;
        let address = pack["sound"]["ogg"].as_str().unwrap().to_owned();
        assert_eq!(sound(&app, &address).await.0, StatusCode::OK, "{address}");
        addresses.insert(address);
    }
    assert_eq!(addresses.len(), 4);

    let address = addresses.first().unwrap();
    // The voice speaks anew, somewhat slower.
    speak(&app, folder.path(), "test", "arrive-breath", 1.8, 0);
    assert_eq!(sound(&app, address).await.0, StatusCode::NOT_FOUND);
    let pack = composition(&app, path).await;
    let now = pack["sound"]["ogg"].as_str().unwrap();
    assert!(!addresses.contains(now));
    assert_eq!(sound(&app, now).await.0, StatusCode::OK);
}
