//! The calendar feed, as a calendar program reads it.

use std::process::Command;

use axum::body::Body;
use axum::http::StatusCode;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{choose, set};
use crate::features::reminders::calendar::{escape, feed, fold};
use crate::features::reminders::rules::{Reminder, State};
use crate::testing::{Answer, Someone, TestApp};

fn path_in(answer: &Answer) -> String {
    let at = answer.text.find("/calendar/").unwrap();
    answer.text[at..].split('"').next().unwrap().to_owned()
}

async fn make(app: &TestApp, who: &Someone) -> String {
    let shown = app.post(Some(who), "/reminders/calendar", &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("see when you practise, not what"));
    path_in(&shown)
}

/// What the calendar program khal lists between two days for somebody in `reader`'s zone.
fn khal(feed: &str, reader: &str, from: &str, until: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().display();
    std::fs::create_dir(folder.path().join("feed")).unwrap();
    std::fs::write(folder.path().join("feed/feed.ics"), feed).unwrap();
    let config = format!(
        "[calendars]\n[[feed]]\npath = {home}/feed\ntype = calendar\n[sqlite]\npath = {home}/khal.db\n\
         [locale]\nlocal_timezone = {reader}\ndefault_timezone = {reader}\ntimeformat = %H:%M\n\
         dateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n\
         longdatetimeformat = %Y-%m-%d %H:%M\n"
    );
    let place = folder.path().join("config");
    std::fs::write(&place, config).unwrap();
    let listed = Command::new("khal")
        .env("HOME", folder.path())
        .arg("-c")
        .arg(&place)
        .args([
            "list",
            "--day-format",
            "",
            "--format",
            "{start-date} {start-time} {title}",
            from,
            until,
        ])
        .output()
        .unwrap_or_else(|error| panic!("khal does not run ({error}); bin/setup installs it"));
    let text = String::from_utf8(listed.stdout).unwrap();
    let errors = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert!(listed.status.success(), "{errors}");
    text.lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn lines(days: &[&str], time: &str) -> Vec<String> {
    days.iter()
        .map(|day| format!("{day} {time} A minute for yourself?"))
        .collect()
}

#[tokio::test]
async fn a_calendar_shows_the_chosen_time_on_both_sides_of_every_change_of_the_clocks() {
    let app = TestApp::new().await;
    set(&app.app, "2026-01-12T12:00:00Z");
    let place = [
        ("name", "Amira"),
        ("zone", "America/New_York"),
        ("locale", "en-US"),
    ];
    app.post(Some(&app.amira), "/me/settings", &place).await;
    // Four days, and the chosen time in UTC on the first two and on the last two of them.
    type Change = ([&'static str; 4], &'static str, &'static str);
    let spans: [(&Someone, &str, [Change; 2]); 2] = [
        (
            &app.ben,
            "Europe/Madrid",
            [
                (
                    ["2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"],
                    "12:30",
                    "11:30",
                ),
                (
                    ["2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26"],
                    "11:30",
                    "12:30",
                ),
            ],
        ),
        (
            &app.amira,
            "America/New_York",
            [
                (
                    ["2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09"],
                    "18:30",
                    "17:30",
                ),
                (
                    ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"],
                    "17:30",
                    "18:30",
                ),
            ],
        ),
    ];
    for (who, zone, changes) in spans {
        choose(&app, who, &[]).await;
        let path = make(&app, who).await;
        let sent = app.get(None, &path).await;
        assert_eq!(sent.status, StatusCode::OK);
        // Under a name nobody knows, only the rules in the feed itself can help.
        let nameless = sent.text.replace(zone, "Nowhere/Known");
        for (days, before, after) in changes {
            let until = days[3];
            // khal's range ends before its last day.
            let end = until
                .parse::<jiff::civil::Date>()
                .unwrap()
                .tomorrow()
                .unwrap()
                .to_string();
            assert_eq!(
                khal(&sent.text, zone, days[0], &end)[..4],
                lines(&days, "13:30"),
                "{zone}"
            );
            let mut wanted = lines(&days[..2], before);
            wanted.extend(lines(&days[2..], after));
            for feed in [&sent.text, &nameless] {
                assert_eq!(
                    khal(feed, "UTC", days[0], &end)[..4],
                    wanted,
                    "{zone} in UTC\n{feed}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_feed_says_little_and_keeps_the_form_calendars_ask_for() {
    let app = TestApp::new().await;
    choose(&app, &app.ben, &[]).await;
    let path = make(&app, &app.ben).await;
    let sent = app.get(None, &path).await;
    assert_eq!(sent.headers["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(
        sent.headers["last-modified"],
        "Mon, 23 Nov 2026 12:00:00 GMT"
    );
    let tag = sent.headers["etag"].to_str().unwrap().to_owned();
    for word in ["Kith", "Ours", "Ben", "lunch", "practi", &app.ben.id] {
        assert!(!sent.text.contains(word), "{word}");
    }
    for line in [
        "BEGIN:VTIMEZONE\r\nTZID:Europe/Madrid\r\n",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n",
        "DTSTAMP:20261123T120000Z\r\n",
        "DTSTART;TZID=Europe/Madrid:20261123T133000\r\n",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU\r\n",
        "SUMMARY:A minute for yourself?\r\n",
        "BEGIN:VALARM\r\n",
    ] {
        assert!(
            sent.text.contains(line),
            "{line:?} is not in\n{}",
            sent.text
        );
    }
    let again = app
        .request("GET", &path, None)
        .header("if-none-match", format!("W/{tag}"))
        .body(Body::empty())
        .unwrap();
    let again = app.send(again).await;
    assert_eq!(
        (again.status, again.text.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    // The days of an agreed plan, and the same event.
    let uid = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("UID:"))
            .unwrap()
            .to_owned()
    };
    let plan = app.prescribe().await;
    app.post(
        Some(&app.ben),
        &format!("/plans/{plan}/agreement"),
        &crate::testing::PLAN,
    )
    .await;
    let planned = app.get(None, &path).await;
    assert!(
        planned
            .text
            .contains("RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE\r\n")
    );
    assert_eq!(uid(&sent.text), uid(&planned.text));
    assert_ne!(planned.headers["etag"], tag.as_str());
    // A pause moves the beginning; an ending leaves nothing but the zone.
    app.post(Some(&app.ben), "/reminders/pause", &[]).await;
    assert!(
        app.get(None, &path)
            .await
            .text
            .contains("DTSTART;TZID=Europe/Madrid:20261130T133000")
    );
    app.post(Some(&app.ben), "/reminders/ending", &[]).await;
    let ended = app.get(None, &path).await.text;
    assert!(ended.contains("VTIMEZONE") && !ended.contains("VEVENT"));
}

#[tokio::test]
async fn an_address_that_was_ended_or_guessed_leads_nowhere_and_guessing_is_slowed() {
    let app = TestApp::new().await;
    choose(&app, &app.ben, &[]).await;
    let old = make(&app, &app.ben).await;
    let new = make(&app, &app.ben).await;
    assert_eq!(app.get(None, &old).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get(None, &new).await.status, StatusCode::OK);
    assert!(old.len() > "/calendar/.ics".len() + 32);
    let page = app.get(Some(&app.ben), "/reminders").await.text;
    assert!(!page.contains(&new), "shown once");
    app.post(Some(&app.ben), "/reminders/calendar/revocation", &[])
        .await;
    assert_eq!(app.get(None, &new).await.status, StatusCode::NOT_FOUND);
    let mut slowed = false;
    for guess in 0..60 {
        let status = app
            .get(None, &format!("/calendar/{guess}.ics"))
            .await
            .status;
        slowed |= status == StatusCode::TOO_MANY_REQUESTS;
    }
    assert!(slowed);
}

#[test]
fn a_zone_is_told_by_rule_where_there_is_one_and_change_by_change_where_not() {
    let from = |name: &str, first| {
        let zone = TimeZone::get(name).unwrap();
        feed(&Reminder::default(), "x", "1234567", first, "key", &zone)
    };
    let told = |name: &str| from(name, date(2026, 11, 23));
    for (zone, rules, changes, line) in [
        (
            "Europe/Madrid",
            2,
            2,
            "DTSTART:20250330T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST",
        ),
        (
            "America/New_York",
            2,
            2,
            "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        ),
        ("America/St_Johns", 2, 2, "TZOFFSETTO:-0330"),
        ("Australia/Lord_Howe", 2, 2, "TZOFFSETTO:+1030"),
        (
            "Asia/Kolkata",
            0,
            1,
            "TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530",
        ),
        ("UTC", 0, 1, "TZOFFSETTO:+0000"),
    ] {
        let text = told(zone);
        assert_eq!(text.matches("FREQ=YEARLY").count(), rules, "{text}");
        assert_eq!(text.matches("TZOFFSETTO").count(), changes, "{text}");
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    // Morocco's clocks followed the moon in those years: no two alike.
    let text = from("Africa/Casablanca", date(2020, 1, 1));
    assert!(
        text.matches("TZOFFSETTO").count() > 5 && !text.contains("FREQ=YEARLY"),
        "{text}"
    );
    let ended = Reminder {
        state: State::Stopped,
        ..Reminder::default()
    };
    let zone = TimeZone::get("Europe/Madrid").unwrap();
    assert!(!feed(&ended, "x", "1", date(2026, 11, 23), "key", &zone).contains("VEVENT"));
}

proptest! {
    #[test]
    fn any_text_travels_in_lines_of_at_most_75_octets_and_comes_back_whole(text in "\\PC{0,300}") {
        let line = format!("SUMMARY:{}", escape(&text));
        let mut folded = String::new();
        fold(&line, &mut folded);
        prop_assert!(folded.ends_with("\r\n"));
        for part in folded.trim_end_matches("\r\n").split("\r\n") {
            prop_assert!(part.len() <= 75 && !part.contains(['\r', '\n']));
        }
        let whole = folded.replace("\r\n ", "");
        prop_assert_eq!(whole.trim_end_matches("\r\n"), &line);
        let back = line["SUMMARY:".len()..].replace("\\,", ",").replace("\\;", ";");
        prop_assert_eq!(back.replace("\\\\", "\\"), text);
    }
}
