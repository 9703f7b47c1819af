//! The words of statements: a line a thing to say, for each audience.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::template::{self, Template};
use super::words::{Against, Checked, Family, ToldTo};
use super::{Cell, Study, constructs};
use crate::problem::Report;
use crate::table::{self, Table};
use crate::words::{UnknownWord, Word, words};

words! {
    /// A thing to say.
    Line, "a line of statements":
    NotReliable = "not-reliable",
    NotReliableFew = "not-reliable-few",
    Worse = "worse",
    NoTrial = "no-trial",
    Directions = "directions",
    FindingHigh = "finding-high",
    FindingModerate = "finding-moderate",
    FindingLow = "finding-low",
    FindingVeryLow = "finding-very-low",
    Size = "size",
    Further = "further",
    LeaveOneOut = "leave-one-out",
    Passive = "passive",
    Active = "active",
    BetterOff = "better-off",
    Superiority = "superiority",
    FollowUp = "follow-up",
    NoFollowUp = "no-follow-up",
    Published = "published",
    PublishedOne = "published-one",
    PublishedOther = "published-other",
    NoPublished = "no-published",
    Leans = "leans",
    Composite = "composite",
    Assumed = "assumed",
    OtherFamily = "other-family",
    Certainty = "certainty",
    Dose = "dose",
    NoDose = "no-dose",
    Cost = "cost",
    ChangeMind = "change-mind",
    Limit = "limit",
    Harm = "harm",
    HarmTrials = "harm-trials",
    NoHarmTrials = "no-harm-trials",
}

/// What may stand in any line.
const ALWAYS: &[&str] = &["training", "change", "changes", "name", "comparator"];

impl Line {
    /// What may stand in curly brackets in it, besides what may stand in all.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::NotReliable | Self::Size | Self::Worse => {
                &["trials", "people", "estimate", "level", "low", "high"]
            }
            Self::NotReliableFew => &[
                "trials",
                "people",
                "estimate",
                "level",
                "low",
                "high",
                "careful_low",
                "careful_high",
            ],
            Self::Directions => &["trials", "better", "no_difference"],
            Self::Further => &["further_low", "further_high"],
            Self::BetterOff => &[
                "hundred",
                "control",
                "treated",
                "more",
                "more_low",
                "more_high",
                "better_off",
            ],
            Self::Superiority => &["chance", "chance_low", "chance_high"],
            Self::FollowUp => &["share", "months"],
            Self::Passive | Self::Active | Self::Composite | Self::Assumed | Self::HarmTrials => {
                &["share"]
            }
            Self::OtherFamily => &["share", "estimate", "low", "high", "trials"],
            Self::Published => &["reviews", "least", "most"],
            Self::PublishedOne => &["value"],
            Self::PublishedOther => &["reviews"],
            Self::Certainty => &["certainty"],
            Self::Dose => &["share", "least", "most"],
            Self::LeaveOneOut => &["least", "most"],
            _ => &[],
        }
    }

    /// Whom it must be said to; the others may be spared it.
    fn needed_by(self) -> &'static [ToldTo] {
        match self {
            Self::NotReliable
            | Self::NotReliableFew
            | Self::Worse
            | Self::NoTrial
            | Self::FindingHigh
            | Self::FindingModerate
            | Self::FindingLow
            | Self::FindingVeryLow
            | Self::Passive
            | Self::Leans
            | Self::Limit
            | Self::Harm => ToldTo::ALL,
            Self::Certainty
            | Self::Further
            | Self::LeaveOneOut
            | Self::PublishedOther
            | Self::Dose
            | Self::NoDose
            | Self::Cost
            | Self::ChangeMind
            | Self::HarmTrials
            | Self::NoHarmTrials => &[ToldTo::Supervisor],
            _ => &[ToldTo::Colleague, ToldTo::Supervisor],
        }
    }
}

/// How many of a hundred: what is assumed, for it cannot be known from an effect alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BetterOff {
    /// How many people are pictured.
    pub people: f64,
    /// The share that is better off without training.
    pub control_rate: f64,
    /// Why that share.
    pub reason: String,
}

impl BetterOff {
    pub(super) fn cell(&self, key: &str) -> Option<Cell> {
        let number = match key {
            "people" => self.people,
            "control_rate" => self.control_rate,
            _ => return None,
        };
        Some(Cell {
            id: format!("statements/better_off/{key}"),
            number: Some(number),
            words: None,
            verified: Checked::FullText,
        })
    }
}

/// What something is called, for a client and for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<W> {
    /// Of what.
    pub of: W,
    /// To a client.
    pub plain: String,
    /// To colleagues and supervisors.
    pub words: String,
}

/// All the words of statements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// How many of a hundred.
    pub better_off: BetterOff,
    /// What kinds of training are called; `none` stands for any of them.
    pub trainings: Vec<Named<Family>>,
    /// What comparisons are called.
    pub comparators: Vec<Named<Against>>,
    lines: BTreeMap<(Line, ToldTo), Template>,
}

impl Lines {
    /// The words of a line for somebody; none where it is not said to them.
    #[must_use]
    pub fn line(&self, line: Line, to: ToldTo) -> Option<&Template> {
        self.lines.get(&(line, to))
    }

    pub(super) fn templates_mut(&mut self) -> impl Iterator<Item = &mut Template> {
        self.lines.values_mut()
    }
}

/// Reads `evidence/statements.toml`; none when anything is wrong with it.
pub(crate) fn read(
    report: &mut Report<'_>,
    text: &str,
    studies: Option<&[Study]>,
) -> Option<Lines> {
    let document = table::parse(report, 0, text)?;
    let mut root = Table::new(&document, 0, 0);
    let before = report.count();
    let mut table = root.group(report, "better_off")?;
    let better_off = BetterOff {
        people: table.number_in(report, "people", 10.0..=1000.0)?,
        control_rate: table.number_in(report, "control_rate", 0.01..=0.99)?,
        reason: table.text(report, "reason", 600).value,
    };
    table.close(report);
    let trainings = named::<Family>(report, &mut root, "training", "family");
    let comparators = named::<Against>(report, &mut root, "comparison", "against");
    let mut lines = BTreeMap::new();
    let mut said = Vec::new();
    for mut table in root.tables(report, "line") {
        let at = table.place_of("id");
        let Some(line) = table.word::<Line>(report, "id") else {
            continue;
        };
        if said.contains(&line) {
            report.add(at, format!("the line `{line}` stands here twice"));
        }
        said.push(line);
        let names: Vec<&str> = ALWAYS.iter().chain(line.names()).copied().collect();
        for &to in ToldTo::ALL {
            let key = to.as_str();
            if !table.says(key) && !line.needed_by().contains(&to) {
                continue;
            }
            let text = table.text(report, key, 500);
            lines.insert((line, to), template::read(report, &text, &names, studies));
        }
        table.close(report);
    }
    for &line in Line::ALL {
        if !said.contains(&line) {
            report.add(
                0,
                format!("the line `{line}` is missing: add a [[line]] with this id"),
            );
        }
    }
    root.close(report);
    (report.count() == before).then_some(Lines {
        better_off,
        trainings,
        comparators,
        lines,
    })
}

/// Reads what all the words of a closed list are called.
fn named<W: Word + fmt::Display>(
    report: &mut Report<'_>,
    root: &mut Table<'_>,
    key: &'static str,
    of_key: &'static str,
) -> Vec<Named<W>> {
    let mut found: Vec<Named<W>> = Vec::new();
    for mut table in root.tables(report, key) {
        let of = table.word::<W>(report, of_key);
        let [plain, words] = ["plain", "words"].map(|key| {
            let text = table.text(report, key, 120);
            constructs::check(report, &text);
            text.value
        });
        table.close(report);
        found.extend(of.map(|of| Named { of, plain, words }));
    }
    for word in W::all_words() {
        let times = found
            .iter()
            .filter(|named| named.of.to_string() == word)
            .count();
        if times != 1 {
            report.add(
                root.place_of(key),
                format!("[[{key}]] with {of_key} = \"{word}\" must stand here once"),
            );
        }
    }
    found
}
