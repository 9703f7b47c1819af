//! How loud something is heard: integrated loudness as ITU-R BS.1770-4 and EBU R 128 define it.

/// The two filters of BS.1770-4, annex 1, tables 1 and 2, for 48 kHz: the head's effect, then less of the low tones.
const HEAD: Biquad = Biquad {
    b: [
        1.535_124_859_586_97,
        -2.691_696_189_406_38,
        1.198_392_810_852_85,
    ],
    a: [-1.690_659_293_182_41, 0.732_480_774_215_85],
};
const LOW: Biquad = Biquad {
    b: [1.0, -2.0, 1.0],
    a: [-1.990_047_454_833_98, 0.990_072_250_366_21],
};

/// Blocks of 400 ms, a new one every 100 ms.
const STEP: usize = 4_800;
const STEPS_IN_BLOCK: usize = 4;
/// Blocks below this count as silence, in LUFS.
const SILENCE: f64 = -70.0;
/// Of the others, those so much below their mean do not count.
const PAUSES: f64 = -10.0;

#[derive(Clone, Copy)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Biquad {
    /// Direct form II, transposed.
    fn step(&self, state: &mut [f64; 2], x: f64) -> f64 {
        let y = self.b[0] * x + state[0];
        state[0] = self.b[1] * x - self.a[0] * y + state[1];
        state[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

/// The integrated loudness of one channel at 48 kHz, in LUFS; none when there is nothing to hear. What is shorter than a
/// block is measured as one block of its own length, because BS.1770 says nothing about it.
#[must_use]
pub fn loudness(samples: &[f32]) -> Option<f64> {
    let (mut head, mut low) = ([0.0; 2], [0.0; 2]);
    let mut powers = Vec::with_capacity(samples.len() / STEP + 1);
    for step in samples.chunks(STEP) {
        let power: f64 = step
            .iter()
            .map(|sample| {
                let heard = LOW.step(&mut low, HEAD.step(&mut head, f64::from(*sample)));
                heard * heard
            })
            .sum();
        powers.push(power);
    }
    let block = STEP * STEPS_IN_BLOCK;
    let blocks: Vec<f64> = if samples.len() < block {
        vec![powers.iter().sum::<f64>() / samples.len().max(1) as f64]
    } else {
        // A last step that is not full has no block.
        powers
            .get(..samples.len() / STEP)
            .unwrap_or_default()
            .windows(STEPS_IN_BLOCK)
            .map(|steps| steps.iter().sum::<f64>() / block as f64)
            .collect()
    };
    let audible = mean_above(&blocks, power(SILENCE))?;
    let spoken = mean_above(&blocks, power(SILENCE).max(power(lufs(audible) + PAUSES)))?;
    Some(lufs(spoken))
}

fn mean_above(blocks: &[f64], gate: f64) -> Option<f64> {
    let loud: Vec<f64> = blocks
        .iter()
        .copied()
        .filter(|block| *block > gate)
        .collect();
    (!loud.is_empty()).then(|| loud.iter().sum::<f64>() / loud.len() as f64)
}

fn lufs(power: f64) -> f64 {
    -0.691 + 10.0 * power.log10()
}

fn power(lufs: f64) -> f64 {
    10.0_f64.powf((lufs + 0.691) / 10.0)
}
