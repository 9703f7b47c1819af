//! Clips where a timeline says, with silence between them: a list of packets that is never written out.

use std::sync::Arc;

use crate::{BEFORE, Clip, FRAME, PRE_SKIP, RATE, SILENT, seconds};

/// A whole practice as packets of 20 ms. It keeps only where each clip begins; building it costs next to nothing, and
/// any packet can be had at once.
#[derive(Clone, Debug)]
pub struct Track {
    placed: Vec<Placed>,
    packets: u64,
    samples: u64,
}

#[derive(Clone, Debug)]
struct Placed {
    /// Where its first packet stands.
    first: u64,
    /// The bytes of all packets before it.
    bytes_before: u64,
    clip: Arc<Clip>,
}

impl Placed {
    fn end(&self) -> u64 {
        self.first + self.clip.packets() as u64
    }

    fn bytes_through(&self) -> u64 {
        self.bytes_before + self.clip.bytes() as u64
    }
}

/// Why clips do not make a track.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrackError {
    /// The length is no length, or longer than two hours.
    #[error("{0} seconds are no length for a practice")]
    Length(f64),
    /// Something begins before what comes before it has ended.
    #[error("what begins at {at} seconds begins before the one before it has ended")]
    Overlap {
        /// When the second begins.
        at: f64,
    },
    /// Something ends after the end.
    #[error("what begins at {at} seconds goes on after the end")]
    PastTheEnd {
        /// When it begins.
        at: f64,
    },
}

const LONGEST: f64 = 7_200.0;
/// A packet, in tenths of a millisecond.
const TENTHS: u64 = FRAME as u64 * 10_000 / RATE as u64;
const SILENT_BYTES: u64 = SILENT.len() as u64;

impl Track {
    /// So many seconds with these clips in it, each with when it begins, in order. A clip begins at the 20 ms nearest to
    /// that, so at most 10 ms from it; the length is exact.
    ///
    /// # Errors
    /// When the length cannot be, or the clips do not fit where they shall.
    pub fn new(
        length: f64,
        clips: impl IntoIterator<Item = (f64, Arc<Clip>)>,
    ) -> Result<Self, TrackError> {
        if !(0.0..=LONGEST).contains(&length) {
            return Err(TrackError::Length(length));
        }
        let samples = (length * f64::from(RATE)).round() as u64;
        let mut track = Self {
            placed: Vec::new(),
            packets: (PRE_SKIP + samples).div_ceil(FRAME as u64),
            samples,
        };
        for (at, clip) in clips {
            if !(0.0..=length).contains(&at) {
                return Err(TrackError::PastTheEnd { at });
            }
            // In whole tenths of a millisecond first: two times that differ by whole packets shall both be rounded up or
            // both down, and a fraction that is not quite a half would not see to that.
            let tenths = (at * 10_000.0).round() as u64;
            let frame = (tenths + TENTHS / 2) / TENTHS;
            track.place(at, BEFORE + frame, clip)?;
        }
        Ok(track)
    }

    fn place(&mut self, at: f64, first: u64, clip: Arc<Clip>) -> Result<(), TrackError> {
        let (end, bytes) = self
            .placed
            .last()
            .map_or((0, 0), |last| (last.end(), last.bytes_through()));
        let silent = first.checked_sub(end).ok_or(TrackError::Overlap { at })?;
        // A beginning moved back by up to half a packet may put its last packet, which is silent, past the end.
        if first + clip.packets() as u64 > self.packets + 1 {
            return Err(TrackError::PastTheEnd { at });
        }
        self.placed.push(Placed {
            first,
            bytes_before: bytes + silent * SILENT_BYTES,
            clip,
        });
        Ok(())
    }

    /// How many packets there are, with the silent one before the beginning.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// How many samples are played.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// How long it plays.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        seconds(self.samples)
    }

    /// A number that differs when the sound does: of the length, and of what begins when.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        // FNV-1a, 64 bits.
        let mut sum = 0xcbf2_9ce4_8422_2325;
        let mut add = |number: u64| {
            for byte in number.to_le_bytes() {
                sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        add(self.samples);
        for placed in &self.placed {
            add(placed.first);
            add(u64::from(placed.clip.checksum()));
        }
        sum
    }

    /// The last clip that begins at a packet or before it.
    fn at(&self, packet: u64) -> Option<&Placed> {
        let behind = self.placed.partition_point(|placed| placed.first <= packet);
        behind.checked_sub(1).and_then(|last| self.placed.get(last))
    }

    /// A packet.
    pub(crate) fn packet(&self, index: u64) -> &[u8] {
        match self.at(index) {
            Some(placed) if index < placed.end() => {
                placed.clip.packet((index - placed.first) as usize)
            }
            _ => &SILENT,
        }
    }

    /// The bytes of all packets before one.
    pub(crate) fn bytes_before(&self, index: u64) -> u64 {
        match self.at(index) {
            None => index * SILENT_BYTES,
            Some(placed) if index < placed.end() => {
                placed.bytes_before
                    + placed.clip.bytes_before((index - placed.first) as usize) as u64
            }
            Some(placed) => placed.bytes_through() + (index - placed.end()) * SILENT_BYTES,
        }
    }
}
