//! When, and when not.

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::features::reminders::rules::*;
use kith_base::clock::DAY;

const HOUR: i64 = 60 * 60 * 1000;

fn at(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

fn told(at: Option<i64>) -> String {
    at.map_or_else(String::new, |at| {
        jiff::Timestamp::from_millisecond(at).unwrap().to_string()
    })
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn reminder(minute: i64) -> Reminder {
    Reminder {
        minute,
        quiet_from: 0,
        quiet_until: 0,
        ..Reminder::default()
    }
}

#[test]
fn the_next_one_is_at_the_same_clock_time_whatever_the_clocks_do() {
    for (place, minute, now, wanted, what) in [
        (
            "Europe/Madrid",
            570,
            "2026-03-28T07:00:00Z",
            "2026-03-28T08:30:00Z",
            "today",
        ),
        (
            "Europe/Madrid",
            570,
            "2026-03-28T08:30:00Z",
            "2026-03-29T07:30:00Z",
            "tomorrow, in summer time",
        ),
        (
            "Europe/Madrid",
            570,
            "2026-10-24T08:30:00Z",
            "2026-10-25T08:30:00Z",
            "tomorrow, in winter time",
        ),
        (
            "Europe/Madrid",
            150,
            "2026-03-28T12:00:00Z",
            "2026-03-29T01:30:00Z",
            "a time that is jumped over moves forward",
        ),
        (
            "Europe/Madrid",
            150,
            "2026-10-24T12:00:00Z",
            "2026-10-25T00:30:00Z",
            "the first of two",
        ),
        (
            "Europe/Madrid",
            150,
            "2026-10-25T00:30:00Z",
            "2026-10-26T01:30:00Z",
            "and not the second",
        ),
        (
            "America/New_York",
            540,
            "2026-03-07T20:00:00Z",
            "2026-03-08T13:00:00Z",
            "New York in spring",
        ),
        (
            "America/New_York",
            540,
            "2026-10-31T20:00:00Z",
            "2026-11-01T14:00:00Z",
            "New York in autumn",
        ),
        (
            "Asia/Kolkata",
            0,
            "2026-11-23T12:00:00Z",
            "2026-11-23T18:30:00Z",
            "midnight, half an hour beside",
        ),
        // The clocks of Apia skipped a whole day once.
        (
            "Pacific/Apia",
            540,
            "2011-12-29T19:00:00Z",
            "2011-12-30T19:00:00Z",
            "a day that never was",
        ),
    ] {
        let next = next_at(&reminder(minute), at(now), &zone(place));
        assert_eq!(told(next), wanted, "{what}");
    }
}

#[test]
fn quiet_hours_a_pause_and_what_was_sent_today_hold_it_back() {
    let now = at("2026-11-23T06:00:00Z");
    let utc = TimeZone::UTC;
    let mut quiet = reminder(570);
    assert_eq!(told(next_at(&quiet, now, &utc)), "2026-11-23T09:30:00Z");
    quiet.sent_on = Some(date(2026, 11, 23));
    assert_eq!(told(next_at(&quiet, now, &utc)), "2026-11-24T09:30:00Z");
    quiet.paused_until = Some(date(2026, 11, 30));
    assert_eq!(told(next_at(&quiet, now, &utc)), "2026-11-30T09:30:00Z");
    (quiet.quiet_from, quiet.quiet_until) = (9 * 60, 10 * 60);
    assert_eq!(next_at(&quiet, now, &utc), None, "quiet hours win");
    for state in [State::Asked, State::Stopped] {
        let silent = Reminder {
            state,
            ..reminder(570)
        };
        assert_eq!(next_at(&silent, now, &utc), None);
    }
}

#[test]
fn quiet_hours_may_go_past_midnight() {
    for (minute, from, until, quiet) in [
        (600, 540, 660, true),
        (660, 540, 660, false),
        (30, 1260, 420, true),
        (1260, 1260, 420, true),
        (420, 1260, 420, false),
        (720, 1260, 420, false),
        (0, 0, 0, false),
        (720, 720, 720, false),
    ] {
        assert_eq!(
            is_quiet(minute, from, until),
            quiet,
            "{minute} in {from}..{until}"
        );
    }
}

#[test]
fn a_time_is_read_as_browsers_and_people_write_it() {
    for (text, wanted) in [
        ("08:30", Some(510)),
        ("8:30", Some(510)),
        (" 23:59 ", Some(1439)),
        ("00:00", Some(0)),
        ("08:30:00", Some(510)),
        ("24:00", None),
        ("08:60", None),
        ("-1:00", None),
        ("+8:30", None),
        ("8", None),
        ("08:3O", None),
        ("", None),
    ] {
        assert_eq!(read_time(text), wanted, "{text:?}");
    }
    assert_eq!(time_text(510), "08:30");
}

fn sent(on: &str, delivered: &str, visited: Option<&str>) -> Sent {
    Sent {
        sent_on: on.to_owned(),
        kind: "reminder".to_owned(),
        delivered_at: (!delivered.is_empty()).then(|| at(delivered)),
        visited_at: visited.map(at),
    }
}

#[test]
fn a_reminder_is_ignored_when_nothing_followed_within_a_day() {
    let one = |visited| sent("2026-11-20", "2026-11-20T09:30:00Z", visited);
    for (sent, came, ignored) in [
        (one(None), vec![], true),
        (one(None), vec!["2026-11-20T09:29:00Z"], true),
        (one(None), vec!["2026-11-20T10:00:00Z"], false),
        (one(None), vec!["2026-11-21T09:29:00Z"], false),
        (one(None), vec!["2026-11-21T09:30:00Z"], true),
        (one(Some("2026-11-20T09:31:00Z")), vec![], false),
        (one(Some("2026-11-21T09:31:00Z")), vec![], true),
        (sent("2026-11-20", "", None), vec![], false),
    ] {
        let came: Vec<i64> = came.into_iter().map(at).collect();
        assert_eq!(is_ignored(&sent, &came), ignored, "{sent:?} {came:?}");
    }
    let question = Sent {
        kind: "question".to_owned(),
        ..one(None)
    };
    assert!(!is_ignored(&question, &[]));
}

#[test]
fn what_is_decided_when_a_reminder_is_due() {
    let three = [
        sent("2026-11-22", "2026-11-22T09:30:00Z", None),
        sent("2026-11-21", "2026-11-21T09:30:00Z", None),
        sent("2026-11-20", "2026-11-20T09:30:00Z", None),
    ];
    let (utc, came) = (TimeZone::UTC, [at("2026-11-21T10:00:00Z")]);
    let known = Known {
        zone: &utc,
        weekdays: "1234567",
        practised_today: false,
        sent: &three[..2],
        came_at: &[],
    };
    let plain = reminder(570);
    let on_time = "2026-11-23T09:30:10Z";
    let of = |change: &dyn Fn(&mut Reminder)| {
        let mut changed = plain.clone();
        change(&mut changed);
        changed
    };
    let cases: Vec<(&str, Reminder, &str, Known<'_>, Decision)> = vec![
        (
            "on time",
            plain.clone(),
            on_time,
            known.clone(),
            Decision::Remind,
        ),
        (
            "too early",
            plain.clone(),
            "2026-11-23T09:29:59Z",
            known.clone(),
            Decision::Nothing,
        ),
        (
            "a little late",
            plain.clone(),
            "2026-11-23T11:29:00Z",
            known.clone(),
            Decision::Remind,
        ),
        (
            "too late",
            plain.clone(),
            "2026-11-23T11:30:00Z",
            known.clone(),
            Decision::Nothing,
        ),
        (
            "sent today",
            of(&|it| it.sent_on = Some(date(2026, 11, 23))),
            on_time,
            known.clone(),
            Decision::Nothing,
        ),
        (
            "paused",
            of(&|it| it.paused_until = Some(date(2026, 11, 24))),
            on_time,
            known.clone(),
            Decision::Nothing,
        ),
        (
            "pause over",
            of(&|it| it.paused_until = Some(date(2026, 11, 23))),
            on_time,
            known.clone(),
            Decision::Remind,
        ),
        (
            "asked",
            of(&|it| it.state = State::Asked),
            on_time,
            known.clone(),
            Decision::Nothing,
        ),
        (
            "late, and quiet now",
            of(&|it| (it.quiet_from, it.quiet_until) = (600, 700)),
            "2026-11-23T10:05:00Z",
            known.clone(),
            Decision::Nothing,
        ),
        (
            "no day of hers",
            plain.clone(),
            on_time,
            Known {
                weekdays: "234567",
                ..known.clone()
            },
            Decision::Nothing,
        ),
        (
            "practised",
            plain.clone(),
            on_time,
            Known {
                practised_today: true,
                ..known.clone()
            },
            Decision::Nothing,
        ),
        (
            "practised, and wants it anyway",
            of(&|it| it.only_if_not_yet = false),
            on_time,
            Known {
                practised_today: true,
                ..known.clone()
            },
            Decision::Remind,
        ),
        (
            "three ignored",
            plain.clone(),
            on_time,
            Known {
                sent: &three,
                ..known.clone()
            },
            Decision::Ask,
        ),
        (
            "one of them followed",
            plain.clone(),
            on_time,
            Known {
                sent: &three,
                came_at: &came,
                ..known.clone()
            },
            Decision::Remind,
        ),
        (
            "answered since",
            of(&|it| it.answered_at = at("2026-11-21T00:00:00Z")),
            on_time,
            Known {
                sent: &three,
                ..known.clone()
            },
            Decision::Remind,
        ),
    ];
    for (what, reminder, now, known, wanted) in cases {
        assert_eq!(decide(&reminder, at(now), &known), wanted, "{what}");
    }
}

#[test]
fn no_text_tells_what_it_is_about() {
    for words in WORDS.iter().map(|(_, words)| *words).chain([QUESTION]) {
        let low = words.to_lowercase();
        for told in [
            "kith",
            "compassion",
            "practi",
            "therap",
            "clinic",
            "medit",
            "kind",
            "!",
            "should",
            "missed",
        ] {
            assert!(!low.contains(told), "{words}");
        }
    }
}

proptest! {
    #[test]
    fn the_next_one_lies_ahead_on_another_day_at_the_chosen_time_and_never_in_quiet_hours(
        minute in 0_i64..1440,
        from in 0_i64..1440,
        until in 0_i64..1440,
        day in 0_i64..4000,
        second in 0_i64..86_400,
        sent in proptest::option::of(-1_i64..2),
        place in prop::sample::select(vec![
            "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kolkata",
            "Africa/Casablanca", "Pacific/Apia", "UTC", "America/Santiago",
        ]),
    ) {
        let here = zone(place);
        let now = at("2020-01-01T00:00:00Z") + day * DAY + second * 1000;
        let today = jiff::Timestamp::from_millisecond(now).unwrap().to_zoned(here.clone()).date();
        let mut reminder = reminder(minute);
        (reminder.quiet_from, reminder.quiet_until) = (from, until);
        reminder.sent_on = sent.map(|days| today.saturating_add(jiff::Span::new().days(days)));
        let Some(next) = next_at(&reminder, now, &here) else {
            // Nothing in the next days: only quiet hours, or days already used, can do that.
            prop_assert!(is_quiet(minute, from, until) || is_quiet((minute + 60) % 1440, from, until) || sent == Some(1));
            return Ok(());
        };
        prop_assert!(next > now && next <= now + 3 * DAY + 2 * HOUR);
        let local = jiff::Timestamp::from_millisecond(next).unwrap().to_zoned(here.clone());
        if let Some(sent) = reminder.sent_on {
            prop_assert!(local.date() > sent);
        }
        let there = i64::from(local.hour()) * 60 + i64::from(local.minute());
        prop_assert!(!is_quiet(there, from, until));
        let wanted = here.to_ambiguous_timestamp(local.date().to_datetime(clock_time(minute)));
        if matches!(wanted.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
            prop_assert!(there > minute && there <= minute + 60);
        } else {
            prop_assert_eq!(there, minute);
        }
        // At that instant it is due.
        let known = Known { zone: &here, weekdays: "1234567", practised_today: false, sent: &[], came_at: &[] };
        prop_assert_eq!(decide(&reminder, next, &known), Decision::Remind);
    }

    #[test]
    fn whatever_is_typed_as_a_time_is_a_minute_of_the_day_or_nothing(text in "\\PC{0,8}|[0-9:]{0,8}") {
        if let Some(minute) = read_time(&text) {
            prop_assert!((0..1440).contains(&minute));
            prop_assert_eq!(read_time(&time_text(minute)), Some(minute));
        }
    }
}
