//! Gain, and a limit that nothing passes.

use std::ops::Range;

use crate::resample::Kernel;

/// How far ahead the limiter looks, and how slowly it gives way: 5 ms.
const REACH: usize = 240;

/// Decibels as a factor.
pub(crate) fn factor(decibels: f64) -> f32 {
    10.0_f64.powf(decibels / 20.0) as f32
}

/// Multiplies everything.
pub(crate) fn amplify(samples: &mut [f32], gain: f32) {
    for sample in samples {
        *sample *= gain;
    }
}

/// The largest value there is.
pub(crate) fn peak(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |most, sample| most.max(sample.abs()))
}

/// Turns down what would pass the ceiling, together with 5 ms on either side, so that no edge is heard. Peaks between
/// the samples count as well (four times as many are looked at, as in BS.1770-4, annex 2).
pub(crate) fn limit(samples: &mut [f32], ceiling: f32) {
    let peaks = peaks(samples, ceiling);
    if peaks.iter().all(|peak| *peak <= ceiling) {
        return;
    }
    let wanted: Vec<f32> = peaks
        .iter()
        .map(|peak| if *peak > ceiling { ceiling / peak } else { 1.0 })
        .collect();
    // Most of a clip is nowhere near a place that is too loud: only what is, is worked out.
    let mut loud: Vec<Range<usize>> = Vec::new();
    for (index, _) in wanted.iter().enumerate().filter(|(_, gain)| **gain < 1.0) {
        let near = index.saturating_sub(2 * REACH)..(index + 2 * REACH + 1).min(wanted.len());
        match loud.last_mut() {
            Some(last) if near.start <= last.end => last.end = near.end,
            _ => loud.push(near),
        }
    }
    // The least of what is wanted around a sample, then its mean around a sample: the mean is of values none of which is
    // more than what the sample in the middle wants.
    let mut least = vec![1.0; wanted.len()];
    for index in loud.iter().cloned().flatten() {
        least[index] = around(&wanted, index).iter().copied().fold(1.0, f32::min);
    }
    for index in loud.into_iter().flatten() {
        let near = around(&least, index);
        samples[index] *= near.iter().sum::<f32>() / near.len() as f32;
    }
}

fn around(values: &[f32], index: usize) -> &[f32] {
    let near = index.saturating_sub(REACH)..(index + REACH + 1).min(values.len());
    values.get(near).unwrap_or(&[1.0])
}

/// The peak at each sample and in the gap after it.
fn peaks(samples: &[f32], ceiling: f32) -> Vec<f32> {
    let between = Kernel::new(1.0);
    let mut peaks: Vec<f32> = samples.iter().map(|sample| sample.abs()).collect();
    for index in 0..samples.len().saturating_sub(1) {
        // A peak between two quiet samples cannot pass the ceiling; looking costs much more than this.
        if peaks[index].max(peaks[index + 1]) < ceiling * 0.5 {
            continue;
        }
        let highest = [0.25, 0.5, 0.75]
            .iter()
            .map(|part| between.at(samples, index as f64 + part).abs())
            .fold(0.0, f32::max);
        peaks[index] = peaks[index].max(highest);
    }
    peaks
}
