//! Ways to practise: moments of a day, people to think of, and practices that fit both, to be put together into one
//! concrete suggestion.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::guess::did_you_mean;
use crate::lists::entries_of;
use crate::practice::Practice;
use crate::problem::Report;
use crate::table::{self, Table, Text};
use crate::variables::uses;
use crate::wording;
use crate::words::{Posture, Target, WayFor};

/// What ways are put together from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ways {
    /// Moments of a day.
    pub moments: Vec<WayMoment>,
    /// People to think of.
    pub people: Vec<WayPerson>,
    /// Practices, each with the sentence it is suggested in.
    pub practices: Vec<WayPractice>,
}

/// Something that happens anyway and leaves a little time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayMoment {
    /// What is stored when it is kept.
    pub id: String,
    /// "When the kettle is on".
    pub words: String,
    /// Whose day has it.
    #[serde(rename = "for")]
    pub whose: Vec<WayFor>,
    /// How many seconds there are.
    pub seconds: f64,
    /// How one is placed.
    pub posture: Posture,
}

/// Somebody to think of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayPerson {
    /// What is stored when it is kept.
    pub id: String,
    /// "the neighbour you hear more than see".
    pub words: String,
    /// What such a person is to the one who practises.
    pub target: Target,
    /// Whose life has such a person.
    #[serde(rename = "for")]
    pub whose: Vec<WayFor>,
}

/// A practice that can be done in passing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayPractice {
    /// What is stored when it is kept.
    pub id: String,
    /// The practice's slug.
    pub practice: String,
    /// How one can be placed for it.
    pub postures: Vec<Posture>,
    /// The people it can be for; empty when it is for oneself or needs nobody.
    pub targets: Vec<Target>,
    /// How many minutes it takes at most, whatever the moment has room for.
    pub most_minutes: f64,
    /// What to do, after the moment and a comma; `{person}` where the person is named.
    pub sentence: String,
}

/// The place of the person in a sentence.
const PERSON: &str = "person";

/// Reads `ways.toml`. `is_broken` says of a slug that its file is there but has problems of its own.
pub(crate) fn read(
    report: &mut Report<'_>,
    text: &str,
    practices: &BTreeMap<String, Practice>,
    is_broken: impl Fn(&str) -> bool,
) -> Ways {
    let Some(document) = table::parse(report, 0, text) else {
        return Ways::default();
    };
    let mut root = Table::new(&document, 0, 0);
    let moments = entries_of(report, &mut root, "moment", "id", |report, table, id| {
        let words = clause(report, table, "words", true);
        let whose = table.words(report, "for");
        let seconds = seconds(report, table);
        Some(WayMoment {
            id,
            words: words.value,
            whose,
            seconds: seconds?,
            posture: table.word(report, "posture")?,
        })
    });
    let people = entries_of(report, &mut root, "person", "id", |report, table, id| {
        let words = clause(report, table, "words", false);
        let target = table.word(report, "target");
        Some(WayPerson {
            id,
            words: words.value,
            whose: table.words(report, "for"),
            target: target?,
        })
    });
    let practices = entries_of(report, &mut root, "practice", "id", |report, table, id| {
        let slug = table.text(report, "practice", 80);
        let postures = table.words(report, "postures");
        let targets = table.words_if_any(report, "targets");
        let most_minutes = table.number(report, "most_minutes");
        let sentence = clause(report, table, "sentence", false);
        check_person(report, &sentence, !targets.is_empty());
        let entry = WayPractice {
            id,
            practice: slug.value.clone(),
            postures,
            targets,
            most_minutes: most_minutes?,
            sentence: sentence.value,
        };
        match practices.get(&slug.value) {
            Some(practice) => check_practice(report, &slug, practice, &entry, &moments, &people),
            None if is_broken(&slug.value) => return None,
            None if slug.value.is_empty() => {}
            None => {
                let guess = did_you_mean(&slug.value, practices.keys().map(String::as_str));
                let message = format!("no practice is called `{}`{guess}", slug.value);
                report.add(slug.at, message);
            }
        }
        Some(entry)
    });
    root.close(report);
    Ways {
        moments,
        people,
        practices,
    }
}

/// A part of a sentence: it joins others, so it ends without a full stop, and only the first begins with a capital.
fn clause(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    is_first: bool,
) -> Text {
    let text = table.text(report, key, 120);
    wording::check(report, text.at, &text.value);
    let first = text.value.chars().next();
    if first.is_some_and(|letter| letter.is_uppercase() != is_first) {
        report.add(
            text.at,
            if is_first {
                "a moment begins the sentence, so it begins with a capital letter"
            } else {
                "this stands inside a sentence, so it begins with a small letter"
            },
        );
    }
    if text.value.ends_with(['.', ',', ':', ';', '?']) {
        report.add(
            text.at,
            "this is a part of a sentence: take the sign at its end out",
        );
    }
    text
}

fn seconds(report: &mut Report<'_>, table: &mut Table<'_>) -> Option<f64> {
    let seconds = table.number(report, "seconds")?;
    if !(10.0..=3600.0).contains(&seconds) {
        let message = format!("{seconds} seconds is no moment of a day");
        report.add_allowed(table.place_of("seconds"), message, "10 to 3600");
        return None;
    }
    Some(seconds)
}

fn check_person(report: &mut Report<'_>, sentence: &Text, is_for_somebody: bool) {
    let names: Vec<_> = uses(&sentence.value)
        .into_iter()
        .map(|used| used.name)
        .collect();
    let fits = match names.as_slice() {
        [] => !is_for_somebody || sentence.value.is_empty(),
        [Some(PERSON)] => is_for_somebody,
        _ => false,
    };
    if !fits {
        report.add(
            sentence.at,
            "a sentence with `targets` names {person} once, one without does not name anybody",
        );
    }
}

/// A suggestion is begun alone and in passing: nothing restricted, nothing heavy; and there must be a moment and a
/// person for it.
fn check_practice(
    report: &mut Report<'_>,
    slug: &Text,
    practice: &Practice,
    entry: &WayPractice,
    moments: &[WayMoment],
    people: &[WayPerson],
) {
    if practice.restricted.is_some() || practice.load > 1 {
        report.add(
            slug.at,
            "only a practice that everybody may start, with load 1, is suggested in passing",
        );
    }
    let (least, most) = practice.minutes;
    if !(least..=most).contains(&entry.most_minutes) {
        let message = format!("`{}` can last from {least} to {most} minutes", slug.value);
        report.add(slug.at, message);
    }
    for target in &entry.targets {
        if !covers(&practice.targets, *target) {
            let message = format!("`{}` is not for `{target}`, its own file says", slug.value);
            report.add(slug.at, message);
        }
        if !people.iter().any(|person| person.target == *target) {
            report.add(slug.at, format!("no [[person]] is a `{target}`"));
        }
    }
    let fits = |moment: &WayMoment| {
        entry.postures.contains(&moment.posture) && practice.minutes.0 * 60.0 <= moment.seconds
    };
    if !entry.postures.is_empty() && !moments.iter().any(fits) {
        report.add(
            slug.at,
            "no [[moment]] is long enough for it in one of its postures",
        );
    }
}

/// Whether a practice for these is one for that target too.
fn covers(targets: &[Target], wanted: Target) -> bool {
    targets.contains(&wanted)
        || (wanted != Target::Oneself
            && (targets.contains(&Target::Others) || targets.contains(&Target::All)))
}
