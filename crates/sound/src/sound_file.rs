//! A track as the bytes of a file, any part of which can be had without making the rest.

use crate::{FRAME, PRE_SKIP, Track, mp4, ogg};

/// Kinds of files with the same packets in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Ogg (RFC 7845): begins to play after the first page. Safari plays it from iOS 18.4 and macOS 15.4 on
    /// (<https://github.com/Fyrd/caniuse/pull/7284>).
    Ogg,
    /// MP4: for Safari 17 and later (<https://developer.apple.com/forums/thread/759210>). Its table of packets comes
    /// first, 4 bytes for each.
    Mp4,
}

impl Format {
    /// What the file is, for whoever is sent it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Ogg => "audio/ogg; codecs=opus",
            Self::Mp4 => "audio/mp4; codecs=opus",
        }
    }

    /// How its name ends.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Ogg => "ogg",
            Self::Mp4 => "m4a",
        }
    }
}

/// A file that is never there as a whole. It remembers some hundred bytes besides the track.
#[derive(Clone, Debug)]
pub struct SoundFile {
    track: Track,
    format: Format,
    /// What comes before the first thing that is worked out when it is asked for.
    head: Vec<u8>,
    length: u64,
}

impl SoundFile {
    /// A track as a file.
    #[must_use]
    pub fn new(track: Track, format: Format) -> Self {
        let (head, length) = match format {
            Format::Ogg => {
                let head = ogg::headers(PRE_SKIP as u16);
                let length = head.len() as u64 + page_start(&track, track.packets());
                (head, length)
            }
            Format::Mp4 => mp4::head(&track),
        };
        Self {
            track,
            format,
            head,
            length,
        }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What it is.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The track in it.
    #[must_use]
    pub fn track(&self) -> &Track {
        &self.track
    }

    /// Adds the bytes from a place on, up to a second of sound; none at the end.
    pub fn read(&self, from: u64, into: &mut Vec<u8>) {
        let head = self.head.len() as u64;
        if from >= self.length {
        } else if from < head {
            into.extend_from_slice(self.head.get(from as usize..).unwrap_or_default());
        } else {
            match self.format {
                Format::Ogg => self.read_page(from - head, into),
                Format::Mp4 => mp4::read(&self.track, head, from - head, into),
            }
        }
    }

    /// Adds the bytes of a page from a place after the headers on.
    fn read_page(&self, from: u64, into: &mut Vec<u8>) {
        let track = &self.track;
        let on_page = ogg::PACKETS_ON_PAGE as u64;
        let page = last_at(track.packets().div_ceil(on_page), |page| {
            page_start(track, page * on_page) <= from
        });
        let first = page * on_page;
        let end = (first + on_page).min(track.packets());
        let is_last = end == track.packets();
        let granule = if is_last {
            PRE_SKIP + track.samples()
        } else {
            end * FRAME as u64
        };
        let start = into.len();
        let packets = (first..end).map(|index| track.packet(index));
        ogg::add_page(into, page as u32, granule, is_last, packets);
        let unwanted = (from - page_start(track, first)) as usize;
        into.drain(start..start + unwanted);
    }
}

/// Where the page that begins with a packet begins, after the headers: the packets before it, the length of each in one
/// byte, and the pages' own headers.
fn page_start(track: &Track, packet: u64) -> u64 {
    let pages = packet.div_ceil(ogg::PACKETS_ON_PAGE as u64);
    track.bytes_before(packet) + packet + pages * ogg::PAGE_HEADER as u64
}

/// The last of so many for which it holds, when it holds for all before that.
pub(crate) fn last_at(count: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, count);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
