//! Dates and times as people of a place write them, and the day it is where somebody is.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::timestamp;

/// The locales a person can choose: how dates and times are written. (Kith speaks English so far.)
pub const LOCALES: &[(&str, &str)] = &[
    ("en-GB", "English (23 November 2026, 14:05)"),
    ("en-US", "English (November 23, 2026, 2:05 PM)"),
];

/// The zone of that name; UTC when there is none, which sign-up never lets in.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// Whether there is a time zone of that name.
pub fn is_zone(name: &str) -> bool {
    !name.is_empty() && TimeZone::get(name).is_ok()
}

/// The day it is at the instant `at` for somebody in `zone_name`.
pub fn day(at: i64, zone_name: &str) -> Date {
    timestamp(at).to_zoned(zone(zone_name)).date()
}

/// `23 November`, or with the year when it is another one than `today`'s.
pub fn date_text(date: Date, today: Date, locale: &str) -> String {
    let american = locale == "en-US";
    let pattern = match (date.year() == today.year(), american) {
        (true, false) => "%-d %B",
        (true, true) => "%B %-d",
        (false, false) => "%-d %B %Y",
        (false, true) => "%B %-d, %Y",
    };
    date.strftime(pattern).to_string()
}

/// `today`, `yesterday`, `3 days ago`, and a date from a fortnight on.
pub fn ago_text(date: Date, today: Date, locale: &str) -> String {
    match days_between(date, today) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days @ 2..14 => format!("{days} days ago"),
        _ => date_text(date, today, locale),
    }
}

/// Whole days from `earlier` to `later`; negative when they stand the other way round.
pub fn days_between(earlier: Date, later: Date) -> i64 {
    later.duration_since(earlier).as_hours() / 24
}

/// `23 November, 14:05` where the person is.
pub fn moment_text(at: i64, now: i64, zone_name: &str, locale: &str) -> String {
    let then = timestamp(at).to_zoned(zone(zone_name));
    let time = if locale == "en-US" {
        "%-I:%M %p"
    } else {
        "%H:%M"
    };
    format!(
        "{}, {}",
        date_text(then.date(), day(now, zone_name), locale),
        then.strftime(time)
    )
}

/// `8 minutes`, `1 minute`, `20 seconds`.
pub fn minutes_text(minutes: f64) -> String {
    let seconds = (minutes * 60.0).round();
    if seconds < 60.0 {
        format!("{seconds} seconds")
    } else if seconds < 90.0 {
        "1 minute".to_owned()
    } else {
        format!("{} minutes", minutes.round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_the_day_where_the_person_is() {
        let at = "2026-11-23T23:30:00Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            .as_millisecond();
        assert_eq!(day(at, "Europe/Madrid"), date(2026, 11, 24));
        assert_eq!(day(at, "America/New_York"), date(2026, 11, 23));
        assert_eq!(
            moment_text(at, at, "Europe/Madrid", "en-GB"),
            "24 November, 00:30"
        );
        assert_eq!(
            moment_text(at, at, "America/New_York", "en-US"),
            "November 23, 6:30 PM"
        );
    }

    #[test]
    fn days_are_told_as_people_tell_them() {
        let today = date(2026, 1, 2);
        for (then, told) in [
            (date(2026, 1, 2), "today"),
            (date(2026, 1, 1), "yesterday"),
            (date(2025, 12, 24), "9 days ago"),
            (date(2025, 11, 1), "1 November 2025"),
        ] {
            assert_eq!(ago_text(then, today, "en-GB"), told);
        }
        assert_eq!(days_between(date(2025, 12, 31), today), 2);
        assert_eq!(minutes_text(0.3), "18 seconds");
        assert_eq!(minutes_text(1.0), "1 minute");
        assert_eq!(minutes_text(12.0), "12 minutes");
    }
}
