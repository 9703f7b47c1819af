//! Another number of samples a second, by a windowed sinc.

use std::f64::consts::PI;

/// Zero crossings of the sinc on either side.
const CROSSINGS: usize = 24;
/// Steps the sinc is worked out for between two samples; between these it is a straight line.
const STEPS: usize = 512;
/// Kaiser's window with this shape keeps what is folded back about 80 dB down (Kaiser 1974).
const SHAPE: f64 = 8.0;
/// Where it begins to fall, as a part of the highest tone there can be.
const ROLL_OFF: f64 = 0.94;

/// The same sound with another number of samples a second.
pub(crate) fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to || samples.is_empty() {
        return samples.to_vec();
    }
    let ratio = f64::from(from) / f64::from(to);
    let kernel = Kernel::new(1.0_f64.min(1.0 / ratio));
    let count = (samples.len() as u64 * u64::from(to)).div_ceil(u64::from(from)) as usize;
    (0..count)
        .map(|index| kernel.at(samples, index as f64 * ratio))
        .collect()
}

/// What to multiply the samples around a place with.
pub(crate) struct Kernel {
    table: Vec<f32>,
    /// Samples on either side.
    reach: usize,
}

impl Kernel {
    /// `band`: the highest tone let through, as a part of the highest the samples can hold.
    pub(crate) fn new(band: f64) -> Self {
        let band = band * ROLL_OFF;
        let width = CROSSINGS as f64 / band;
        let reach = width.ceil() as usize;
        let table = (0..=(reach + 1) * STEPS)
            .map(|step| {
                let away = step as f64 / STEPS as f64;
                (band * sinc(band * away) * window(away / width)) as f32
            })
            .collect();
        Self { table, reach }
    }

    /// The sound between two samples.
    pub(crate) fn at(&self, samples: &[f32], place: f64) -> f32 {
        let middle = place.floor() as usize;
        let first = (middle + 1).saturating_sub(self.reach);
        let last = (middle + self.reach).min(samples.len().saturating_sub(1));
        let mut sum = 0.0;
        for (index, sample) in samples.iter().enumerate().take(last + 1).skip(first) {
            let step = (index as f64 - place).abs() * STEPS as f64;
            let whole = step as usize;
            let part = (step - whole as f64) as f32;
            if let Some([near, far]) = self.table.get(whole..whole + 2) {
                sum += sample * (near + (far - near) * part);
            }
        }
        sum
    }
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// Kaiser's window, 1 in the middle and next to nothing at 1.
fn window(x: f64) -> f64 {
    if x >= 1.0 {
        return 0.0;
    }
    bessel(SHAPE * (1.0 - x * x).sqrt()) / bessel(SHAPE)
}

/// The modified Bessel function of the first kind, order 0, by its series.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..40 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}
