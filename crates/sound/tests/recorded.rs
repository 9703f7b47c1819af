//! What browsers record is read whole, cut to the voice and levelled; what is no recording is refused and nothing more.
//!
//! The recordings: `chromium.*` by Chromium's MediaRecorder from a microphone that played the same 2.5 seconds again and
//! again, in which 1.5 seconds of something like a voice stand between half seconds of a quiet room; the others are those
//! seconds once, put by FFmpeg into what Firefox (Ogg Opus) and Safari (AAC in fragments of MP4) make.

use crate::support::voice;
use kith_sound::{
    Clip, ClipError, Fault, LEVEL, Pcm, RATE, RecordedError, loudness, prepare_recorded,
    read_recorded,
};
use proptest::prelude::*;

const MOST: f64 = 90.0;
const RECORDINGS: [(&str, &[u8]); 4] = [
    ("chromium.webm", include_bytes!("recordings/chromium.webm")),
    ("chromium.mp4", include_bytes!("recordings/chromium.mp4")),
    (
        "aac_in_fragments.mp4",
        include_bytes!("recordings/aac_in_fragments.mp4"),
    ),
    ("libopus.ogg", include_bytes!("recordings/libopus.ogg")),
];

/// Numbers that look like chance and are the same every time.
fn noise(count: usize, amplitude: f32) -> Vec<f32> {
    let mut state = 1_u32;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            amplitude * (state as f32 / u32::MAX as f32 * 2.0 - 1.0)
        })
        .collect()
}

/// A voice in a room: so many seconds of nothing but the room, the voice, and the room again.
fn in_a_room(before: f32, said: f32, after: f32, room: f32, gain: f32) -> Pcm {
    let count = |seconds: f32| vec![0.0; (seconds * RATE as f32) as usize];
    let mut samples = [count(before), voice(said, 150.0, RATE), count(after)].concat();
    for (sample, noise) in samples.iter_mut().zip(noise((20 * RATE) as usize, room)) {
        *sample = *sample * gain + noise;
    }
    Pcm {
        rate: RATE,
        samples,
    }
}

#[test]
fn what_every_browser_records_is_read_whole() {
    for (name, bytes) in RECORDINGS {
        let sound = read_recorded(bytes, MOST).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            (2.3..2.8).contains(&sound.seconds()),
            "{name}: {}",
            sound.seconds()
        );
        let (samples, fault) = prepare_recorded(&sound).unwrap();
        assert_eq!(fault, None, "{name}");
        let loud = loudness(&samples).unwrap();
        assert!((loud - LEVEL).abs() < 1.0, "{name}: {loud}");
        Clip::encode(&samples).unwrap();
    }
    // In these two the voice stands alone between two silences.
    for (name, bytes) in &RECORDINGS[2..] {
        let (samples, _) = prepare_recorded(&read_recorded(bytes, MOST).unwrap()).unwrap();
        let seconds = samples.len() as f64 / f64::from(RATE);
        assert!((1.6..1.85).contains(&seconds), "{name}: {seconds}");
    }
}

#[test]
fn the_kind_is_told_by_the_first_bytes_and_what_is_none_is_refused() {
    let cases: [(&[u8], RecordedError); 8] = [
        (b"", RecordedError::Unknown),
        (b"ID3\x04 an mp3", RecordedError::Unknown),
        (b"<!doctype html><script>", RecordedError::Unknown),
        (b"\x1a\x45\xdf\xa3", RecordedError::Broken),
        (b"\0\0\0\x18ftypisom", RecordedError::Broken),
        (b"OggS\0", RecordedError::Broken),
        (b"RIFF\0\0\0\0WAVE", RecordedError::Broken),
        // A page of pictures in the same kind of file: nothing in it is a sound.
        (b"\0\0\0\x14ftypavif\0\0\0\0avif", RecordedError::Broken),
    ];
    for (bytes, error) in cases {
        assert_eq!(read_recorded(bytes, MOST), Err(error), "{bytes:?}");
    }
}

#[test]
fn what_is_cut_off_is_refused_or_shorter_and_never_more() {
    for (name, bytes) in RECORDINGS {
        let whole = read_recorded(bytes, MOST).unwrap().seconds();
        for end in (0..bytes.len()).step_by(97) {
            if let Ok(sound) = read_recorded(&bytes[..end], MOST) {
                assert!(sound.seconds() <= whole, "{name} to {end}");
            }
        }
    }
}

#[test]
fn what_lasts_too_long_is_refused_before_it_is_all_in_memory() {
    for (name, bytes) in RECORDINGS {
        assert_eq!(
            read_recorded(bytes, 1.0),
            Err(RecordedError::TooLong),
            "{name}"
        );
    }
}

#[test]
fn the_voice_is_cut_out_of_the_room() {
    for (room, gain) in [(0.0, 1.0), (0.000_5, 1.0), (0.01, 1.0), (0.002, 0.05)] {
        let sound = in_a_room(1.0, 2.0, 1.5, room, gain);
        let (samples, _) = prepare_recorded(&sound).unwrap();
        let seconds = samples.len() as f64 / f64::from(RATE);
        assert!(
            (2.1..2.25).contains(&seconds),
            "room {room}, gain {gain}: {seconds}"
        );
        assert!((loudness(&samples).unwrap() - LEVEL).abs() < 1.0);
        assert!(samples[0].abs() < 1e-3 && samples[samples.len() - 1].abs() < 1e-3);
    }
}

#[test]
fn the_click_of_a_key_is_not_taken_for_the_voice() {
    let mut sound = in_a_room(1.0, 2.0, 1.5, 0.000_5, 1.0);
    let click = noise(RATE as usize / 100, 0.9);
    let count = sound.samples.len();
    sound.samples[4_800..4_800 + click.len()].copy_from_slice(&click);
    sound.samples[count - 9_600..count - 9_600 + click.len()].copy_from_slice(&click);
    let (samples, _) = prepare_recorded(&sound).unwrap();
    let seconds = samples.len() as f64 / f64::from(RATE);
    assert!((2.1..2.25).contains(&seconds), "{seconds}");
}

#[test]
fn where_nobody_speaks_nothing_is_kept() {
    let hum: Vec<f32> = (0..3 * RATE)
        .map(|index| 0.05 * (index as f32 * 0.006_5).sin())
        .collect();
    for (what, samples) in [
        ("nothing", Vec::new()),
        ("silence", vec![0.0; 96_000]),
        ("a microphone that is off", noise(96_000, 0.000_2)),
        ("an empty room", noise(96_000, 0.01)),
        ("a hum", hum),
    ] {
        let sound = Pcm {
            rate: RATE,
            samples,
        };
        assert_eq!(prepare_recorded(&sound), Err(ClipError::Silent), "{what}");
    }
}

#[test]
fn too_loud_and_too_soft_are_told_and_kept() {
    let mut loud = in_a_room(0.5, 2.0, 0.5, 0.000_5, 6.0);
    for sample in &mut loud.samples {
        *sample = sample.clamp(-1.0, 1.0);
    }
    assert_eq!(prepare_recorded(&loud).unwrap().1, Some(Fault::TooLoud));
    let soft = in_a_room(0.5, 2.0, 0.5, 0.000_01, 0.015);
    assert_eq!(prepare_recorded(&soft).unwrap().1, Some(Fault::TooSoft));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn changed_recordings_are_read_or_refused(
        which in 0..RECORDINGS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        // Most of what decides how a file is read stands at its beginning.
        early in any::<bool>(),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = RECORDINGS[which].1.to_vec();
        let reach = if early { bytes.len().min(800) } else { bytes.len() };
        for (place, byte) in changes {
            bytes[place.index(reach)] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(sound) = read_recorded(&bytes, 10.0) {
            prop_assert!(sound.seconds() <= 10.0);
            prop_assert!(sound.samples.iter().all(|sample| sample.is_finite()));
            let _ = prepare_recorded(&sound);
        }
    }

    #[test]
    fn pieces_of_recordings_in_another_order_are_read_or_refused(
        which in 0..RECORDINGS.len(),
        pieces in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..3_000), 1..8),
    ) {
        let whole = RECORDINGS[which].1;
        let mut bytes = whole[..600].to_vec();
        for (place, length) in pieces {
            let from = place.index(whole.len());
            bytes.extend(&whole[from..(from + length).min(whole.len())]);
        }
        if let Ok(sound) = read_recorded(&bytes, 10.0) {
            prop_assert!(sound.seconds() <= 10.0);
        }
    }

    #[test]
    fn any_bytes_behind_any_beginning_are_read_or_refused(
        which in 0..6_usize,
        noise in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let starts: [&[u8]; 6] = [b"RIFF", b"OggS", b"\x1a\x45\xdf\xa3", b"\0\0\0\x18ftyp", b"\0\0\0\0ftyp", b""];
        let start = starts[which];
        let _ = read_recorded(&[start, noise.as_slice()].concat(), 10.0);
    }
}
