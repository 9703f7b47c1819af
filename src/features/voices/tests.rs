//! Parts of files, and who may hear what.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use kith_sound::{Clip, Pcm, decode_ogg, prepare};
use proptest::prelude::*;
use tower::ServiceExt;

use super::rules::{Part, is_known, is_meant, part};
use crate::clips::{Clips, Voice};
use crate::testing::{Someone, TestApp};

#[test]
fn a_range_asks_for_what_the_standard_says() {
    let cases = [
        (None, Part::Whole),
        (Some("bytes=0-"), Part::Some(0, 100)),
        (Some("bytes=0-1"), Part::Some(0, 2)),
        (Some("bytes=10-19"), Part::Some(10, 20)),
        (Some(" bytes=99-99 "), Part::Some(99, 100)),
        (Some("bytes=90-1000"), Part::Some(90, 100)),
        (
            Some("bytes=90-99999999999999999999999"),
            Part::Some(90, 100),
        ),
        (Some("bytes=-10"), Part::Some(90, 100)),
        (Some("bytes=-1000"), Part::Some(0, 100)),
        (Some("bytes=-0"), Part::None),
        (Some("bytes=100-"), Part::None),
        (Some("bytes=100-200"), Part::None),
        (Some("bytes=20-10"), Part::Whole),
        (Some("bytes=-"), Part::Whole),
        (Some("bytes=a-b"), Part::Whole),
        (Some("bytes=1-b"), Part::Whole),
        (Some("bytes=0-1,5-6"), Part::Whole),
        (Some("seconds=0-1"), Part::Whole),
        (Some("bytes=+1-2"), Part::Whole),
        (Some(""), Part::Whole),
    ];
    for (range, expected) in cases {
        assert_eq!(part(range, 100), expected, "{range:?}");
    }
}

#[test]
fn a_range_counts_only_for_the_version_it_was_meant_for() {
    assert!(is_meant(None, "\"a\""));
    assert!(is_meant(Some("\"a\""), "\"a\""));
    for other in ["\"b\"", "W/\"a\"", "Sun, 22 Nov 2026 08:00:00 GMT"] {
        assert!(!is_meant(Some(other), "\"a\""), "{other}");
    }
    assert!(is_known(Some("\"b\", W/\"a\""), "\"a\""));
    assert!(is_known(Some("*"), "\"a\""));
    assert!(!is_known(Some("\"b\""), "\"a\""));
    assert!(!is_known(None, "\"a\""));
}

proptest! {
    #[test]
    fn a_part_is_always_within_the_file(range in "(bytes=)?[0-9 ,+-]{0,24}|\\PC{0,12}", length in 1_u64..1_000) {
        if let Part::Some(from, end) = part(Some(&range), length) {
            prop_assert!(from < end && end <= length, "{from} {end}");
        }
    }
}

const SOUND: &str = "/practices/soles-ground/sound?minutes=2";

struct Heard {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Heard {
    fn said(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

async fn hear(
    app: &TestApp,
    who: Option<&Someone>,
    path: &str,
    headers: &[(header::HeaderName, &str)],
) -> Heard {
    let mut request = app.request("GET", path, who);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = app.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    Heard {
        status: parts.status,
        headers: parts.headers,
        bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    }
}

#[tokio::test]
async fn the_whole_and_any_part_of_it_are_sent() {
    let app = TestApp::new().await;
    let ben = Some(&app.ben);
    let whole = hear(&app, ben, SOUND, &[(header::ACCEPT_ENCODING, "gzip, br")]).await;
    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(whole.said(header::CONTENT_TYPE), "audio/ogg; codecs=opus");
    assert_eq!(whole.said(header::ACCEPT_RANGES), "bytes");
    assert_eq!(whole.said(header::CACHE_CONTROL), "private, no-cache");
    assert_eq!(whole.said(header::CONTENT_ENCODING), "");
    assert_eq!(
        whole.said(header::CONTENT_LENGTH),
        whole.bytes.len().to_string()
    );
    assert!((decode_ogg(&whole.bytes).unwrap().seconds() - 120.0).abs() < 1e-6);

    let length = whole.bytes.len();
    let tag = whole.said(header::ETAG);
    for (range, from, end) in [
        ("bytes=0-1", 0, 2),
        ("bytes=1000-20000", 1_000, 20_001),
        ("bytes=-777", length - 777, length),
    ] {
        let some = hear(
            &app,
            ben,
            SOUND,
            &[(header::RANGE, range), (header::IF_RANGE, tag)],
        )
        .await;
        assert_eq!(some.status, StatusCode::PARTIAL_CONTENT);
        let said = format!("bytes {from}-{}/{length}", end - 1);
        assert_eq!(some.said(header::CONTENT_RANGE), said);
        assert_eq!(some.said(header::CONTENT_LENGTH), (end - from).to_string());
        assert_eq!(some.bytes, &whole.bytes[from..end], "{range}");
    }
    let other = [
        (header::RANGE, "bytes=0-1"),
        (header::IF_RANGE, "\"other\""),
    ];
    assert_eq!(hear(&app, ben, SOUND, &other).await.status, StatusCode::OK);
    let beyond = hear(&app, ben, SOUND, &[(header::RANGE, "bytes=9999999-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(
        beyond.said(header::CONTENT_RANGE),
        format!("bytes */{length}")
    );
    let known = hear(&app, ben, SOUND, &[(header::IF_NONE_MATCH, tag)]).await;
    assert_eq!(
        (known.status, known.bytes.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );

    let mp4 = hear(&app, ben, &format!("{SOUND}&format=mp4"), &[]).await;
    assert_eq!(mp4.said(header::CONTENT_TYPE), "audio/mp4; codecs=opus");
    assert_eq!(&mp4.bytes[4..8], b"ftyp");
    assert_ne!(mp4.said(header::ETAG), tag);
}

#[tokio::test]
async fn only_who_may_start_a_practice_hears_it_and_wrong_wishes_are_told() {
    let app = TestApp::new().await;
    let restricted = app
        .app
        .content
        .practices()
        .find(|practice| practice.restricted.is_some())
        .unwrap();
    let path = format!("/practices/{}/sound", restricted.slug);
    for (who, path, status) in [
        (None, SOUND, StatusCode::SEE_OTHER),
        (Some(&app.ben), path.as_str(), StatusCode::NOT_FOUND),
        (
            Some(&app.ben),
            "/practices/nothing/sound",
            StatusCode::NOT_FOUND,
        ),
        (
            Some(&app.ben),
            "/practices/soles-ground/sound?minutes=500",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            Some(&app.ben),
            "/practices/soles-ground/sound?voice=nobody",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            Some(&app.ben),
            "/practices/soles-ground/sound?voice=../..",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            Some(&app.ben),
            "/practices/soles-ground/sound?format=mp3",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        assert_eq!(hear(&app, who, path, &[]).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_voice_says_each_cue_it_has_when_its_time_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(|config| config.data = folder.path().to_owned()).await;
    let content = &app.app.content;
    let practice = content.practice("soles-ground").unwrap();
    let voice = Voice {
        name: "test".to_owned(),
        pace: 140,
        synthetic: true,
        made_by: "a test".to_owned(),
    };
    assert_eq!(
        app.get(Some(&app.ben), "/voices").await.json()["voices"],
        serde_json::json!([])
    );
    let clips = Clips::new(folder.path());
    clips.add_voice(&voice).unwrap();
    let tone: Vec<f32> = (0..48_000)
        .map(|index| (index as f32 * 0.05).sin() * 0.3)
        .collect();
    let clip = Clip::encode(
        &prepare(&Pcm {
            rate: 24_000,
            samples: tone,
        })
        .unwrap(),
    )
    .unwrap();
    for text in crate::clips::texts(content, std::iter::once(practice)) {
        clips.keep(&voice, &text, &clip).unwrap();
    }
    let listed = app.get(Some(&app.ben), "/voices").await.json();
    assert_eq!(listed["voices"][0]["voice"], "test");
    assert_eq!(listed["voices"][0]["label"], "A computer's voice");

    let asked = kith_content::Asked::new(3.0, content);
    let sounding = clips.sounding(practice, &asked, Some(&voice)).unwrap();
    assert_eq!(sounding.spoken, sounding.cues);
    let path = "/practices/soles-ground/sound?minutes=3";
    let heard = hear(&app, Some(&app.ben), path, &[]).await;
    let samples = decode_ogg(&heard.bytes).unwrap().samples;
    assert_eq!(samples.len(), 180 * 48_000);
    let cues = sounding
        .composition
        .cues
        .iter()
        .filter(|cue| !cue.text.is_empty());
    for cue in cues {
        assert!(
            (cue.seconds - clip.seconds()).abs() < 0.002,
            "its true length: {}",
            cue.seconds
        );
        let at = (cue.at * 48_000.0) as usize;
        let loud = samples[at + 1_440..at + 4_800]
            .iter()
            .any(|x| x.abs() > 0.05);
        let before = samples[at.saturating_sub(960)..at.saturating_sub(480)]
            .iter()
            .all(|x| x.abs() < 0.001);
        assert!(loud && before, "{}", cue.at);
    }
    let bells = hear(&app, Some(&app.ben), &format!("{path}&voice=none"), &[]).await;
    assert!(bells.bytes.len() < heard.bytes.len());
    assert_ne!(bells.said(header::ETAG), heard.said(header::ETAG));
}

#[tokio::test]
async fn the_choices_of_the_player_are_those_of_the_sound() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::with(|config| config.data = folder.path().to_owned()).await;
    let content = &app.app.content;
    let practice = content.practice("arrive-breath").unwrap();
    let clips = Clips::new(folder.path());
    let voice = Voice {
        name: "test".to_owned(),
        pace: 140,
        synthetic: false,
        made_by: "a test".to_owned(),
    };
    clips.add_voice(&voice).unwrap();
    // One voice, another length for each text, so that other words are another file.
    for (index, text) in crate::clips::texts(content, std::iter::once(practice))
        .iter()
        .enumerate()
    {
        let samples: Vec<f32> = (0..24_000 + 960 * index)
            .map(|sample| (sample as f32 * 0.05).sin() * 0.3)
            .collect();
        clips
            .keep(&voice, text, &Clip::encode(&samples).unwrap())
            .unwrap();
    }
    let mut tags = std::collections::BTreeSet::new();
    for choice in [
        "",
        "&eyes_closed=no",
        "&breath=no",
        "&eyes_closed=no&breath=no",
    ] {
        let path = format!("/practices/arrive-breath/sound?minutes=5{choice}");
        let heard = hear(&app, Some(&app.ben), &path, &[]).await;
        assert_eq!(heard.status, StatusCode::OK, "{choice}");
        tags.insert(heard.said(header::ETAG).to_owned());
    }
    assert_eq!(tags.len(), 4, "{tags:?}");
}
