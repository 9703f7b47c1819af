//! A practice, and how its file is read: facts between two lines of `+++`, then the script.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::facts;
use crate::lists::Source;
use crate::parse::{self, Parsed};
use crate::problem::Report;
use crate::script::{Item, Script, visit};
use crate::table::{self, Table, Text};
use crate::variables::Variable;
use crate::words::{Audience, Flag, Modality, Restriction, Strength, Target};

/// A practice as its file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Practice {
    /// The file's name without `.md`.
    pub slug: String,
    /// Its name on the screen.
    pub title: String,
    /// One sentence: what one does.
    pub summary: String,
    /// What kind of practice it mainly is.
    pub modality: Modality,
    /// Up to two side modalities.
    pub also: Vec<Modality>,
    /// Whom it is for.
    pub targets: Vec<Target>,
    /// The least and the most minutes it can last.
    pub minutes: (f64, f64),
    /// How much pain it may stir, 1 to 3.
    pub load: u8,
    /// Who may be offered it.
    pub audience: Vec<Audience>,
    /// Where, in a short sentence.
    pub setting: String,
    /// What it does without.
    pub flags: Vec<Flag>,
    /// Who may start it, where that is not everybody.
    pub restricted: Option<Restriction>,
    /// Whether it may be offered in place of another practice that did not fit.
    pub instead: bool,
    /// When it tends to help, for the practitioner.
    pub use_when: String,
    /// What to watch for, shown before it starts.
    pub cautions: Vec<String>,
    /// Ids of [sources](crate::Source).
    pub evidence: Vec<String>,
    /// How strong that evidence is.
    pub strength: Strength,
    /// One honest limit of that evidence.
    pub limit: String,
    /// Why one might do it, as a practitioner could say it to a client.
    pub why: Option<String>,
    /// A routine it goes well with.
    pub anchor: Option<String>,
    /// The words the person fills in, by name.
    pub variables: BTreeMap<String, Variable>,
    /// What is said, and how long it is quiet.
    pub script: Script,
    /// The first 12 hexadecimal digits of the SHA-256 of the file's text, its line ends normalised.
    pub revision: String,
    /// Line and column of `minutes`, for what goes wrong in playing it.
    pub(crate) minutes_place: (usize, usize),
}

/// What of the other files a practice is checked against. Nothing where that file is broken itself.
pub(crate) struct Around<'a> {
    pub(crate) sources: Option<&'a [Source]>,
    pub(crate) has_plain_wishes: bool,
}

const FENCE: &str = "+++";

/// Reads a practice; none when anything is wrong with it, which is then reported.
pub(crate) fn read(
    report: &mut Report<'_>,
    slug: &str,
    text: &str,
    around: &Around<'_>,
) -> Option<Practice> {
    if !is_slug(slug) {
        let message = "a practice's file name has small letters, digits and single hyphens only, such as soles-ground.md";
        report.add(0, message);
    }
    let (facts, script_at) = split(report, text, "script")?;
    // Without the facts nothing is known about the variables, so the script waits until they can be read.
    let table = table::parse(report, facts.start, text.get(facts.clone())?)?;
    let (mut practice, declared) = facts::read(report, Table::new(&table, facts.start, 0), around);
    let parsed = parse::parse(
        report,
        script_at,
        text.get(script_at..)?,
        &practice.variables,
    );
    check_script(report, &practice, &declared, &parsed, around, script_at);
    practice.slug = slug.to_owned();
    practice.script = parsed.script;
    practice.revision = hash(text, 12);
    (report.count() == 0).then_some(practice)
}

/// The first hexadecimal digits of the SHA-256 of a text.
pub(crate) fn hash(text: &str, digits: usize) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .take(digits)
        .map(hex_digit)
        .collect()
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

pub(crate) fn is_slug(slug: &str) -> bool {
    slug.split('-').all(|part| {
        !part.is_empty()
            && part
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    })
}

/// Where the facts are, and where what comes after them begins, such as the script.
pub(crate) fn split(
    report: &mut Report<'_>,
    text: &str,
    rest: &str,
) -> Option<(std::ops::Range<usize>, usize)> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != FENCE {
        report.add(
            0,
            format!(
                "the file must begin with a line +++, then the facts, another line +++, and the {rest}"
            ),
        );
        return None;
    }
    let mut at = first.len();
    for line in lines {
        if line.trim_end() == FENCE {
            return Some((first.len()..at, at + line.len()));
        }
        at += line.len();
    }
    report.add(
        0,
        format!("the second line +++, which ends the facts, is missing: write it above the {rest}"),
    );
    None
}

/// What the script and the facts have to agree on.
fn check_script(
    report: &mut Report<'_>,
    practice: &Practice,
    declared: &[Text],
    parsed: &Parsed,
    around: &Around<'_>,
    script_at: usize,
) {
    for name in declared {
        if !parsed.used.contains(&name.value) {
            let message = format!(
                "{{{}}} is never said: take the variable out, or use it in a cue",
                name.value
            );
            report.add(name.at, message);
        }
    }
    for &(at, from) in &parsed.optional_from {
        if from as f64 > practice.minutes.1 * 60_000.0 {
            let most = practice.minutes.1;
            report.add(
                at,
                format!("this is never said, because the practice lasts at most {most} minutes"),
            );
        }
    }
    if let Some(at) = parsed.wishes_at
        && !around.has_plain_wishes
    {
        report.add(
            at,
            "there are no wishes to speak: phrases.toml needs a set with the id `plain`",
        );
    }
    let mut says_something = false;
    visit(&parsed.script.items, &mut |item| {
        says_something |= matches!(
            item,
            Item::Cue { .. } | Item::Bell { .. } | Item::Wishes { .. }
        );
    });
    if !says_something && report.count() == 0 {
        report.add(
            script_at,
            "the script says nothing: write at least one cue under a heading",
        );
    }
}
