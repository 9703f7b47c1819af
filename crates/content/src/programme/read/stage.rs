//! Reads the stages and moments of a programme.

use std::collections::{BTreeMap, BTreeSet};

use super::{Around, DAYS, TASKS, whole_if_any, words, words_if_any};
use crate::guess::did_you_mean;
use crate::lesson::Lesson;
use crate::lists::check_id;
use crate::measure::Measure;
use crate::practice::Practice;
use crate::problem::Report;
use crate::programme::{Every, Item, Moment, Stage, Unlock};
use crate::table::{Table, Text, TextOrTable};
use crate::words::{Edition, ItemKind, LedBy, MomentAfter, Often, Pacing, Restriction};

/// What reading a stage needs to know of its programme.
pub(super) struct Reader<'a> {
    pub(super) around: &'a Around<'a>,
    pub(super) led_by: LedBy,
    pub(super) editions: &'a [Edition],
    pub(super) screening: bool,
    pub(super) pacing: Pacing,
}

impl Reader<'_> {
    pub(super) fn stage(
        &mut self,
        report: &mut Report<'_>,
        table: &mut Table<'_>,
        before: &[Stage],
        first_day: i64,
    ) -> Stage {
        let id = self.id(report, table, before.iter().map(|stage| stage.id.as_str()));
        let title = words(report, table, "title", 80);
        let note = words_if_any(report, table, "note", 600).unwrap_or_default();
        let days = days(report, table);
        let editions = self.editions(report, table);
        let unlock = self.unlock(report, table);
        if unlock.is_some() && days.0 < first_day {
            let message = format!(
                "a stage that waits for something begins on day {first_day} at the earliest"
            );
            report.add(table.place_of("unlock"), message);
        }
        let mut items: Vec<(usize, Item)> = Vec::new();
        for kind in ItemKind::ALL {
            for mut entry in table.tables(report, kind.as_str()) {
                let at = entry.begins();
                let item = self.item(report, &mut entry, *kind, days, &editions);
                entry.close(report);
                items.push((at, item));
            }
        }
        items.sort_by_key(|(at, _)| *at);
        Stage {
            id,
            title,
            note,
            days,
            editions,
            unlock,
            items: items.into_iter().map(|(_, item)| item).collect(),
        }
    }

    fn id<'i>(
        &self,
        report: &mut Report<'_>,
        table: &mut Table<'_>,
        mut before: impl Iterator<Item = &'i str>,
    ) -> String {
        let id = table.text(report, "id", 60);
        check_id(report, &id);
        if !id.value.is_empty() && before.any(|other| other == id.value) {
            report.add(
                id.at,
                format!("the id `{}` is used twice: give this one another", id.value),
            );
        }
        id.value
    }

    fn editions(&self, report: &mut Report<'_>, table: &mut Table<'_>) -> Vec<Edition> {
        let editions = table.words_if_any::<Edition>(report, "editions");
        for edition in &editions {
            if !self.editions.contains(edition) {
                report.add(
                    table.place_of("editions"),
                    format!("this programme has no edition `{edition}`: add it to its `editions`, or take it out here"),
                );
            }
        }
        editions
    }

    fn unlock(&self, report: &mut Report<'_>, table: &mut Table<'_>) -> Option<Unlock> {
        let at = table.place_of("unlock");
        let such_as = "\"practitioner\", or { measure = \"phq-9\", at_most = 9 }";
        match table.text_or_table(report, "unlock")? {
            TextOrTable::Text(text) if text.value == "practitioner" => Some(Unlock::Practitioner),
            TextOrTable::Text(text) => {
                report.add_allowed(
                    text.at,
                    format!("`{}` does not open a stage", text.value),
                    such_as,
                );
                None
            }
            TextOrTable::Table(mut entry) => {
                let measure = entry.text(report, "measure", 60);
                self.check_measure(report, &measure);
                let at_least = entry.number_if_any(report, "at_least");
                let at_most = entry.number_if_any(report, "at_most");
                if at_least.is_none() && at_most.is_none() {
                    report.add_allowed(
                        at,
                        "this needs a bound: `at_least`, `at_most` or both",
                        such_as,
                    );
                }
                entry.close(report);
                Some(Unlock::Score {
                    instrument: measure.value,
                    at_least,
                    at_most,
                })
            }
        }
    }

    fn item(
        &self,
        report: &mut Report<'_>,
        table: &mut Table<'_>,
        kind: ItemKind,
        days: (i64, i64),
        stage_editions: &[Edition],
    ) -> Item {
        let id = table.text(report, "id", 60);
        let title = words_if_any(report, table, "title", 100);
        let editions = self.editions(report, table);
        let every = self.every(report, table, kind, days);
        let times = whole_if_any(report, table, "times", 1..=20).unwrap_or(1);
        let optional = table.yes_if_said(report, "optional");
        let (mut minutes, mut alternatives) = ((0.0, 0.0), Vec::new());
        match kind {
            ItemKind::Practice => {
                let places = editions_or(&editions, editions_or(stage_editions, self.editions));
                let practice = self.practice(report, &id, places, optional);
                minutes = self.minutes(report, table, practice);
                alternatives = self.alternatives(report, table, places);
            }
            ItemKind::Measure => {
                let measure = self.check_measure(report, &id);
                minutes = measure.map_or(minutes, |measure| (measure.minutes, measure.minutes));
            }
            ItemKind::Task => {
                let task = TASKS.iter().find(|task| task.id == id.value);
                if task.is_none() && !id.value.is_empty() {
                    let known: Vec<&str> = TASKS.iter().map(|task| task.id).collect();
                    report.unknown(id.at, "a task", &id.value, &known);
                }
                minutes = task.map_or(minutes, |task| (task.minutes, task.minutes));
            }
            ItemKind::Lesson => {
                let lesson = self.lesson(report, &id);
                minutes = lesson.map_or(minutes, |lesson| (lesson.minutes, lesson.minutes));
            }
        }
        Item {
            kind,
            id: id.value,
            title,
            minutes,
            every,
            times: u8::try_from(times).unwrap_or(1),
            optional,
            editions,
            alternatives,
            place: report.place(id.at),
        }
    }

    /// Practices come every day unless the file says otherwise; everything else once.
    fn every(
        &self,
        report: &mut Report<'_>,
        table: &mut Table<'_>,
        kind: ItemKind,
        days: (i64, i64),
    ) -> Every {
        let often = table.word_if_any::<Often>(report, "every");
        let weekdays = table.text_if_any(report, "weekdays", 7);
        let Some(weekdays) = weekdays else {
            return match (often, kind) {
                (Some(Often::Day), _) | (None, ItemKind::Practice) => Every::Day,
                (Some(Often::Week), _) => Every::Week,
                (Some(Often::Once), _) | (None, _) => Every::Once,
            };
        };
        if often.is_some() {
            report.add(weekdays.at, "write either `every` or `weekdays`, not both");
        }
        if self.pacing == Pacing::Completion {
            report.add(weekdays.at, "days of the week belong to the pacing \"calendar\": here a day waits until it is done");
        }
        let digits: BTreeSet<char> = weekdays.value.chars().collect();
        let is_right = digits.len() == weekdays.value.chars().count()
            && digits.iter().all(|digit| ('1'..='7').contains(digit));
        if !is_right {
            report.add_allowed(
                weekdays.at,
                format!("`{}` are no days of the week", weekdays.value),
                "each digit once, Monday 1 to Sunday 7, such as \"12345\"",
            );
        }
        if days.1 - days.0 < 6 && digits.len() < 7 && is_right {
            report.add(
                weekdays.at,
                "a stage shorter than a week may not hold these days: make it at least seven days, or use `every`",
            );
        }
        Every::Weekdays(digits.into_iter().collect())
    }

    fn practice(
        &self,
        report: &mut Report<'_>,
        id: &Text,
        editions: &[Edition],
        optional: bool,
    ) -> Option<&Practice> {
        let practices = self.around.practices;
        let practice = self.named(report, "practice", "practices", id, practices)?;
        let slug = &practice.slug;
        if practice.load == 3 && !self.screening {
            report.add(id.at, format!("`{slug}` is a heavy practice (load 3): it needs `screening = true` at the top of this file"));
        }
        match practice.restricted {
            Some(Restriction::ResearchOnly) if editions.contains(&Edition::Care) => {
                report.add(id.at, format!("`{slug}` is for research only: write `editions = [\"research\"]` here, or take another practice"));
            }
            Some(Restriction::PractitionerOnly) if self.led_by != LedBy::Practitioner => {
                report.add(id.at, format!("`{slug}` is done with a practitioner only: it needs `led_by = \"practitioner\"`, or take another practice"));
            }
            Some(Restriction::PractitionerFirst)
                if self.led_by != LedBy::Practitioner && !optional =>
            {
                report.add(id.at, format!("`{slug}` is first done with a practitioner: it needs `led_by = \"practitioner\"`, or `optional = true` here"));
            }
            Some(Restriction::Chosen | Restriction::Withdrawn) => {
                report.add(
                    id.at,
                    format!("`{slug}` is not for everybody here: take another practice"),
                );
            }
            _ => {}
        }
        Some(practice)
    }

    fn lesson(&self, report: &mut Report<'_>, id: &Text) -> Option<&Lesson> {
        self.named(report, "lesson", "lessons", id, self.around.lessons)
    }

    /// Looks up what has a file of its own.
    fn named<'n, T>(
        &self,
        report: &mut Report<'_>,
        what: &str,
        folder: &str,
        id: &Text,
        all: &'n BTreeMap<String, T>,
    ) -> Option<&'n T> {
        let found = all.get(&id.value);
        let file = format!("{folder}/{}.md", id.value);
        if found.is_none() && self.around.broken.contains(&file) {
            let message = format!(
                "the {what} `{}` has problems of its own: mend {file} first",
                id.value
            );
            report.add_once(id.at, message);
        } else if found.is_none() && !id.value.is_empty() {
            let guess = did_you_mean(&id.value, all.keys().map(String::as_str));
            report.add(id.at, format!("there is no {what} `{}`{guess}", id.value));
        }
        found
    }

    fn check_measure(&self, report: &mut Report<'_>, id: &Text) -> Option<&Measure> {
        let measures = self.around.measures?;
        let found = measures.iter().find(|measure| measure.id == id.value);
        let file = format!("instruments/{}.toml", id.value);
        if found.is_none() && self.around.broken.contains(&file) {
            let message = format!(
                "the instrument `{}` has problems of its own: mend {file} first",
                id.value
            );
            report.add_once(id.at, message);
        } else if found.is_none() && !id.value.is_empty() {
            let known = measures.iter().map(|measure| measure.id.as_str());
            let guess = did_you_mean(&id.value, known);
            report.add(
                id.at,
                format!(
                    "there is no measure `{}`{guess}; measures are instruments, check-ins, and a few questions of Kith's own",
                    id.value
                ),
            );
        }
        found
    }

    fn minutes(
        &self,
        report: &mut Report<'_>,
        table: &mut Table<'_>,
        practice: Option<&Practice>,
    ) -> (f64, f64) {
        let Some((from, to)) = table.one_or_two_numbers(report, "minutes") else {
            return (0.0, 0.0);
        };
        let at = table.place_of("minutes");
        if to < from {
            report.add(
                at,
                format!("the minutes fall from {from} to {to}: they may only rise"),
            );
        }
        if let Some(practice) = practice {
            check_length(report, at, practice, from);
            if to != from {
                check_length(report, at, practice, to);
            }
        }
        (from, to)
    }

    /// A list of `{ practice = …, minutes = … }`.
    fn with_minutes(
        &self,
        report: &mut Report<'_>,
        table: &mut Table<'_>,
        key: &'static str,
        editions: &[Edition],
        optional: bool,
    ) -> Vec<(String, f64)> {
        let such_as = format!("{key} = [{{ practice = \"soles-ground\", minutes = 2 }}]");
        let mut all: Vec<(String, f64)> = Vec::new();
        for mut entry in table.listed_tables(report, key, &such_as) {
            let id = entry.text(report, "practice", 60);
            let practice = self.practice(report, &id, editions, optional);
            let minutes = entry.number(report, "minutes");
            if let (Some(practice), Some(minutes)) = (practice, minutes) {
                check_length(report, entry.place_of("minutes"), practice, minutes);
            }
            if all.iter().any(|(other, _)| *other == id.value) {
                report.add(id.at, "this practice is named twice: once is enough");
            }
            entry.close(report);
            all.push((id.value, minutes.unwrap_or(0.0)));
        }
        all
    }

    fn alternatives(
        &self,
        report: &mut Report<'_>,
        table: &mut Table<'_>,
        editions: &[Edition],
    ) -> Vec<(String, f64)> {
        self.with_minutes(report, table, "alternatives", editions, true)
    }

    pub(super) fn moment(
        &mut self,
        report: &mut Report<'_>,
        table: &mut Table<'_>,
        before: &[Moment],
    ) -> Moment {
        let id = self.id(
            report,
            table,
            before.iter().map(|moment| moment.id.as_str()),
        );
        let title = words(report, table, "title", 80);
        // Nobody is with her in a moment, so nothing restricted has a place in it.
        let steps = self.with_minutes(report, table, "steps", &[Edition::Care], false);
        let straight_to_help = table.yes_if_said(report, "straight_to_help");
        if steps.is_empty() && !straight_to_help {
            report.add(
                table.place_of("steps"),
                "a moment needs at least one step, or `straight_to_help = true`",
            );
        }
        let after = table.word::<MomentAfter>(report, "after");
        let say = words_if_any(report, table, "say", 200).unwrap_or_default();
        Moment {
            id,
            title,
            steps,
            straight_to_help,
            after: after.unwrap_or(MomentAfter::Nothing),
            say,
        }
    }
}

fn editions_or<'e>(editions: &'e [Edition], otherwise: &'e [Edition]) -> &'e [Edition] {
    if editions.is_empty() {
        otherwise
    } else {
        editions
    }
}

fn check_length(report: &mut Report<'_>, at: usize, practice: &Practice, minutes: f64) {
    let (least, most) = practice.minutes;
    if !(least..=most).contains(&minutes) {
        report.add_allowed(
            at,
            format!("`{}` cannot last {minutes} minutes", practice.slug),
            format!("{least} to {most}"),
        );
    }
}

/// One day, or the first and the last.
fn days(report: &mut Report<'_>, table: &mut Table<'_>) -> (i64, i64) {
    let Some((first, last)) = table.one_or_two_numbers(report, "days") else {
        return (1, 1);
    };
    let at = table.place_of("days");
    let whole = |day: f64| DAYS.clone().find(|&whole| whole as f64 == day);
    let (Some(first), Some(last)) = (whole(first), whole(last)) else {
        report.add_allowed(
            at,
            "`days` must be whole days of the programme",
            format!("{} to {}", DAYS.start(), DAYS.end()),
        );
        return (1, 1);
    };
    if last < first {
        report.add(
            at,
            format!(
                "the last day ({last}) comes before the first ({first}): write the first day first"
            ),
        );
        return (last, first);
    }
    (first, last)
}
