//! From whatever a voice program or a microphone gave to what is encoded: trimmed, levelled, limited, its edges faded.

use std::f32::consts::PI;

use crate::clip::ClipError;
use crate::level::{amplify, factor, limit};
use crate::loudness::loudness;
use crate::pcm::{Pcm, RATES};
use crate::resample::resample;
use crate::{LEVEL, RATE};

/// Raised when what is made of the same sound changes, so that clips kept before are made anew.
pub const REVISION: u32 = 1;

/// What is longer is no cue.
pub const LONGEST_SECONDS: f64 = 600.0;

/// 5 ms: how finely silence at the ends is looked for.
const STEP: usize = 240;
/// So much below the loudest 5 ms is silence, in decibels: less of it at the beginning, where voices, most of all rendered
/// ones, hiss for up to a tenth of a second before a word begins, and more at the end, where a word fades. So much below
/// full scale is silence in any case.
const BEFORE_WORD: f64 = -30.0;
const AFTER_WORD: f64 = -45.0;
const BELOW_FULL: f64 = -62.0;
/// What is kept before the first sound and after the last: a breath's edge belongs to the voice.
const LEAD: usize = 240;
const TAIL: usize = 3_840;
/// 5 and 20 ms: within what was kept.
const FADE_IN: usize = 240;
const FADE_OUT: usize = 960;
/// Nothing is made louder than by this, in decibels: a nearly silent recording is mostly noise.
const MOST_GAIN: f64 = 30.0;
/// No peak, not even between samples, passes this, in decibels below full scale; the codec may add a little.
const CEILING: f64 = -3.0;

/// Trims the silence at both ends, levels it to [`LEVEL`], limits its peaks and fades its edges: one channel at 48 kHz.
///
/// # Errors
/// When there is nothing to hear, or it lasts longer than any cue.
pub fn prepare(sound: &Pcm) -> Result<Vec<f32>, ClipError> {
    if sound.seconds() > LONGEST_SECONDS || !RATES.contains(&sound.rate) {
        return Err(ClipError::TooLong);
    }
    let mut samples = resample(&sound.samples, sound.rate, RATE);
    let heard = audible(&samples).ok_or(ClipError::Silent)?;
    samples.truncate(heard.end);
    samples.drain(..heard.start);
    let loud = loudness(&samples).ok_or(ClipError::Silent)?;
    amplify(&mut samples, factor((LEVEL - loud).min(MOST_GAIN)));
    limit(&mut samples, factor(CEILING));
    fade(&mut samples);
    Ok(samples)
}

/// From where to where there is something to hear.
fn audible(samples: &[f32]) -> Option<std::ops::Range<usize>> {
    let powers: Vec<f64> = samples
        .chunks(STEP)
        .map(|step| {
            let power: f64 = step.iter().map(|sample| f64::from(sample * sample)).sum();
            power / step.len() as f64
        })
        .collect();
    let loudest = powers.iter().copied().fold(0.0, f64::max);
    let is_heard = |power: f64, gate: f64| {
        power > (loudest * 10.0_f64.powf(gate / 10.0)).max(10.0_f64.powf(BELOW_FULL / 10.0))
    };
    let first = powers
        .iter()
        .position(|power| is_heard(*power, BEFORE_WORD))?;
    let last = powers
        .iter()
        .rposition(|power| is_heard(*power, AFTER_WORD))?;
    let start = (first * STEP).saturating_sub(LEAD);
    let end = ((last + 1) * STEP + TAIL).min(samples.len());
    Some(start..end)
}

fn fade(samples: &mut [f32]) {
    let raised =
        |index: usize, over: usize| 0.5 - 0.5 * (PI * (index as f32 + 0.5) / over as f32).cos();
    let (fade_in, fade_out) = (FADE_IN.min(samples.len()), FADE_OUT.min(samples.len()));
    for (index, sample) in samples.iter_mut().take(fade_in).enumerate() {
        *sample *= raised(index, fade_in);
    }
    for (index, sample) in samples.iter_mut().rev().take(fade_out).enumerate() {
        *sample *= raised(index, fade_out);
    }
}
