//! One person's enrolment in a programme, and on which day of it she stands.
//!
//! All dates here are whole civil days after the start date, which is 0. There is no zone and no clock.

use crate::library::Library;
use crate::programme::{Item, Programme, Stage, Unlock};
use crate::words::{Edition, ItemKind, Pacing};

/// The share of its length that must have been heard before a practice counts as done.
/// Source: the programme plan's rule for an adherent day of the two-week training, at least 80 % of the audio.
pub const ADHERENT: f64 = 0.8;

/// Nothing is reckoned further away than this, a hundred years, so that no date a caller sends takes long.
const FARTHEST: i64 = 36_525;

/// One person's enrolment in one programme.
#[derive(Clone, Copy, Debug)]
pub struct Enrolment<'a> {
    /// The programme.
    pub programme: &'a Programme,
    /// The library it is from: it knows the least minutes of each practice.
    pub library: &'a Library,
    /// The edition she follows.
    pub edition: Edition,
    /// The day of the week of the start date, Monday 1.
    pub start_weekday: u8,
    /// The days of the week she practises, as digits, Monday 1; "1234567", or nothing, for all.
    pub weekdays: &'a str,
    /// The most minutes she wants a practice to last.
    pub minutes_most: Option<f64>,
    /// Practices that others take the place of.
    pub swaps: &'a [Swap],
    /// The first day of each pause, and the first day on which it runs again.
    pub pauses: &'a [(i64, Option<i64>)],
    /// Stages a practitioner has opened, and since which date.
    pub unlocked: &'a [(String, i64)],
    /// The date on which she agreed.
    pub agreed: i64,
}

/// Another practice in the place of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Swap {
    /// The practice it replaces.
    pub from: String,
    /// The practice in its place.
    pub to: String,
    /// How long that lasts.
    pub minutes: f64,
    /// The first date on which it does.
    pub since: i64,
}

/// Something she did.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// What it was.
    pub kind: ItemKind,
    /// The practice's slug, the measure's or the task's id, the lesson's slug.
    pub id: String,
    /// The date.
    pub on: i64,
    /// The share of its length that was heard: 1 for all of it.
    pub share: f64,
    /// The score of a measure.
    pub score: Option<f64>,
}

/// Where she stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has not begun.
    Before,
    /// It is this day of the programme.
    Running {
        /// The programme's day.
        day: i64,
    },
    /// It is paused on this day.
    Paused {
        /// The programme's day.
        day: i64,
    },
    /// It stays on this day until a stage is opened.
    Waiting {
        /// The programme's day.
        day: i64,
        /// The id of the stage that is not open yet.
        stage: String,
    },
    /// Its last day is past.
    Over,
}

/// Where she stands on a date.
pub fn standing(enrolment: &Enrolment<'_>, done: &[Done], today: i64) -> Standing {
    let position = Course::new(enrolment, done, today).at(today);
    let day = position.day;
    match position.state {
        State::Before => Standing::Before,
        State::Running => Standing::Running { day },
        State::Paused => Standing::Paused { day },
        State::Waiting(stage) => Standing::Waiting {
            day,
            stage: stage.id.clone(),
        },
        State::Over => Standing::Over,
    }
}

/// The days a person has gone through so far: which day of the programme each date was.
pub(crate) struct Course<'a> {
    first_day: i64,
    pauses: &'a [(i64, Option<i64>)],
    /// By date, from the start date on, until it was over.
    positions: Vec<Position<'a>>,
}

/// Where she stood on one date.
#[derive(Clone, Copy)]
pub(crate) struct Position<'a> {
    pub(crate) day: i64,
    /// The date on which that day began.
    pub(crate) began: i64,
    pub(crate) state: State<'a>,
}

#[derive(Clone, Copy)]
pub(crate) enum State<'a> {
    Before,
    Running,
    Paused,
    Waiting(&'a Stage),
    Over,
}

impl<'a> Course<'a> {
    /// Goes from the start date to `today`, one date at a time. What is recorded later makes no difference.
    pub(crate) fn new(enrolment: &Enrolment<'a>, done: &[Done], today: i64) -> Self {
        let programme = enrolment.programme;
        let last = programme.days(enrolment.edition).map(|(_, last)| last);
        let mut course = Self {
            first_day: programme.first_day,
            pauses: enrolment.pauses,
            positions: Vec::new(),
        };
        let (mut day, mut began) = (programme.first_day - 1, -1);
        for date in 0..=within(today) {
            let mut state = State::Running;
            if course.is_paused(date) {
                state = State::Paused;
            } else if day < programme.first_day
                || programme.pacing == Pacing::Calendar
                || is_completed(enrolment, done, day, began..=date - 1)
            {
                match locked(enrolment, done, day + 1, date) {
                    Some(stage) => state = State::Waiting(stage),
                    None => (day, began) = (day + 1, date),
                }
            }
            if last.is_some_and(|last| day > last) {
                state = State::Over;
            }
            course.positions.push(Position { day, began, state });
            if matches!(state, State::Over) {
                break;
            }
        }
        course
    }

    /// Where she stood on a date, up to the one this was made for.
    pub(crate) fn at(&self, date: i64) -> Position<'a> {
        let date = within(date);
        if date < 0 {
            let state = if self.is_paused(date) {
                State::Paused
            } else {
                State::Before
            };
            let day = self.first_day + date;
            return Position {
                day,
                began: date,
                state,
            };
        }
        let known = self.positions.get(date as usize).or(self.positions.last());
        known.copied().unwrap_or(Position {
            day: self.first_day,
            began: 0,
            state: State::Running,
        })
    }

    /// The date on which a day began that lies in the past.
    pub(crate) fn date_of(&self, day: i64) -> i64 {
        if day < self.first_day {
            return day - self.first_day;
        }
        self.positions
            .partition_point(|position| position.day < day) as i64
    }

    /// The date of a day to come, seen from a day and its date: as if nothing more gets in the way than the pauses
    /// that are known.
    pub(crate) fn date_to_come(&self, to: i64, day: i64, date: i64) -> i64 {
        let (mut left, mut date) = (to - day, date);
        let farthest = date + left + FARTHEST;
        while left > 0 && date < farthest {
            date += 1;
            // Days before the start date are of the calendar whatever is paused.
            left -= i64::from(date < 0 || !self.is_paused(date));
        }
        date
    }

    /// The last date of this course that matters: when it was over, or the date it was made for.
    pub(crate) fn end(&self) -> i64 {
        self.positions.len() as i64 - 1
    }

    fn is_paused(&self, date: i64) -> bool {
        self.pauses
            .iter()
            .any(|&(from, to)| from <= date && to.is_none_or(|to| date < to))
    }
}

/// A date no further away than is reckoned.
pub(crate) fn within(date: i64) -> i64 {
    date.clamp(-FARTHEST, FARTHEST)
}

/// The stage that begins on this day and may not begin on this date.
fn locked<'a>(enrolment: &Enrolment<'a>, done: &[Done], day: i64, date: i64) -> Option<&'a Stage> {
    let opened_by_hand = |stage: &Stage| {
        enrolment
            .unlocked
            .iter()
            .any(|(id, since)| *id == stage.id && *since <= date)
    };
    enrolment
        .programme
        .stages_of(enrolment.edition)
        .filter(|stage| stage.days.0 == day)
        .find(|stage| match &stage.unlock {
            None => false,
            Some(_) if opened_by_hand(stage) => false,
            Some(Unlock::Practitioner) => true,
            Some(Unlock::Score {
                instrument,
                at_least,
                at_most,
            }) => {
                let score = latest_score(done, instrument, date);
                !score.is_some_and(|score| {
                    at_least.is_none_or(|least| score >= least)
                        && at_most.is_none_or(|most| score <= most)
                })
            }
        })
}

/// The score of the latest record of a measure that has one; of several on one date the last in the list.
fn latest_score(done: &[Done], instrument: &str, date: i64) -> Option<f64> {
    done.iter()
        .filter(|done| done.kind == ItemKind::Measure && done.id == instrument && done.on <= date)
        .filter_map(|done| Some((done.on, done.score?)))
        .max_by_key(|&(on, _)| on)
        .map(|(_, score)| score)
}

/// Whether every required daily practice of a day was done on these dates. Her weekdays make no difference: a day she
/// does not practise on waits like a missed one.
fn is_completed(
    enrolment: &Enrolment<'_>,
    done: &[Done],
    day: i64,
    dates: std::ops::RangeInclusive<i64>,
) -> bool {
    enrolment
        .programme
        .stages_of(enrolment.edition)
        .filter(|stage| (stage.days.0..=stage.days.1).contains(&day))
        .flat_map(|stage| stage.items_of(enrolment.edition))
        .filter(|item| item.kind == ItemKind::Practice && item.is_daily() && !item.optional)
        .all(|item| {
            let now = InPlace::of(enrolment, item, *dates.end());
            count(done, item, &now, &dates) >= usize::from(item.times)
        })
}

/// What stands in the place of an item on a date, after swaps.
pub(crate) struct InPlace<'a> {
    pub(crate) id: &'a str,
    /// The minutes, where it was swapped.
    pub(crate) minutes: Option<f64>,
    /// What else it was before: the item's own practice and those in between. They still count.
    before: Vec<&'a str>,
}

impl<'a> InPlace<'a> {
    pub(crate) fn of(enrolment: &Enrolment<'a>, item: &'a Item, date: i64) -> Self {
        let mut now = Self {
            id: &item.id,
            minutes: None,
            before: Vec::new(),
        };
        if item.kind != ItemKind::Practice || enrolment.programme.is_fixed(enrolment.edition) {
            return now;
        }
        let mut swaps: Vec<&'a Swap> = enrolment
            .swaps
            .iter()
            .filter(|swap| swap.since <= date)
            .collect();
        swaps.sort_by_key(|swap| swap.since);
        for swap in swaps {
            // A later swap may name what the item was at first or what it has become.
            if swap.from == now.id || swap.from == item.id {
                now.before.push(now.id);
                now.id = &swap.to;
                now.minutes = Some(swap.minutes).filter(|minutes| minutes.is_finite());
            }
        }
        now
    }

    /// Whether doing this practice counts for the item.
    pub(crate) fn counts(&self, item: &Item, id: &str) -> bool {
        self.id == id
            || self.before.contains(&id)
            || item.alternatives.iter().any(|(other, _)| other == id)
    }
}

/// How often an item was done on these dates. A practice counts when enough of it was heard.
pub(crate) fn count(
    done: &[Done],
    item: &Item,
    now: &InPlace<'_>,
    dates: &std::ops::RangeInclusive<i64>,
) -> usize {
    done.iter()
        .filter(|done| done.kind == item.kind && dates.contains(&done.on))
        .filter(|done| done.kind != ItemKind::Practice || done.share >= ADHERENT)
        .filter(|done| now.counts(item, &done.id))
        .count()
}
