//! When a reminder goes out, when it does not, and when it is time to ask.

use jiff::Timestamp;
use jiff::civil::{Date, Time, time};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::features::plans::{Plan, State as PlanState, rules::is_on};
use kith_base::clock::DAY;
use kith_base::web::form::Form;

/// After this many in a row that nobody followed, one question, and then silence until it is answered:
/// whoever drifts away answers reminders least, and more of them do not help (Jool, programmes' notes on
/// 18,000 messages; Baumel 2019 on how soon most people stop).
pub const IGNORED: usize = 3;
/// A reminder that could not go out within this time is not sent at all.
pub const LATE: i64 = 2 * 60 * 60 * 1000;
/// How many days a pause has.
pub const PAUSE: i64 = 7;
/// Minutes in a day.
const MINUTES: i64 = 24 * 60;

/// What a message says: nothing on a locked screen tells what Kith is.
pub const WORDS: [(&str, &str); 4] = [
    ("minute", "A minute for yourself?"),
    ("pause", "A short pause?"),
    ("chosen", "This is the time you chose."),
    ("hello", "Hello. You asked for a word about now."),
];

/// The text of that key; the first when there is none.
pub fn words(key: &str) -> &'static str {
    let found = WORDS.iter().find(|(known, _)| *known == key);
    found.map_or(WORDS[0].1, |(_, words)| words)
}

/// What the one question says.
pub const QUESTION: &str = "Shall these messages go on?";

/// What the one reminder of something somebody was asked says: no questionnaire, no illness, no name.
pub const REQUEST: &str = "A few questions are waiting before your appointment.";

/// What becomes of the one reminder of a request whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestMessage {
    /// It goes out now.
    Now,
    /// It is quiet where she is: later.
    At(i64),
    /// It is not sent, then or ever.
    Never,
}

/// Whether the one reminder of a request goes out: only to somebody who has reminders on, never in her quiet hours, never when it
/// is over. `waits`: nothing was answered and nothing taken back.
pub fn request_message(
    reminder: Option<&Reminder>,
    (waits, expires_at): (bool, i64),
    now: i64,
    zone: &TimeZone,
) -> RequestMessage {
    let (today, minute) = minute_of(now, zone);
    let Some(reminder) = reminder.filter(|_| waits && now < expires_at) else {
        return RequestMessage::Never;
    };
    let is_paused = reminder.paused_until.is_some_and(|until| today < until);
    if reminder.state != State::Running || is_paused {
        return RequestMessage::Never;
    }
    if !is_quiet(minute, reminder.quiet_from, reminder.quiet_until) {
        return RequestMessage::Now;
    }
    let wait = (reminder.quiet_until - minute).rem_euclid(MINUTES);
    let later = now + wait.max(1) * 60_000;
    match later < expires_at {
        true => RequestMessage::At(later),
        false => RequestMessage::Never,
    }
}

/// Where somebody's reminders stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// One a day.
    Running,
    /// The question was asked; nothing is sent until it is answered.
    Asked,
    /// Ended by her.
    Stopped,
}

impl State {
    /// The word it is stored as.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Asked => "asked",
            Self::Stopped => "stopped",
        }
    }

    /// The state of that word; an unknown one sends nothing.
    pub fn read(word: &str) -> Self {
        match word {
            "running" => Self::Running,
            "asked" => Self::Asked,
            _ => Self::Stopped,
        }
    }
}

/// What somebody asked for, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reminder {
    /// Minutes after midnight, where she is.
    pub minute: i64,
    /// After which routine.
    pub routine: String,
    /// The key of the text.
    pub words: String,
    /// Quiet from this minute …
    pub quiet_from: i64,
    /// … until this one; the same: no quiet hours.
    pub quiet_until: i64,
    /// Not on a day she has already practised.
    pub only_if_not_yet: bool,
    /// By e-mail, once the address is confirmed.
    pub by_mail: bool,
    /// Leads to the smallest version.
    pub smaller: bool,
    /// Where it stands.
    pub state: State,
    /// Silent before this day.
    pub paused_until: Option<Date>,
    /// What was ignored before this instant no longer counts.
    pub answered_at: i64,
    /// When it was last changed.
    pub changed_at: i64,
    /// The last day one was sent.
    pub sent_on: Option<Date>,
    /// When to look next.
    pub next_at: Option<i64>,
    /// The zone that was reckoned in.
    pub zone: String,
}

impl Default for Reminder {
    fn default() -> Self {
        Self {
            minute: 9 * 60,
            routine: String::new(),
            words: WORDS[0].0.to_owned(),
            quiet_from: 21 * 60,
            quiet_until: 7 * 60,
            only_if_not_yet: true,
            by_mail: false,
            smaller: false,
            state: State::Running,
            paused_until: None,
            answered_at: 0,
            changed_at: 0,
            sent_on: None,
            next_at: None,
            zone: String::new(),
        }
    }
}

/// Whether a minute of the day lies in the quiet hours, which may go past midnight.
pub fn is_quiet(minute: i64, from: i64, until: i64) -> bool {
    if from <= until {
        (from..until).contains(&minute)
    } else {
        minute >= from || minute < until
    }
}

/// The minute of the day as a time.
pub fn clock_time(minute: i64) -> Time {
    let minute = minute.rem_euclid(MINUTES);
    let part = |number: i64| i8::try_from(number).unwrap_or_default();
    time(part(minute / 60), part(minute % 60), 0, 0)
}

/// `08:30`
pub fn time_text(minute: i64) -> String {
    clock_time(minute).strftime("%H:%M").to_string()
}

/// The minute of the day in `08:30`, as browsers send it, or `8:30`.
pub fn read_time(text: &str) -> Option<i64> {
    let (hours, rest) = text.trim().split_once(':')?;
    // Some browsers add seconds.
    let minutes = rest.split(':').next()?;
    let read = |text: &str, below: i64| -> Option<i64> {
        let digits =
            (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>()
            .ok()
            .filter(|number| digits && *number < below)
    };
    Some(read(hours, 24)? * 60 + read(minutes, 60)?)
}

/// The minute of the day it is at an instant.
fn minute_of(at: i64, zone: &TimeZone) -> (Date, i64) {
    let here = instant(at).to_zoned(zone.clone());
    (
        here.date(),
        i64::from(here.hour()) * 60 + i64::from(here.minute()),
    )
}

fn instant(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// When the reminder of a day is due. A time that the clocks jump over moves forward; one that comes
/// twice is taken the first time. Quiet hours win: then there is none that day.
fn due_on(reminder: &Reminder, on: Date, zone: &TimeZone) -> Option<i64> {
    let local = on.to_datetime(clock_time(reminder.minute));
    let at = zone
        .to_ambiguous_timestamp(local)
        .compatible()
        .ok()?
        .as_millisecond();
    let (day, minute) = minute_of(at, zone);
    (day == on && !is_quiet(minute, reminder.quiet_from, reminder.quiet_until)).then_some(at)
}

/// When the next reminder is due, strictly after `now`; which days are practised on is looked at then.
pub fn next_at(reminder: &Reminder, now: i64, zone: &TimeZone) -> Option<i64> {
    if reminder.state != State::Running {
        return None;
    }
    let (today, _) = minute_of(now, zone);
    let first = today.max(reminder.paused_until.unwrap_or(today));
    first
        .series(jiff::Span::new().days(1))
        .take(3)
        .filter(|on| reminder.sent_on.is_none_or(|sent| *on > sent))
        .find_map(|on| due_on(reminder, on, zone).filter(|at| *at > now))
}

/// A message that was sent, and when she next came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The day, where she was.
    pub sent_on: String,
    /// `reminder` or `question`.
    pub kind: String,
    /// When a channel took it; what never arrived was not ignored.
    pub delivered_at: Option<i64>,
    /// When she next opened the first page.
    pub visited_at: Option<i64>,
}

/// Whether nothing followed a reminder within a day. A day and not the rest of that date: whoever is
/// reminded in the evening and practises in the morning has not ignored it.
pub fn is_ignored(sent: &Sent, came_at: &[i64]) -> bool {
    let Some(at) = sent.delivered_at else {
        return false;
    };
    let after = at..at + DAY;
    let mut came = came_at.iter().copied().chain(sent.visited_at);
    sent.kind == "reminder" && !came.any(|at| after.contains(&at))
}

/// What is to happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing today.
    Nothing,
    /// The reminder.
    Remind,
    /// The one question.
    Ask,
}

/// What is known when a reminder is due.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// Her zone now.
    pub zone: &'a TimeZone,
    /// The weekdays she practises on, Monday is 1.
    pub weekdays: &'a str,
    /// Whether she has practised today.
    pub practised_today: bool,
    /// The last messages, newest first.
    pub sent: &'a [Sent],
    /// When she was seen or practised.
    pub came_at: &'a [i64],
}

/// What to do about a reminder at the instant `now`.
pub fn decide(reminder: &Reminder, now: i64, known: &Known<'_>) -> Decision {
    let (today, minute) = minute_of(now, known.zone);
    let due = due_on(reminder, today, known.zone);
    let silent = reminder.state != State::Running
        || reminder.paused_until.is_some_and(|until| today < until)
        || reminder.sent_on.is_some_and(|sent| today <= sent)
        || is_quiet(minute, reminder.quiet_from, reminder.quiet_until)
        || !due.is_some_and(|at| (at..at + LATE).contains(&now))
        || !is_on(known.weekdays, today.weekday())
        || (reminder.only_if_not_yet && known.practised_today);
    if silent {
        return Decision::Nothing;
    }
    let since = |sent: &&Sent| {
        sent.delivered_at
            .is_some_and(|at| at >= reminder.answered_at)
    };
    let last: Vec<_> = known.sent.iter().filter(since).take(IGNORED).collect();
    let ignored = |sent: &&Sent| is_ignored(sent, known.came_at);
    if last.len() == IGNORED && last.iter().all(ignored) {
        Decision::Ask
    } else {
        Decision::Remind
    }
}

/// The weekdays of all running plans together; without a plan every day, and none while all of them rest or have not begun.
pub fn weekdays(plans: &[Plan], on: Date) -> String {
    let mut digits: Vec<char> = plans
        .iter()
        .filter(|plan| is_running(plan, on))
        .flat_map(days_of)
        .collect();
    digits.sort_unstable();
    digits.dedup();
    if plans
        .iter()
        .any(|plan| plan.state == PlanState::Agreed && plan.ends_on.is_none_or(|last| on <= last))
    {
        digits.into_iter().collect()
    } else {
        "1234567".to_owned()
    }
}

fn is_running(plan: &Plan, on: Date) -> bool {
    plan.state == PlanState::Agreed
        && plan.starts_on <= on
        && plan.ends_on.is_none_or(|last| on <= last)
        && !plan.is_paused(on)
}

fn days_of(plan: &Plan) -> Vec<char> {
    match &plan.course {
        Some(course) => course.dose().weekdays.chars().collect(),
        None => plan
            .practices()
            .iter()
            .flat_map(|item| item.weekdays.chars())
            .collect(),
    }
}

/// The routine and the smallest version of her first running plan.
pub fn from_plan(plans: &[Plan], on: Date) -> Option<(String, String, f64)> {
    let plan = plans.iter().find(|plan| is_running(plan, on))?;
    if let Some(course) = &plan.course {
        let dose = course.dose().clone();
        return Some((dose.routine, dose.smallest_practice, dose.smallest_minutes));
    }
    let item = plan.practices().first()?.clone();
    Some((item.routine, item.smallest_practice, item.smallest_minutes))
}

/// Reads the form into `reminder`, and complains about what cannot be.
pub fn read_form(form: &mut Form, reminder: &mut Reminder) {
    for (field, minute) in [
        ("time", &mut reminder.minute),
        ("quiet_from", &mut reminder.quiet_from),
        ("quiet_until", &mut reminder.quiet_until),
    ] {
        match read_time(form.raw(field)) {
            Some(read) => *minute = read,
            None => form.complain(field, "Please enter a time like 08:30."),
        }
    }
    if is_quiet(reminder.minute, reminder.quiet_from, reminder.quiet_until)
        && form.problems.is_empty()
    {
        form.complain(
            "time",
            "This time is in your quiet hours. Please change one or the other.",
        );
    }
    reminder.routine = form.text("routine", 120);
    match WORDS.iter().find(|(key, _)| *key == form.raw("words")) {
        Some((key, _)) => reminder.words = (*key).to_owned(),
        None => form.complain("words", "Please choose one of the texts."),
    }
    reminder.only_if_not_yet = form.ticked("only_if_not_yet");
    reminder.by_mail = form.ticked("by_mail");
}
