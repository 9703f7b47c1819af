//! Voices and sound from the command line, with a voice that says the same tone for everything.

use std::path::Path;
use std::process::Command;

use crate::house::{json, kith, text};

/// A WAV file of one second of a tone.
fn tone(place: &Path) {
    let samples: Vec<u8> = (0..24_000)
        .flat_map(|index| (((f64::from(index) * 0.06).sin() * 9_000.0) as i16).to_le_bytes())
        .collect();
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend(24_000_u32.to_le_bytes());
    bytes.extend(48_000_u32.to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    std::fs::write(place, bytes).unwrap();
}

fn probed(file: &str) -> f64 {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-show_entries",
            "format=duration",
            "-of",
            "csv=p=0",
            file,
        ])
        .output()
        .unwrap_or_else(|error| panic!("ffprobe does not run ({error}); bin/setup installs it"));
    text(&output.stdout).trim().parse().unwrap()
}

#[test]
fn a_voice_is_rendered_once_and_speaks_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let data = at("data");
    tone(&folder.path().join("tone.wav"));
    let copy = format!("cp '{}' {{out}}", at("tone.wav"));
    let render = || {
        let command = [
            "voice",
            "render",
            "--data",
            &data,
            "--voice",
            "tone",
            "--command",
            &copy,
        ];
        json(&kith(
            &[&command[..], &["--practice", "soles-ground", "--json"]].concat(),
        ))
    };
    let first = render();
    assert!(first["rendered"].as_u64().unwrap() > 5, "{first}");
    assert_eq!(first["rendered"], first["texts"]);
    assert_eq!(first["synthetic"], true);
    assert_eq!(first["failed"], serde_json::json!([]));
    assert_eq!(render()["rendered"], 0);

    let voices = json(&kith(&["voice", "list", "--data", &data, "--json"]));
    assert_eq!(voices["voices"][0]["voice"], "tone");
    assert_eq!(voices["voices"][0]["clips"], first["texts"]);
    assert!(voices["voices"][0]["missing"].as_u64().unwrap() > 100);

    for name in ["out.ogg", "out.m4a"] {
        let file = at(name);
        let told = json(&kith(&[
            "compose",
            "soles-ground",
            "--minutes",
            "3",
            "--data",
            &data,
            "--audio",
            &file,
        ]));
        assert_eq!(
            (&told["voice"], &told["file"]),
            (&"tone".into(), &file.clone().into())
        );
        assert_eq!(told["spoken"], told["cues"]);
        assert_eq!(told["seconds"], 180.0);
        assert_eq!(told["bytes"], std::fs::metadata(&file).unwrap().len());
        assert!((probed(&file) - 180.0).abs() < 0.05, "{}", probed(&file));
    }
    let asked = ["compose", "soles-ground", "--minutes", "3", "--json"];
    let cues = |told: serde_json::Value| told["cues"].as_array().unwrap().clone();
    let timed = cues(json(&kith(
        &[&asked[..], &["--voice", "tone", "--data", &data]].concat(),
    )));
    let spoken = timed.iter().find(|cue| cue["kind"] == "speech").unwrap();
    let seconds = spoken["seconds"].as_f64().unwrap();
    assert!((1.0..1.08).contains(&seconds), "its true length: {seconds}");
    assert_ne!(timed, cues(json(&kith(&asked))));
}

#[test]
fn without_a_voice_there_are_bells_and_silence_and_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let file = at("out.ogg");
    let output = kith(&[
        "compose",
        "circle-full",
        "--minutes",
        "25",
        "--data",
        &at("data"),
        "--audio",
        &file,
    ]);
    let told = json(&output);
    assert!(told["voice"].is_null() && told["spoken"] == 0);
    assert!(text(&output.stderr).contains("kith voice install"));
    assert!((probed(&file) - 1_500.0).abs() < 0.05);
}

#[test]
fn what_cannot_be_done_with_sound_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, file) = (at("data"), at("out.ogg"));
    let compose = ["compose", "soles-ground", "--minutes", "3", "--data", &data];
    let render = [
        "voice",
        "render",
        "--data",
        &data,
        "--practice",
        "soles-ground",
    ];
    let cases: [(Vec<&str>, i32, &str); 7] = [
        ([&compose[..], &["--audio", "out.mp3"]].concat(), 2, ".ogg"),
        (
            [&compose[..], &["--audio", &file, "--voice", "anna"]].concat(),
            2,
            "no voice anna",
        ),
        (
            [&compose[..], &["--audio", "/nowhere/out.ogg"]].concat(),
            1,
            "cannot be written",
        ),
        (render.to_vec(), 1, "kith voice install"),
        (
            [
                &render[..],
                &["--voice", "../up", "--command", "true {out}"],
            ]
            .concat(),
            2,
            "small letters",
        ),
        (
            [&render[..], &["--voice", "a", "--command", "true"]].concat(),
            2,
            "{out}",
        ),
        (
            [&render[..], &["--practice", "sole-ground"]].concat(),
            2,
            "Did you mean soles-ground?",
        ),
    ];
    for (words, status, said) in cases {
        let output = kith(&words);
        assert_eq!(output.status.code(), Some(status), "{words:?}");
        assert!(
            text(&output.stderr).contains(said),
            "{words:?}: {}",
            text(&output.stderr)
        );
    }
    // A program that writes nothing fails text by text, and is not taken for a voice that is done.
    let output = kith(
        &[
            &render[..],
            &["--voice", "a", "--command", "true {out}", "--json"],
        ]
        .concat(),
    );
    assert_eq!(output.status.code(), Some(1));
    let told = json(&output);
    assert_eq!(told["rendered"], 0);
    assert_eq!(
        told["failed"].as_array().unwrap().len() as u64,
        told["texts"].as_u64().unwrap()
    );
}
