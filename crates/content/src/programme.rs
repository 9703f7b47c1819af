//! A programme: a schedule of practices, measures, tasks and lessons by day, and moments for when something is hard.

pub(crate) mod read;

use crate::words::{Audience, Edition, ItemKind, LedBy, MomentAfter, Pacing, Strength};

/// A programme as its file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Programme {
    /// The file's name without `.toml`.
    pub slug: String,
    /// Its name on the screen.
    pub title: String,
    /// One sentence: what it is.
    pub summary: String,
    /// Who may be offered it.
    pub audience: Vec<Audience>,
    /// Who leads it.
    pub led_by: LedBy,
    /// Which editions it has; the first is the default.
    pub editions: Vec<Edition>,
    /// Editions whose dose nobody changes and where no practice is swapped.
    pub fixed: Vec<Edition>,
    /// What moves it on.
    pub pacing: Pacing,
    /// The number of the day that falls on the start date: 1 or 0.
    pub first_day: i64,
    /// Whether the entry questions come before it.
    pub screening: bool,
    /// Why anyone would do it, in words for the client.
    pub why: String,
    /// What to do when it is hard.
    pub if_hard: String,
    /// What to watch for, shown before it starts.
    pub cautions: Vec<String>,
    /// Something more the practitioner reads.
    pub note: Option<String>,
    /// Ids of [sources](crate::Source).
    pub evidence: Vec<String>,
    /// How strong that evidence is.
    pub strength: Strength,
    /// One honest limit of that evidence.
    pub limit: String,
    /// What is asked for when, by the first day; none for a programme of moments.
    pub stages: Vec<Stage>,
    /// What to do at once when something is hard.
    pub moments: Vec<Moment>,
    /// The first 12 hexadecimal digits of the SHA-256 of the file's text, its line ends normalised.
    pub revision: String,
}

/// Some days of a programme, and what they ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What records call it.
    pub id: String,
    /// Its name on the screen.
    pub title: String,
    /// What the client reads; may be empty.
    pub note: String,
    /// Its first and last day.
    pub days: (i64, i64),
    /// The editions it belongs to; empty: all.
    pub editions: Vec<Edition>,
    /// What must happen before it begins, where something must.
    pub unlock: Option<Unlock>,
    /// What it asks for, in the order of the file.
    pub items: Vec<Item>,
}

/// What must happen before a stage begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Unlock {
    /// A practitioner says so.
    Practitioner,
    /// The latest score of a measure lies within these bounds, both included.
    Score {
        /// The measure's id.
        instrument: String,
        /// The least score.
        at_least: Option<f64>,
        /// The highest score.
        at_most: Option<f64>,
    },
}

/// One thing a stage asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// The practice's slug, the measure's or the task's id, the lesson's slug.
    pub id: String,
    /// Another name on the screen than its own.
    pub title: Option<String>,
    /// How long it takes on the first and on the last day of the stage, rising in whole minutes.
    pub minutes: (f64, f64),
    /// How often.
    pub every: Every,
    /// How many times each time.
    pub times: u8,
    /// Whether it may be left out.
    pub optional: bool,
    /// The editions it belongs to; empty: all of its stage.
    pub editions: Vec<Edition>,
    /// Any of these practices, with its minutes, counts as well.
    pub alternatives: Vec<(String, f64)>,
    /// Line and column, for what goes wrong in walking through the programme.
    pub(crate) place: (usize, usize),
}

/// How often something is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Every {
    /// Every day of the stage.
    Day,
    /// On these days of the week, as digits, Monday 1.
    Weekdays(String),
    /// In every week of the programme: days 1 to 7, 8 to 14 and so on.
    Week,
    /// Any one time within the stage's days.
    Once,
}

/// What to do at once when something is hard.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// What records call it.
    pub id: String,
    /// What it is like, in the person's words.
    pub title: String,
    /// Practices with their minutes, one after the other.
    pub steps: Vec<(String, f64)>,
    /// Whether the help page comes first and the steps stand beside it.
    pub straight_to_help: bool,
    /// What comes when it is still hard afterwards.
    pub after: MomentAfter,
    /// One line; may be empty.
    pub say: String,
}

impl Programme {
    /// The stages of an edition, in order.
    pub fn stages_of(&self, edition: Edition) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(move |stage| stage.is_of(edition))
    }

    /// The first and the last day on which an edition asks for anything; none for a programme of moments.
    pub fn days(&self, edition: Edition) -> Option<(i64, i64)> {
        let first = self.stages_of(edition).map(|stage| stage.days.0).min()?;
        let last = self.stages_of(edition).map(|stage| stage.days.1).max()?;
        Some((first, last))
    }

    /// Whether nobody changes the dose of this edition, and no practice of it is swapped.
    pub fn is_fixed(&self, edition: Edition) -> bool {
        self.fixed.contains(&edition)
    }
}

impl Stage {
    /// Whether it belongs to an edition.
    pub fn is_of(&self, edition: Edition) -> bool {
        has(&self.editions, edition)
    }

    /// What it asks for in an edition, in the order of the file.
    pub fn items_of(&self, edition: Edition) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.is_of(edition))
    }
}

impl Item {
    /// Whether it belongs to an edition, where its stage does.
    pub fn is_of(&self, edition: Edition) -> bool {
        has(&self.editions, edition)
    }

    /// Whether it is asked for on a single day at a time, not any time within several.
    pub fn is_daily(&self) -> bool {
        matches!(self.every, Every::Day | Every::Weekdays(_))
    }
}

/// Whether a list of editions, where empty means all, has this one.
fn has(editions: &[Edition], edition: Edition) -> bool {
    editions.is_empty() || editions.contains(&edition)
}
