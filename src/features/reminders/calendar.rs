//! The calendar feed (RFC 5545): one event that comes back every week on the days of practice, at the
//! person's own clock time, and the zone's rules beside it.
//!
//! One recurring event in place of one a day in UTC: calendars fetch a feed when they like, some once a
//! day, some forget for weeks; a recurring event goes on meanwhile, keeps its one UID, and stays at the
//! same clock time when the clocks change. Calendars that know the zone's name go by their own rules,
//! the others by the VTIMEZONE made here from the same data as everything else (jiff).

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Dst, Offset, TimeZone};

use super::rules::{Reminder, State, clock_time};
use crate::features::plans::rules::is_on;

/// How many years of changes of the clocks are looked at for a rule, or written one by one.
const YEARS: i16 = 10;

/// The feed. `first` is the first day the event may be on, `id` is the person's key.
pub fn feed(
    reminder: &Reminder,
    words: &str,
    weekdays: &str,
    first: Date,
    id: &str,
    zone: &TimeZone,
) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Calendar//Feed 1//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
    ];
    let name = zone.iana_name().unwrap_or("UTC");
    // A calendar must hold something; when nothing is to come it holds its zone.
    lines.extend(time_zone(zone, name, first));
    let day = first.series(jiff::Span::new().days(1)).take(7);
    let start = day.into_iter().find(|day| is_on(weekdays, day.weekday()));
    if let (State::Running, Some(start)) = (reminder.state, start) {
        let stamp =
            Timestamp::from_millisecond(reminder.changed_at).unwrap_or(Timestamp::UNIX_EPOCH);
        let local = start.to_datetime(clock_time(reminder.minute));
        let ends = local.saturating_add(jiff::Span::new().minutes(10));
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{id}@feed"),
            format!("DTSTAMP:{}", stamp.strftime("%Y%m%dT%H%M%SZ")),
            format!("DTSTART;TZID={name}:{}", local_text(local)),
            format!("DTEND;TZID={name}:{}", local_text(ends)),
            format!("RRULE:FREQ=WEEKLY;BYDAY={}", days_text(weekdays)),
            format!("SUMMARY:{}", escape(words)),
            // Private, and no reason to call her busy.
            "CLASS:PRIVATE".to_owned(),
            "TRANSP:TRANSPARENT".to_owned(),
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            format!("DESCRIPTION:{}", escape(words)),
            "TRIGGER:PT0S".to_owned(),
            "END:VALARM".to_owned(),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().fold(String::new(), |mut text, line| {
        fold(line, &mut text);
        text
    })
}

fn local_text(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

const DAYS: [(char, &str); 7] = [
    ('1', "MO"),
    ('2', "TU"),
    ('3', "WE"),
    ('4', "TH"),
    ('5', "FR"),
    ('6', "SA"),
    ('7', "SU"),
];

fn days_text(weekdays: &str) -> String {
    let days = DAYS.iter().filter(|(digit, _)| weekdays.contains(*digit));
    days.map(|(_, name)| *name).collect::<Vec<_>>().join(",")
}

/// A text as a value: RFC 5545 section 3.3.11.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A line of at most 75 octets, its rest on lines that begin with a space: RFC 5545 section 3.1.
pub(super) fn fold(line: &str, into: &mut String) {
    let mut length = 0;
    for letter in line.chars() {
        if length + letter.len_utf8() > 75 {
            into.push_str("\r\n ");
            length = 1;
        }
        into.push(letter);
        length += letter.len_utf8();
    }
    into.push_str("\r\n");
}

/// One change of the clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    /// The clock time before it, as RFC 5545 wants a change told.
    at: DateTime,
    from: Offset,
    to: Offset,
    dst: Dst,
    name: String,
}

impl Change {
    /// The week it falls in as RRULE says it: the last such weekday of its month, or the so-manieth.
    fn rule(&self, last: bool) -> String {
        let place = if last {
            -1
        } else {
            (self.at.day() - 1) / 7 + 1
        };
        let day = usize::try_from(self.at.weekday().to_monday_zero_offset()).unwrap_or_default();
        format!(
            "FREQ=YEARLY;BYMONTH={};BYDAY={place}{}",
            self.at.month(),
            DAYS[day].1
        )
    }

    fn lines(&self, rule: Option<&str>) -> Vec<String> {
        let kind = if self.dst.is_dst() {
            "DAYLIGHT"
        } else {
            "STANDARD"
        };
        let mut lines = vec![
            format!("BEGIN:{kind}"),
            format!("DTSTART:{}", local_text(self.at)),
            format!("TZOFFSETFROM:{}", offset_text(self.from)),
            format!("TZOFFSETTO:{}", offset_text(self.to)),
            format!("TZNAME:{}", escape(&self.name)),
        ];
        lines.extend(rule.map(|rule| format!("RRULE:{rule}")));
        lines.push(format!("END:{kind}"));
        lines
    }
}

/// `+0100`, `-0330`
fn offset_text(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    let mut text = String::new();
    let sign = if seconds < 0 { '-' } else { '+' };
    let _ = write!(text, "{sign}{hours:02}{minutes:02}");
    text
}

/// The zone's clocks from the year before `first` on: by rule where every year follows the same two, one
/// by one where they do not, and a single line where they never change.
fn time_zone(zone: &TimeZone, name: &str, first: Date) -> Vec<String> {
    let begin =
        jiff::civil::date(first.year() - 1, 1, 1).to_datetime(jiff::civil::Time::midnight());
    let begin = zone.to_timestamp(begin).unwrap_or(Timestamp::UNIX_EPOCH);
    let until = first.year() + YEARS;
    let info = zone.to_offset_info(begin);
    let mut offset = info.offset();
    let standing = Change {
        at: offset.to_datetime(begin),
        from: offset,
        to: offset,
        dst: info.dst(),
        name: info.abbreviation().to_owned(),
    };
    let mut changes = Vec::new();
    for change in zone.following(begin) {
        let at = offset.to_datetime(change.timestamp());
        if at.year() >= until {
            break;
        }
        let name = change.abbreviation().to_owned();
        changes.push(Change {
            at,
            from: offset,
            to: change.offset(),
            dst: change.dst(),
            name,
        });
        offset = change.offset();
    }
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), format!("TZID:{name}")];
    match yearly(&changes) {
        Some(rules) => {
            for (change, rule) in rules {
                lines.extend(change.lines(Some(&rule)));
            }
        }
        None => {
            lines.extend(standing.lines(None));
            lines.extend(changes.iter().flat_map(|change| change.lines(None)));
        }
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

/// The two changes of each year with their rules, when one pair of rules gives all of them.
fn yearly(changes: &[Change]) -> Option<[(&Change, String); 2]> {
    if changes.len() < 4 || !changes.len().is_multiple_of(2) {
        return None;
    }
    let rule = |start: usize| {
        let every: Vec<_> = changes.iter().skip(start).step_by(2).collect();
        let first = *every.first()?;
        let same = |rule: &dyn Fn(&Change) -> String| {
            every.windows(2).all(|two| {
                rule(two[0]) == rule(two[1])
                    && (two[0].at.time(), two[0].from, two[0].to)
                        == (two[1].at.time(), two[1].from, two[1].to)
                    && two[0].at.year() + 1 == two[1].at.year()
            })
        };
        // Ten years tell the last Sunday of a month from the fourth.
        let is_last = |change: &&Change| change.at.day() + 7 > change.at.date().days_in_month();
        [false, true]
            .into_iter()
            .filter(|last| !last || every.iter().all(is_last))
            .find(|last| same(&|change: &Change| change.rule(*last)))
            .map(|last| (first, first.rule(last)))
    };
    Some([rule(0)?, rule(1)?])
}
