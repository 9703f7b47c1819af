//! The same packets in MP4 (ISO/IEC 14496-12), as "Encapsulation of Opus in ISO Base Media File Format" 0.8.1 says
//! (<https://opus-codec.org/docs/opus_in_isobmff.html>).
//!
//! Everything about the sound stands before it: a head of a few hundred bytes, the length of every packet, where every
//! chunk begins, then the packets. All but the head is worked out when it is asked for.

use crate::sound_file::last_at;
use crate::{FRAME, PRE_SKIP, RATE, Track, ogg};

/// Packets in a chunk: a second.
const CHUNK: u64 = 50;
/// Entries of a table, or packets, that are given at once.
const AT_ONCE: u64 = 1_024;
/// Bytes between the lengths and the chunks, `stco`'s head, and between those and the packets, `mdat`'s.
const CHUNKS_HEAD: u64 = 16;
const SOUND_HEAD: u64 = 8;

/// Where each part begins, counted from the end of the head.
struct Parts {
    chunks_head: u64,
    chunks: u64,
    sound_head: u64,
    sound: u64,
    end: u64,
}

impl Parts {
    fn of(track: &Track) -> Self {
        let chunks_head = track.packets() * 4;
        let chunks = chunks_head + CHUNKS_HEAD;
        let sound_head = chunks + track.packets().div_ceil(CHUNK) * 4;
        let sound = sound_head + SOUND_HEAD;
        Self {
            chunks_head,
            chunks,
            sound_head,
            sound,
            end: sound + track.bytes_before(track.packets()),
        }
    }
}

/// What stands before the packets' lengths, and how long the whole file is.
pub(crate) fn head(track: &Track) -> (Vec<u8>, u64) {
    let parts = Parts::of(track);
    let packets = track.packets() as u32;
    let chunks = track.packets().div_ceil(CHUNK) as u32;
    let media = (PRE_SKIP + track.samples()) as u32;
    let played = track.samples() as u32;
    // Every box from `moov` to `stsz` is the last one in the box around it, so all but `stsz` and `stco` go on up to the
    // end of `stco`.
    let tables = parts.sound_head;
    let mut out = Vec::with_capacity(640);
    boxed(&mut out, b"ftyp", |out| {
        out.extend(b"M4A \0\0\0\0M4A isommp42iso5")
    });
    let stack = |out: &mut Vec<u8>, open: &mut Vec<usize>, name: &[u8; 4]| {
        open.push(out.len());
        out.extend([0; 4]);
        out.extend(name);
    };
    let mut open = Vec::new();
    stack(&mut out, &mut open, b"moov");
    boxed(&mut out, b"mvhd", |out| {
        numbers(
            out,
            &[0, 0, 0, RATE, played, 0x0001_0000, 0x0100_0000, 0, 0],
        );
        out.extend(MATRIX);
        numbers(out, &[0, 0, 0, 0, 0, 0, 2]);
    });
    stack(&mut out, &mut open, b"trak");
    boxed(&mut out, b"tkhd", |out| {
        // Switched on and part of the film; the first track, as loud as it is.
        numbers(
            out,
            &[0x0000_0003, 0, 0, 1, 0, played, 0, 0, 0, 0x0100_0000],
        );
        out.extend(MATRIX);
        numbers(out, &[0, 0]);
    });
    boxed(&mut out, b"edts", |out| {
        boxed(out, b"elst", |out| {
            numbers(out, &[0, 1, played, PRE_SKIP as u32, 0x0001_0000])
        });
    });
    stack(&mut out, &mut open, b"mdia");
    // 0x55c4: no language said.
    boxed(&mut out, b"mdhd", |out| {
        numbers(out, &[0, 0, 0, RATE, media, 0x55c4_0000])
    });
    boxed(&mut out, b"hdlr", |out| {
        numbers(out, &[0, 0]);
        out.extend(b"soun");
        numbers(out, &[0, 0, 0]);
        out.push(0);
    });
    stack(&mut out, &mut open, b"minf");
    boxed(&mut out, b"smhd", |out| numbers(out, &[0, 0]));
    boxed(&mut out, b"dinf", |out| {
        boxed(out, b"dref", |out| {
            numbers(out, &[0, 1]);
            boxed(out, b"url ", |out| numbers(out, &[1]));
        });
    });
    stack(&mut out, &mut open, b"stbl");
    boxed(&mut out, b"stsd", |out| {
        numbers(out, &[0, 1]);
        boxed(out, b"Opus", |out| {
            numbers(out, &[0, 1, 0, 0, 0x0001_0010, 0, RATE << 16]);
            boxed(out, b"dOps", |out| {
                // As in Ogg's header, but the larger end first.
                out.extend([0, 1]);
                out.extend((PRE_SKIP as u16).to_be_bytes());
                out.extend(RATE.to_be_bytes());
                out.extend([0, 0, 0]);
            });
        });
    });
    boxed(&mut out, b"stts", |out| {
        // The last packet counts only as far as it is played.
        let full = packets.saturating_sub(1);
        let last = media - full * FRAME as u32;
        numbers(out, &[0, 2, full, FRAME as u32, 1, last]);
    });
    boxed(&mut out, b"stsc", |out| {
        let left = packets % CHUNK as u32;
        match (chunks, left) {
            (_, 0) => numbers(out, &[0, 1, 1, CHUNK as u32, 1]),
            (1, _) => numbers(out, &[0, 1, 1, left, 1]),
            _ => numbers(out, &[0, 2, 1, CHUNK as u32, 1, chunks, left, 1]),
        }
    });
    // Whoever jumps to a packet decodes four before it.
    boxed(&mut out, b"sgpd", |out| {
        numbers(out, &[0x0100_0000]);
        out.extend(b"roll");
        numbers(out, &[2, 1]);
        out.extend((-4_i16).to_be_bytes());
    });
    boxed(&mut out, b"sbgp", |out| {
        numbers(out, &[0]);
        out.extend(b"roll");
        numbers(out, &[1, packets, 1]);
    });
    let lengths = 20 + parts.chunks_head as u32;
    numbers(&mut out, &[lengths]);
    out.extend(b"stsz");
    numbers(&mut out, &[0, 0, packets]);
    let end = out.len() as u64 + tables;
    for at in open {
        let size = (end - at as u64) as u32;
        out[at..at + 4].copy_from_slice(&size.to_be_bytes());
    }
    let length = out.len() as u64 + parts.end;
    (out, length)
}

const MATRIX: [u8; 36] = {
    let mut matrix = [0; 36];
    matrix[1] = 1;
    matrix[17] = 1;
    matrix[32] = 0x40;
    matrix
};

fn boxed(out: &mut Vec<u8>, name: &[u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend(name);
    fill(out);
    let size = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&size.to_be_bytes());
}

fn numbers(out: &mut Vec<u8>, numbers: &[u32]) {
    out.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
}

/// Adds bytes from a place after the head on.
pub(crate) fn read(track: &Track, head: u64, from: u64, into: &mut Vec<u8>) {
    let parts = Parts::of(track);
    let start = into.len();
    let begun = if from < parts.chunks_head {
        let first = from / 4;
        let end = (first + AT_ONCE).min(track.packets());
        for packet in first..end {
            let length = track.packet(packet).len() as u32;
            into.extend(length.to_be_bytes());
        }
        first * 4
    } else if from < parts.chunks {
        let chunks = track.packets().div_ceil(CHUNK) as u32;
        numbers(into, &[CHUNKS_HEAD as u32 + chunks * 4]);
        into.extend(b"stco");
        numbers(into, &[0, chunks]);
        parts.chunks_head
    } else if from < parts.sound_head {
        let first = (from - parts.chunks) / 4;
        let end = (first + AT_ONCE).min(track.packets().div_ceil(CHUNK));
        for chunk in first..end {
            let place = head + parts.sound + track.bytes_before(chunk * CHUNK);
            into.extend((place as u32).to_be_bytes());
        }
        parts.chunks + first * 4
    } else if from < parts.sound {
        numbers(into, &[(parts.end - parts.sound_head) as u32]);
        into.extend(b"mdat");
        parts.sound_head
    } else {
        let on = from - parts.sound;
        let first = last_at(track.packets(), |packet| track.bytes_before(packet) <= on);
        let end = (first + ogg::PACKETS_ON_PAGE as u64).min(track.packets());
        for packet in first..end {
            into.extend_from_slice(track.packet(packet));
        }
        parts.sound + track.bytes_before(first)
    };
    into.drain(start..start + (from - begun) as usize);
}
