//! What other programs make of the files: FFmpeg measures, decodes and listens.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use crate::support::{clip, onset, track, whole};
use kith_sound::{Clip, Format, LEVEL, SoundFile, bell, decode_ogg, loudness};

fn run(program: &str, arguments: &[&str]) -> (Vec<u8>, String) {
    let done = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} does not run ({error}); bin/setup installs it"));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{program}: {said}");
    (done.stdout, said)
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kith-sound-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What FFmpeg hears: samples at 48 kHz.
fn heard(arguments: &[&str]) -> Vec<f32> {
    let arguments = [arguments, &["-f", "f32le", "-ac", "1", "-ar", "48000", "-"]].concat();
    let (bytes, said) = run(
        "ffmpeg",
        &[&["-v", "warning"], arguments.as_slice()].concat(),
    );
    assert_eq!(said, "", "FFmpeg complains");
    bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect()
}

#[test]
fn ffmpeg_agrees_on_length_place_and_sound_in_both_formats() {
    let folder = Folder::new("length");
    let cues: Vec<(f64, Arc<Clip>)> = vec![
        (0.0, Arc::new(bell().unwrap())),
        (6.213, clip(2.2, 170.0)),
        (11.0, clip(0.6, 120.0)),
        (95.501, clip(1.4, 140.0)),
    ];
    let length = 100.007;
    let ogg = whole(&SoundFile::new(track(length, &cues), Format::Ogg));
    let ours = decode_ogg(&ogg).unwrap().samples;
    for format in [Format::Ogg, Format::Mp4] {
        let bytes = whole(&SoundFile::new(track(length, &cues), format));
        let file = folder.file(&format!("track.{}", format.ending()), &bytes);
        let (said, _) = run(
            "ffprobe",
            &[
                "-v",
                "error",
                "-show_entries",
                "format=duration",
                "-of",
                "csv=p=0",
                &file,
            ],
        );
        let probed: f64 = String::from_utf8(said).unwrap().trim().parse().unwrap();
        // It counts the 22.5 ms at the beginning of an Ogg file that are skipped.
        assert!((probed - length).abs() < 0.023, "{format:?}: {probed}");

        // FFmpeg's own decoder is less exact than the reference one, which it has as well.
        let theirs = heard(&["-c:a", "libopus", "-i", &file]);
        // It plays the last packet of an MP4 file whole, 20 ms at most, whatever the file says.
        let more = theirs.len() - ours.len();
        let allowed = if format == Format::Ogg { 0 } else { 960 };
        assert!(more <= allowed, "{format:?}: {more} samples");
        for (at, _) in &cues {
            let first = onset(&theirs, at - 0.5).unwrap();
            assert!((first - at).abs() < 0.030, "{format:?}: {at} at {first}");
        }
        let worst = theirs
            .iter()
            .zip(&ours)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst < 0.000_1, "{format:?}: {worst}");

        // Somebody jumps to just before the last cue.
        let jumped = heard(&["-ss", "95", "-c:a", "libopus", "-i", &file]);
        let first = onset(&jumped, 0.0).unwrap();
        assert!((first - 0.501).abs() < 0.045, "{format:?}: {first}");
    }
}

#[test]
fn ffmpeg_measures_the_same_loudness() {
    let folder = Folder::new("loudness");
    let clip = clip(4.0, 130.0);
    let file = folder.file("clip.ogg", &clip.to_ogg());
    let (_, said) = run(
        "ffmpeg",
        &[
            "-hide_banner",
            "-c:a",
            "libopus",
            "-i",
            &file,
            "-af",
            "ebur128=peak=true",
            "-f",
            "null",
            "-",
        ],
    );
    let summary = &said[said.rfind("Summary:").unwrap()..];
    let number = |name: &str| -> f64 {
        let at = summary.find(name).unwrap() + name.len();
        summary[at..]
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap()
    };
    let ours = loudness(&clip.decode().unwrap()).unwrap();
    assert!((number("I:") - ours).abs() < 0.15, "{ours}: {summary}");
    assert!((number("I:") - LEVEL).abs() < 1.0, "{summary}");
    assert!(number("Peak:") < -0.3, "{summary}");
}

#[test]
fn what_ffmpeg_encodes_is_read_in_one_channel_or_two() {
    let folder = Folder::new("theirs");
    for (channels, frame) in [("1", "20"), ("2", "60"), ("2", "2.5")] {
        let file = folder.0.join("theirs.ogg").to_str().unwrap().to_owned();
        run(
            "ffmpeg",
            &[
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:duration=1.5:sample_rate=48000",
                "-ac",
                channels,
                "-c:a",
                "libopus",
                "-frame_duration",
                frame,
                "-b:a",
                "96k",
                &file,
            ],
        );
        let sound = decode_ogg(&std::fs::read(&file).unwrap()).unwrap();
        assert!((sound.seconds() - 1.5).abs() < 0.001, "{}", sound.seconds());
        let crossings = sound
            .samples
            .windows(2)
            .filter(|two| two[0] <= 0.0 && two[1] > 0.0)
            .count();
        assert!(crossings.abs_diff(660) < 3, "{crossings}");
    }
}
