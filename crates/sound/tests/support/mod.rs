//! Something like a voice, and how the tests listen.

#![allow(dead_code)]

use std::f32::consts::{PI, TAU};
use std::sync::Arc;

use kith_sound::{Clip, Pcm, RATE, SoundFile, Track, prepare};

/// A tone with overtones that swells and fades four times a second.
pub fn voice(seconds: f32, pitch: f32, rate: u32) -> Vec<f32> {
    (0..(seconds * rate as f32) as usize)
        .map(|index| {
            let at = index as f32 / rate as f32;
            let swell = 0.3 + 0.7 * (at * 4.0 * PI).cos().abs();
            let tones: f32 = (1..10)
                .map(|tone| (at * pitch * tone as f32 * TAU).sin() / tone as f32)
                .sum();
            0.2 * swell * tones
        })
        .collect()
}

pub fn clip(seconds: f32, pitch: f32) -> Arc<Clip> {
    let sound = Pcm {
        rate: 24_000,
        samples: voice(seconds, pitch, 24_000),
    };
    Arc::new(Clip::encode(&prepare(&sound).unwrap()).unwrap())
}

/// All bytes of a file.
pub fn whole(file: &SoundFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < file.length() {
        let before = bytes.len();
        file.read(before as u64, &mut bytes);
        assert!(bytes.len() > before, "nothing more at {before}");
    }
    bytes
}

pub fn track(length: f64, clips: &[(f64, Arc<Clip>)]) -> Track {
    Track::new(length, clips.iter().cloned()).unwrap()
}

/// How loud it is between two moments: the mean of the squares.
pub fn power(heard: &[f32], from: f64, to: f64) -> f64 {
    let place = |at: f64| ((at * f64::from(RATE)).max(0.0) as usize).min(heard.len());
    let part = &heard[place(from)..place(to)];
    part.iter().map(|x| f64::from(x * x)).sum::<f64>() / part.len().max(1) as f64
}

/// When something is first heard after a moment: the first 2 ms that are louder than -45 dB of full scale.
pub fn onset(heard: &[f32], after: f64) -> Option<f64> {
    let first = ((after * f64::from(RATE)) as usize).min(heard.len());
    heard[first..]
        .chunks(96)
        .position(|step| step.iter().any(|x| x.abs() > 0.0056))
        .map(|step| (first + step * 96) as f64 / f64::from(RATE))
}
