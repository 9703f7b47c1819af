//! Composes a practice to a number of minutes: the timeline of what is said when.

use serde::Serialize;

use crate::library::Library;
use crate::lists::PhraseSet;
use crate::plan::{BELL, NoFit, Piece, Plan};
use crate::practice::Practice;
use crate::share::{Silence, lengths};
use crate::variables::fill;
use crate::words::Forms;

/// Words a minute, unless told otherwise.
pub const PACE: f64 = 110.0;
const PACES: std::ops::RangeInclusive<f64> = 60.0..=180.0;

/// How a practice is to be composed. [`Asked::new`] gives the usual; change a field with
/// `Asked { pace: 90.0, ..Asked::new(10.0, &library) }`.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// How many minutes it is to last.
    pub minutes: f64,
    /// Words a minute, 60 to 180, for what has no clip.
    pub pace: f64,
    /// The wishes to speak.
    pub phrases: &'a PhraseSet,
    /// The forms the person wants.
    pub forms: Forms,
    /// The seconds of the recorded clip of a cue, looked up by its text with `{name}` as written.
    pub clips: &'a dyn Fn(&str) -> Option<f64>,
}

impl<'a> Asked<'a> {
    /// So many minutes at the usual pace, with the plain wishes and the usual forms, and no clips.
    pub fn new(minutes: f64, library: &'a Library) -> Self {
        Self {
            minutes,
            pace: PACE,
            phrases: library.plain_phrases(),
            forms: Forms::default(),
            clips: &no_clips,
        }
    }
}

fn no_clips(_text: &str) -> Option<f64> {
    None
}

/// A practice laid out in time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Composition {
    /// The practice's slug.
    pub practice: String,
    /// The minutes asked for.
    pub minutes: f64,
    /// How many seconds it lasts, to the end of the last cue or silence.
    pub seconds: f64,
    /// The least and the most minutes it could be asked for with everything else the same.
    pub range: [f64; 2],
    /// What is said, in order. Between them it is quiet.
    pub cues: Vec<TimedCue>,
}

impl Composition {
    /// The same with every `{name}` said as its default.
    #[must_use]
    pub fn filled(mut self, practice: &Practice) -> Self {
        for cue in &mut self.cues {
            cue.text = fill(&cue.text, &practice.variables);
        }
        self
    }
}

/// Something heard at a certain time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimedCue {
    /// When it begins, in seconds from the beginning.
    pub at: f64,
    /// How many seconds it lasts, without the silence after it.
    pub seconds: f64,
    /// What it is.
    pub kind: CueKind,
    /// The heading it stands under.
    pub section: String,
    /// What is said, `{name}` as written; empty for a bell.
    pub text: String,
}

/// What a cue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CueKind {
    /// Something spoken or shown.
    Speech,
    /// One stroke of a bell.
    Bell,
}

/// Why a practice cannot be composed as asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComposeError {
    /// The minutes are not among those its file allows.
    #[error("{slug} lasts {}; {asked} was asked.", minutes_from_to(*least, *most))]
    OutsideRange {
        /// The practice.
        slug: String,
        /// The minutes asked for.
        asked: f64,
        /// The least minutes.
        least: f64,
        /// The most minutes.
        most: f64,
    },
    /// The pace is not a number of words a minute that can be followed.
    #[error("the pace can be {} to {} words a minute; {asked} was asked.", PACES.start(), PACES.end())]
    BadPace {
        /// The pace asked for.
        asked: f64,
    },
    /// What has to be said is too long, or the silences cannot be long enough, with this pace, these forms, wishes
    /// and clips.
    #[error("{slug} can last {} at this pace{}; {} was asked.", clocks_from_to(*least, *most),
        gap.map_or_else(String::new, |(from, to)| format!(", but nothing between {} and {}", clock(from), clock(to))),
        clock(*asked))]
    DoesNotFit {
        /// The practice.
        slug: String,
        /// The minutes asked for.
        asked: f64,
        /// The least minutes it can last.
        least: f64,
        /// The most minutes it can last when so many are asked for.
        most: f64,
        /// When what was asked for lies between them: the nearest minutes below and above that were found to fit.
        gap: Option<(f64, f64)>,
    },
}

fn minutes_from_to(least: f64, most: f64) -> String {
    match (least == most, least == 1.0) {
        (true, true) => "1 minute".into(),
        (true, false) => format!("{least} minutes"),
        (false, _) => format!("{least} to {most} minutes"),
    }
}

fn clocks_from_to(least: f64, most: f64) -> String {
    match (clock(least), clock(most)) {
        (least, most) if least == most => least,
        (least, most) => format!("{least} to {most}"),
    }
}

/// Minutes as people read them, 9.5 as "9:30"; with a decimal when they are no whole seconds.
pub(crate) fn clock(minutes: f64) -> String {
    let tenths = (minutes * 600.0).round() as u64;
    let (minutes, seconds, tenth) = (tenths / 600, tenths / 10 % 60, tenths % 10);
    if tenth == 0 {
        format!("{minutes}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}.{tenth}")
    }
}

const MINUTE: f64 = 60_000.0;

/// Composes a practice. What is asked decides everything: the same again gives the same.
///
/// It ends exactly on the asked millisecond. What is said comes first: optional blocks from their minute on, then as
/// many rounds of the repeats as fit with their usual silences; the silences share what is left.
///
/// # Errors
///
/// When the minutes lie outside the practice's range, the pace outside 60 to 180, or what the script can give at this
/// pace, with these forms, wishes and clips, does not reach the asked minutes or does not fit into them.
pub fn compose(practice: &Practice, asked: &Asked<'_>) -> Result<Composition, ComposeError> {
    let laid = lay(practice, asked)?;
    let mut lengths = laid.lengths.iter();
    let mut cues = Vec::with_capacity(laid.pieces.len().saturating_sub(laid.lengths.len()));
    let mut at: u64 = 0;
    for piece in &laid.pieces {
        if let Piece::Silence = piece {
            at += lengths.next().copied().unwrap_or(0);
        } else if let Some((cue, lasts)) = timed(piece, at) {
            cues.push(cue);
            at += lasts;
        }
    }
    Ok(Composition {
        practice: practice.slug.clone(),
        minutes: asked.minutes,
        seconds: seconds(at),
        range: laid.range,
        cues,
    })
}

/// Decides what is said and how long each silence lasts.
pub(crate) fn lay<'a>(practice: &'a Practice, asked: &Asked<'a>) -> Result<Laid<'a>, ComposeError> {
    if !PACES.contains(&asked.pace) {
        return Err(ComposeError::BadPace { asked: asked.pace });
    }
    let (least, most) = practice.minutes;
    if !(least..=most).contains(&asked.minutes) {
        return Err(ComposeError::OutsideRange {
            slug: practice.slug.clone(),
            asked: asked.minutes,
            least,
            most,
        });
    }
    let target = (asked.minutes * MINUTE).round() as u64;
    let mut plan = Plan::new(&practice.script, asked);
    let total = plan
        .choose(target)
        .map_err(|no_fit| does_not_fit(practice, asked, &plan, target, no_fit))?;

    let (pieces, silences) = plan.lay_out();
    let spoken = total
        .least
        .saturating_sub(silences.iter().map(|silence| silence.least).sum());
    let lengths = lengths(&silences, target.saturating_sub(spoken));
    Ok(Laid {
        pieces,
        silences,
        lengths,
        range: range(practice, asked, &plan),
    })
}

/// A practice laid out: what comes after what, its silences in that order, and how long each of these lasts.
pub(crate) struct Laid<'a> {
    pub(crate) pieces: Vec<Piece<'a>>,
    pub(crate) silences: Vec<Silence>,
    pub(crate) lengths: Vec<u64>,
    pub(crate) range: [f64; 2],
}

/// A cue or a bell that begins after so many milliseconds, and how long it lasts.
pub(crate) fn timed(piece: &Piece<'_>, at: u64) -> Option<(TimedCue, u64)> {
    let (kind, section, text, lasts) = match *piece {
        Piece::Cue {
            section,
            text,
            lasts,
        } => (CueKind::Speech, section, text, lasts),
        Piece::Bell { section } => (CueKind::Bell, section, "", BELL),
        Piece::Silence | Piece::Note(_) => return None,
    };
    let cue = TimedCue {
        at: seconds(at),
        seconds: seconds(lasts),
        kind,
        section: section.to_owned(),
        text: text.to_owned(),
    };
    Some((cue, lasts))
}

pub(crate) fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// The practice's minutes, narrowed to what its script can give; to a hundredth, inwards.
fn range(practice: &Practice, asked: &Asked<'_>, plan: &Plan<'_>) -> [f64; 2] {
    let (least, most) = practice.minutes;
    let (shortest, longest) = plan.range((most * MINUTE).round() as u64);
    let shortest = (shortest as f64 / MINUTE * 100.0).ceil() / 100.0;
    let longest = (longest as f64 / MINUTE * 100.0).floor() / 100.0;
    // What was asked has been composed, so it is within, also where rounding says otherwise.
    [
        shortest.max(least).min(asked.minutes),
        longest.min(most).max(asked.minutes),
    ]
}

fn does_not_fit(
    practice: &Practice,
    asked: &Asked<'_>,
    plan: &Plan<'_>,
    target: u64,
    no_fit: NoFit,
) -> ComposeError {
    let (least, most) = plan.range(target);
    let gap = no_fit.longest_below.zip(no_fit.shortest_above);
    ComposeError::DoesNotFit {
        slug: practice.slug.clone(),
        asked: asked.minutes,
        least: least as f64 / MINUTE,
        most: most as f64 / MINUTE,
        gap: gap.map(|(below, above)| (below as f64 / MINUTE, above as f64 / MINUTE)),
    }
}
