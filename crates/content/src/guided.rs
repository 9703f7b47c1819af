//! A practice laid out for somebody who reads it aloud: the same timeline as a composition, with the notes that are for
//! her, and with how far each silence may stretch and shrink, so that she can lead it by hand and still end in time.

use serde::Serialize;

use crate::compose::{Asked, ComposeError, CueKind, TimedCue, lay, seconds, timed};
use crate::plan::Piece;
use crate::practice::Practice;
use crate::share::Silence;
use crate::variables::fill;

/// A practice to be read aloud.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guided {
    /// The practice's slug.
    pub practice: String,
    /// The minutes asked for.
    pub minutes: f64,
    /// How many seconds it lasts when every silence keeps its length.
    pub seconds: f64,
    /// The least and the most minutes it could be asked for with everything else the same.
    pub range: [f64; 2],
    /// Notes to read before it begins.
    pub notes: Vec<String>,
    /// What is said, in order, `{name}` as its default.
    pub cues: Vec<GuidedCue>,
    /// Notes that stand after the last cue.
    pub notes_after: Vec<String>,
}

/// A cue, and what somebody who leads by hand needs to know of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GuidedCue {
    /// The cue and its time.
    #[serde(flatten)]
    pub cue: TimedCue,
    /// Notes that stand between the cue before and this one.
    pub notes: Vec<String>,
    /// The silences after it.
    pub silences: Vec<Silence>,
    /// How long these last together, in seconds.
    pub silence: f64,
}

/// Lays a practice out to be read aloud. Cues and times are those of [`compose`](crate::compose()).
///
/// # Errors
///
/// As [`compose`](crate::compose()).
pub fn guided(practice: &Practice, asked: &Asked<'_>) -> Result<Guided, ComposeError> {
    let laid = lay(practice, asked)?;
    let mut silences = laid.silences.iter().zip(&laid.lengths);
    let (mut cues, mut notes): (Vec<GuidedCue>, Vec<String>) = (Vec::new(), Vec::new());
    let mut at: u64 = 0;
    for piece in &laid.pieces {
        match piece {
            Piece::Note(note) => notes.push((*note).to_owned()),
            Piece::Silence => {
                let Some((silence, &length)) = silences.next() else {
                    continue;
                };
                if cues.is_empty() {
                    // A script that begins with silence, which `kith check` refuses, keeps its time all the same.
                    cues.push(quiet_beginning());
                }
                if let Some(last) = cues.last_mut() {
                    last.silences.push(*silence);
                    last.silence += seconds(length);
                }
                at += length;
            }
            Piece::Cue { .. } | Piece::Bell { .. } => {
                let Some((mut cue, lasts)) = timed(piece, at) else {
                    continue;
                };
                cue.text = fill(&cue.text, &practice.variables);
                at += lasts;
                cues.push(GuidedCue {
                    cue,
                    notes: std::mem::take(&mut notes),
                    silences: Vec::new(),
                    silence: 0.0,
                });
            }
        }
    }
    Ok(Guided {
        practice: practice.slug.clone(),
        minutes: asked.minutes,
        seconds: seconds(at),
        range: laid.range,
        notes: practice.script.notes.clone(),
        cues,
        notes_after: notes,
    })
}

fn quiet_beginning() -> GuidedCue {
    GuidedCue {
        cue: TimedCue {
            at: 0.0,
            seconds: 0.0,
            kind: CueKind::Speech,
            section: String::new(),
            text: String::new(),
        },
        notes: Vec::new(),
        silences: Vec::new(),
        silence: 0.0,
    }
}
