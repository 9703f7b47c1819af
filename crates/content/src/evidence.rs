//! The evidence library: studies and what they found, what may be said of it, and how sure one may be.
//!
//! What is transcribed from a study, what is judged of it and how it is worded are content; what follows from them by
//! arithmetic is not here. A figure has an address, `study/outcome/field`, and is called a cell.

pub(crate) mod certainty;
pub(crate) mod claims;
pub(crate) mod constructs;
mod conventions;
pub mod draft;
pub(crate) mod read;
mod template;
pub(crate) mod wording;
mod words;

use serde::Serialize;

use crate::library::Library;
use crate::lists::Source;
use crate::problem::{Problem, Report};
use crate::words::Seen;

pub use certainty::{Down, Imprecision, Inconsistency, Judgement, Judgements};
pub use claims::Contested;
pub use constructs::Construct;
pub use template::{Form as NumberForm, Piece, Template};
pub use wording::{BetterOff, Line, Lines, Named};
pub use words::{
    Against, Asked as AskedComparator, Checked, Design, EffectKind, Family, Favours, Level, PSign,
    Population, StudySetting, Timepoint, ToldTo,
};

pub(crate) const CONSTRUCTS: &str = "evidence/constructs.toml";
pub(crate) const CERTAINTY: &str = "evidence/certainty.toml";
pub(crate) const CLAIMS: &str = "evidence/claims.toml";
pub(crate) const STATEMENTS: &str = "evidence/statements.toml";
/// Where the files of studies are.
pub const STUDIES: &str = "evidence/studies/";

pub(crate) use conventions::between;

/// A study, as far as it was seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Study {
    /// The file's name without `.toml`; practices name it as their source.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub authors: String,
    /// When it appeared.
    pub year: usize,
    /// Where it appeared.
    pub journal: String,
    /// The journal's volume, where it was noted.
    pub volume: Option<String>,
    /// Its DOI, where one was found.
    pub doi: Option<String>,
    /// Where it was read.
    pub source: String,
    /// Where else it can be read.
    pub also_at: Vec<String>,
    /// How far it was verified.
    pub verified: Checked,
    /// Which of its keys rest on memory.
    pub recalled: Vec<String>,
    /// How it was made.
    pub design: Design,
    /// What was trained.
    pub family: Family,
    /// Who took part, roughly.
    pub people: Population,
    /// Who took part, in words.
    pub population: String,
    /// Where they took part.
    pub setting: StudySetting,
    /// What was done.
    pub intervention: String,
    /// How long it took, in calendar days.
    pub days: Option<f64>,
    /// Minutes of practice asked for on a day, or of a single session.
    pub minutes_a_day: Option<f64>,
    /// What it was compared with, in words.
    pub comparator: String,
    /// The same in a word.
    pub against: Against,
    /// People in the trained arm.
    pub n_treatment: Option<f64>,
    /// People in the arm it was compared with.
    pub n_control: Option<f64>,
    /// People in all arms.
    pub n_total: Option<f64>,
    /// Whether only the total is known and half of it stands in for each arm.
    pub arms_assumed_equal: bool,
    /// How many studies it puts together.
    pub studies: Option<f64>,
    /// The longest follow-up that is reported, in months after the end.
    pub follow_up_months: Option<f64>,
    /// The study whose people these are as well.
    pub sample: Option<String>,
    /// What it says about unwanted effects; nothing where we read nothing about them.
    pub harms: Option<String>,
    /// What a plain statement built on it must not hide.
    pub caveat: Option<String>,
    /// Why it is no longer counted; its figures stay and can be cited.
    pub retired: Option<String>,
    /// What it found.
    pub outcomes: Vec<Outcome>,
}

/// One thing a study found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// What cells call it.
    pub id: String,
    /// The id of a [`Construct`]; nothing for what lies outside that list.
    pub construct: Option<String>,
    /// What it is, where it is no construct.
    pub label: Option<String>,
    /// How it was measured.
    pub measure: Option<String>,
    /// When it was measured.
    pub timepoint: Timepoint,
    /// How many months after the end.
    pub months: Option<f64>,
    /// What kind of figure `value` is; nothing for a direction without a size.
    pub effect: Option<EffectKind>,
    /// The effect; positive is better for standardised differences and `beta`.
    pub value: Option<f64>,
    /// A difference in points of the scale, never standardised.
    pub raw_difference: Option<f64>,
    /// The standard error of the effect.
    pub se: Option<f64>,
    /// Its 95 % interval.
    pub ci: Option<(f64, f64)>,
    /// The printed p.
    pub p: Option<f64>,
    /// How the exact p stands to the printed one; nothing where it is exact.
    pub p_sign: Option<PSign>,
    /// People in the trained arm, where they differ from the study's.
    pub n_treatment: Option<f64>,
    /// People in the other arm, where they differ from the study's.
    pub n_control: Option<f64>,
    /// People in all, where they differ from the study's.
    pub n_total: Option<f64>,
    /// The trained arm's mean, or share.
    pub mean_treatment: Option<f64>,
    /// The trained arm's standard deviation.
    pub sd_treatment: Option<f64>,
    /// The other arm's mean, or share.
    pub mean_control: Option<f64>,
    /// The other arm's standard deviation.
    pub sd_control: Option<f64>,
    /// How many studies stand behind a pooled figure.
    pub studies: Option<f64>,
    /// Whether it is change within one group, which is never pooled.
    pub within_group: bool,
    /// Whether the score mixes several constructs.
    pub composite: bool,
    /// Whom it favours; nothing where nobody is compared.
    pub favours: Option<Favours>,
    /// What else to know.
    pub note: Option<String>,
    /// Where it was read.
    pub source: String,
    /// How far it was verified.
    pub verified: Checked,
    /// Which of its keys rest on memory.
    pub recalled: Vec<String>,
}

/// What stands under an address.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// `study/outcome/field`, or `study/study/field` for what belongs to the whole study.
    pub id: String,
    /// Its number, where it is one.
    pub number: Option<f64>,
    /// Its words, where it is no number; neither where the study says nothing.
    pub words: Option<String>,
    /// How far it was verified.
    pub verified: Checked,
}

/// The part of an address that stands for the whole study.
pub const WHOLE: &str = "study";

impl Study {
    /// Whether a key of it rests on memory.
    #[must_use]
    pub fn recalls(&self, key: &str) -> bool {
        self.verified == Checked::Recalled || self.recalled.iter().any(|name| name == key)
    }

    /// Whose people these are: its own id, or that of the study it shares them with.
    #[must_use]
    pub fn sample(&self) -> &str {
        self.sample.as_deref().unwrap_or(&self.id)
    }

    /// Authors, year, title and journal, on a line.
    #[must_use]
    pub fn reference(&self) -> String {
        format!(
            "{}, {}, {}. {}",
            self.by(),
            self.year,
            self.title,
            self.published_in()
        )
    }

    /// The journal, and its volume where it was noted.
    #[must_use]
    pub fn published_in(&self) -> String {
        match &self.volume {
            Some(volume) => format!("{}, {volume}", self.journal),
            None => self.journal.clone(),
        }
    }

    /// Whether these are the same people as another study's: said so, or the same paper under another name.
    #[must_use]
    pub fn shares_people_with(&self, other: &Self) -> bool {
        let same_paper = match (&self.doi, &other.doi) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => false,
        };
        self.sample() == other.sample() || same_paper
    }

    /// Its authors, of whom the first stands for more than three.
    #[must_use]
    pub fn by(&self) -> String {
        match self.authors.split(',').collect::<Vec<_>>().as_slice() {
            [first, _, _, _, ..] => format!("{} and others", first.trim()),
            _ => self.authors.clone(),
        }
    }

    pub(crate) fn as_source(&self) -> Source {
        Source {
            id: self.id.clone(),
            title: self.reference(),
            url: self.source.clone(),
            kind: self.design.as_source(),
            seen: match self.verified {
                Checked::FullText => Seen::Full,
                Checked::Abstract => Seen::Abstract,
                Checked::Secondary | Checked::Recalled => Seen::Page,
            },
        }
    }

    /// What stands under a key of the whole study. None for a key there is not.
    #[must_use]
    pub fn cell(&self, key: &str) -> Option<Cell> {
        let (mut number, mut words) = (None, None);
        match key {
            "year" => number = Some(self.year as f64),
            "days" => number = self.days,
            "minutes_a_day" => number = self.minutes_a_day,
            "n_treatment" => number = self.n_treatment,
            "n_control" => number = self.n_control,
            "n_total" => number = self.n_total,
            "studies" => number = self.studies,
            "follow_up_months" => number = self.follow_up_months,
            "design" => words = Some(self.design.to_string()),
            "family" => words = Some(self.family.to_string()),
            "against" => words = Some(self.against.to_string()),
            "comparator" => words = Some(self.comparator.clone()),
            "setting" => words = Some(self.setting.to_string()),
            "people" => words = Some(self.people.to_string()),
            "verified" => words = Some(self.verified.to_string()),
            "sample" => words = Some(self.sample().to_owned()),
            "harms" => words.clone_from(&self.harms),
            "retired" => words.clone_from(&self.retired),
            _ => return None,
        }
        Some(Cell {
            id: format!("{}/{WHOLE}/{key}", self.id),
            number,
            words,
            verified: if self.recalls(key) {
                Checked::Recalled
            } else {
                self.verified
            },
        })
    }
}

impl Outcome {
    /// Whether a key of it rests on memory.
    #[must_use]
    pub fn recalls(&self, key: &str) -> bool {
        self.verified == Checked::Recalled || self.recalled.iter().any(|name| name == key)
    }

    /// What stands under a key, with the study's id before it. None for a key there is not.
    #[must_use]
    pub fn cell(&self, study: &str, key: &str) -> Option<Cell> {
        let mut words = None;
        let number = match key {
            "value" => self.value,
            "raw_difference" => self.raw_difference,
            "se" => self.se,
            "ci_low" => self.ci.map(|ci| ci.0),
            "ci_high" => self.ci.map(|ci| ci.1),
            "p" => self.p,
            "months" => self.months,
            "n_treatment" => self.n_treatment,
            "n_control" => self.n_control,
            "n_total" => self.n_total,
            "mean_treatment" => self.mean_treatment,
            "sd_treatment" => self.sd_treatment,
            "mean_control" => self.mean_control,
            "sd_control" => self.sd_control,
            "studies" => self.studies,
            "favours" => {
                words = self.favours.map(|favours| favours.to_string());
                None
            }
            "composite" => {
                words = Some(self.composite.to_string());
                None
            }
            "measure" => {
                words.clone_from(&self.measure);
                None
            }
            "verified" => {
                words = Some(self.verified.to_string());
                None
            }
            _ => return None,
        };
        let key_of = if key.starts_with("ci_") { "ci" } else { key };
        Some(Cell {
            id: format!("{study}/{}/{key}", self.id),
            number,
            words,
            verified: if self.recalls(key_of) {
                Checked::Recalled
            } else {
                self.verified
            },
        })
    }
}

/// Reads one study's file, beside what a library holds already, as `kith check` would.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_study(library: &Library, id: &str, text: &str) -> Result<Study, Vec<Problem>> {
    let evidence = library.evidence();
    let constructs: Vec<&str> = evidence
        .constructs
        .iter()
        .map(|construct| construct.id.as_str())
        .collect();
    let mut studies: Vec<String> = evidence.studies.iter().map(|one| one.id.clone()).collect();
    studies.push(id.to_owned());
    let sources: Vec<&str> = library
        .sources()
        .iter()
        .map(|source| source.id.as_str())
        .filter(|source| evidence.study(source).is_none())
        .collect();
    let around = read::Around {
        constructs: Some(&constructs),
        studies: &studies,
        sources: &sources,
    };
    let path = format!("{STUDIES}{id}.toml");
    let mut report = Report::new(&path, text);
    let study = read::read(&mut report, id, text, &around);
    let mut problems = report.finish();
    if let Some(study) = study.as_ref().filter(|_| problems.is_empty()) {
        let mut all = evidence.studies.clone();
        all.retain(|one| one.id != study.id);
        all.push(study.clone());
        all.sort_by(|one, other| one.id.cmp(&other.id));
        // What is wrong between others is not held against this one; what is wrong between the two is, whoever is named.
        let before = between(&evidence.studies, STUDIES);
        problems.extend(
            between(&all, STUDIES)
                .into_iter()
                .filter(|one| !before.contains(one)),
        );
    }
    match study {
        Some(study) if problems.is_empty() => Ok(study),
        _ => Err(problems),
    }
}

/// All of the evidence library.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The first 12 hexadecimal digits of the SHA-256 of its files: other words or figures, another version.
    pub version: String,
    /// The studies, in the order of their ids.
    pub studies: Vec<Study>,
    /// What is measured, in the order of its file.
    pub constructs: Vec<Construct>,
    /// How sure one may be, judged question by question.
    pub certainty: Judgements,
    /// What is told though it is contested, in the order of its file.
    pub contested: Vec<Contested>,
    /// The words of statements.
    pub lines: Lines,
}

impl Evidence {
    /// The study with this id.
    #[must_use]
    pub fn study(&self, id: &str) -> Option<&Study> {
        find_study(&self.studies, id)
    }

    /// The construct with this id, in either spelling: `self-compassion` or `self_compassion`.
    #[must_use]
    pub fn construct(&self, id: &str) -> Option<&Construct> {
        let id = id.replace('_', "-");
        self.constructs.iter().find(|construct| construct.id == id)
    }

    /// What stands under an address. None where there is no such place; a place may be empty.
    #[must_use]
    pub fn cell(&self, address: &str) -> Option<Cell> {
        if let Some(key) = address.strip_prefix("statements/better_off/") {
            return self.lines.better_off.cell(key);
        }
        if let Some(key) = address.strip_prefix("certainty/") {
            return self.certainty.cell(key);
        }
        cell(&self.studies, address)
    }
}

fn find_study<'s>(studies: &'s [Study], id: &str) -> Option<&'s Study> {
    studies
        .binary_search_by(|study| study.id.as_str().cmp(id))
        .ok()
        .and_then(|at| studies.get(at))
}

/// What stands under the address of a study's cell.
pub(crate) fn cell(studies: &[Study], address: &str) -> Option<Cell> {
    let mut parts = address.split('/');
    let (study, outcome, key) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let study = find_study(studies, study)?;
    if outcome == WHOLE {
        return study.cell(key);
    }
    let found = study.outcomes.iter().find(|found| found.id == outcome)?;
    found.cell(&study.id, key)
}
