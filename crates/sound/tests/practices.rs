//! Every practice there is, as sound: as long as its timeline, each cue when its time has come.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::support::{clip, onset, whole};
use kith_content::{Asked, Composition, CueKind, File, Library, Practice, compose};
use kith_sound::{Clip, Format, RATE, SoundFile, Track, bell, decode_ogg};
use proptest::prelude::*;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, files);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let path = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.push(File { path, text });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    Library::read(files).library
});

/// Half a second to twelve, as cues are.
static CLIPS: LazyLock<Vec<Arc<Clip>>> = LazyLock::new(|| {
    [0.5, 1.2, 2.0, 3.0, 4.2, 5.6, 7.1, 9.0, 12.0]
        .map(|seconds| clip(seconds, 100.0 + 9.0 * seconds))
        .into()
});
static BELL: LazyLock<Arc<Clip>> = LazyLock::new(|| Arc::new(bell().unwrap()));

/// The clip a voice would have for a text: about as long as saying it takes.
fn said(text: &str) -> &'static Arc<Clip> {
    let seconds = text.split_whitespace().count() as f64 / 130.0 * 60.0;
    CLIPS
        .iter()
        .min_by(|a, b| {
            (a.seconds() - seconds)
                .abs()
                .total_cmp(&(b.seconds() - seconds).abs())
        })
        .unwrap()
}

/// None where this voice is too slow or too quick for so many minutes.
fn sounding(practice: &Practice, minutes: f64) -> Option<(Composition, Track)> {
    let lengths = |text: &str| Some(said(text).seconds());
    let asked = Asked {
        clips: &lengths,
        ..Asked::new(minutes, &LIBRARY)
    };
    let composition = compose(practice, &asked).ok()?;
    let cues = composition.cues.iter().map(|cue| match cue.kind {
        CueKind::Bell => (cue.at, Arc::clone(&BELL)),
        CueKind::Speech => (cue.at, Arc::clone(said(&cue.text))),
    });
    let track = Track::new(composition.seconds, cues).unwrap();
    Some((composition, track))
}

#[test]
fn every_practice_becomes_a_track_of_its_own_length() {
    let mut made = 0;
    let mut asked = 0;
    for practice in LIBRARY.practices() {
        let (least, most) = practice.minutes;
        for part in 0..=8 {
            asked += 1;
            let minutes = least + (most - least) * f64::from(part) / 8.0;
            if let Some((composition, track)) = sounding(practice, minutes) {
                made += 1;
                assert!(
                    (track.seconds() - composition.seconds).abs() < 1e-4,
                    "{}",
                    practice.slug
                );
                let speech: f64 = composition.cues.iter().map(|cue| cue.seconds).sum();
                let length = SoundFile::new(track, Format::Ogg).length() as f64;
                // 200 bytes a second of anything, and 4 KB more of what is heard.
                assert!(
                    length < composition.seconds * 205.0 + speech * 5_000.0 + 1_000.0,
                    "{}",
                    practice.slug
                );
            }
        }
    }
    assert!(asked > 300 && made * 10 > asked * 9, "{made} of {asked}");
}

/// Decodes what a practice of so many minutes sounds like: as long as its timeline, each cue when its time has come.
/// Says whether this voice can say it in so many minutes.
fn is_heard_as_written(practice: &Practice, minutes: f64) -> bool {
    let Some((composition, track)) = sounding(practice, minutes) else {
        return false;
    };
    let heard = decode_ogg(&whole(&SoundFile::new(track, Format::Ogg)))
        .unwrap()
        .samples;
    let seconds = heard.len() as f64 / f64::from(RATE);
    let told = format!("{} in {minutes} minutes", practice.slug);
    assert!(
        (seconds - composition.seconds).abs() < 0.050,
        "{told}: {seconds}"
    );
    let mut ended = 0.0;
    for cue in &composition.cues {
        let first = onset(&heard, f64::max(ended, cue.at - 1.0)).unwrap();
        assert!(
            (first - cue.at).abs() < 0.030,
            "{told}: {} at {first}",
            cue.at
        );
        ended = cue.at + cue.seconds - 0.02;
    }
    true
}

#[test]
fn every_practice_is_heard_as_its_timeline_says() {
    for practice in LIBRARY.practices() {
        let (least, most) = practice.minutes;
        // The shortest of nine lengths that this voice can say it in: decoding is what takes time here.
        let heard = (0..=8).any(|part| {
            is_heard_as_written(practice, least + (most - least) * f64::from(part) / 8.0)
        });
        assert!(heard, "{}", practice.slug);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn a_practice_is_heard_as_its_timeline_says_at_any_length(
        which in any::<prop::sample::Index>(),
        part in 0.0_f64..=1.0,
    ) {
        let all: Vec<&Practice> = LIBRARY.practices().collect();
        let practice = which.get(&all);
        let (least, most) = practice.minutes;
        // Up to twelve minutes.
        is_heard_as_written(practice, least + (most.min(f64::max(least, 12.0)) - least) * part);
    }
}
