//! Ogg pages (RFC 3533) with Opus in them (RFC 7845): written, and read back.

/// A second on a page: few bytes lost to headers, and fine enough to seek in.
pub(crate) const PACKETS_ON_PAGE: usize = 50;

/// The bytes of a page before its packets and their lengths.
pub(crate) const PAGE_HEADER: usize = 27;

/// One stream a file, so its number may always be the same; files that are the same are then the same bytes.
const SERIAL: u32 = u32::from_be_bytes(*b"kith");
/// The pages of the two headers come first.
const HEADER_PAGES: u32 = 2;

const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;

/// Ogg's checksum: CRC-32 with this polynomial, from the top bit down, beginning with 0, nothing turned over.
const POLYNOMIAL: u32 = 0x04c1_1db7;

/// For eight bytes at a time: the n-th table is for a byte that n more follow.
const TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 0x8000_0000 == 0 {
                sum << 1
            } else {
                (sum << 1) ^ POLYNOMIAL
            };
            bit += 1;
        }
        tables[0][byte] = sum;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = (before << 8) ^ tables[0][(before >> 24) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

pub(crate) fn checksum(parts: [&[u8]; 3]) -> u32 {
    let mut sum = 0_u32;
    for part in parts {
        let (eights, rest) = part.as_chunks::<8>();
        for [a, b, c, d, e, f, g, h] in eights {
            let [p, q, r, s] = (sum ^ u32::from_be_bytes([*a, *b, *c, *d])).to_be_bytes();
            let at = |table: usize, byte: u8| TABLES[table][usize::from(byte)];
            sum = at(7, p)
                ^ at(6, q)
                ^ at(5, r)
                ^ at(4, s)
                ^ at(3, *e)
                ^ at(2, *f)
                ^ at(1, *g)
                ^ at(0, *h);
        }
        for byte in rest {
            sum = (sum << 8) ^ TABLES[0][usize::from((sum >> 24) as u8 ^ byte)];
        }
    }
    sum
}

/// The identification header of Opus: one channel, nothing to be turned up or down.
pub(crate) fn head(pre_skip: u16) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(pre_skip.to_le_bytes());
    head.extend(crate::RATE.to_le_bytes());
    head.extend([0, 0, 0]);
    head
}

/// The pages before the sound.
pub(crate) fn headers(pre_skip: u16) -> Vec<u8> {
    let mut file = Vec::with_capacity(128);
    write_page(
        &mut file,
        FIRST,
        0,
        0,
        std::iter::once(head(pre_skip).as_slice()),
    );
    let mut tags = b"OpusTags".to_vec();
    tags.extend(4_u32.to_le_bytes());
    tags.extend(b"kith");
    tags.extend(0_u32.to_le_bytes());
    write_page(&mut file, 0, 0, 1, std::iter::once(tags.as_slice()));
    file
}

/// Adds a page of sound. Each packet is shorter than 255 bytes, and there are no more than 255.
pub(crate) fn add_page<'a>(
    file: &mut Vec<u8>,
    index: u32,
    granule: u64,
    is_last: bool,
    packets: impl Iterator<Item = &'a [u8]> + Clone,
) {
    let flags = if is_last { LAST } else { 0 };
    write_page(file, flags, granule, index + HEADER_PAGES, packets);
}

fn write_page<'a>(
    file: &mut Vec<u8>,
    flags: u8,
    granule: u64,
    number: u32,
    packets: impl Iterator<Item = &'a [u8]> + Clone,
) {
    let start = file.len();
    file.extend(b"OggS\0");
    file.push(flags);
    file.extend(granule.to_le_bytes());
    file.extend(SERIAL.to_le_bytes());
    file.extend(number.to_le_bytes());
    file.extend([0; 4]);
    let count_at = file.len();
    file.push(0);
    for packet in packets.clone() {
        file.push(packet.len() as u8);
        file[count_at] += 1;
    }
    for packet in packets {
        file.extend_from_slice(packet);
    }
    let sum = checksum([&file[start..], &[], &[]]);
    file[start + 22..start + 26].copy_from_slice(&sum.to_le_bytes());
}

/// What an Ogg Opus file holds.
pub(crate) struct Stream {
    pub(crate) channels: u8,
    pub(crate) pre_skip: u16,
    /// What everything is to be turned up by, in 256ths of a decibel.
    pub(crate) gain: i16,
    /// The place of its end, in samples with those to be skipped.
    pub(crate) granule: u64,
    pub(crate) packets: Vec<Vec<u8>>,
}

/// Reads a file with one Opus stream, whoever wrote it.
pub(crate) fn read(bytes: &[u8]) -> Result<Stream, &'static str> {
    let mut packets: Vec<Vec<u8>> = Vec::new();
    let mut unfinished: Option<Vec<u8>> = None;
    let mut granule = 0;
    let mut serial = None;
    let mut rest = bytes;
    while !rest.is_empty() {
        let page = Page::read(rest)?;
        rest = rest.get(page.length..).unwrap_or_default();
        if *serial.get_or_insert(page.serial) != page.serial {
            return Err("it holds more than one stream");
        }
        if (page.flags & CONTINUED != 0) != unfinished.is_some() {
            return Err("a piece of it is missing");
        }
        let mut body = page.body;
        for lace in page.laces {
            let (piece, behind) = body
                .split_at_checked(usize::from(*lace))
                .ok_or("it is cut off")?;
            body = behind;
            let packet = unfinished.get_or_insert_default();
            packet.extend_from_slice(piece);
            if *lace < 255 {
                packets.extend(unfinished.take());
            }
        }
        // A page on which no packet ends has no place in time.
        if page.granule != u64::MAX {
            granule = page.granule;
        }
    }
    if packets.len() < 2 {
        return Err("it is no Ogg Opus");
    }
    let sound = packets.split_off(2);
    let head = packets.first().map(Vec::as_slice).unwrap_or_default();
    if head.len() < 19 || head.get(..8) != Some(b"OpusHead") || head[8] & 0xf0 != 0 || head[18] != 0
    {
        return Err("it is no Ogg Opus that can be read here");
    }
    if !(1..=2).contains(&head[9]) {
        return Err("it has no channels, or too many");
    }
    Ok(Stream {
        channels: head[9],
        pre_skip: u16::from_le_bytes([head[10], head[11]]),
        gain: i16::from_le_bytes([head[16], head[17]]),
        granule,
        packets: sound,
    })
}

struct Page<'a> {
    flags: u8,
    granule: u64,
    serial: u32,
    laces: &'a [u8],
    body: &'a [u8],
    length: usize,
}

impl<'a> Page<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let (header, rest) = bytes.split_at_checked(PAGE_HEADER).ok_or("it is cut off")?;
        if header.get(..5) != Some(b"OggS\0") {
            return Err("it is no Ogg");
        }
        let laces = rest.get(..usize::from(header[26])).ok_or("it is cut off")?;
        let size: usize = laces.iter().map(|lace| usize::from(*lace)).sum();
        let body = rest
            .get(laces.len()..laces.len() + size)
            .ok_or("it is cut off")?;
        let mut bare = [0; PAGE_HEADER];
        bare.copy_from_slice(header);
        bare[22..26].fill(0);
        let mut eight = [0; 8];
        eight.copy_from_slice(&header[6..14]);
        let four = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        if checksum([&bare, laces, body]) != four(22) {
            return Err("it was damaged");
        }
        Ok(Self {
            flags: header[5],
            granule: u64::from_le_bytes(eight),
            serial: four(14),
            laces,
            body,
            length: PAGE_HEADER + laces.len() + size,
        })
    }
}
