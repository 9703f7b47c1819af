//! Reads a programme's file and checks it against the practices, measures, tasks and lessons it names.

mod order;
mod stage;

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{self, Claim, SENTENCE};
use crate::lesson::Lesson;
use crate::lists::Source;
use crate::measure::Measure;
use crate::practice::{Practice, hash, is_slug};
use crate::problem::Report;
use crate::programme::{Moment, Programme, Stage};
use crate::table::{self, Table};
use crate::wording;
use crate::words::{Edition, LedBy, Pacing};
use order::{check_order, check_twice};
use stage::Reader;

/// A task that programmes may ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Task {
    /// What programmes and records call it.
    pub id: &'static str,
    /// Its name on the screen.
    pub title: &'static str,
    /// About how long it takes.
    pub minutes: f64,
}

/// The tasks that programmes may ask for.
pub const TASKS: &[Task] = &[
    task("redistribution-game", "A game about sharing", 5.0),
    task("helping-game", "A game about helping", 5.0),
    task("punishment-game", "A game about fairness", 5.0),
    task("image-task", "Looking at pictures", 25.0),
    task("sharing-task", "Sharing stickers", 10.0),
    task("delay-task", "Now or later", 5.0),
    task("card-sort", "Sorting cards", 10.0),
    task("flanker", "Which way does it swim", 5.0),
];

const fn task(id: &'static str, title: &'static str, minutes: f64) -> Task {
    Task { id, title, minutes }
}

/// The days a programme may have: a little more than a month before it and two years of it.
const DAYS: std::ops::RangeInclusive<i64> = -40..=730;

/// What of the other files a programme is checked against.
pub(crate) struct Around<'a> {
    pub(crate) practices: &'a BTreeMap<String, Practice>,
    pub(crate) lessons: &'a BTreeMap<String, Lesson>,
    /// The practices and lessons that have problems of their own, by their files.
    pub(crate) broken: &'a BTreeSet<String>,
    /// Nothing where their file is broken itself.
    pub(crate) measures: Option<&'a [Measure]>,
    pub(crate) sources: Option<&'a [Source]>,
}

/// Reads a programme; none when anything is wrong with it, which is then reported.
pub(crate) fn read(
    report: &mut Report<'_>,
    slug: &str,
    text: &str,
    around: &Around<'_>,
) -> Option<Programme> {
    if !is_slug(slug) {
        report.add(0, "a programme's file name has small letters, digits and single hyphens only, such as self-8w.toml");
    }
    let document = table::parse(report, 0, text)?;
    let mut table = Table::new(&document, 0, 0);
    let title = words(report, &mut table, "title", 60);
    let summary = words(report, &mut table, "summary", 160);
    let audience = table.words(report, "audience");
    let led_by = table
        .word::<LedBy>(report, "led_by")
        .unwrap_or(LedBy::Oneself);
    let editions = table.words::<Edition>(report, "editions");
    let fixed = fixed(report, &mut table, &editions);
    let pacing = table
        .word::<Pacing>(report, "pacing")
        .unwrap_or(Pacing::Calendar);
    let first_day = whole_if_any(report, &mut table, "first_day", 0..=1).unwrap_or(1);
    let screening = table.yes_or_no(report, "screening");
    let why = words(report, &mut table, "why", 600);
    let if_hard = words(report, &mut table, "if_hard", 600);
    let cautions = table.texts(report, "cautions", SENTENCE);
    for caution in &cautions {
        wording::check_for_all(report, caution.at, &caution.value);
    }
    let note = words_if_any(report, &mut table, "note", 1000);
    let Claim {
        evidence,
        strength,
        limit,
    } = facts::claim(report, &mut table, around.sources);

    let mut reader = Reader {
        around,
        led_by,
        editions: &editions,
        screening,
        pacing,
    };
    let mut stages: Vec<Stage> = Vec::new();
    let mut places = Vec::new();
    for mut table in table.tables(report, "stage") {
        places.push(table.place_of("days"));
        let stage = reader.stage(report, &mut table, &stages, first_day);
        table.close(report);
        stages.push(stage);
    }
    let mut moments: Vec<Moment> = Vec::new();
    for mut table in table.tables(report, "moment") {
        let moment = reader.moment(report, &mut table, &moments);
        table.close(report);
        moments.push(moment);
    }
    if stages.is_empty() && moments.is_empty() {
        report.add(
            0,
            "a programme needs at least one [[stage]] or one [[moment]]",
        );
    }
    check_order(report, &stages, &places, &editions);
    check_twice(report, &stages, &editions);
    table.close(report);
    (report.count() == 0).then(|| Programme {
        slug: slug.to_owned(),
        title,
        summary,
        audience,
        led_by,
        editions,
        fixed,
        pacing,
        first_day,
        screening,
        why,
        if_hard,
        cautions: cautions.into_iter().map(|caution| caution.value).collect(),
        note,
        evidence,
        strength,
        limit,
        stages,
        moments,
        revision: hash(text, 12),
    })
}

/// A text that stands on a screen.
fn words(report: &mut Report<'_>, table: &mut Table<'_>, key: &'static str, most: usize) -> String {
    let text = table.text(report, key, most);
    wording::check_for_all(report, text.at, &text.value);
    text.value
}

fn words_if_any(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    most: usize,
) -> Option<String> {
    let text = table.text_if_any(report, key, most)?;
    wording::check_for_all(report, text.at, &text.value);
    Some(text.value)
}

/// A whole number within bounds, which may be left out.
fn whole_if_any(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    allowed: std::ops::RangeInclusive<i64>,
) -> Option<i64> {
    let number = table.number_if_any(report, key)?;
    let whole = allowed.clone().find(|&whole| whole as f64 == number);
    if whole.is_none() {
        let list: Vec<String> = match allowed.end() - allowed.start() {
            0..=9 => allowed.map(|whole| whole.to_string()).collect(),
            _ => vec![format!(
                "whole numbers from {} to {}",
                allowed.start(),
                allowed.end()
            )],
        };
        report.add_allowed(
            table.place_of(key),
            format!("`{key}` cannot be {number}"),
            list.join(", "),
        );
    }
    whole
}

/// A practitioner may always change care; only a trial's protocol is fixed.
fn fixed(report: &mut Report<'_>, table: &mut Table<'_>, editions: &[Edition]) -> Vec<Edition> {
    let fixed = table.words_if_any::<Edition>(report, "fixed");
    let at = table.place_of("fixed");
    for edition in &fixed {
        if *edition == Edition::Care {
            report.add_allowed(
                at,
                "the care edition cannot be fixed: people and their practitioners change it",
                "research",
            );
        } else if !editions.contains(edition) {
            report.add(at, format!("`{edition}` is fixed and not among the editions: add it there, or take it out here"));
        }
    }
    fixed
}
