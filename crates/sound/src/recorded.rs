//! What a microphone gave, in whichever file a browser puts it: WebM (Chromium), Ogg (Firefox), MP4 (Safari), and WAV.
//! Which of them it is, its first bytes say; what a browser calls it is not asked.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use opus_pure::OpusDecoder;
use opus_pure::packet::MAX_PACKET_SAMPLES;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::MediaSourceStream;
use symphonia::default::codecs::AacDecoder;
use symphonia::default::formats::{IsoMp4Reader, MkvReader};

use crate::decode::decode_ogg_within;
use crate::pcm::RATES;
use crate::{ClipError, Pcm, RATE};

/// Why bytes are no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordedError {
    /// It begins like nothing that is read here.
    #[error("this is no sound of a kind that is read here: WebM, Ogg, MP4 and WAV are")]
    Unknown,
    /// It begins well and cannot be read to its end.
    #[error("this sound is broken")]
    Broken,
    /// It lasts longer than it may.
    #[error("this sound is too long")]
    TooLong,
}

/// Reads what a browser recorded; one channel, all of it, of at most so many seconds. Whatever the bytes are, it ends, and
/// holds no more than a sound of that length in memory.
///
/// # Errors
/// When it is no sound of a kind that is read here, cannot be read to its end, or is longer.
pub fn read_recorded(bytes: &[u8], most_seconds: f64) -> Result<Pcm, RecordedError> {
    // Three parsers and two decoders that others wrote, given what anybody sends: what makes one of them give up hard is
    // broken, and no more than that.
    catch_unwind(AssertUnwindSafe(|| read(bytes, most_seconds)))
        .unwrap_or(Err(RecordedError::Broken))
}

fn read(bytes: &[u8], most_seconds: f64) -> Result<Pcm, RecordedError> {
    let sound = match bytes {
        [b'R', b'I', b'F', b'F', ..] => Pcm::from_wav(bytes).map_err(|_| RecordedError::Broken)?,
        [b'O', b'g', b'g', b'S', ..] => {
            decode_ogg_within(bytes, most_seconds).map_err(|error| match error {
                ClipError::TooLong => RecordedError::TooLong,
                _ => RecordedError::Broken,
            })?
        }
        [0x1a, 0x45, 0xdf, 0xa3, ..] => {
            let reader = MkvReader::try_new(stream(bytes), FormatOptions::default());
            unpack(reader.map_err(broken)?, most_seconds)?
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
            let reader = IsoMp4Reader::try_new(stream(bytes), FormatOptions::default());
            unpack(reader.map_err(broken)?, most_seconds)?
        }
        _ => return Err(RecordedError::Unknown),
    };
    if !RATES.contains(&sound.rate) {
        return Err(RecordedError::Broken);
    }
    if sound.seconds() > most_seconds {
        return Err(RecordedError::TooLong);
    }
    Ok(sound)
}

fn stream(bytes: &[u8]) -> MediaSourceStream<'_> {
    MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default())
}

fn broken(_: symphonia::core::errors::Error) -> RecordedError {
    RecordedError::Broken
}

/// What turns packets into samples.
enum Decoder {
    Opus {
        decoder: Box<OpusDecoder>,
        channels: usize,
        frame: Vec<f32>,
    },
    Aac {
        decoder: Box<AacDecoder>,
        frame: Vec<f32>,
    },
}

impl Decoder {
    fn new(codec: &AudioCodecParameters) -> Result<Self, RecordedError> {
        match codec.codec {
            CODEC_ID_OPUS => {
                // RFC 7845, section 5.1. What is to be skipped at the beginning is silence of a few milliseconds, which goes
                // anyway; the gain browsers leave at nothing, and what is spoken is levelled.
                let head = codec.extra_data.as_deref().unwrap_or_default();
                let channels = match (head.get(9), head.get(18)) {
                    (Some(1), Some(0)) => 1,
                    (Some(2), Some(0)) => 2,
                    _ => return Err(RecordedError::Broken),
                };
                let decoder =
                    OpusDecoder::new(RATE as i32, channels).map_err(|_| RecordedError::Broken)?;
                Ok(Self::Opus {
                    decoder: Box::new(decoder),
                    channels,
                    frame: vec![0.0; MAX_PACKET_SAMPLES * channels],
                })
            }
            CODEC_ID_AAC => {
                let decoder = AacDecoder::try_new(codec, &AudioDecoderOptions::default());
                Ok(Self::Aac {
                    decoder: Box::new(decoder.map_err(broken)?),
                    frame: Vec::new(),
                })
            }
            _ => Err(RecordedError::Unknown),
        }
    }

    /// Adds what a packet holds, and tells its rate.
    fn decode(
        &mut self,
        packet: &symphonia::core::packet::Packet,
        samples: &mut Vec<f32>,
    ) -> Result<u32, RecordedError> {
        let (channels, frame, rate) = match self {
            Self::Opus {
                decoder,
                channels,
                frame,
            } => {
                let count = decoder
                    .decode(&packet.data, MAX_PACKET_SAMPLES, frame)
                    .map_err(|_| RecordedError::Broken)?;
                let heard = frame.get(..count * *channels).unwrap_or_default();
                (*channels, heard, RATE)
            }
            Self::Aac { decoder, frame } => {
                let heard = decoder.decode(packet).map_err(broken)?;
                let (channels, rate) = (heard.spec().channels().count(), heard.spec().rate());
                frame.clear();
                heard.copy_to_vec_interleaved(frame);
                (channels.max(1), frame.as_slice(), rate)
            }
        };
        samples.extend(frame.chunks_exact(channels).map(|moment| {
            let mean = moment.iter().sum::<f32>() / channels as f32;
            if mean.is_finite() {
                mean.clamp(-8.0, 8.0)
            } else {
                0.0
            }
        }));
        Ok(rate)
    }
}

/// The first track that is a sound, to its end.
fn unpack(mut reader: impl FormatReader, most_seconds: f64) -> Result<Pcm, RecordedError> {
    let (track, decoder) = reader
        .tracks()
        .iter()
        .find_map(|track| match &track.codec_params {
            Some(CodecParameters::Audio(codec)) => Some((track.id, Decoder::new(codec))),
            _ => None,
        })
        .ok_or(RecordedError::Broken)?;
    let mut decoder = decoder?;
    let mut sound = Pcm {
        rate: 0,
        samples: Vec::new(),
    };
    while let Some(packet) = reader.next_packet().map_err(broken)? {
        if packet.track_id != track {
            continue;
        }
        let rate = decoder.decode(&packet, &mut sound.samples)?;
        if sound.rate != 0 && rate != sound.rate {
            return Err(RecordedError::Broken);
        }
        sound.rate = rate;
        if sound.seconds() > most_seconds {
            return Err(RecordedError::TooLong);
        }
    }
    // A file without a packet is whole, and there is nothing in it.
    if sound.rate == 0 {
        sound.rate = RATE;
    }
    Ok(sound)
}
