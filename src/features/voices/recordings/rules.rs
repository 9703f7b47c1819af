//! What is to be read, what was, and who hears it.

use std::collections::{BTreeSet, HashMap};

use kith_content::{Asked, ComposeError, Library, Practice, compose, fill};

use super::super::store::{Offered, Take};
use kith_base::id::digest;

/// A line to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// A digest of the text: another text is another line.
    pub cue: String,
    /// What is read, every `{name}` as its default.
    pub text: String,
    /// The set of wishes it belongs to, where the practice lets people choose; these may be left out.
    pub wishes: Option<String>,
}

/// A line, and what was said for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The line.
    pub line: Line,
    /// What was said.
    pub take: Option<Take>,
}

/// Everything there is to read for a practice, each text once: first what is always said or may be, with the wishes of
/// whoever chooses none; then those of each other set.
pub fn lines(library: &Library, practice: &Practice) -> Vec<Line> {
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    let mut add = |text: String, wishes: Option<&str>| {
        if seen.insert(text.clone()) {
            lines.push(Line {
                cue: digest(&text).chars().take(32).collect(),
                text,
                wishes: wishes.map(str::to_owned),
            });
        }
    };
    let script = &practice.script;
    for text in script.cues() {
        add(fill(text, &practice.variables), None);
    }
    let plain = library.plain_phrases();
    for wish in script.wishes(plain) {
        add(wish.to_owned(), None);
    }
    for set in library.phrases().iter().filter(|set| set.id != plain.id) {
        for wish in script.wishes(set) {
            add(wish.to_owned(), Some(&set.title));
        }
    }
    lines
}

/// Puts what was said to what is to be read. What was said for a text that is no longer there counts for nothing.
pub fn read(lines: Vec<Line>, takes: Vec<Take>) -> Vec<Read> {
    let mut takes: HashMap<String, Take> = takes
        .into_iter()
        .map(|take| (take.cue.clone(), take))
        .collect();
    lines
        .into_iter()
        .map(|line| Read {
            take: takes.remove(&line.cue),
            line,
        })
        .collect()
}

/// How many lines have been read, and how many have to be before anybody can hear it.
pub fn progress(read: &[Read]) -> (usize, usize) {
    let needed = || read.iter().filter(|read| read.line.wishes.is_none());
    let done = needed().filter(|read| read.take.is_some()).count();
    (done, needed().count())
}

/// Whether everything that has to be read was. A practice somebody's voice says half of is said by none.
pub fn is_complete(read: &[Read]) -> bool {
    let (done, needed) = progress(read);
    needed > 0 && done == needed
}

/// The least minutes the practice takes with what was said, where these are more than it promises: somebody who has less
/// hears another voice.
pub fn least_minutes(library: &Library, practice: &Practice, read: &[Read]) -> Option<f64> {
    let said: HashMap<&str, f64> = read
        .iter()
        .filter_map(|read| Some((read.line.text.as_str(), read.take.as_ref()?.seconds)))
        .collect();
    let lengths = |text: &str| said.get(fill(text, &practice.variables).as_str()).copied();
    let asked = Asked {
        clips: &lengths,
        ..Asked::new(practice.minutes.0, library)
    };
    match compose(practice, &asked) {
        Err(ComposeError::DoesNotFit { least, .. }) => Some(least),
        _ => None,
    }
}

/// Who may hear a recording, as it is written down.
pub fn audiences(for_id: &str) -> &'static [&'static str] {
    if for_id.is_empty() {
        &["caseload", "clinic"]
    } else {
        &["client"]
    }
}

/// The recordings somebody may hear, the one meant for her first: what was made for her, then her own practitioner's,
/// then her own, then the clinic's; of each the newest.
pub fn best_first(mut offered: Vec<Offered>, listener: &str) -> Vec<Offered> {
    // The sort keeps the order there was.
    offered.sort_by_key(|one| match one.recording.offered_to.as_str() {
        "client" => 0,
        "caseload" if one.recording.person_id != listener => 1,
        _ if one.recording.person_id == listener => 2,
        _ => 3,
    });
    offered
}

/// Words a minute nobody reads as fast as: what is shorter was cut off.
const FASTEST: f64 = 320.0;

/// Whether so many seconds are too few for a text.
pub fn is_cut_off(text: &str, seconds: f64) -> bool {
    let words = text.split_whitespace().count();
    words >= 4 && seconds < words as f64 * 60.0 / FASTEST
}
