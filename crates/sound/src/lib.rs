//! Speech and bells as Opus packets, and a whole practice as one file made by joining them.
//!
//! Bytes in, bytes out: no files, no web, no clock. A [`Pcm`] is what a voice program or a microphone gave. A [`Clip`] is
//! the same cleaned, levelled and encoded once. A [`Track`] puts clips where a timeline says, with silence between them,
//! without encoding anything again; a [`SoundFile`] is that track as the bytes of an Ogg or MP4 file, any part of which can
//! be had without making the rest.

mod bell;
mod clip;
mod decode;
mod level;
mod loudness;
mod mp4;
mod ogg;
mod pcm;
mod prepare;
mod recorded;
mod resample;
mod sound_file;
mod track;

pub use bell::bell;
pub use clip::{Clip, ClipError, LEVEL};
pub use decode::decode_ogg;
pub use loudness::loudness;
pub use pcm::{Pcm, PcmError};
pub use prepare::{Fault, LONGEST_SECONDS, REVISION, prepare, prepare_recorded};
pub use recorded::{RecordedError, read_recorded};
pub use sound_file::{Format, SoundFile};
pub use track::{Track, TrackError};

/// Samples a second of everything in here but what comes in.
pub const RATE: u32 = 48_000;

/// The samples of a packet: 20 milliseconds. All packets are of this length, because not every player copes with a
/// stream whose packets differ, and a place in time is then a place in the list of packets.
pub const FRAME: usize = 960;

/// How many samples the decoder's output runs behind what went into the encoder: 2.5 ms in the mode used here.
const DELAY: usize = 120;

/// Packets of silence before the beginning, so that a clip at the beginning comes after silence too, as its encoder
/// expects.
const BEFORE: u64 = 1;

/// The samples a player drops at the beginning: no more, because nothing was cut off in front.
const PRE_SKIP: u64 = BEFORE * FRAME as u64 + DELAY as u64;

/// A packet that decodes to 20 ms of nothing: one channel, tones up to 12 kHz, with the codec's own mark for silence.
const SILENT: [u8; 3] = [MODE, 0xff, 0xfe];

/// How every packet begins: the codec's transform mode (CELT), 12 kHz, 20 ms, one channel, one frame (RFC 6716, section
/// 3.1). Its other modes suit speech somewhat better, but a change between modes is heard as a soft click when the encoder
/// does not prepare it, and clips that may follow each other in any order cannot.
const MODE: u8 = 27 << 3;

/// The longest packet, in bytes, so that each takes one place in an Ogg page's list of lengths: about 100 kbit/s.
const LONGEST_PACKET: usize = 254;

fn seconds(samples: u64) -> f64 {
    samples as f64 / f64::from(RATE)
}
