//! A bell, made of a few fading tones: the same as the player's own, roughly a small singing bowl.

use std::f64::consts::TAU;

use crate::clip::{Clip, ClipError};
use crate::{DELAY, FRAME, RATE};

/// Ratio to the lowest tone, loudness, seconds until it has faded by 60 dB.
const PARTIALS: [(f64, f64, f64); 4] = [
    (1.0, 0.50, 4.6),
    (1.004, 0.25, 4.2),
    (2.71, 0.18, 2.8),
    (5.15, 0.07, 1.4),
];
const LOWEST_HERTZ: f64 = 264.0;
const ATTACK_SECONDS: f64 = 0.012;
/// How long a composition gives a bell, and how much of that is its fading away at the end.
const SECONDS: f64 = 4.0;
const END_SECONDS: f64 = 0.8;
/// Somewhat softer than speech, because nobody expects it.
const LOUDNESS: f64 = 0.24;

/// One stroke of a bell, exactly as long as a composition gives it.
///
/// # Errors
/// Only when the encoder fails.
pub fn bell() -> Result<Clip, ClipError> {
    // The packets after the ringing, silence and what the encoder holds back, belong to the four seconds.
    let count = (SECONDS * f64::from(RATE)) as usize - FRAME - DELAY;
    let samples: Vec<f32> = (0..count)
        .map(|index| strike(index, count) as f32)
        .collect();
    Clip::encode(&samples)
}

fn strike(index: usize, count: usize) -> f64 {
    let at = index as f64 / f64::from(RATE);
    let left = (count - index) as f64 / f64::from(RATE);
    let tones: f64 = PARTIALS
        .iter()
        .map(|(ratio, loudness, seconds)| {
            loudness * 10.0_f64.powf(-3.0 * at / seconds) * (TAU * LOWEST_HERTZ * ratio * at).sin()
        })
        .sum();
    let begin = (at / ATTACK_SECONDS).min(1.0);
    let end = (left / END_SECONDS).min(1.0);
    tones * LOUDNESS * ease(begin) * ease(end)
}

/// From 0 to 1 without a corner.
fn ease(x: f64) -> f64 {
    0.5 - 0.5 * (std::f64::consts::PI * x).cos()
}
