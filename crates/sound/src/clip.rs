//! What is said for one cue, encoded once.

use opus_pure::{Application, Bandwidth, OpusDecoder, OpusEncoder, RateControl};

use crate::level::{amplify, peak};
use crate::ogg;
use crate::{DELAY, FRAME, LONGEST_PACKET, MODE, PRE_SKIP, RATE, SILENT, seconds};

/// How loud speech is made, in LUFS. EBU R 128's -23 is for programmes with room for music; what one voice alone says
/// into a telephone's small speaker is usually kept three to four above it.
pub const LEVEL: f64 = -20.0;

/// Bits a second, about.
const BITS: i32 = 32_000;

/// The most the decoded sound may reach, so that no player has to cut it off.
const FULL: f32 = 0.98;

/// Packets of the same length that begin and end in silence, so that any may follow any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    bytes: Vec<u8>,
    /// Where each packet ends in `bytes`.
    ends: Vec<u32>,
}

/// Why there is no clip.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// Nothing can be heard.
    #[error("there is nothing to hear in it")]
    Silent,
    /// It is longer than any cue.
    #[error("it is longer than ten minutes")]
    TooLong,
    /// The encoder or the decoder gave up.
    #[error("the codec failed: {0}")]
    Codec(String),
    /// These bytes are no clip that was written here.
    #[error("this is no clip: {0}")]
    NoClip(&'static str),
}

pub(crate) fn codec(error: opus_pure::Error) -> ClipError {
    ClipError::Codec(error.to_string())
}

impl Clip {
    /// Encodes what [`prepare`](fn@crate::prepare) made.
    ///
    /// # Errors
    /// When there is nothing in it, or the encoder fails.
    pub fn encode(samples: &[f32]) -> Result<Self, ClipError> {
        if samples.is_empty() {
            return Err(ClipError::Silent);
        }
        if seconds(samples.len() as u64) > crate::LONGEST_SECONDS + 1.0 {
            return Err(ClipError::TooLong);
        }
        let mut samples: Vec<f32> = samples
            .iter()
            .map(|sample| {
                if sample.is_finite() {
                    sample.clamp(-1.0, 1.0)
                } else {
                    0.0
                }
            })
            .collect();
        // What comes out of a codec may be louder than what went in. It is listened to, and turned down when it must.
        loop {
            let clip = Self::encode_once(&samples)?;
            let reached = peak(&clip.decode()?);
            if reached <= FULL {
                return Ok(clip);
            }
            amplify(&mut samples, 0.95 * FULL / reached);
        }
    }

    fn encode_once(samples: &[f32]) -> Result<Self, ClipError> {
        let mut encoder =
            OpusEncoder::new(RATE as i32, 1, Application::RestrictedLowDelay).map_err(codec)?;
        encoder.bitrate_bps = BITS;
        encoder.rate_control = RateControl::Vbr;
        encoder.force_bandwidth = Some(Bandwidth::Superwideband);
        encoder.complexity = 9;
        if encoder.lookahead() != DELAY {
            return Err(ClipError::Codec(
                "it has another delay than it should".into(),
            ));
        }
        let mut clip = Self {
            bytes: Vec::new(),
            ends: Vec::new(),
        };
        let mut packet = [0; LONGEST_PACKET];
        let mut frame = [0.0_f32; FRAME];
        // It hears silence first, because that is what comes before a clip wherever it stands.
        encoder.encode(&frame, FRAME, &mut packet).map_err(codec)?;
        // And holds back its last samples until as many more have come.
        for first in (0..samples.len() + DELAY).step_by(FRAME) {
            let part = samples.get(first..).unwrap_or_default();
            let part = part.get(..FRAME).unwrap_or(part);
            let (sound, silence) = frame.split_at_mut(part.len());
            sound.copy_from_slice(part);
            silence.fill(0.0);
            let length = encoder.encode(&frame, FRAME, &mut packet).map_err(codec)?;
            clip.push(packet.get(..length).unwrap_or_default())?;
        }
        clip.push(&SILENT)?;
        Ok(clip)
    }

    fn push(&mut self, packet: &[u8]) -> Result<(), ClipError> {
        if !(2..=LONGEST_PACKET).contains(&packet.len()) || packet.first() != Some(&MODE) {
            return Err(ClipError::NoClip(
                "a packet is not of the kind that is joined here",
            ));
        }
        self.bytes.extend_from_slice(packet);
        self.ends.push(self.bytes.len() as u32);
        Ok(())
    }

    /// How many packets it has.
    #[must_use]
    pub fn packets(&self) -> usize {
        self.ends.len()
    }

    /// A packet, by its place.
    #[must_use]
    pub fn packet(&self, index: usize) -> &[u8] {
        let end = self.ends.get(index).map_or(0, |end| *end as usize);
        self.bytes
            .get(self.bytes_before(index)..end)
            .unwrap_or_default()
    }

    fn packets_after_silence(&self) -> impl Iterator<Item = &[u8]> {
        let packets = (0..self.packets()).map(|index| self.packet(index));
        std::iter::once(SILENT.as_slice()).chain(packets)
    }

    /// The bytes of the packets before one.
    pub(crate) fn bytes_before(&self, index: usize) -> usize {
        index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before).copied())
            .unwrap_or(0) as usize
    }

    /// All bytes of its packets.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Ogg's checksum of its packets.
    pub(crate) fn checksum(&self) -> u32 {
        ogg::checksum([&self.bytes, &[], &[]])
    }

    /// How long it takes in a timeline: whole packets, with the silence it ends in.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        seconds((self.packets() * FRAME) as u64)
    }

    /// What is heard when it is played, to the end of its last packet but for the codec's delay: one channel at 48 kHz.
    ///
    /// # Errors
    /// When the decoder fails, which it does not on what was encoded here.
    pub fn decode(&self) -> Result<Vec<f32>, ClipError> {
        let mut decoder = OpusDecoder::new(RATE as i32, 1).map_err(codec)?;
        let mut heard = Vec::with_capacity((self.packets() + 1) * FRAME);
        let mut frame = vec![0.0; FRAME];
        for packet in self.packets_after_silence() {
            let count = decoder.decode(packet, FRAME, &mut frame).map_err(codec)?;
            heard.extend_from_slice(frame.get(..count).unwrap_or_default());
        }
        heard.drain(..(PRE_SKIP as usize).min(heard.len()));
        Ok(heard)
    }

    /// As a file of its own, Ogg Opus, which any player plays.
    #[must_use]
    pub fn to_ogg(&self) -> Vec<u8> {
        let mut file = ogg::headers(PRE_SKIP as u16);
        let packets: Vec<&[u8]> = self.packets_after_silence().collect();
        let pages = packets.chunks(ogg::PACKETS_ON_PAGE).count();
        for (page, packets) in packets.chunks(ogg::PACKETS_ON_PAGE).enumerate() {
            let through = (page * ogg::PACKETS_ON_PAGE + packets.len()) * FRAME;
            let is_last = page + 1 == pages;
            ogg::add_page(
                &mut file,
                page as u32,
                through as u64,
                is_last,
                packets.iter().copied(),
            );
        }
        file
    }

    /// Reads what [`Clip::to_ogg`] wrote.
    ///
    /// # Errors
    /// When it is another file, or was damaged.
    pub fn from_ogg(bytes: &[u8]) -> Result<Self, ClipError> {
        let stream = ogg::read(bytes).map_err(ClipError::NoClip)?;
        if stream.channels != 1 || u64::from(stream.pre_skip) != PRE_SKIP {
            return Err(ClipError::NoClip("it was not written by this program"));
        }
        let mut clip = Self {
            bytes: Vec::with_capacity(bytes.len()),
            ends: Vec::with_capacity(stream.packets.len()),
        };
        let (before, packets) = stream.packets.split_first().ok_or(ClipError::Silent)?;
        for packet in packets {
            clip.push(packet)?;
        }
        let ends_in_silence = packets.last().map(Vec::as_slice) == Some(&SILENT);
        let is_whole = stream.granule == (stream.packets.len() * FRAME) as u64;
        if !is_whole || !ends_in_silence || before.as_slice() != SILENT {
            return Err(ClipError::NoClip("it was not written by this program"));
        }
        Ok(clip)
    }
}
