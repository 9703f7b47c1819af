//! Clips on disk: what each voice says for each cue, encoded once; and a practice laid out with them.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use kith_content::{Asked, ComposeError, Composition, CueKind, Library, Practice, compose, fill};
use kith_sound::{Clip, ClipError, Track, TrackError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A voice that has clips here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    /// What it is called, which is also its folder's name.
    pub name: String,
    /// Words a minute it was asked to speak at. Another pace is another set of clips.
    pub pace: u32,
    /// Whether a program speaks. People are told so.
    pub synthetic: bool,
    /// What speaks, for whoever keeps the installation.
    pub made_by: String,
}

/// The file that says what a folder of clips is.
const ABOUT: &str = "voice.json";

/// All voices of an installation.
pub struct Clips {
    folder: PathBuf,
    /// Clips that somebody holds. Whoever listens to the same practice at the same time shares them, and nothing is kept
    /// that nobody listens to.
    held: Mutex<HashMap<PathBuf, Weak<Clip>>>,
    bell: OnceLock<Arc<Clip>>,
}

/// Why a practice has no sound.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// It cannot be composed as asked, with clips as long as these.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The clips do not go where the timeline says.
    #[error(transparent)]
    Track(#[from] TrackError),
    /// The bell could not be made.
    #[error(transparent)]
    Clip(#[from] ClipError),
}

/// A practice laid out in time, and its sound.
pub struct Sounding {
    /// When what is shown, every `{name}` as written. What is said is its default.
    pub composition: Composition,
    /// The sound of it.
    pub track: Track,
    /// How many cues there are to say, and how many of them are heard.
    pub cues: usize,
    /// See `cues`.
    pub spoken: usize,
}

/// Whether a voice's name can be a folder's.
pub fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

impl Clips {
    /// The clips in a data directory.
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join("voice").join("clips"),
            held: Mutex::default(),
            bell: OnceLock::new(),
        }
    }

    /// The voices that have clips here, in the order of their names.
    pub fn voices(&self) -> Vec<Voice> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            // No voice was ever installed.
            return Vec::new();
        };
        let mut voices: Vec<Voice> = entries
            .filter_map(|entry| self.voice(entry.ok()?.file_name().to_str()?))
            .collect();
        voices.sort_by(|one, other| one.name.cmp(&other.name));
        voices
    }

    /// Stands for all that can be said here: another one once a clip has come or gone.
    pub fn revision(&self) -> String {
        let of = |voice: &Voice| {
            let changed = std::fs::metadata(self.folder.join(&voice.name));
            let changed = changed.and_then(|about| about.modified()).ok();
            format!("{} {} {changed:?}; ", voice.name, voice.pace)
        };
        self.voices().iter().map(of).collect()
    }

    /// A voice, by its name.
    pub fn voice(&self, name: &str) -> Option<Voice> {
        if !is_name(name) {
            return None;
        }
        let text = std::fs::read_to_string(self.folder.join(name).join(ABOUT)).ok()?;
        let voice: Voice = serde_json::from_str(&text).ok()?;
        (voice.name == name).then_some(voice)
    }

    /// Says what a voice is, before its first clip.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn add_voice(&self, voice: &Voice) -> std::io::Result<()> {
        let folder = self.folder.join(&voice.name);
        std::fs::create_dir_all(&folder)?;
        let text = serde_json::to_string_pretty(voice)?;
        replace(&folder.join(ABOUT), text.as_bytes())
    }

    /// Where the clip of a text is. The name is made of all that decides how it sounds.
    fn place(&self, voice: &Voice, text: &str) -> PathBuf {
        let mut digest = Sha256::new();
        let (pace, revision) = (voice.pace.to_string(), kith_sound::REVISION.to_string());
        for part in [voice.name.as_str(), &pace, &revision, text] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        let name: String = digest
            .finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.folder.join(&voice.name).join(format!("{name}.opus"))
    }

    /// Whether there is a clip of a text.
    pub fn has(&self, voice: &Voice, text: &str) -> bool {
        self.place(voice, text).is_file()
    }

    /// What a voice says for a text; none when it was not rendered.
    pub fn find(&self, voice: &Voice, text: &str) -> Option<Arc<Clip>> {
        let place = self.place(voice, text);
        let held = self.held(&place);
        if held.is_some() {
            return held;
        }
        let bytes = std::fs::read(&place).ok()?;
        self.hold(place, &bytes)
    }

    /// A clip that somebody holds at the moment, by where it is kept.
    pub fn held(&self, place: &Path) -> Option<Arc<Clip>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(place).and_then(Weak::upgrade)
    }

    /// Reads a clip, and shares it with whoever else asks for this place while somebody holds it.
    pub fn hold(&self, place: PathBuf, bytes: &[u8]) -> Option<Arc<Clip>> {
        match Clip::from_ogg(bytes) {
            Ok(clip) => {
                let clip = Arc::new(clip);
                let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
                // What nobody holds any more leaves its entry behind until there are many.
                if held.len() > 4_096 {
                    held.retain(|_, clip| clip.strong_count() > 0);
                }
                held.insert(place, Arc::downgrade(&clip));
                Some(clip)
            }
            Err(error) => {
                tracing::warn!(place = %place.display(), %error, "a clip cannot be read and stays silent");
                None
            }
        }
    }

    /// Keeps a clip.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, voice: &Voice, text: &str, clip: &Clip) -> std::io::Result<()> {
        replace(&self.place(voice, text), &clip.to_ogg())
    }

    /// How many clips a voice has, and their bytes.
    pub fn kept(&self, voice: &Voice) -> (usize, u64) {
        let Ok(entries) = std::fs::read_dir(self.folder.join(&voice.name)) else {
            return (0, 0);
        };
        entries
            .filter_map(Result::ok)
            .filter(|entry| {
                entry
                    .path()
                    .extension()
                    .is_some_and(|ending| ending == "opus")
            })
            .fold((0, 0), |(count, bytes), entry| {
                (
                    count + 1,
                    bytes + entry.metadata().map_or(0, |about| about.len()),
                )
            })
    }

    /// One stroke of the bell.
    fn bell(&self) -> Result<Arc<Clip>, ClipError> {
        if let Some(bell) = self.bell.get() {
            return Ok(Arc::clone(bell));
        }
        let bell = Arc::new(kith_sound::bell()?);
        Ok(Arc::clone(self.bell.get_or_init(|| bell)))
    }

    /// Lays a practice out with a voice's clips, as long as they are, and joins them. What has no clip is silent for as
    /// long as it would take to say it; without a voice there are only the bells.
    ///
    /// # Errors
    /// When it cannot be composed as asked.
    pub fn sounding(
        &self,
        practice: &Practice,
        asked: &Asked<'_>,
        voice: Option<&Voice>,
    ) -> Result<Sounding, SoundError> {
        self.sounding_of(practice, asked, &|text| self.find(voice?, text))
    }

    /// The same with whatever says a text, every `{name}` in it as its default.
    ///
    /// # Errors
    /// When it cannot be composed as asked.
    pub fn sounding_of(
        &self,
        practice: &Practice,
        asked: &Asked<'_>,
        says: &dyn Fn(&str) -> Option<Arc<Clip>>,
    ) -> Result<Sounding, SoundError> {
        let found: RefCell<HashMap<String, Option<Arc<Clip>>>> = RefCell::default();
        let clip = |text: &str| -> Option<Arc<Clip>> {
            if let Some(known) = found.borrow().get(text) {
                return known.clone();
            }
            let clip = says(text);
            found.borrow_mut().insert(text.to_owned(), clip.clone());
            clip
        };
        let lengths = |text: &str| {
            let clip = clip(&fill(text, &practice.variables))?;
            Some(clip.seconds())
        };
        let asked = Asked {
            clips: &lengths,
            ..*asked
        };
        let composition = compose(practice, &asked)?;
        let mut placed = Vec::with_capacity(composition.cues.len());
        let (mut cues, mut spoken) = (0, 0);
        for cue in &composition.cues {
            match cue.kind {
                CueKind::Bell => placed.push((cue.at, self.bell()?)),
                CueKind::Speech => {
                    cues += 1;
                    if let Some(clip) = clip(&fill(&cue.text, &practice.variables)) {
                        spoken += 1;
                        placed.push((cue.at, clip));
                    }
                }
            }
        }
        let track = Track::new(composition.seconds, placed)?;
        Ok(Sounding {
            composition,
            track,
            cues,
            spoken,
        })
    }
}

/// Writes a file beside its place and moves it there, so that nobody ever reads half of one.
fn replace(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = place.with_extension(format!("new-{}", std::process::id()));
    std::fs::write(&beside, bytes)?;
    std::fs::rename(beside, place)
}

/// Everything a voice has to say for these practices, each text once, every `{name}` as its default.
pub fn texts<'a>(library: &Library, practices: impl Iterator<Item = &'a Practice>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut texts = Vec::new();
    let mut add = |text: String| {
        if seen.insert(text.clone()) {
            texts.push(text);
        }
    };
    let mut speaks_wishes = false;
    for practice in practices {
        speaks_wishes |= practice.script.speaks_wishes();
        for cue in practice.script.cues() {
            add(fill(cue, &practice.variables));
        }
    }
    if speaks_wishes {
        for set in library.phrases() {
            for wish in set.you.iter().chain(&set.me).chain(&set.all) {
                add(wish.clone());
            }
        }
    }
    texts
}
