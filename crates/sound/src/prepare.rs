//! From whatever a voice program or a microphone gave to what is encoded: trimmed, levelled, limited, its edges faded.

use std::f32::consts::PI;
use std::ops::Range;

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

/// For what a person says into a microphone. A room is never silent and a key that ends a recording clicks, so what is
/// quiet is looked for in the middle value of every 55 ms, which no click of half that moves, and what lies close to the
/// quietest tenth is the room. More is left at both ends than of a voice program's, and faded, so that the room comes and
/// goes softly.
const AROUND: usize = 5;
const BEFORE_SPOKEN: f64 = -40.0;
const AFTER_SPOKEN: f64 = -45.0;
const ABOVE_ROOM: f64 = 6.0;
/// A room as loud as this compared to the voice is not told from it.
const NEVER_ABOVE: f64 = -15.0;
const SPOKEN_LEAD: usize = 960;
const SPOKEN_TAIL: usize = 7_680;
const SPOKEN_FADE_IN: usize = 480;
const SPOKEN_FADE_OUT: usize = 3_840;
/// What never gets louder than this nobody meant to be heard.
const BELOW_SPEECH: f64 = -56.0;
/// What swings by less than this is no speech: syllables and the gaps between them differ by far more.
const LEAST_SWING: f64 = 6.0;
/// Softer speech than this is heard with the noise of the microphone. In LUFS.
const FAINT: f64 = -48.0;
/// As many samples at full scale as this, in a second, are heard as a crackle.
const CRACKLE: f64 = 20.0;
const FULL_SCALE: f32 = 0.985;

/// What whoever recorded should know; it can be used all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The microphone was driven beyond what it can give.
    TooLoud,
    /// It was so soft that noise comes with it.
    TooSoft,
}

/// Trims the silence at both ends, levels it to [`LEVEL`], limits its peaks and fades its edges: one channel at 48 kHz.
///
/// # Errors
/// When there is nothing to hear, or it lasts longer than any cue.
pub fn prepare(sound: &Pcm) -> Result<Vec<f32>, ClipError> {
    if sound.seconds() > LONGEST_SECONDS || !RATES.contains(&sound.rate) {
        return Err(ClipError::TooLong);
    }
    let samples = resample(&sound.samples, sound.rate, RATE);
    let heard = audible(&samples).ok_or(ClipError::Silent)?;
    finish(samples, heard, FADE_IN, FADE_OUT).map(|(samples, _)| samples)
}

/// The same for a person's voice in a room, and what she should know about how it was recorded.
///
/// # Errors
/// When nobody can be heard in it, or it lasts longer than any cue.
pub fn prepare_recorded(sound: &Pcm) -> Result<(Vec<f32>, Option<Fault>), ClipError> {
    if sound.seconds() > LONGEST_SECONDS || !RATES.contains(&sound.rate) {
        return Err(ClipError::TooLong);
    }
    let full = |sample: &&f32| sample.abs() >= FULL_SCALE;
    let crackles =
        sound.samples.iter().filter(full).count() as f64 > CRACKLE * sound.seconds().max(1.0);
    let samples = resample(&sound.samples, sound.rate, RATE);
    let heard = spoken(&samples).ok_or(ClipError::Silent)?;
    let (samples, loud) = finish(samples, heard, SPOKEN_FADE_IN, SPOKEN_FADE_OUT)?;
    let fault = if crackles {
        Some(Fault::TooLoud)
    } else {
        (loud < FAINT).then_some(Fault::TooSoft)
    };
    Ok((samples, fault))
}

/// Cuts it out, levels, limits and fades it; and how loud it was.
fn finish(
    mut samples: Vec<f32>,
    heard: Range<usize>,
    fade_in: usize,
    fade_out: usize,
) -> Result<(Vec<f32>, f64), ClipError> {
    samples.truncate(heard.end);
    samples.drain(..heard.start);
    let loud = loudness(&samples).ok_or(ClipError::Silent)?;
    amplify(&mut samples, factor((LEVEL - loud).min(MOST_GAIN)));
    limit(&mut samples, factor(CEILING));
    fade(&mut samples, fade_in, fade_out);
    Ok((samples, loud))
}

fn powers(samples: &[f32]) -> Vec<f64> {
    let power = |step: &[f32]| {
        let sum: f64 = step.iter().map(|sample| f64::from(sample * sample)).sum();
        sum / step.len() as f64
    };
    samples.chunks(STEP).map(power).collect()
}

/// Decibels as a factor of powers.
fn ratio(decibels: f64) -> f64 {
    10.0_f64.powf(decibels / 10.0)
}

/// From where to where somebody speaks.
fn spoken(samples: &[f32]) -> Option<Range<usize>> {
    let powers = powers(samples);
    let middle = |index: usize| {
        let around = index.saturating_sub(AROUND)..(index + AROUND + 1).min(powers.len());
        let mut near = powers.get(around).unwrap_or_default().to_vec();
        near.sort_by(f64::total_cmp);
        near.get(near.len() / 2).copied().unwrap_or(0.0)
    };
    let smooth: Vec<f64> = (0..powers.len()).map(middle).collect();
    let mut sorted = smooth.clone();
    sorted.sort_by(f64::total_cmp);
    let loudest = *sorted.last()?;
    let room = *sorted.get(sorted.len() / 10)?;
    if loudest < ratio(BELOW_SPEECH) || loudest < room * ratio(LEAST_SWING) {
        return None;
    }
    let gate = |below: f64| {
        let above_room = (room * ratio(ABOVE_ROOM)).max(loudest * ratio(below));
        above_room.min(loudest * ratio(NEVER_ABOVE))
    };
    let first = smooth
        .iter()
        .position(|power| *power > gate(BEFORE_SPOKEN))?;
    let last = smooth
        .iter()
        .rposition(|power| *power > gate(AFTER_SPOKEN))?;
    let start = (first * STEP).saturating_sub(SPOKEN_LEAD);
    let end = ((last + 1) * STEP + SPOKEN_TAIL).min(samples.len());
    Some(start..end)
}

/// From where to where there is something to hear.
fn audible(samples: &[f32]) -> Option<Range<usize>> {
    let powers = powers(samples);
    let loudest = powers.iter().copied().fold(0.0, f64::max);
    let is_heard = |power: f64, gate: f64| power > (loudest * ratio(gate)).max(ratio(BELOW_FULL));
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

fn fade(samples: &mut [f32], fade_in: usize, fade_out: usize) {
    let raised =
        |index: usize, over: usize| 0.5 - 0.5 * (PI * (index as f32 + 0.5) / over as f32).cos();
    let (fade_in, fade_out) = (fade_in.min(samples.len()), fade_out.min(samples.len()));
    for (index, sample) in samples.iter_mut().take(fade_in).enumerate() {
        *sample *= raised(index, fade_in);
    }
    for (index, sample) in samples.iter_mut().rev().take(fade_out).enumerate() {
        *sample *= raised(index, fade_out);
    }
}
