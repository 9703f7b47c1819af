//! What is asked for on a date, on all days, and how much of it was done.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::enrolment::{Course, Done, Enrolment, InPlace, Position, State, count, within};
use crate::programme::{Every, Item, Stage};
use crate::words::ItemKind;

/// Something that is open on a date.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DueItem {
    /// What it is.
    pub kind: ItemKind,
    /// The practice's slug, the measure's or the task's id, the lesson's slug.
    pub id: String,
    /// Another name on the screen than its own.
    pub title: Option<String>,
    /// How long it takes.
    pub minutes: f64,
    /// How many times while it is open.
    pub times: u8,
    /// How many times it was done since it opened.
    pub times_done: u8,
    /// Whether it may be left out.
    pub optional: bool,
    /// Any of these practices, with its minutes, counts as well.
    pub alternatives: Vec<(String, f64)>,
    /// The id of its stage.
    pub stage: String,
    /// The name of its stage.
    pub stage_title: String,
    /// What the client reads about that stage; may be empty.
    pub note: String,
    /// The date on which it opens.
    pub opens: i64,
    /// The last date on which it is open.
    pub closes: i64,
    /// The programme's day.
    pub day: i64,
}

/// How much of what was asked for was done. Practices only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Adherence {
    /// Days with required practices, up to yesterday, and today once it is done; and each time a weekly practice was
    /// asked for in a week that is past or in which it was done.
    pub asked: u32,
    /// How many of those were done.
    pub kept: u32,
    /// The minutes of what was asked.
    pub minutes_asked: f64,
    /// The minutes of the programme's practices that were heard, optional ones too.
    pub minutes_heard: f64,
}

/// What is open on a date, with what was done of it.
pub fn due(enrolment: &Enrolment<'_>, done: &[Done], today: i64) -> Vec<DueItem> {
    let today = within(today);
    let course = Course::new(enrolment, done, today);
    open(enrolment, &course, done, today)
        .into_iter()
        .map(|open| open.due)
        .collect()
}

/// Everything, on the day on which it opens: the programme's day, the date, and what opens. As if nobody had missed,
/// paused or waited for anything.
pub fn schedule(enrolment: &Enrolment<'_>) -> Vec<(i64, i64, Vec<DueItem>)> {
    let programme = enrolment.programme;
    let mut days: BTreeMap<i64, Vec<Open<'_>>> = BTreeMap::new();
    for stage in programme.stages_of(enrolment.edition) {
        for item in stage.items_of(enrolment.edition) {
            let mut day = stage.days.0;
            while day <= stage.days.1 {
                let (first, last) = window(stage, item, day);
                let date = first - programme.first_day;
                if is_her_day(enrolment, item, date) {
                    let now = InPlace::of(enrolment, item, date);
                    let dates = (date, last - programme.first_day);
                    let open = Open::new(enrolment, stage, item, now, first, dates);
                    add(days.entry(first).or_default(), open);
                }
                day = last + 1;
            }
        }
    }
    days.into_iter()
        .map(|(day, open)| {
            let items = open.into_iter().map(|open| open.due).collect();
            (day, day - programme.first_day, items)
        })
        .collect()
}

/// How much of what was asked for was done.
pub fn adherence(enrolment: &Enrolment<'_>, done: &[Done], today: i64) -> Adherence {
    let today = within(today);
    let course = Course::new(enrolment, done, today);
    let mut adherence = Adherence::default();
    let Some((first, _)) = enrolment.programme.days(enrolment.edition) else {
        return adherence;
    };
    let from = (first - enrolment.programme.first_day).max(within(enrolment.agreed));
    let mut weekly: BTreeMap<(String, String, i64), DueItem> = BTreeMap::new();
    for date in from..=today.min(course.end().max(-1)) {
        let open = open(enrolment, &course, done, date);
        adherence.minutes_heard += heard(&open, done, date);
        let required = || {
            open.iter()
                .filter(|open| open.due.kind == ItemKind::Practice && !open.due.optional)
        };
        let daily: Vec<&DueItem> = required()
            .filter(|open| open.item.is_daily())
            .map(|open| &open.due)
            .collect();
        let is_kept = daily.iter().all(|due| due.times_done >= due.times);
        if !daily.is_empty() && (date < today || is_kept) {
            adherence.asked += 1;
            adherence.kept += u32::from(is_kept);
            adherence.minutes_asked += daily.iter().map(|due| all_minutes(due)).sum::<f64>();
        }
        for open in required().filter(|open| !open.item.is_daily()) {
            let key = (open.due.stage.clone(), open.item.id.clone(), open.due.opens);
            weekly.insert(key, open.due.clone());
        }
    }
    let open_now = open(enrolment, &course, done, today);
    for ((stage, id, opens), due) in weekly {
        let is_open = open_now
            .iter()
            .any(|open| open.due.stage == stage && open.item.id == id && open.due.opens == opens);
        let kept = due.times_done.min(due.times);
        let asked = if is_open { kept } else { due.times };
        adherence.asked += u32::from(asked);
        adherence.kept += u32::from(kept);
        adherence.minutes_asked += due.minutes * f64::from(asked);
    }
    adherence
}

fn all_minutes(due: &DueItem) -> f64 {
    due.minutes * f64::from(due.times)
}

/// The minutes heard on a date of what was open then. Each record counts once.
fn heard(open: &[Open<'_>], done: &[Done], date: i64) -> f64 {
    done.iter()
        .filter(|done| done.kind == ItemKind::Practice && done.on == date)
        .filter(|done| done.share.is_finite())
        .filter_map(|done| {
            let open = open
                .iter()
                .find(|open| open.item.kind == done.kind && open.now.counts(open.item, &done.id))?;
            let alternative = open.due.alternatives.iter().find(|(id, _)| *id == done.id);
            let minutes = alternative.map_or(open.due.minutes, |(_, minutes)| *minutes);
            Some(minutes * done.share.clamp(0.0, 1.0))
        })
        .sum()
}

/// An item that is open, and what it is made of.
struct Open<'a> {
    due: DueItem,
    item: &'a Item,
    now: InPlace<'a>,
}

impl<'a> Open<'a> {
    /// `day` decides how long it takes, `dates` are the first and last on which it is open.
    fn new(
        enrolment: &Enrolment<'a>,
        stage: &'a Stage,
        item: &'a Item,
        now: InPlace<'a>,
        day: i64,
        (opens, closes): (i64, i64),
    ) -> Self {
        let is_practice = item.kind == ItemKind::Practice;
        let minutes = now.minutes.unwrap_or_else(|| minutes_on(stage, item, day));
        let fitted = |id: &str, minutes: f64| {
            if is_practice {
                fit(enrolment, id, minutes)
            } else {
                minutes
            }
        };
        let due = DueItem {
            kind: item.kind,
            id: now.id.to_owned(),
            // Another practice has another name.
            title: item.title.clone().filter(|_| now.id == item.id),
            minutes: fitted(now.id, minutes),
            times: item.times,
            times_done: 0,
            optional: item.optional,
            alternatives: item
                .alternatives
                .iter()
                .filter(|(id, _)| id != now.id)
                .map(|(id, minutes)| (id.clone(), fitted(id, *minutes)))
                .collect(),
            stage: stage.id.clone(),
            stage_title: stage.title.clone(),
            note: stage.note.clone(),
            opens,
            closes,
            day,
        };
        Self { due, item, now }
    }
}

/// What is open on a date, in the order of the programme.
fn open<'a>(
    enrolment: &Enrolment<'a>,
    course: &Course<'a>,
    done: &[Done],
    date: i64,
) -> Vec<Open<'a>> {
    let position = course.at(date);
    let mut all = Vec::new();
    if date < enrolment.agreed || matches!(position.state, State::Paused | State::Over) {
        return all;
    }
    for stage in enrolment.programme.stages_of(enrolment.edition) {
        for item in stage.items_of(enrolment.edition) {
            let Some((day, dates)) = dates(enrolment, course, stage, item, position, date) else {
                continue;
            };
            let now = InPlace::of(enrolment, item, date);
            let times = count(done, item, &now, &(dates.0..=date.min(dates.1)));
            let mut open = Open::new(enrolment, stage, item, now, day, dates);
            open.due.day = position.day;
            open.due.times_done = u8::try_from(times).unwrap_or(u8::MAX);
            open.due.optional |= item.is_daily() && matches!(position.state, State::Waiting(_));
            add(&mut all, open);
        }
    }
    all
}

/// Adds what is not there yet. A swap can make two items of one day the same practice: it is done once.
fn add<'a>(all: &mut Vec<Open<'a>>, open: Open<'a>) {
    let same = all
        .iter_mut()
        .find(|other| other.due.kind == open.due.kind && other.due.id == open.due.id);
    match same {
        None => all.push(open),
        Some(other) => {
            other.due.optional &= open.due.optional;
            other.due.times = other.due.times.max(open.due.times);
            other.due.minutes = other.due.minutes.max(open.due.minutes);
        }
    }
}

/// The dates on which an item is open around this one, and the day its window begins; none when it is not open.
fn dates(
    enrolment: &Enrolment<'_>,
    course: &Course<'_>,
    stage: &Stage,
    item: &Item,
    position: Position<'_>,
    date: i64,
) -> Option<(i64, (i64, i64))> {
    let first_day = enrolment.programme.first_day;
    let day = position.day;
    if item.is_daily() {
        let is_today =
            (stage.days.0..=stage.days.1).contains(&day) && is_her_day(enrolment, item, date);
        // A day that waits to be done is one window, however many dates it takes; waiting for a stage each date is one.
        let opens = match position.state {
            State::Running => position.began,
            _ => date,
        };
        return is_today.then_some((day, (opens, date)));
    }
    if (stage.days.0..=stage.days.1).contains(&day) {
        let (first, last) = window(stage, item, day);
        let closes = course.date_to_come(last, day, date);
        return Some((first, (course.date_of(first), closes)));
    }
    // What came before the beginning stays open through the first day for whoever agreed too late for it.
    let (first, last) = window(stage, item, stage.days.1);
    let was_too_late = last < first_day && last - first_day < enrolment.agreed;
    if was_too_late && (day <= first_day || date <= enrolment.agreed) && last < day {
        let closes = course
            .date_to_come(first_day, day, date)
            .max(enrolment.agreed);
        return Some((first, (first - first_day, closes)));
    }
    None
}

/// The days of an item's window that holds this day of its stage.
fn window(stage: &Stage, item: &Item, day: i64) -> (i64, i64) {
    let (first, last) = stage.days;
    match item.every {
        Every::Day | Every::Weekdays(_) => (day, day),
        Every::Once => (first, last),
        Every::Week => {
            let monday = (day - 1).div_euclid(7) * 7 + 1;
            (monday.max(first), (monday + 6).min(last))
        }
    }
}

/// Whether a daily item falls on this date. A fixed edition asks every day, whatever her weekdays.
fn is_her_day(enrolment: &Enrolment<'_>, item: &Item, date: i64) -> bool {
    let weekday = (i64::from(enrolment.start_weekday) - 1 + date).rem_euclid(7) + 1;
    let has = |digits: &str| {
        digits
            .chars()
            .any(|digit| digit.to_digit(10).map(i64::from) == Some(weekday))
    };
    let is_hers = enrolment.weekdays.is_empty()
        || has(enrolment.weekdays)
        || item.kind != ItemKind::Practice
        || enrolment.programme.is_fixed(enrolment.edition);
    match &item.every {
        Every::Day => is_hers,
        Every::Weekdays(digits) => has(digits) && is_hers,
        Every::Week | Every::Once => true,
    }
}

/// The minutes of an item on a day of its stage, rising in whole minutes.
fn minutes_on(stage: &Stage, item: &Item, day: i64) -> f64 {
    let (from, to) = item.minutes;
    let (first, last) = stage.days;
    if from == to || last <= first {
        return from;
    }
    let part = (day.clamp(first, last) - first) as f64 / (last - first) as f64;
    (from + ((to - from) * part).round()).min(to)
}

/// No more minutes than she wants, and none the practice cannot last.
fn fit(enrolment: &Enrolment<'_>, practice: &str, minutes: f64) -> f64 {
    if enrolment.programme.is_fixed(enrolment.edition) {
        return minutes;
    }
    let capped = enrolment
        .minutes_most
        .filter(|most| most.is_finite())
        .map_or(minutes, |most| minutes.min(most));
    let range = enrolment.library.practice(practice);
    range.map_or(capped, |practice| {
        capped.clamp(practice.minutes.0, practice.minutes.1)
    })
}
