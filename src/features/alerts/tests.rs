//! Who is told, who is not, when it is passed on, and where help is found.

use axum::http::StatusCode;
use jiff::Timestamp;
use proptest::prelude::*;

use super::rules::{Hours, Kind, help_for, is_number, looks_by, read_time, words_for};
use super::{Cause, escalate_due, raise, store};
use crate::testing::{Answer, Someone, TestApp, content};

/// An alert about Ben that went to these people and waits.
pub(crate) async fn alert_to(app: &TestApp, to: &[&Someone]) -> String {
    let now = app.app.clock.now();
    let (clinic, ben) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    let alert_id = app.app.ids.make(now).unwrap();
    let events: Vec<_> = to
        .iter()
        .map(|person| (app.app.ids.make(now).unwrap(), person.id.clone()))
        .collect();
    let made = alert_id.clone();
    app.app
        .db
        .write(move |tx| {
            let why = (Kind::UnwantedEffect, made.as_str());
            store::add_alert(tx, &clinic, &made, &ben, why, (now, now + 1))?;
            for (event_id, to_id) in &events {
                let event = super::event(&made, now, "sent", "", to_id, "");
                store::add_event(tx, &clinic, event_id, &event)?;
            }
            Ok::<_, kith_base::db::Error>(())
        })
        .await
        .unwrap();
    alert_id
}

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn hours(weekdays: &str, from: i64, to: i64) -> Hours {
    Hours {
        weekdays: weekdays.to_owned(),
        from_minute: from * 60,
        to_minute: to * 60,
        zone: "Europe/Madrid".to_owned(),
    }
}

#[test]
fn hours_are_counted_only_while_somebody_is_there() {
    let office = || hours("12345", 9, 17);
    for (arrived, within, hours, looked_at) in [
        // Within the hours.
        (
            "2026-11-23T09:00:00+01:00",
            4,
            office(),
            "2026-11-23T13:00:00+01:00",
        ),
        // Before they begin.
        (
            "2026-11-23T03:00:00+01:00",
            4,
            office(),
            "2026-11-23T13:00:00+01:00",
        ),
        // Some of them today, the rest tomorrow.
        (
            "2026-11-23T16:00:00+01:00",
            4,
            office(),
            "2026-11-24T12:00:00+01:00",
        ),
        // Exactly at the end of the day.
        (
            "2026-11-23T09:00:00+01:00",
            8,
            office(),
            "2026-11-23T17:00:00+01:00",
        ),
        // Friday evening: Monday.
        (
            "2026-11-27T18:00:00+01:00",
            1,
            office(),
            "2026-11-30T10:00:00+01:00",
        ),
        // One hour a week.
        (
            "2026-11-23T12:00:00+01:00",
            3,
            hours("3", 10, 11),
            "2026-12-09T11:00:00+01:00",
        ),
        // Round the clock, over the night in which an hour is missing.
        (
            "2027-03-27T23:00:00+01:00",
            10,
            hours("1234567", 0, 24),
            "2027-03-28T10:00:00+02:00",
        ),
        // And over the night that has one more.
        (
            "2026-10-24T23:00:00+02:00",
            10,
            hours("1234567", 0, 24),
            "2026-10-25T08:00:00+01:00",
        ),
        // Hours that never come: at once.
        (
            "2026-11-23T12:00:00+01:00",
            1,
            hours("", 9, 17),
            "2026-11-23T12:00:00+01:00",
        ),
    ] {
        let by = looks_by(at(arrived), &hours, within);
        assert_eq!(
            by,
            at(looked_at),
            "{arrived} within {within}: {}",
            Timestamp::from_millisecond(by).unwrap()
        );
    }
}

proptest! {
    #[test]
    fn more_hours_never_mean_sooner(arrived in 0_i64..4_000_000_000_000, within in 1_i64..72, days in "[1-7]{1,4}") {
        let hours = hours(&days, 9, 17);
        let (by, later) = (looks_by(arrived, &hours, within), looks_by(arrived, &hours, within + 1));
        prop_assert!(by >= arrived + within * 3_600_000);
        prop_assert!(later >= by + 3_600_000);
    }

    #[test]
    fn whatever_is_sent_as_a_time_is_read_or_refused(text in "\\PC{0,12}") {
        if let Some(minute) = read_time(&text) {
            prop_assert!((0..=1440).contains(&minute));
        }
    }
}

#[test]
fn times_and_numbers_are_read_as_people_write_them() {
    for (text, minute) in [
        ("09:00", Some(540)),
        ("9:5", Some(545)),
        ("24:00", Some(1440)),
        ("24:01", None),
        ("12:60", None),
        ("-1:00", None),
        ("noon", None),
        ("", None),
    ] {
        assert_eq!(read_time(text), minute, "{text}");
    }
    assert!(is_number("+34 (91) 123-45") && !is_number("javascript:alert"));
}

#[test]
fn help_is_found_in_ones_own_language_and_any_rather_than_none() {
    let row = |locale: &str, number: &str| store::Help {
        locale: locale.to_owned(),
        emergency_number: number.to_owned(),
        ..store::Help::default()
    };
    let rows = [row("en-GB", "112"), row("en-US", "911")];
    let number = |rows: &[store::Help], locales: &[&str]| {
        help_for(rows, locales).map(|help| help.emergency_number.clone())
    };
    for (locales, found) in [
        (["en-US", "en-GB"], "911"),
        (["fr", "en-US"], "911"),
        (["fr", "de"], "112"),
    ] {
        assert_eq!(number(&rows, &locales).as_deref(), Some(found));
    }
    // A row nobody has filled in is no help.
    assert_eq!(
        number(&[row("en-US", ""), row("en-GB", "112")], &["en-US"]).as_deref(),
        Some("112")
    );
    assert_eq!(number(&[], &["en-US"]), None);
    let library = content();
    let words = &library.safety().help;
    assert_eq!(words_for(words, &["en-US"]).unwrap().locale, "en");
    assert_eq!(words_for(words, &["fr"]).unwrap().locale, "en");
}

/// A contact as an owner fills it in: Amira looks, Noor is next.
fn contact(app: &TestApp) -> Vec<(&'static str, String)> {
    vec![
        ("person", app.amira.id.clone()),
        ("second", app.noor.id.clone()),
        ("hours_words", "on weekdays from 9 to 17".to_owned()),
        ("weekday", "1".to_owned()),
        ("weekday", "2".to_owned()),
        ("weekday", "3".to_owned()),
        ("weekday", "4".to_owned()),
        ("weekday", "5".to_owned()),
        ("from", "09:00".to_owned()),
        ("to", "17:00".to_owned()),
        ("zone", "Europe/Madrid".to_owned()),
        ("response_hours", "4".to_owned()),
        ("risk_items", "yes".to_owned()),
    ]
}

async fn name(app: &TestApp, fields: &[(&'static str, String)]) -> Answer {
    let fields: Vec<_> = fields
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    app.post(Some(&app.olu), "/clinic/contact", &fields).await
}

/// Names a contact, so that questions about risk are asked.
pub(crate) async fn name_contact(app: &TestApp) {
    let named = name(app, &contact(app)).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.text);
}

async fn asks_risk(app: &TestApp) -> bool {
    let clinic = app.ben.clinic_id.clone();
    let found = app
        .app
        .db
        .read(move |tx| super::risk_contact(tx, &clinic))
        .await;
    found.unwrap().is_some()
}

#[tokio::test]
async fn without_a_complete_contact_nothing_about_risk_can_be_switched_on() {
    let app = TestApp::new().await;
    let full = contact(&app);
    let ids = [
        ("person", &app.chloe.id),
        ("person", &app.ben.id),
        ("person", &app.dov.id),
        ("second", &app.amira.id),
        ("second", &app.fay.id),
    ];
    // Nothing at all, each thing missing, and each thing wrong.
    let mut cases: Vec<(Vec<(&'static str, String)>, &str)> = vec![(
        vec![("risk_items", "yes".to_owned())],
        "Otherwise nobody would see them",
    )];
    for (missing, words) in [
        ("person", "Otherwise nobody would see them"),
        ("second", "choose a second person"),
        ("hours_words", "their hours in words"),
        ("weekday", "at least one day"),
        ("from", "a time such as 09:00"),
        ("to", "a time such as 17:00"),
        ("zone", "no time zone"),
        ("response_hours", "from 1 to 72"),
    ] {
        cases.push((
            full.iter()
                .filter(|(key, _)| *key != missing)
                .cloned()
                .collect(),
            words,
        ));
    }
    for (key, value, words) in [
        ("from", "17:00", "at least half an hour"),
        ("response_hours", "73", "from 1 to 72"),
        ("response_hours", "0", "from 1 to 72"),
        ("response_hours", "soon", "from 1 to 72"),
        ("zone", "Mars", "no time zone"),
    ] {
        let mut fields = full.clone();
        fields.iter_mut().find(|(name, _)| *name == key).unwrap().1 = value.to_owned();
        cases.push((fields, words));
    }
    for (key, id) in &ids[1..] {
        let mut fields = full.clone();
        fields.iter_mut().find(|(name, _)| name == key).unwrap().1 = (*id).clone();
        cases.push((fields, "Please choose a"));
    }
    for (fields, words) in cases {
        let refused = name(&app, &fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
        assert!(!asks_risk(&app).await);
    }
    // A lead may be named as well.
    let mut fields = full.clone();
    fields[0].1 = ids[0].1.clone();
    assert_eq!(name(&app, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(asks_risk(&app).await);
    assert_eq!(
        app.get(Some(&app.olu), "/clinic/contact").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_contact_who_is_taken_out_or_leaves_switches_risk_off() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    assert!(asks_risk(&app).await);
    name(&app, &[("person", String::new())]).await;
    assert!(!asks_risk(&app).await);
    name_contact(&app).await;
    // The second person is needed as much as the first.
    let path = format!("/clinic/people/{}/ending", app.noor.id);
    app.post(Some(&app.olu), &path, &[]).await;
    assert!(!asks_risk(&app).await);
    let page = app.get(Some(&app.olu), "/clinic/contact").await.text;
    assert!(page.contains("has left"));
    // Named, but with the questions switched off.
    let app = TestApp::new().await;
    let fields: Vec<_> = contact(&app)
        .into_iter()
        .filter(|(key, _)| *key != "risk_items")
        .collect();
    assert_eq!(name(&app, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(!asks_risk(&app).await);
}

/// Raises an alert about Ben and says who was told.
async fn raised(app: &TestApp, kind: Kind, cause: &str) -> Vec<String> {
    told(app, kind, cause).await.names
}

async fn told(app: &TestApp, kind: Kind, cause_id: &str) -> super::Told {
    let (now, ids, library) = (app.app.clock.now(), app.app.ids.clone(), content());
    let (clinic, ben, cause_id) = (
        app.ben.clinic_id.clone(),
        app.ben.id.clone(),
        cause_id.to_owned(),
    );
    app.app
        .db
        .write(move |tx| {
            let cause = Cause {
                clinic_id: &clinic,
                person_id: &ben,
                kind,
                cause_id: &cause_id,
                now,
            };
            raise(tx, &ids, &library, &cause)
        })
        .await
        .unwrap()
}

async fn share(app: &TestApp, given: bool) {
    let path = if given {
        "/me/consent/share"
    } else {
        "/me/consent/share/withdrawal"
    };
    let with = app.amira.id.clone();
    app.post(Some(&app.ben), path, &[("with", &with)]).await;
}

pub(crate) async fn may_be_contacted(app: &TestApp, given: bool) {
    let path = if given {
        "/me/consent/risk-contact"
    } else {
        "/me/consent/risk-contact/withdrawal"
    };
    let answer = app.post(Some(&app.ben), path, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_alert_goes_to_whom_the_client_agreed_to_and_to_nobody_else() {
    // Kind; a contact is named; may be contacted; shares; who is told.
    for (kind, named, contacted, shares, told) in [
        (Kind::RiskAnswer, true, true, true, &["Amira"][..]),
        (Kind::RiskAnswer, true, true, false, &["Amira"]),
        (Kind::RiskAnswer, true, false, true, &[]),
        (Kind::RiskAnswer, false, true, true, &[]),
        (Kind::UnwantedEffect, false, false, true, &["Amira"]),
        (Kind::UnwantedEffect, true, true, false, &[]),
        (Kind::MuchWorseTwice, false, true, true, &["Amira"]),
        (Kind::MuchWorseTwice, true, true, false, &[]),
        (Kind::RedScreening, true, false, true, &["Amira"]),
        (Kind::RedScreening, true, true, false, &[]),
    ] {
        let app = TestApp::new().await;
        if named {
            name_contact(&app).await;
        }
        may_be_contacted(&app, contacted).await;
        share(&app, shares).await;
        let case = (kind, named, contacted, shares);
        assert_eq!(raised(&app, kind, "cause").await, told, "{case:?}");
        let page = app.get(Some(&app.amira), "/caseload").await.text;
        assert_eq!(
            page.contains("An alert waits for you"),
            !told.is_empty(),
            "{case:?}"
        );
        for other in [&app.noor, &app.chloe, &app.olu, &app.dov] {
            let page = app.get(Some(other), "/alerts").await;
            assert!(
                page.text.contains("Nothing waits for you") && !page.text.contains("Ben"),
                "{case:?} as {}",
                other.name
            );
        }
    }
}

#[tokio::test]
async fn the_same_thing_twice_is_one_alert_and_something_new_after_a_look_is_another() {
    let app = TestApp::new().await;
    let alerts = async || {
        let page = app.get(Some(&app.amira), "/alerts").await.text;
        page.matches("I have seen it").count()
    };
    for cause in ["first", "first", "second"] {
        assert_eq!(raised(&app, Kind::UnwantedEffect, cause).await, ["Amira"]);
        assert_eq!(alerts().await, 1, "{cause}");
    }
    // Another kind is another alert.
    raised(&app, Kind::MuchWorseTwice, "first").await;
    assert_eq!(alerts().await, 2);
    for id in waiting_ids(&app).await {
        let path = format!("/alerts/{id}/acknowledgement");
        for _ in 0..2 {
            let seen = app
                .post(Some(&app.amira), &path, &[("note", "I will ring")])
                .await;
            assert_eq!(seen.place, "/alerts");
        }
    }
    assert_eq!(alerts().await, 0);
    let page = app.get(Some(&app.amira), "/alerts").await.text;
    assert!(page.contains("I will ring") && page.contains("Amira looked"));
    // What was looked at is not raised again by the same cause, but by a new one.
    raised(&app, Kind::UnwantedEffect, "first").await;
    assert_eq!(alerts().await, 0);
    raised(&app, Kind::UnwantedEffect, "third").await;
    assert_eq!(alerts().await, 1);
}

#[tokio::test]
async fn every_answer_about_risk_is_news_though_an_earlier_one_still_waits() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    for (cause, waiting) in [("first", 1), ("first", 1), ("second", 2)] {
        raised(&app, Kind::RiskAnswer, cause).await;
        assert_eq!(waiting_ids(&app).await.len(), waiting, "{cause}");
    }
}

#[tokio::test]
async fn only_for_answers_about_risk_is_it_said_by_when_somebody_looks() {
    for (kind, said) in [
        (Kind::RiskAnswer, true),
        (Kind::UnwantedEffect, false),
        (Kind::MuchWorseTwice, false),
        (Kind::RedScreening, false),
    ] {
        let app = TestApp::new().await;
        name_contact(&app).await;
        may_be_contacted(&app, true).await;
        let told = told(&app, kind, "cause").await;
        assert_eq!(told.names, ["Amira"], "{kind:?}");
        assert_eq!(told.looks_by.is_some(), said, "{kind:?}");
        let page = app.get(Some(&app.amira), "/alerts").await.text;
        assert_eq!(page.contains("Somebody looks by"), said, "{kind:?}");
        // It is passed on by the clinic's hours all the same.
        app.app.clock.set("2026-11-23T16:00:00Z".parse().unwrap());
        assert_eq!(escalated(&app).await, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn other_hours_never_put_off_what_waits() {
    for (hours, due) in [
        ("72", "2026-11-23T16:00:00Z"),
        ("1", "2026-11-23T13:00:00Z"),
    ] {
        let app = TestApp::new().await;
        name_contact(&app).await;
        may_be_contacted(&app, true).await;
        raised(&app, Kind::RiskAnswer, "cause").await;
        let mut changed = contact(&app);
        changed.retain(|(field, _)| *field != "response_hours");
        changed.push(("response_hours", hours.to_owned()));
        name(&app, &changed).await;
        let due: Timestamp = due.parse().unwrap();
        app.app.clock.set(due - jiff::SignedDuration::from_secs(1));
        assert_eq!(escalated(&app).await, 0, "{hours}");
        app.app.clock.set(due);
        assert_eq!(escalated(&app).await, 1, "{hours}");
    }
}

async fn waiting_ids(app: &TestApp) -> Vec<String> {
    let (clinic, amira) = (app.amira.clinic_id.clone(), app.amira.id.clone());
    let sent = app
        .app
        .db
        .read(move |tx| store::list_sent(tx, &clinic, &amira, i64::MAX))
        .await;
    sent.unwrap()
        .into_iter()
        .filter(|alert| alert.waits)
        .map(|alert| alert.alert_id)
        .collect()
}

#[tokio::test]
async fn only_whom_an_alert_went_to_can_answer_it_and_ben_reads_who_did() {
    let app = TestApp::new().await;
    raised(&app, Kind::UnwantedEffect, "cause").await;
    let id = waiting_ids(&app).await.remove(0);
    for deed in ["acknowledgement", "closing"] {
        let path = format!("/alerts/{id}/{deed}");
        for other in [
            &app.noor, &app.chloe, &app.olu, &app.dov, &app.ben, &app.ema,
        ] {
            assert_eq!(
                app.post(Some(other), &path, &[]).await.status,
                StatusCode::NOT_FOUND,
                "{}",
                other.name
            );
        }
    }
    app.post(
        Some(&app.amira),
        &format!("/alerts/{id}/closing"),
        &[("note", "We talked.")],
    )
    .await;
    assert!(waiting_ids(&app).await.is_empty());
    let me = app.get(Some(&app.ben), "/me").await.text;
    assert!(me.contains("noted that something asks for a look") && me.contains("closed an alert"));
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(record["safety"]["alerts"][0][0]["kind"], "unwanted-effect");
    // Notes among colleagues are not part of it.
    assert!(!record.to_string().contains("We talked."));
}

#[tokio::test]
async fn consent_taken_back_leaves_no_more_than_that_there_is_something() {
    let app = TestApp::new().await;
    raised(&app, Kind::UnwantedEffect, "cause").await;
    let words = "hard to bear";
    assert!(
        app.get(Some(&app.amira), "/alerts")
            .await
            .text
            .contains(words)
    );
    share(&app, false).await;
    let page = app.get(Some(&app.amira), "/alerts").await.text;
    assert!(!page.contains(words) && page.contains("An answer that asks for a look."));
}

/// Signs somebody in anew: staff are signed out after half a day.
async fn again(app: &TestApp, someone: &Someone) -> Someone {
    let entry = [("name", someone.name), ("secret", crate::testing::PASSWORD)];
    let cookie = app.post(None, "/sign-in", &entry).await.cookies[0].clone();
    Someone {
        cookie: cookie.split(';').next().unwrap().to_owned(),
        ..someone.clone()
    }
}

async fn escalated(app: &TestApp) -> usize {
    let (now, ids) = (app.app.clock.now(), app.app.ids.clone());
    app.app
        .db
        .write(move |tx| escalate_due(tx, &ids, now))
        .await
        .unwrap()
}

#[tokio::test]
async fn what_nobody_looked_at_in_time_goes_on_to_the_second_person_once() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    // Monday, 13:00 in Madrid: four hours later it is 17:00, and the day is over.
    raised(&app, Kind::RiskAnswer, "cause").await;
    app.app.clock.set("2026-11-23T15:59:59Z".parse().unwrap());
    assert_eq!(escalated(&app).await, 0);
    let noor = again(&app, &app.noor).await;
    assert!(
        app.get(Some(&noor), "/alerts")
            .await
            .text
            .contains("Nothing waits for you")
    );
    app.app.clock.set("2026-11-23T16:00:00Z".parse().unwrap());
    assert_eq!(escalated(&app).await, 1);
    assert_eq!(escalated(&app).await, 0);
    let page = app.get(Some(&noor), "/caseload").await.text;
    assert!(page.contains("An alert waits for you") && page.contains("An answer about risk"));
    assert!(
        app.get(Some(&noor), "/alerts")
            .await
            .text
            .contains("Nobody looked in time.")
    );
    // Whoever watches over the clinic sees how many, and nothing else.
    for watcher in [&app.chloe, &app.olu] {
        let watcher = again(&app, watcher).await;
        for path in ["/clinic", "/alerts"] {
            let page = app.get(Some(&watcher), path).await.text;
            assert!(
                page.contains("One alert in this clinic") && !page.contains("Ben"),
                "{path}"
            );
        }
    }
    let id = waiting_ids(&app).await.remove(0);
    app.post(Some(&noor), &format!("/alerts/{id}/acknowledgement"), &[])
        .await;
    let chloe = again(&app, &app.chloe).await;
    assert!(
        !app.get(Some(&chloe), "/clinic")
            .await
            .text
            .contains("One alert")
    );
}

#[tokio::test]
async fn other_alerts_reach_nobody_new_and_still_count() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    raised(&app, Kind::UnwantedEffect, "cause").await;
    app.app.clock.set("2026-11-24T12:00:00Z".parse().unwrap());
    // Opening a page is enough for it to be noticed.
    let chloe = again(&app, &app.chloe).await;
    assert!(
        app.get(Some(&chloe), "/clinic")
            .await
            .text
            .contains("One alert in this clinic")
    );
    let noor = again(&app, &app.noor).await;
    assert!(
        app.get(Some(&noor), "/alerts")
            .await
            .text
            .contains("Nothing waits for you")
    );
    let amira = again(&app, &app.amira).await;
    assert!(
        app.get(Some(&amira), "/caseload")
            .await
            .text
            .contains("An alert waits for you")
    );
}

#[tokio::test]
async fn without_a_contact_an_alert_counts_as_unseen_after_two_days() {
    let app = TestApp::new().await;
    raised(&app, Kind::UnwantedEffect, "cause").await;
    app.app.clock.set("2026-11-25T11:59:00Z".parse().unwrap());
    assert_eq!(escalated(&app).await, 0);
    app.app.clock.set("2026-11-25T12:00:00Z".parse().unwrap());
    assert_eq!(escalated(&app).await, 1);
}

#[tokio::test]
async fn whoever_leaves_leaves_no_alert_behind_unseen() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    raised(&app, Kind::RiskAnswer, "cause").await;
    let path = format!("/clinic/people/{}/ending", app.amira.id);
    app.post(Some(&app.olu), &path, &[]).await;
    assert!(
        app.get(Some(&app.noor), "/caseload")
            .await
            .text
            .contains("An alert waits for you")
    );
    // And nothing goes to somebody who is gone.
    assert!(raised(&app, Kind::UnwantedEffect, "cause").await.is_empty());
}

#[tokio::test]
async fn naming_nobody_passes_on_what_waits() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    raised(&app, Kind::RiskAnswer, "cause").await;
    name(&app, &[("person", String::new())]).await;
    assert!(
        app.get(Some(&app.chloe), "/clinic")
            .await
            .text
            .contains("One alert in this clinic")
    );
}

const NUMBERS: [(&str, &str); 8] = [
    ("locale", "en-US"),
    ("emergency_number", "911"),
    ("line_name", "Somebody & co"),
    ("call_number", "(555) 012-3456"),
    ("text_number", "555 77"),
    ("chat_url", "https://line.example/chat"),
    ("hours", "Day and night."),
    ("extra", "Amira, weekdays 9 to 17"),
];

#[tokio::test]
async fn an_owner_sets_the_help_numbers_of_a_language_and_everybody_finds_theirs() {
    let app = TestApp::new().await;
    for (field, value, words) in [
        ("emergency_number", "<script>", "digits, spaces"),
        ("chat_url", "javascript:alert(1)", "a whole address"),
        ("chat_url", "https://a b", "a whole address"),
        ("locale", "xx", "one of the languages"),
    ] {
        let mut wrong = NUMBERS;
        wrong.iter_mut().find(|(name, _)| *name == field).unwrap().1 = value;
        let refused = app.post(Some(&app.olu), "/clinic/help", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
        assert!(refused.text.contains(words), "{value}");
    }
    assert_eq!(
        app.post(Some(&app.olu), "/clinic/help", &NUMBERS)
            .await
            .place,
        "/clinic"
    );
    assert!(
        app.get(Some(&app.olu), "/clinic/help?locale=en-US")
            .await
            .text
            .contains("Somebody &amp; co")
    );
    // Ben reads British English; whoever reads American English gets the other numbers.
    let help = app.get(Some(&app.ben), "/help").await;
    assert!(help.text.contains("tel:112") && !help.text.contains("911\""));
    let settings = [
        ("name", "Ben"),
        ("zone", "Europe/Madrid"),
        ("locale", "en-US"),
    ];
    app.post(Some(&app.ben), "/me/settings", &settings).await;
    let help = app.get(Some(&app.ben), "/help").await;
    for found in [
        "tel:911",
        "tel:5550123456",
        "sms:55577",
        "https://line.example/chat",
        "Day and night.",
        "weekdays 9 to 17",
        "You do not have to be sure",
        "cannot see you or call anyone",
    ] {
        assert!(help.text.contains(found), "{found}");
    }
    // Kept by this browser for a while, and by nobody else's.
    assert_eq!(help.headers["cache-control"], "private, max-age=600");
    assert_eq!(help.headers["vary"], "cookie");
}

#[tokio::test]
async fn a_safety_plan_is_hers_alone() {
    let app = TestApp::new().await;
    let plan = [
        ("signs", "I stop answering."),
        ("helps", "A walk with the dog.\nCold water."),
        ("person_name", "Tante Ilse"),
        ("person_number", "+34 600 000 000"),
    ];
    let mut wrong = plan;
    wrong[3].1 = "call me";
    assert_eq!(
        app.post(Some(&app.ben), "/me/safety-plan", &wrong)
            .await
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let kept = app.post(Some(&app.ben), "/me/safety-plan", &plan).await;
    assert_eq!(kept.place, "/me/safety-plan");
    let page = app.get(Some(&app.ben), "/me/safety-plan").await.text;
    assert!(page.contains("I stop answering.") && page.contains("Cold water."));
    let help = app.get(Some(&app.ben), "/help").await.text;
    assert!(help.contains("Call Tante Ilse") && help.contains("tel:+34600000000"));
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(
        record["safety"]["safety_plan"]["signs"],
        "I stop answering."
    );
    let client = format!("/clients/{}", app.ben.id);
    for (who, path) in [
        (None, "/help"),
        (Some(&app.amira), "/help"),
        (Some(&app.amira), "/me/safety-plan"),
        (Some(&app.amira), client.as_str()),
    ] {
        let page = app.get(who, path).await.text;
        assert!(
            !page.contains("Ilse") && !page.contains("stop answering"),
            "{path}"
        );
    }
    // It is nobody's business that it changed, either.
    assert!(
        !app.get(Some(&app.olu), "/clinic/audit")
            .await
            .text
            .contains("plan")
    );
}

#[tokio::test]
async fn what_waits_reaches_whoever_may_know_of_it_later_and_nobody_else() {
    let app = TestApp::new().await;
    // It went to somebody who is not here any more.
    let alert = alert_to(&app, &[&app.noor]).await;
    share(&app, false).await;
    let went_to = async |person: &Someone| {
        let (clinic, to, alert) = (person.clinic_id.clone(), person.id.clone(), alert.clone());
        let found = app
            .app
            .db
            .read(move |tx| store::find_sent(tx, &clinic, &to, &alert))
            .await;
        found.unwrap().is_some()
    };
    super::reach(&app.app).await.unwrap();
    assert!(!went_to(&app.amira).await, "without the client's leave");
    share(&app, true).await;
    for _ in 0..2 {
        super::reach(&app.app).await.unwrap();
    }
    assert!(went_to(&app.amira).await);
    assert!(!went_to(&app.dov).await && !went_to(&app.chloe).await);
}
