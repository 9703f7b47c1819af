//! Clips joined without encoding them again sound as they do alone, when they should, for as long as they should.

use std::sync::{Arc, LazyLock};

use crate::support::{clip, onset, power, track, whole};
use kith_sound::{Clip, Format, RATE, SoundFile, Track, TrackError, bell, decode_ogg};
use proptest::prelude::*;

/// Clips of several lengths and a bell; making them takes longer than everything done with them.
static CLIPS: LazyLock<Vec<Arc<Clip>>> = LazyLock::new(|| {
    let mut clips: Vec<_> = [(0.3, 180.0), (1.1, 120.0), (2.7, 210.0), (0.9, 95.0)]
        .map(|(seconds, pitch)| clip(seconds, pitch))
        .into();
    clips.push(Arc::new(bell().unwrap()));
    clips
});

fn place(at: f64) -> usize {
    (at * f64::from(RATE)) as usize
}

#[test]
fn each_clip_sounds_as_it_does_alone() {
    // One at once, then one after the other without a gap, then after a silence.
    let mut at = 0.0;
    let mut cues = Vec::new();
    for (index, gap) in [(0, 0.0), (1, 0.0), (2, 0.0), (4, 0.0), (3, 3.0), (2, 0.02)] {
        at += gap;
        cues.push((at, Arc::clone(&CLIPS[index])));
        at += CLIPS[index].seconds();
    }
    let heard = decode_ogg(&whole(&SoundFile::new(track(at + 1.0, &cues), Format::Ogg))).unwrap();
    for (at, clip) in &cues {
        let alone = clip.decode().unwrap();
        let begins = (at * 50.0).round() as usize * 960;
        let joined = &heard.samples[begins..begins + alone.len()];
        let error: f64 = alone
            .iter()
            .zip(joined)
            .map(|(a, b)| f64::from(a - b).powi(2))
            .sum();
        let sound: f64 = alone.iter().map(|a| f64::from(a * a)).sum();
        let below = 10.0 * (sound / error.max(1e-12)).log10();
        assert!(
            below > 40.0,
            "at {at} it differs by only {below:.1} dB less than it sounds"
        );
    }
}

#[test]
fn between_clips_there_is_nothing_to_hear() {
    let cues = [(0.5, Arc::clone(&CLIPS[2])), (6.0, Arc::clone(&CLIPS[1]))];
    let heard = decode_ogg(&whole(&SoundFile::new(track(9.0, &cues), Format::Ogg))).unwrap();
    for (from, to) in [(0.0, 0.49), (0.6 + CLIPS[2].seconds(), 5.98), (7.5, 9.0)] {
        let level = 10.0 * power(&heard.samples, from, to).max(1e-20).log10();
        assert!(level < -90.0, "{from} to {to}: {level:.1} dB");
    }
    assert!(10.0 * power(&heard.samples, 0.6, 3.0).log10() > -30.0);
}

#[test]
fn what_does_not_fit_is_refused() {
    let clip = || Arc::clone(&CLIPS[2]);
    let long = CLIPS[2].seconds();
    let refused = |length: f64, cues: &[(f64, Arc<Clip>)]| {
        Track::new(length, cues.iter().cloned()).unwrap_err()
    };
    assert_eq!(
        refused(9.0, &[(0.0, clip()), (2.0, clip())]),
        TrackError::Overlap { at: 2.0 }
    );
    assert_eq!(
        refused(9.0, &[(3.0, clip()), (0.0, clip())]),
        TrackError::Overlap { at: 0.0 }
    );
    assert_eq!(
        refused(9.0, &[(7.0, clip())]),
        TrackError::PastTheEnd { at: 7.0 }
    );
    assert_eq!(
        refused(9.0, &[(f64::NAN, clip())]).to_string(),
        "what begins at NaN seconds goes on after the end"
    );
    for length in [-1.0, f64::NAN, f64::INFINITY, 7_201.0] {
        assert!(
            matches!(refused(length, &[]), TrackError::Length(_)),
            "{length}"
        );
    }
    assert!(Track::new(long, [(0.0, clip())]).is_ok());
}

/// Gaps before some clips, a silence behind, and where to cut.
fn timelines() -> impl Strategy<Value = (Vec<(u32, usize)>, u32)> {
    let gap = prop_oneof![Just(0_u32), 1_u32..40, 40_u32..9_000];
    (prop::collection::vec((gap, 0..5_usize), 0..9), 0_u32..4_000)
}

fn laid((gaps, behind): &(Vec<(u32, usize)>, u32)) -> (f64, Vec<(f64, Arc<Clip>)>) {
    let mut at = 0_u64;
    let mut cues = Vec::new();
    for (gap, index) in gaps {
        at += u64::from(*gap);
        cues.push((at as f64 / 1000.0, Arc::clone(&CLIPS[*index])));
        at += (CLIPS[*index].seconds() * 1000.0).round() as u64;
    }
    ((at + u64::from(*behind)) as f64 / 1000.0, cues)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn it_lasts_as_long_as_asked_and_every_cue_begins_on_time(timeline in timelines()) {
        let (length, cues) = laid(&timeline);
        let file = SoundFile::new(track(length, &cues), Format::Ogg);
        let heard = decode_ogg(&whole(&file)).unwrap().samples;
        // The issue allows 50 ms; it is exact to the sample.
        prop_assert_eq!(heard.len(), (length * f64::from(RATE)).round() as usize);
        let mut ends = 0.0;
        for (at, clip) in &cues {
            // Listened for from the end of the one before, so that one that comes too early is noticed.
            let first = onset(&heard, f64::max(ends, at - 1.0)).unwrap();
            prop_assert!((first - at).abs() < 0.030, "asked for {at}, heard at {first}");
            ends = at + clip.seconds() - 0.02;
        }
    }

    #[test]
    fn any_part_of_a_file_is_the_same_as_in_the_whole(
        timeline in timelines(),
        parts in prop::collection::vec(0.0_f64..1.0, 30),
    ) {
        let (length, cues) = laid(&timeline);
        for format in [Format::Ogg, Format::Mp4] {
            let file = SoundFile::new(track(length, &cues), format);
            let all = whole(&file);
            prop_assert_eq!(all.len() as u64, file.length());
            for part in &parts {
                let from = (part * all.len() as f64) as usize;
                let mut some = b"kept".to_vec();
                file.read(from as u64, &mut some);
                prop_assert!(some.len() > 4);
                prop_assert_eq!(&some[..4], b"kept");
                prop_assert_eq!(&some[4..], &all[from..from + some.len() - 4]);
            }
            let mut none = Vec::new();
            file.read(file.length(), &mut none);
            file.read(u64::MAX, &mut none);
            prop_assert!(none.is_empty());
        }
    }

    #[test]
    fn mp4_holds_the_packets_of_ogg(timeline in timelines()) {
        let (length, cues) = laid(&timeline);
        let mp4 = whole(&SoundFile::new(track(length, &cues), Format::Mp4));
        let ogg = whole(&SoundFile::new(track(length, &cues), Format::Ogg));
        let table = |name: &[u8], skip: usize| {
            let at = mp4.windows(name.len()).position(|bytes| bytes == name).unwrap() + skip;
            let number = |at: usize| u32::from_be_bytes(mp4[at..at + 4].try_into().unwrap()) as usize;
            (0..number(at)).map(|entry| number(at + 4 + entry * 4)).collect::<Vec<_>>()
        };
        let (sizes, chunks) = (table(b"stsz", 12), table(b"stco", 8));
        let mut packets: Vec<&[u8]> = Vec::new();
        let mut end = 0;
        for (sizes, chunk) in sizes.chunks(50).zip(chunks) {
            end = chunk;
            for size in sizes {
                packets.push(&mp4[end..end + size]);
                end += size;
            }
        }
        prop_assert_eq!(end, mp4.len());
        // The Ogg pages without what is around the packets, in order.
        let mut at = 0;
        let mut pages = Vec::new();
        while at < ogg.len() {
            let laces = &ogg[at + 27..at + 27 + usize::from(ogg[at + 26])];
            let size: usize = laces.iter().map(|lace| usize::from(*lace)).sum();
            at += 27 + laces.len();
            pages.push(&ogg[at..at + size]);
            at += size;
        }
        prop_assert_eq!(packets.concat(), pages[2..].concat());
    }
}

#[test]
fn thirty_minutes_with_speech_in_a_third_of_them_are_under_three_megabytes() {
    let cues: Vec<_> = (0..200)
        .map(|cue| (f64::from(cue) * 9.0, Arc::clone(&CLIPS[2])))
        .collect();
    let spoken = CLIPS[2].seconds() * 200.0;
    assert!(spoken > 540.0);
    for format in [Format::Ogg, Format::Mp4] {
        let length = SoundFile::new(track(1_800.0, &cues), format).length();
        assert!(length < 3_000_000, "{format:?}: {length}");
    }
}

#[test]
fn the_same_again_is_the_same_bytes() {
    let cues = [
        (1.0, Arc::clone(&CLIPS[1])),
        (5.0, Arc::new(bell().unwrap())),
    ];
    let bytes = || whole(&SoundFile::new(track(10.0, &cues), Format::Ogg));
    assert_eq!(bytes(), bytes());
    assert_eq!(bell().unwrap(), *CLIPS[4]);
    assert_eq!(place(CLIPS[4].seconds()), place(4.0));
}
