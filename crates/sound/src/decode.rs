//! Any Ogg Opus as samples: for what people send, and for tests.

use opus_pure::OpusDecoder;
use opus_pure::packet::MAX_PACKET_SAMPLES;

use crate::clip::{ClipError, codec};
use crate::level::{amplify, factor};
use crate::pcm::Pcm;
use crate::{LONGEST_SECONDS, RATE, ogg, seconds};

/// Decodes an Ogg Opus file of one or two channels to one; exactly the samples a player plays.
///
/// # Errors
/// When it is no such file, was damaged, or lasts longer than an hour and ten minutes.
pub fn decode_ogg(bytes: &[u8]) -> Result<Pcm, ClipError> {
    decode_ogg_within(bytes, 7.0 * LONGEST_SECONDS)
}

/// The same for what lasts at most so long; no more than that is ever held.
pub(crate) fn decode_ogg_within(bytes: &[u8], most_seconds: f64) -> Result<Pcm, ClipError> {
    let stream = ogg::read(bytes).map_err(ClipError::NoClip)?;
    let channels = usize::from(stream.channels);
    let mut decoder = OpusDecoder::new(RATE as i32, channels).map_err(codec)?;
    let mut frame = vec![0.0; MAX_PACKET_SAMPLES * channels];
    let mut samples: Vec<f32> = Vec::new();
    for packet in &stream.packets {
        let count = decoder
            .decode(packet, MAX_PACKET_SAMPLES, &mut frame)
            .map_err(codec)?;
        let heard = frame.get(..count * channels).unwrap_or_default();
        samples.extend(
            heard
                .chunks_exact(channels)
                .map(|moment| moment.iter().sum::<f32>() / channels as f32),
        );
        if seconds(samples.len() as u64) > most_seconds + 0.2 {
            return Err(ClipError::TooLong);
        }
    }
    samples.truncate(usize::try_from(stream.granule).unwrap_or(usize::MAX));
    samples.drain(..usize::from(stream.pre_skip).min(samples.len()));
    amplify(&mut samples, factor(f64::from(stream.gain) / 256.0));
    Ok(Pcm {
        rate: RATE,
        samples,
    })
}
