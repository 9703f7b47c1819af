//! What comes in is read, cleaned and levelled; what is no sound is refused and nothing more.

use crate::support::{clip, onset, voice};
use kith_sound::{Clip, ClipError, LEVEL, Pcm, PcmError, RATE, decode_ogg, loudness, prepare};
use proptest::prelude::*;

/// A WAV file of 16-bit samples.
fn wav(rate: u32, channels: u16, samples: &[f32]) -> Vec<u8> {
    let body: Vec<u8> = samples
        .iter()
        .flat_map(|x| ((x.clamp(-1.0, 1.0) * 32_767.0) as i16).to_le_bytes())
        .collect();
    wav_of(1, rate, channels, 16, &body)
}

fn wav_of(format: u16, rate: u32, channels: u16, bits: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
    bytes.extend(format.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(channels) * u32::from(bits / 8)).to_le_bytes());
    bytes.extend((channels * bits / 8).to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    // Something in between that is not looked at, of an odd length.
    bytes.extend(b"LIST\x03\0\0\0abc\0data");
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes
}

fn tone(hertz: f32, amplitude: f32, seconds: f32, rate: u32) -> Vec<f32> {
    (0..(seconds * rate as f32) as usize)
        .map(|index| amplitude * (std::f32::consts::TAU * hertz * index as f32 / rate as f32).sin())
        .collect()
}

#[test]
fn every_kind_of_wav_holds_the_same_sound() {
    let asked = [0.0_f32, 0.5, -0.5, 0.25, -1.0];
    let kinds: [(u16, u16, Vec<u8>); 6] = [
        (
            1,
            8,
            asked.iter().map(|x| (x * 128.0 + 128.0) as u8).collect(),
        ),
        (
            1,
            16,
            asked
                .iter()
                .flat_map(|x| ((x * 32_768.0) as i16).to_le_bytes())
                .collect(),
        ),
        (
            1,
            24,
            asked
                .iter()
                .flat_map(|x| ((x * 8_388_608.0) as i32).to_le_bytes()[..3].to_vec())
                .collect(),
        ),
        (
            1,
            32,
            asked
                .iter()
                .flat_map(|x| ((x * 2_147_483_648.0) as i32).to_le_bytes())
                .collect(),
        ),
        (3, 32, asked.iter().flat_map(|x| x.to_le_bytes()).collect()),
        (
            3,
            64,
            asked
                .iter()
                .flat_map(|x| f64::from(*x).to_le_bytes())
                .collect(),
        ),
    ];
    for (format, bits, body) in kinds {
        let read = Pcm::from_wav(&wav_of(format, 22_050, 1, bits, &body)).unwrap();
        assert_eq!(read.rate, 22_050);
        assert_eq!(read.samples, asked, "format {format}, {bits} bits");
    }
    let both = Pcm::from_wav(&wav_of(
        3,
        8_000,
        2,
        32,
        &[1.0_f32.to_le_bytes(), 0.5_f32.to_le_bytes()].concat(),
    ));
    assert_eq!(both.unwrap().samples, [0.75]);
}

#[test]
fn a_length_that_a_pipe_could_not_know_is_no_error() {
    let mut bytes = wav(16_000, 1, &[0.5; 100]);
    let at = bytes.len() - 204;
    bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(Pcm::from_wav(&bytes).unwrap().samples.len(), 100);
}

#[test]
fn what_is_no_wav_is_refused_with_a_reason() {
    let cases: [(Vec<u8>, PcmError); 6] = [
        (b"".to_vec(), PcmError::NotWav),
        (b"RIFF\0\0\0\0WAVX".to_vec(), PcmError::NotWav),
        (
            b"RIFF\0\0\0\0WAVE".to_vec(),
            PcmError::Broken("it holds no samples"),
        ),
        (
            b"RIFF\0\0\0\0WAVEdata\0\0\0\0".to_vec(),
            PcmError::Broken("its samples come before their format"),
        ),
        (
            wav_of(2, 8_000, 1, 16, &[]),
            PcmError::Kind {
                format: 2,
                bits: 16,
            },
        ),
        (wav_of(1, 100, 1, 16, &[]), PcmError::Rate(100)),
    ];
    for (bytes, error) in cases {
        assert_eq!(Pcm::from_wav(&bytes), Err(error));
    }
}

#[test]
fn loudness_is_that_of_the_standards_tones() {
    // EBU Tech 3341: a stereo tone of 1 kHz at -23 dBFS is -23 LUFS; BS.1770-4: one channel of it is 3.01 less.
    let cases: [(&str, Vec<f32>, f64); 4] = [
        ("full scale", tone(997.0, 1.0, 5.0, RATE), -3.01),
        ("-23 dBFS", tone(1_000.0, 0.070_79, 20.0, RATE), -26.01),
        // Pauses do not count.
        (
            "with a pause",
            [
                tone(1_000.0, 0.1, 10.0, RATE),
                vec![0.0; 480_000],
                tone(1_000.0, 0.1, 10.0, RATE),
            ]
            .concat(),
            -23.01,
        ),
        (
            "shorter than a block",
            tone(1_000.0, 0.1, 0.2, RATE),
            -23.01,
        ),
    ];
    for (what, samples, expected) in cases {
        let measured = loudness(&samples).unwrap();
        assert!(
            (measured - expected).abs() < 0.15,
            "{what}: {measured:.2}, not {expected}"
        );
    }
    assert_eq!(loudness(&[0.0; 96_000]), None);
    assert_eq!(loudness(&[]), None);
}

#[test]
fn a_tone_keeps_its_pitch_and_size_at_another_rate() {
    for rate in [8_000, 16_000, 22_050, 24_000, 44_100, 96_000] {
        let sound = Pcm {
            rate,
            samples: tone(1_000.0, 0.3, 1.0, rate),
        };
        let samples = prepare(&sound).unwrap();
        let crossings = samples
            .windows(2)
            .filter(|two| two[0] <= 0.0 && two[1] > 0.0)
            .count();
        let hertz = crossings as f64 / (samples.len() as f64 / f64::from(RATE));
        assert!((hertz - 1_000.0).abs() < 5.0, "{rate}: {hertz}");
        // Pure: what is not the tone is at least 60 dB below it. Its sine and cosine parts are taken out.
        let middle = &samples[9_600..38_400];
        let part = |phase: f64| {
            let wave = |index: usize| {
                (std::f64::consts::TAU * 1_000.0 * index as f64 / f64::from(RATE) + phase).sin()
            };
            let sum: f64 = middle
                .iter()
                .enumerate()
                .map(|(i, x)| f64::from(*x) * wave(i))
                .sum();
            2.0 * sum / middle.len() as f64
        };
        let (sine, cosine) = (part(0.0), part(std::f64::consts::FRAC_PI_2));
        let all: f64 = middle.iter().map(|x| f64::from(x * x)).sum::<f64>() / middle.len() as f64;
        let tone = (sine * sine + cosine * cosine) / 2.0;
        assert!(
            (all - tone).abs() / tone < 1e-5,
            "{rate}: {:e}",
            (all - tone).abs() / tone
        );
    }
}

#[test]
fn silence_at_the_ends_goes_and_the_voice_begins_at_once() {
    let mut samples = vec![0.0; 24_000];
    samples.extend(voice(2.0, 150.0, 24_000));
    samples.extend(vec![0.0; 48_000]);
    // A hiss 60 dB below the voice is no voice.
    for (index, sample) in samples.iter_mut().enumerate() {
        *sample += 0.000_1 * ((index * 7_919 % 1_000) as f32 / 500.0 - 1.0);
    }
    let prepared = prepare(&Pcm {
        rate: 24_000,
        samples,
    })
    .unwrap();
    let seconds = prepared.len() as f64 / f64::from(RATE);
    assert!((2.0..2.12).contains(&seconds), "{seconds}");
    let clip = Clip::encode(&prepared).unwrap();
    assert!(clip.seconds() - seconds < 0.05, "{}", clip.seconds());
    let first = onset(&clip.decode().unwrap(), 0.0).unwrap();
    assert!(first < 0.015, "{first}");
    assert!(prepared[0].abs() < 0.001 && prepared[prepared.len() - 1].abs() < 0.001);
}

#[test]
fn a_hiss_before_the_first_word_does_not_make_it_late() {
    // 38 dB below the voice, for 80 ms: as the rendered voice does before a P.
    let hiss = |index: usize| 0.004 * ((index * 7_919 % 1_000) as f32 / 500.0 - 1.0);
    let mut samples: Vec<f32> = (0..1_920).map(hiss).collect();
    samples.extend(voice(1.0, 150.0, 24_000));
    let clip = Clip::encode(
        &prepare(&Pcm {
            rate: 24_000,
            samples,
        })
        .unwrap(),
    )
    .unwrap();
    let heard = clip.decode().unwrap();
    let loud = heard.iter().position(|x| x.abs() > 0.1).unwrap();
    assert!(loud < 480, "{loud}");
}

#[test]
fn soft_and_loud_voices_come_out_as_loud() {
    for gain in [0.05, 0.2, 1.0, 4.0] {
        let samples: Vec<f32> = voice(3.0, 140.0, 48_000).iter().map(|x| x * gain).collect();
        let prepared = prepare(&Pcm {
            rate: 48_000,
            samples,
        })
        .unwrap();
        let heard = Clip::encode(&prepared).unwrap().decode().unwrap();
        let level = loudness(&heard).unwrap();
        assert!((level - LEVEL).abs() < 1.0, "{gain}: {level:.1} LUFS");
    }
}

#[test]
fn nothing_to_hear_and_what_is_no_cue_are_refused() {
    let refused = |rate, samples| prepare(&Pcm { rate, samples }).unwrap_err();
    assert_eq!(refused(8_000, vec![]), ClipError::Silent);
    assert_eq!(refused(8_000, vec![0.0; 8_000]), ClipError::Silent);
    assert_eq!(refused(8_000, vec![0.000_2; 8_000]), ClipError::Silent);
    assert_eq!(refused(8_000, vec![0.1; 8_000 * 601]), ClipError::TooLong);
    assert_eq!(refused(1, vec![0.1; 10]), ClipError::TooLong);
    assert_eq!(Clip::encode(&[]), Err(ClipError::Silent));
}

#[test]
fn a_clip_is_kept_in_a_file_and_comes_back_whole() {
    let kept = clip(1.3, 130.0);
    let bytes = kept.to_ogg();
    assert_eq!(Clip::from_ogg(&bytes).unwrap(), *kept);
    let heard = decode_ogg(&bytes).unwrap();
    assert_eq!(heard.samples, kept.decode().unwrap());
    // 32 kbit/s, somewhat more where it is hard to say, and a little for the file.
    assert!(bytes.len() < 7_000, "{}", bytes.len());
}

#[test]
fn a_damaged_clip_is_noticed_wherever_the_damage_is() {
    let bytes = clip(0.4, 130.0).to_ogg();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(Clip::from_ogg(&damaged).is_err(), "byte {at}");
        assert!(Clip::from_ogg(&bytes[..at]).is_err(), "cut at {at}");
    }
}

/// A page's checksum put right, so that what is behind it is reached.
fn mend(page: &mut [u8]) {
    page[22..26].fill(0);
    let mut sum = 0_u32;
    for byte in &*page {
        sum ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            sum = if sum & 0x8000_0000 == 0 {
                sum << 1
            } else {
                (sum << 1) ^ 0x04c1_1db7
            };
        }
    }
    page[22..26].copy_from_slice(&sum.to_le_bytes());
}

fn page(flags: u8, granule: u64, number: u32, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(granule.to_le_bytes());
    page.extend([7, 0, 0, 0]);
    page.extend(number.to_le_bytes());
    page.extend([0; 4]);
    let laces: Vec<u8> = packets
        .iter()
        .flat_map(|packet| {
            let mut laces = vec![255; packet.len() / 255];
            laces.push((packet.len() % 255) as u8);
            laces
        })
        .collect();
    page.push(laces.len() as u8);
    page.extend(laces);
    page.extend(packets.concat());
    mend(&mut page);
    page
}

fn ogg(channels: u8, skip: u16, granule: u64, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.push(channels);
    head.extend(skip.to_le_bytes());
    head.extend([0x80, 0xbb, 0, 0, 0, 0, 0]);
    let tags = b"OpusTags\0\0\0\0\0\0\0\0".to_vec();
    [
        page(2, 0, 0, &[head]),
        page(0, 0, 1, &[tags]),
        page(4, granule, 2, packets),
    ]
    .concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_at_all_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Clip::from_ogg(&bytes);
        let _ = decode_ogg(&bytes);
        let _ = Pcm::from_wav(&bytes);
    }

    #[test]
    fn a_wav_with_anything_in_it_is_read_or_refused(
        head in prop::collection::vec(any::<u8>(), 0..48),
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
        bytes.extend((head.len() as u32).to_le_bytes());
        bytes.extend(&head);
        bytes.extend(b"data");
        bytes.extend((body.len() as u32).to_le_bytes());
        bytes.extend(&body);
        if let Ok(sound) = Pcm::from_wav(&bytes) {
            prop_assert!(sound.samples.iter().all(|sample| sample.is_finite()));
            let _ = prepare(&sound);
        }
    }

    /// What strangers send reaches the decoder only as packets in sound pages: those are made of anything.
    #[test]
    fn any_packets_are_decoded_or_refused(
        channels in 0_u8..4,
        skip in any::<u16>(),
        granule in any::<u64>(),
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 0..12),
    ) {
        let bytes = ogg(channels, skip, granule, &packets);
        let _ = Clip::from_ogg(&bytes);
        if let Ok(sound) = decode_ogg(&bytes) {
            let _ = prepare(&sound);
        }
    }

    /// Real packets with a few bytes changed get further into the decoder than noise does.
    #[test]
    fn real_packets_with_changes_are_decoded_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..60), 0..6),
    ) {
        thread_local! {
            static REAL: Vec<Vec<u8>> = {
                let clip = clip(0.8, 160.0);
                (0..clip.packets()).map(|index| clip.packet(index).to_vec()).collect()
            };
        }
        let mut packets = REAL.with(Clone::clone);
        for (place, value) in &changes {
            let index = place.index(packets.iter().map(Vec::len).sum());
            let mut left = index;
            for packet in &mut packets {
                if left < packet.len() {
                    packet[left] = *value;
                    break;
                }
                left -= packet.len();
            }
        }
        for (place, length) in &cuts {
            let index = place.index(packets.len());
            packets[index].truncate(*length);
        }
        if let Ok(sound) = decode_ogg(&ogg(1, 312, 40_000, &packets)) {
            let _ = prepare(&sound);
        }
    }

    /// Clipping is impossible, whatever comes in: noise, steps and single peaks too.
    #[test]
    fn nothing_that_comes_in_clips_when_it_comes_out(
        values in prop::collection::vec(-8.0_f32..8.0, 1..400),
        hold in 1_usize..200,
        rate in prop_oneof![Just(8_000_u32), Just(24_000), Just(44_100), Just(48_000)],
    ) {
        let samples: Vec<f32> = values.iter().flat_map(|x| std::iter::repeat_n(*x, hold)).collect();
        if let Ok(prepared) = prepare(&Pcm { rate, samples }) {
            prop_assert!(prepared.iter().all(|x| x.abs() <= 0.71));
            let heard = Clip::encode(&prepared).unwrap().decode().unwrap();
            prop_assert!((prepared.len()..prepared.len() + 1_920).contains(&heard.len()));
            prop_assert!(heard.iter().all(|x| x.abs() < 1.0));
        }
    }
}
