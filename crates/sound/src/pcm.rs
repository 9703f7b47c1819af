//! Sound as samples, and reading it from a WAV file, whoever wrote that.

/// Sound as one channel of samples between -1 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Pcm {
    /// Samples a second.
    pub rate: u32,
    /// The samples.
    pub samples: Vec<f32>,
}

/// Why bytes are no sound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PcmError {
    /// It does not begin like a WAV file.
    #[error("this is no WAV file")]
    NotWav,
    /// It ends where more was promised, or says something that cannot be.
    #[error("this WAV file is broken: {0}")]
    Broken(&'static str),
    /// A kind of WAV that is not read here.
    #[error(
        "this WAV file holds samples of a kind that is not read here (format {format}, {bits} bits): whole numbers of 8, 16, \
         24 or 32 bits and floats of 32 or 64 bits are"
    )]
    Kind {
        /// The format's number in the file.
        format: u16,
        /// The bits of a sample.
        bits: u16,
    },
    /// So many samples a second are not resampled here.
    #[error("{0} samples a second are not read here: 4000 to 384000 are")]
    Rate(u32),
}

pub(crate) const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

struct Layout {
    format: u16,
    channels: usize,
    rate: u32,
    bits: u16,
}

const WHOLE: u16 = 1;
const FLOAT: u16 = 3;
/// The true format is written further behind.
const EXTENSIBLE: u16 = 0xfffe;

impl Pcm {
    /// Reads a WAV file of any rate and number of channels; the channels are averaged.
    ///
    /// # Errors
    /// When it is no WAV file, is broken, or holds a kind of samples that is not read here.
    pub fn from_wav(bytes: &[u8]) -> Result<Self, PcmError> {
        if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
            return Err(PcmError::NotWav);
        }
        let mut rest = bytes.get(12..).unwrap_or_default();
        let mut layout = None;
        while let Some((header, behind)) = rest.split_at_checked(8) {
            let length = u32_at(header, 4) as usize;
            match header.get(..4) {
                Some(b"fmt ") => {
                    let body = behind
                        .get(..length)
                        .ok_or(PcmError::Broken("its format is cut off"))?;
                    layout = Some(read_layout(body)?);
                }
                Some(b"data") => {
                    let layout =
                        layout.ok_or(PcmError::Broken("its samples come before their format"))?;
                    // A program that writes into a pipe cannot know the length beforehand and gives one too large.
                    let body = behind.get(..length).unwrap_or(behind);
                    return Ok(Self {
                        rate: layout.rate,
                        samples: read_samples(&layout, body)?,
                    });
                }
                _ => {}
            }
            let next = length.saturating_add(length % 2);
            rest = behind.get(next..).unwrap_or_default();
        }
        Err(PcmError::Broken("it holds no samples"))
    }

    /// How long it lasts.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate.max(1))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .and_then(|two| two.try_into().ok())
        .map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

fn read_layout(body: &[u8]) -> Result<Layout, PcmError> {
    if body.len() < 16 {
        return Err(PcmError::Broken("its format is cut off"));
    }
    let format = match u16_at(body, 0) {
        EXTENSIBLE => u16_at(body, 24),
        format => format,
    };
    let layout = Layout {
        format,
        channels: usize::from(u16_at(body, 2)),
        rate: u32_at(body, 4),
        bits: u16_at(body, 14),
    };
    if !(1..=64).contains(&layout.channels) {
        return Err(PcmError::Broken("it has no channels, or too many"));
    }
    if !RATES.contains(&layout.rate) {
        return Err(PcmError::Rate(layout.rate));
    }
    Ok(layout)
}

fn read_samples(layout: &Layout, body: &[u8]) -> Result<Vec<f32>, PcmError> {
    let read: fn(&[u8]) -> f32 = match (layout.format, layout.bits) {
        (WHOLE, 8) => |bytes| (f32::from(bytes[0]) - 128.0) / 128.0,
        (WHOLE, 16) => |bytes| f32::from(i16::from_le_bytes([bytes[0], bytes[1]])) / 32_768.0,
        (WHOLE, 24) => |bytes| {
            // The sign comes right by way of the upper three bytes of four.
            i32::from_le_bytes([0, bytes[0], bytes[1], bytes[2]]) as f32 / 2_147_483_648.0
        },
        (WHOLE, 32) => |bytes| {
            i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as f32 / 2_147_483_648.0
        },
        (FLOAT, 32) => |bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
        (FLOAT, 64) => |bytes| {
            let mut eight = [0; 8];
            eight.copy_from_slice(bytes);
            f64::from_le_bytes(eight) as f32
        },
        (format, bits) => return Err(PcmError::Kind { format, bits }),
    };
    let width = usize::from(layout.bits / 8);
    let samples = body
        .chunks_exact(width * layout.channels)
        .map(|moment| {
            let sum: f32 = moment.chunks_exact(width).map(read).sum();
            let mean = sum / layout.channels as f32;
            if mean.is_finite() {
                mean.clamp(-8.0, 8.0)
            } else {
                0.0
            }
        })
        .collect();
    Ok(samples)
}
