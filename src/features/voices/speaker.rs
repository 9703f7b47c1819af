//! Who speaks a practice to somebody, and how it sounds then.

use std::collections::HashMap;
use std::sync::Arc;

use kith_content::Practice;
use kith_sound::{Clip, Format, SoundFile};

use super::recordings;
use crate::app::App;
use crate::clips::{Clips, SoundError, Sounding, Voice};
use crate::features::library::Asked;
use crate::features::people::Person;
use kith_base::error::Error;

/// The voice's name in an address when nobody speaks.
pub(super) const NOBODY: &str = "none";

/// Somebody or something that speaks.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// What it is; a person's is named after her recording.
    pub voice: Voice,
    /// What stands on the screen where it is chosen or heard.
    pub label: String,
    /// What a person said, by text; a rendered voice has its clips on disk.
    said: Option<Arc<HashMap<String, Arc<Clip>>>>,
}

impl Speaker {
    /// A person who recorded a practice.
    pub(super) fn recorded(
        recording_id: &str,
        name: &str,
        said: HashMap<String, Arc<Clip>>,
    ) -> Self {
        Self {
            voice: Voice {
                name: recording_id.to_owned(),
                pace: 0,
                synthetic: false,
                made_by: name.to_owned(),
            },
            label: label(name),
            said: Some(Arc::new(said)),
        }
    }

    fn say(&self, clips: &Clips, text: &str) -> Option<Arc<Clip>> {
        match &self.said {
            Some(said) => said.get(text).cloned(),
            None => clips.find(&self.voice, text),
        }
    }
}

/// What stands beside a person's voice.
pub(super) fn label(name: &str) -> String {
    format!("{name}’s voice")
}

/// Everybody who may speak this practice to this person, best first: whoever has said it for her, then the voices
/// rendered here in the order of their names.
///
/// # Errors
/// When nobody can be looked up.
pub async fn speakers(
    app: &App,
    person: &Person,
    practice: &Practice,
) -> Result<Vec<Speaker>, Error> {
    let recorded = recordings::best(app, person, practice).await?;
    let app = app.clone();
    let voices = tokio::task::spawn_blocking(move || app.clips.voices())
        .await
        .map_err(Error::internal)?;
    Ok(recorded
        .into_iter()
        .chain(voices.into_iter().map(rendered))
        .collect())
}

/// Stands for all that [`speakers`] may lead to, for this person and any practice: another one once something else may be heard.
/// A phone that keeps pages fetches them anew then.
///
/// # Errors
/// When nobody can be looked up.
pub async fn revision(app: &App, person: &Person) -> Result<String, Error> {
    let recorded = recordings::revision(app, person).await?;
    let app = app.clone();
    let rendered = tokio::task::spawn_blocking(move || app.clips.revision())
        .await
        .map_err(Error::internal)?;
    Ok(format!("{rendered}\n{recorded}"))
}

/// A voice that a program, or a person for everybody, has lent.
pub(super) fn rendered(voice: Voice) -> Speaker {
    let label = if voice.synthetic {
        "A computer's voice"
    } else {
        "A person's voice"
    };
    Speaker {
        voice,
        label: label.to_owned(),
        said: None,
    }
}

/// A practice as somebody hears it.
pub struct Spoken {
    /// Laid out with the true lengths of what is said.
    pub sounding: Sounding,
    /// Who speaks; nobody where there are only bells.
    pub speaker: Option<Speaker>,
    /// The minutes it was laid out for.
    pub minutes: f64,
    address: String,
}

impl Spoken {
    /// Where its sound is to be had. The address says all that decides what is heard, down to a number made of the
    /// sound itself, so that sound kept on a phone never goes with captions of another day.
    pub fn address(&self, format: Format) -> String {
        let format = match format {
            Format::Ogg => "",
            Format::Mp4 => "&format=mp4",
        };
        format!("{}{format}", self.address)
    }

    /// How many bytes that is.
    pub fn bytes(&self, format: Format) -> u64 {
        SoundFile::new(self.sounding.track.clone(), format).length()
    }
}

/// A practice as the best speaker says it who can say all of it in these minutes; as bells, when there is none. Half a
/// practice said would leave somebody whose eyes are closed waiting for the rest.
///
/// # Errors
/// [`Error::Invalid`] when it cannot be composed as asked.
pub async fn spoken(
    app: &App,
    person: &Person,
    practice: &Practice,
    asked: &Asked,
) -> Result<Spoken, Error> {
    let speakers = speakers(app, person, practice).await?;
    laid_out(app, practice, asked, move |sounding| {
        for speaker in speakers {
            match sounding(Some(&speaker)) {
                Ok(found) if found.spoken > 0 && found.spoken == found.cues => return Ok((found, Some(speaker))),
                Ok(_) | Err(SoundError::Compose(_)) => {}
                Err(error) => {
                    tracing::warn!(voice = speaker.voice.name, %error, "a voice cannot speak a practice");
                }
            }
        }
        sounding(None).map(|found| (found, None))
    })
    .await
}

/// A practice as one speaker says it, whatever that leaves silent; nobody: as bells.
///
/// # Errors
/// [`Error::Invalid`] when it cannot be composed as asked.
pub(super) async fn spoken_by(
    app: &App,
    practice: &Practice,
    asked: &Asked,
    speaker: Option<Speaker>,
) -> Result<Spoken, Error> {
    laid_out(app, practice, asked, move |sounding| {
        let found = sounding(speaker.as_ref())?;
        Ok((found, speaker))
    })
    .await
}

type Laid = (Sounding, Option<Speaker>);

/// Lays a practice out where reading clips from a disk keeps nobody waiting.
async fn laid_out(
    app: &App,
    practice: &Practice,
    asked: &Asked,
    choose: impl FnOnce(
        &dyn Fn(Option<&Speaker>) -> Result<Sounding, SoundError>,
    ) -> Result<Laid, SoundError>
    + Send
    + 'static,
) -> Result<Spoken, Error> {
    let (app, practice, asked) = (app.clone(), practice.clone(), asked.clone());
    let lay_out = move || {
        let composing = asked.composing(&app, &practice)?;
        let sounding = |speaker: Option<&Speaker>| {
            let says = |text: &str| speaker?.say(&app.clips, text);
            app.clips.sounding_of(&practice, &composing, &says)
        };
        let (sounding, speaker) = choose(&sounding).map_err(|error| match error {
            SoundError::Compose(error) => Error::invalid("minutes", error.to_string()),
            other => Error::internal(other),
        })?;
        let minutes = composing.minutes;
        let address = format!(
            "/practices/{}/sound{}minutes={minutes}&voice={}&v={}",
            practice.slug,
            asked.query(),
            speaker
                .as_ref()
                .map_or(NOBODY, |speaker| speaker.voice.name.as_str()),
            version(&sounding)
        );
        Ok(Spoken {
            sounding,
            speaker,
            minutes,
            address,
        })
    };
    tokio::task::spawn_blocking(lay_out)
        .await
        .map_err(Error::internal)?
}

/// What the sound is, in one number.
pub(super) fn version(sounding: &Sounding) -> String {
    format!("{:016x}", sounding.track.fingerprint())
}
