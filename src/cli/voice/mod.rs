//! `kith voice`: speech for every cue, rendered once by a program on this machine.

mod speaker;

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use clap::{Args, Subcommand};
use kith_content::{Asked, Library, Practice, Restriction};
use kith_sound::{Clip, Pcm, prepare};
use serde_json::json;

use super::serve::{open, runtime};
use super::{Failure, note, say, say_json};
use kith_base::config::{Config, HouseOptions};
use kith_base::db::Target;
use kith_rooms::front::clips::{Clips, Voice, is_name, texts};
use kith_rooms::front::content;
use kith_rooms::front::people::list_clinics;
use speaker::Speaker;

/// Words a minute a voice is asked to speak at: unhurried, and still how people speak. The silences between the cues are
/// what makes a practice slow.
const PACE: u32 = 140;
/// The voice in the package.
const HIBARI: &str = "heart";

/// Options of `kith voice`.
#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Sets up an open voice program in the data directory, and renders everything with it
    Install(InstallOptions),
    /// Renders what has no clip yet
    Render(RenderOptions),
    /// The voices there are
    List(ListOptions),
}

#[derive(Args)]
struct Place {
    /// Data directory [default: kith-data]
    #[arg(long, env = "KITH_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    content: Option<PathBuf>,
    /// PostgreSQL, as for `kith serve`: what clinics wrote in the browser is spoken too
    #[arg(long, env = "KITH_DATABASE", value_name = "URL")]
    database: Option<String>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct InstallOptions {
    #[command(flatten)]
    place: Place,
    /// The Python to build it with, 3.9 or later
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: String,
    /// Only set it up; `kith voice render` does the rest
    #[arg(long)]
    without_rendering: bool,
}

#[derive(Args)]
struct RenderOptions {
    #[command(flatten)]
    place: Place,
    /// What the voice is called here; without --command, one of the voice program's own
    #[arg(long, value_name = "NAME", default_value = HIBARI)]
    voice: String,
    /// Only what this practice says; may be given several times
    #[arg(long, value_name = "PRACTICE")]
    practice: Vec<String>,
    /// A program that writes {out}, a WAV file, from {text} or its standard input
    #[arg(long, env = "KITH_VOICE_COMMAND", value_name = "COMMAND")]
    command: Option<String>,
    /// Words a minute, 80 to 200; a program of yours decides for itself, this then only names the clips
    #[arg(long, value_name = "WPM", default_value_t = PACE, value_parser = clap::value_parser!(u32).range(80..=200))]
    pace: u32,
    /// The voice is a person's, not a program's: people are then not told that it is synthetic
    #[arg(long)]
    person: bool,
}

#[derive(Args)]
struct ListOptions {
    #[command(flatten)]
    place: Place,
}

/// Where everything is, and the command named in kith.toml.
struct Found {
    data: PathBuf,
    /// What every clinic has, then what each has that wrote something of its own.
    libraries: Vec<Library>,
    command: Option<String>,
}

impl Found {
    /// The practices all clinics have, and of each clinic those it does not have in common with them. What was withdrawn
    /// nobody hears.
    fn practices(&self) -> Vec<(&Library, &Practice)> {
        let common = self.libraries.first();
        let of = |library: &'_ Library, practice: &Practice| {
            common.is_some_and(|common| std::ptr::eq(common, library))
                || common.and_then(|common| common.practice(&practice.slug)) != Some(practice)
        };
        self.libraries
            .iter()
            .flat_map(|library| library.practices().map(move |practice| (library, practice)))
            .filter(|(library, practice)| {
                practice.restricted != Some(Restriction::Withdrawn) && of(library, practice)
            })
            .collect()
    }
}

/// What is to be spoken, each text once.
fn wanted(practices: &[(&Library, &Practice)]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    practices
        .iter()
        .flat_map(|(library, practice)| texts(library, std::iter::once(*practice)))
        .filter(|text| seen.insert(text.clone()))
        .collect()
}

fn find(place: &Place) -> Result<Found, Failure> {
    let options = HouseOptions {
        data: place.data.clone(),
        content: place.content.clone(),
        database: place.database.clone(),
        ..HouseOptions::default()
    };
    let config = options.settle("kith-data").map_err(Failure::wrong)?;
    let common = content::load(config.content.as_deref()).map_err(Failure::wrong)?;
    let (data, command) = (config.data.clone(), config.voice_command.clone());
    let mut libraries = vec![common.library];
    libraries.extend(of_clinics(config)?);
    Ok(Found {
        data,
        libraries,
        command,
    })
}

/// What each clinic has that wrote something in the browser; nothing where no house has been opened yet.
fn of_clinics(config: Config) -> Result<Vec<Library>, Failure> {
    if matches!(&config.target, Target::Sqlite(file) if !file.exists()) {
        return Ok(Vec::new());
    }
    let app = open(config)?;
    runtime()?.block_on(async {
        let clinics = app.db.read(list_clinics).await.map_err(Failure::failed)?;
        let mut libraries = Vec::new();
        for clinic in clinics {
            let theirs = app.at(&clinic.clinic_id).await;
            let theirs = theirs.map_err(|error| Failure::failed(error.message()))?;
            if !Arc::ptr_eq(&theirs.content, &app.content) {
                libraries.push((*theirs.content).clone());
            }
        }
        Ok(libraries)
    })
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match &options.what {
        What::Install(options) => install(options),
        What::Render(options) => {
            let found = find(&options.place)?;
            render(&found, options)
        }
        What::List(options) => list(&options.place),
    }
}

fn install(options: &InstallOptions) -> Result<ExitCode, Failure> {
    let found = find(&options.place)?;
    let environment = speaker::environment(&found.data);
    std::fs::create_dir_all(&environment).map_err(Failure::failed)?;
    note(format!(
        "Making a private Python in {}.",
        environment.display()
    ));
    let hint =
        "It needs Python 3.9 or later with its venv module (on Debian: apt install python3-venv).";
    command(
        Command::new(&options.python)
            .args(["-m", "venv"])
            .arg(&environment),
        hint,
    )?;
    note(format!(
        "Installing {} from PyPI into it, about 200 MB.",
        speaker::PACKAGE
    ));
    let hint = "It needs a way to PyPI; pip's own settings say which. Any other voice program can be named with \
                `kith voice render --command`.";
    command(
        Command::new(speaker::python(&found.data))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg(speaker::PACKAGE),
        hint,
    )?;
    if options.without_rendering {
        if options.place.json {
            say_json(&json!({"environment": environment}))?;
        } else {
            say("The voice program is there. `kith voice render` renders the cues.");
        }
        return Ok(ExitCode::SUCCESS);
    }
    let rendering = RenderOptions {
        place: Place {
            data: options.place.data.clone(),
            content: options.place.content.clone(),
            database: options.place.database.clone(),
            json: options.place.json,
        },
        voice: HIBARI.to_owned(),
        practice: Vec::new(),
        command: None,
        pace: PACE,
        person: false,
    };
    let found = Found {
        command: None,
        ..found
    };
    render(&found, &rendering)
}

/// Runs a program whose words people may read.
fn command(command: &mut Command, hint: &str) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    // What it says goes where remarks go: standard output is for data.
    let done = command
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| Failure::failed(format!("{program} does not start: {error}. {hint}")))?;
    if done.success() {
        Ok(())
    } else {
        Err(Failure::failed(format!(
            "{program} ended with {done}. {hint}"
        )))
    }
}

fn render(found: &Found, options: &RenderOptions) -> Result<ExitCode, Failure> {
    if !is_name(&options.voice) {
        return Err(
            Failure::wrong(format!("{} cannot be a voice's name.", options.voice))
                .at("--voice")
                .allowing("up to 40 small letters, digits and hyphens"),
        );
    }
    let practices = practices(found, &options.practice)?;
    let command = options.command.as_ref().or(found.command.as_ref());
    let clips = Clips::new(&found.data);
    let voice = Voice {
        name: options.voice.clone(),
        pace: options.pace,
        synthetic: !options.person,
        made_by: command.map_or_else(
            || format!("{HIBARI_PROGRAM}, {}", options.voice),
            Clone::clone,
        ),
    };
    let wanted = wanted(&practices);
    let missing: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|text| !clips.has(&voice, text))
        .collect();
    let mut rendered = Rendered::default();
    if !missing.is_empty() {
        let speaker = match command {
            Some(command) => {
                let words = speaker::words(command)
                    .map_err(|problem| Failure::wrong(problem).at("--command"))?;
                Speaker::Command(words)
            }
            None => Speaker::hibari(&found.data, &voice.name, voice.pace)?,
        };
        clips.add_voice(&voice).map_err(Failure::failed)?;
        rendered = speak_all(&clips, &voice, speaker, &missing)?;
    }
    let broken = out_of_range(&practices, &clips, &voice);
    let (count, bytes) = clips.kept(&voice);
    if options.place.json {
        say_json(&json!({
            "voice": voice.name,
            "pace": voice.pace,
            "synthetic": voice.synthetic,
            "texts": wanted.len(),
            "rendered": rendered.count,
            "rendered_seconds": rendered.seconds,
            "failed": rendered.failed.iter().map(|(text, why)| json!({"text": text, "why": why})).collect::<Vec<_>>(),
            "clips": count,
            "bytes": bytes,
            "out_of_range": broken.iter().map(|(slug, why)| json!({"practice": slug, "why": why})).collect::<Vec<_>>(),
        }))?;
    } else {
        say(format!(
            "{}: {} of {} texts were missing, {} rendered. It now has {count} clips, {:.1} MB.",
            voice.name,
            missing.len(),
            wanted.len(),
            rendered.count,
            bytes as f64 / 1e6
        ));
        for (text, why) in &rendered.failed {
            say(format!("Not rendered: \"{text}\" ({why})"));
        }
        for (_, why) in &broken {
            say(format!("With this voice, {why}"));
        }
    }
    Ok(if rendered.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

const HIBARI_PROGRAM: &str = "hibari-tts";

/// Those that were named, or all. Several clinics may each have written one of the same name.
fn practices<'a>(
    found: &'a Found,
    slugs: &[String],
) -> Result<Vec<(&'a Library, &'a Practice)>, Failure> {
    let all = found.practices();
    if slugs.is_empty() {
        return Ok(all);
    }
    let mut named = Vec::new();
    for slug in slugs {
        let before = named.len();
        named.extend(all.iter().filter(|(_, practice)| practice.slug == *slug));
        if named.len() == before {
            let names = all.iter().map(|(_, practice)| practice.slug.as_str());
            let guess = kith_content::nearest(slug, names)
                .map(|slug| format!(" Did you mean {slug}?"))
                .unwrap_or_default();
            return Err(
                Failure::wrong(format!("There is no practice {slug}.{guess}")).at("--practice"),
            );
        }
    }
    Ok(named)
}

#[derive(Default)]
struct Rendered {
    count: usize,
    seconds: f64,
    failed: Vec<(String, String)>,
}

/// One thread has texts spoken; this one cleans, encodes and keeps what was said before.
fn speak_all(
    clips: &Clips,
    voice: &Voice,
    mut speaker: Speaker,
    texts: &[&str],
) -> Result<Rendered, Failure> {
    let folder = std::env::temp_dir().join(format!("kith-voice-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(Failure::failed)?;
    let progress = Progress::new(texts.len());
    let (sender, receiver) = sync_channel::<(&str, Result<Vec<u8>, String>)>(4);
    let mut rendered = Rendered::default();
    let kept = std::thread::scope(|scope| {
        scope.spawn(|| {
            let sender = sender;
            for text in texts {
                let said = spoken(&mut speaker, text, &folder.join("said.wav"));
                let is_over = said.is_err() && !speaker.goes_on();
                if sender.send((text, said)).is_err() || is_over {
                    return;
                }
            }
        });
        for (text, said) in receiver {
            match said.and_then(|bytes| clip(&bytes)) {
                Ok(clip) => {
                    clips.keep(voice, text, &clip)?;
                    rendered.count += 1;
                    rendered.seconds += clip.seconds();
                }
                Err(why) => rendered.failed.push((text.to_owned(), why)),
            }
            progress.show(rendered.count + rendered.failed.len());
        }
        Ok::<(), std::io::Error>(())
    });
    progress.end();
    let _ = std::fs::remove_dir_all(&folder);
    kept.map_err(|error| Failure::failed(format!("A clip cannot be kept: {error}")))?;
    Ok(rendered)
}

fn spoken(speaker: &mut Speaker, text: &str, out: &Path) -> Result<Vec<u8>, String> {
    // What an earlier text left there shall not pass for this one.
    let _ = std::fs::remove_file(out);
    speaker.say(text, out)?;
    std::fs::read(out).map_err(|error| format!("it wrote no file that can be read: {error}"))
}

fn clip(bytes: &[u8]) -> Result<Clip, String> {
    let sound = Pcm::from_wav(bytes).map_err(|error| error.to_string())?;
    let samples = prepare(&sound).map_err(|error| error.to_string())?;
    Clip::encode(&samples).map_err(|error| error.to_string())
}

/// The practices that with clips as long as these no longer last all the minutes their file promises.
fn out_of_range(
    practices: &[(&Library, &Practice)],
    clips: &Clips,
    voice: &Voice,
) -> Vec<(String, String)> {
    let mut broken = Vec::new();
    for (library, practice) in practices {
        let (least, most) = practice.minutes;
        let problem = [least, most].into_iter().find_map(|minutes| {
            clips
                .sounding(practice, &Asked::new(minutes, library), Some(voice))
                .err()
        });
        if let Some(problem) = problem {
            broken.push((practice.slug.clone(), problem.to_string()));
        }
    }
    broken
}

fn list(place: &Place) -> Result<ExitCode, Failure> {
    let found = find(place)?;
    let clips = Clips::new(&found.data);
    let wanted = wanted(&found.practices());
    let mut voices = Vec::new();
    for voice in clips.voices() {
        let (count, bytes) = clips.kept(&voice);
        let missing = wanted
            .iter()
            .filter(|text| !clips.has(&voice, text))
            .count();
        voices.push((voice, count, bytes, missing));
    }
    if place.json {
        let voices: Vec<_> = voices
            .iter()
            .map(|(voice, clips, bytes, missing)| {
                json!({
                    "voice": voice.name,
                    "pace": voice.pace,
                    "synthetic": voice.synthetic,
                    "made_by": voice.made_by,
                    "clips": clips,
                    "bytes": bytes,
                    "missing": missing,
                })
            })
            .collect();
        say_json(&json!({"voices": voices}))?;
        return Ok(ExitCode::SUCCESS);
    }
    if voices.is_empty() {
        say("There is no voice here. `kith voice install` sets one up.");
    }
    for (voice, count, bytes, missing) in voices {
        let kind = if voice.synthetic {
            "synthetic"
        } else {
            "a person"
        };
        say(format!(
            "{} ({kind}, {} words a minute): {count} clips, {:.1} MB; {missing} texts have none",
            voice.name,
            voice.pace,
            bytes as f64 / 1e6
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// How far it is, on a terminal only.
struct Progress {
    all: usize,
    is_shown: bool,
}

impl Progress {
    fn new(all: usize) -> Self {
        Self {
            all,
            is_shown: std::io::stderr().is_terminal(),
        }
    }

    fn show(&self, done: usize) {
        if self.is_shown {
            let mut screen = std::io::stderr();
            let _ = write!(screen, "\r{done} of {} texts", self.all);
            let _ = screen.flush();
        }
    }

    fn end(&self) {
        if self.is_shown {
            let _ = writeln!(std::io::stderr());
        }
    }
}
