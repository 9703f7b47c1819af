//! What joining costs: `cargo bench -p kith-sound`. Thirty minutes of clips, as a file and from the middle of it.

#![allow(clippy::print_stdout, clippy::panic)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use kith_sound::{Clip, Format, RATE, SoundFile, Track, bell};

/// Something like speech: a tone that swells and fades four times a second.
fn speech(seconds: f32, pitch: f32) -> Vec<f32> {
    (0..(seconds * RATE as f32) as usize)
        .map(|index| {
            let at = index as f32 / RATE as f32;
            let swell = (at * 4.0 * std::f32::consts::PI).sin().abs();
            let voice: f32 = (1..12)
                .map(|overtone| {
                    (at * pitch * overtone as f32 * std::f32::consts::TAU).sin() / overtone as f32
                })
                .sum();
            0.2 * swell * voice
        })
        .collect()
}

fn main() {
    let clip = |samples: &[f32]| match Clip::encode(samples) {
        Ok(clip) => Arc::new(clip),
        Err(error) => panic!("{error}"),
    };
    let begun = Instant::now();
    let clips: Vec<_> = (0..20)
        .map(|index| clip(&speech(4.0, 110.0 + 7.0 * index as f32)))
        .collect();
    let encoded: f64 = clips.iter().map(|clip| clip.seconds()).sum();
    println!(
        "encode and listen again: {:.0} times as fast as it plays",
        encoded / begun.elapsed().as_secs_f64()
    );
    let Ok(bell) = bell().map(Arc::new) else {
        panic!("no bell")
    };
    let files: Vec<Vec<u8>> = clips.iter().map(|clip| clip.to_ogg()).collect();

    // 101 cues of four seconds, as the longest practice has them.
    let build = |clips: &[Arc<Clip>], format| {
        let cues = (0..101).map(|cue| {
            (
                17.0 * f64::from(cue),
                Arc::clone(&clips[cue as usize % clips.len()]),
            )
        });
        let cues = cues.chain([(1_790.5, Arc::clone(&bell))]);
        match Track::new(1_800.0, cues) {
            Ok(track) => SoundFile::new(track, format),
            Err(error) => panic!("{error}"),
        }
    };
    let rounds = 50_u32;
    for format in [Format::Ogg, Format::Mp4] {
        let begun = Instant::now();
        for _ in 0..rounds {
            black_box(build(&clips, format));
        }
        let placed = begun.elapsed() / rounds;
        let file = build(&clips, format);
        let begun = Instant::now();
        let mut chunk = Vec::new();
        let mut largest = 0;
        for _ in 0..rounds {
            let mut at = 0;
            while at < file.length() {
                chunk.clear();
                file.read(at, &mut chunk);
                largest = largest.max(chunk.len());
                at += chunk.len() as u64;
            }
            black_box(at);
        }
        let written = begun.elapsed() / rounds;
        let begun = Instant::now();
        for round in 0..rounds {
            chunk.clear();
            file.read(
                file.length() * u64::from(round) / u64::from(rounds),
                &mut chunk,
            );
            black_box(&chunk);
        }
        let jumped = begun.elapsed() / rounds;
        println!(
            "{format:?}: thirty minutes, {} bytes: built in {placed:?}, written in {written:?} by pieces of at most \
             {largest} bytes, a jump into it {jumped:?}",
            file.length()
        );
    }
    let begun = Instant::now();
    for _ in 0..rounds {
        let read: Vec<_> = files
            .iter()
            .cycle()
            .take(101)
            .filter_map(|file| Clip::from_ogg(file).ok().map(Arc::new))
            .collect();
        black_box(build(&read, Format::Ogg));
    }
    println!(
        "read 101 clips from their files' bytes and build: {:?}",
        begun.elapsed() / rounds
    );
}
