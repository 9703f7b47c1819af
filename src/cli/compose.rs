//! `kith compose`: fits a practice to a number of minutes and prints its timeline.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use kith_content::{Asked, ComposeError, CueKind, Practice, compose};
use kith_sound::{Format, SoundFile};
use serde_json::json;

use super::{Failure, note, say, say_json};
use kith_rooms::front::clips::{Clips, SoundError, Sounding, Voice};
use kith_rooms::front::content;

/// Options of `kith compose`.
#[derive(Args)]
pub(super) struct Options {
    /// The practice's slug, such as circle-full
    practice: String,
    /// How long it shall last
    #[arg(long, value_name = "N")]
    minutes: f64,
    /// Words a minute [default: 110]
    #[arg(long, value_name = "WPM")]
    pace: Option<f64>,
    /// The set of wishes to use [default: plain]
    #[arg(long, value_name = "SET")]
    phrases: Option<String>,
    /// A form to leave out; may be given several times
    #[arg(long, value_name = "FORM")]
    without: Vec<String>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    content: Option<PathBuf>,
    /// Writes its sound into this file, .ogg or .m4a, and prints one JSON object about it
    #[arg(long, value_name = "FILE")]
    audio: Option<PathBuf>,
    /// The voice whose clips say how long each cue lasts; with --audio it speaks [default there: the first there is]
    #[arg(long, value_name = "VOICE")]
    voice: Option<String>,
    /// Data directory that holds the voices' clips [default: kith-data]
    #[arg(long, env = "KITH_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let library = content::load(options.content.as_deref())
        .map_err(Failure::wrong)?
        .library;
    let practice = library.practice(&options.practice).ok_or_else(|| {
        let guess = library
            .nearest_practice(&options.practice)
            .map(|slug| format!(" Did you mean {slug}?"))
            .unwrap_or_default();
        let all: Vec<_> = library
            .practices()
            .map(|practice| practice.slug.as_str())
            .collect();
        Failure::wrong(format!("There is no practice {}.{guess}", options.practice))
            .at("PRACTICE")
            .allowing(all.join(", "))
    })?;
    let mut asked = Asked::new(options.minutes, &library);
    if let Some(pace) = options.pace {
        asked.pace = pace;
    }
    if let Some(set) = &options.phrases {
        asked.phrases = library.phrase_set(set).ok_or_else(|| {
            let all: Vec<_> = library
                .phrases()
                .iter()
                .map(|set| set.id.as_str())
                .collect();
            Failure::wrong(format!("There is no set of wishes {set}."))
                .at("--phrases")
                .allowing(all.join(", "))
        })?;
    }
    for word in &options.without {
        let form = word.parse::<kith_content::Form>().map_err(|_| {
            let all: Vec<_> = kith_content::Form::ALL
                .iter()
                .map(|form| form.as_str())
                .collect();
            Failure::wrong(format!("There is no form {word}."))
                .at("--without")
                .allowing(all.join(", "))
        })?;
        asked.forms = asked.forms.with(form, false);
    }
    if let Some(file) = &options.audio {
        return write_sound(options, file, practice, &asked);
    }
    let composition = match &options.voice {
        None => compose(practice, &asked).map_err(|error| refused(practice, error))?,
        Some(_) => sounding(options, practice, &asked)?.1.composition,
    }
    .filled(practice);
    if options.json {
        say_json(&composition)?;
    } else {
        say(format!("{}, {} minutes", practice.title, options.minutes));
        let mut section = "";
        for cue in &composition.cues {
            if cue.section != section {
                section = &cue.section;
                say(format!("\n{section}"));
            }
            let text = match cue.kind {
                CueKind::Bell => "(bell)",
                CueKind::Speech => &cue.text,
            };
            say(format!(
                "{:>3}:{:04.1}  {text}",
                (cue.at / 60.0).floor(),
                cue.at % 60.0
            ));
        }
        say(format!(
            "\n{:>3}:{:04.1}  (end)",
            (composition.seconds / 60.0).floor(),
            composition.seconds % 60.0
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(practice: &Practice, error: ComposeError) -> Failure {
    let (least, most) = practice.minutes;
    match error {
        ComposeError::BadPace { .. } => Failure::wrong(error).at("--pace"),
        other => Failure::wrong(other)
            .at("--minutes")
            .allowing(format!("{least} to {most} minutes")),
    }
}

/// Laid out with the clips of the voice asked for, or of the first there is.
fn sounding(
    options: &Options,
    practice: &Practice,
    asked: &Asked<'_>,
) -> Result<(Option<Voice>, Sounding), Failure> {
    let clips = Clips::new(options.data.as_deref().unwrap_or(Path::new("kith-data")));
    let voice = voice(&clips, options.voice.as_deref())?;
    let sounding =
        clips
            .sounding(practice, asked, voice.as_ref())
            .map_err(|error| match error {
                SoundError::Compose(error) => refused(practice, error),
                other => Failure::failed(other),
            })?;
    Ok((voice, sounding))
}

/// `--audio`: the whole practice as one file.
fn write_sound(
    options: &Options,
    file: &Path,
    practice: &Practice,
    asked: &Asked<'_>,
) -> Result<ExitCode, Failure> {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let format = match ending {
        Some("ogg" | "oga" | "opus") => Format::Ogg,
        Some("m4a" | "mp4") => Format::Mp4,
        _ => {
            return Err(Failure::wrong("The file's name must say what it is.")
                .at("--audio")
                .allowing(".ogg, .opus or .m4a at its end"));
        }
    };
    let (voice, sounding) = sounding(options, practice, asked)?;
    let sound = SoundFile::new(sounding.track, format);
    write(&sound, file).map_err(|error| {
        Failure::failed(format!("{} cannot be written: {error}", file.display()))
    })?;
    // A voice that has a clip of nothing that is said here speaks in none of it.
    let voice = voice.filter(|_| sounding.spoken > 0);
    match &voice {
        None => note(
            "No voice has clips of this practice: the file holds its bells and silences. `kith voice install` sets one up.",
        ),
        Some(voice) if sounding.spoken < sounding.cues => note(format!(
            "{} of {} cues have no clip in the voice {} and are silent. `kith voice render --practice {}` renders them.",
            sounding.cues - sounding.spoken,
            sounding.cues,
            voice.name,
            practice.slug
        )),
        Some(_) => {}
    }
    say_json(&json!({
        "file": file,
        "seconds": sounding.composition.seconds,
        "bytes": sound.length(),
        "voice": voice.as_ref().map(|voice| &voice.name),
        "synthetic": voice.as_ref().map(|voice| voice.synthetic),
        "cues": sounding.cues,
        "spoken": sounding.spoken,
    }))?;
    Ok(ExitCode::SUCCESS)
}

fn voice(clips: &Clips, name: Option<&str>) -> Result<Option<Voice>, Failure> {
    let voices = clips.voices();
    let Some(name) = name else {
        return Ok(voices.into_iter().next());
    };
    let all: Vec<_> = voices.iter().map(|voice| voice.name.clone()).collect();
    let found = voices.into_iter().find(|voice| voice.name == name);
    found.map(Some).ok_or_else(|| {
        let wrong = Failure::wrong(format!("There is no voice {name} here.")).at("--voice");
        match all.is_empty() {
            true => wrong.allowing("none; `kith voice install` sets one up"),
            false => wrong.allowing(all.join(", ")),
        }
    })
}

fn write(sound: &SoundFile, file: &Path) -> std::io::Result<()> {
    let mut out = std::fs::File::create(file)?;
    let (mut at, mut piece) = (0, Vec::new());
    while at < sound.length() {
        piece.clear();
        sound.read(at, &mut piece);
        out.write_all(&piece)?;
        at += piece.len() as u64;
    }
    out.flush()
}
