//! Reminders: the rules, then requests and the worker through the whole app.

mod calendar;
mod requests;
mod rules;

use axum::body::Body;
use axum::http::StatusCode;
use jiff::Timestamp;

use super::store;
use super::work::tick;
use crate::app::App;
use crate::testing::{Someone, TestApp};
use kith_base::error::Error;
use kith_base::mail::Mailer;
use kith_base::push::base64url;
use kith_base::testing::browser::{Browser, Posted, service};
use kith_base::testing::letters::{Mood, server};

const ADDRESS: &str = "ben@example.org";
const SETTINGS: [(&str, &str); 5] = [
    ("time", "13:30"),
    ("quiet_from", "21:00"),
    ("quiet_until", "07:00"),
    ("routine", "after lunch"),
    ("words", "minute"),
];

fn set(app: &App, at: &str) {
    app.clock.set(at.parse().unwrap());
}

fn letters(app: &App) -> Vec<kith_base::mail::Letter> {
    app.config.mailer.remembered(ADDRESS).unwrap()
}

/// Does everything that is due at an instant.
async fn work_at(app: &App, at: &str) {
    set(app, at);
    while tick(app).await.unwrap() > 0 {}
}

async fn choose(app: &TestApp, who: &Someone, more: &[(&str, &str)]) {
    let fields = [&SETTINGS, more].concat();
    let answer = app.post(Some(who), "/reminders", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

fn link(text: &str, start: &str) -> String {
    let at = text
        .find(start)
        .unwrap_or_else(|| panic!("{start} is not in {text}"));
    text[at..].split_whitespace().next().unwrap().to_owned()
}

/// Ben's reminders by e-mail, with the address confirmed.
async fn ben_by_mail(app: &TestApp) {
    choose(app, &app.ben, &[("by_mail", "yes"), ("address", ADDRESS)]).await;
    while tick(&app.app).await.unwrap() > 0 {}
    let text = letters(&app.app)[0].text.clone();
    let path = link(&text, "/reminders/mail/confirmation/");
    let answer = app.post(None, &path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_goes_to_an_address_before_it_is_confirmed() {
    let app = TestApp::new().await;
    choose(&app, &app.ben, &[("by_mail", "yes"), ("address", ADDRESS)]).await;
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    let sent = letters(&app.app);
    assert_eq!(sent.len(), 1, "only the letter that asks");
    assert_eq!(sent[0].subject, "Is this your address?");
    let path = link(&sent[0].text, "/reminders/mail/confirmation/");
    // Mail programs open links by themselves: looking confirms nothing.
    assert_eq!(app.get(None, &path).await.status, StatusCode::OK);
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 1);
    assert_eq!(app.post(None, &path, &[]).await.status, StatusCode::OK);
    assert_eq!(
        app.post(None, &path, &[]).await.status,
        StatusCode::NOT_FOUND,
        "once"
    );
    work_at(&app.app, "2026-11-25T12:30:00Z").await;
    assert_eq!(letters(&app.app)[0].subject, "A minute for yourself?");
}

#[tokio::test]
async fn a_confirming_link_ends_and_few_are_sent_a_day() {
    let app = TestApp::new().await;
    choose(&app, &app.ben, &[("by_mail", "yes"), ("address", ADDRESS)]).await;
    while tick(&app.app).await.unwrap() > 0 {}
    let path = link(&letters(&app.app)[0].text, "/reminders/mail/confirmation/");
    for status in [
        StatusCode::SEE_OTHER,
        StatusCode::SEE_OTHER,
        StatusCode::CONFLICT,
    ] {
        let answer = app
            .post(Some(&app.ben), "/reminders/mail/letter", &[])
            .await;
        assert_eq!(answer.status, status);
        while tick(&app.app).await.unwrap() > 0 {}
    }
    assert_eq!(letters(&app.app).len(), 3);
    assert_eq!(
        app.get(None, &path).await.status,
        StatusCode::NOT_FOUND,
        "a newer one is out"
    );
    let path = link(&letters(&app.app)[0].text, "/reminders/mail/confirmation/");
    set(&app.app, "2026-11-25T12:30:00Z");
    assert_eq!(
        app.post(None, &path, &[]).await.status,
        StatusCode::NOT_FOUND,
        "two days later"
    );
}

#[tokio::test]
async fn one_reminder_a_day_says_nothing_and_can_be_left_without_signing_in() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    for minute in ["12:29", "12:30", "12:31", "13:40", "18:00"] {
        work_at(&app.app, &format!("2026-11-23T{minute}:00Z")).await;
    }
    let sent = letters(&app.app);
    assert_eq!(sent.len(), 2, "the letter that asked, and one reminder");
    let letter = &sent[0];
    assert_eq!(letter.subject, "A minute for yourself?");
    for word in ["Kith", "Ours", "compassion", "practi", "lunch", "Ben"] {
        let text = letter.text.replace(ADDRESS, "");
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(letter.text.contains("/today"));
    let leave = letter.leave.clone().unwrap();
    let path = link(&leave, "/reminders/mail/ending/");
    assert_eq!(app.get(None, &path).await.status, StatusCode::OK);
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 3, "looking ends nothing");
    // As a mail program does it: no cookie, no origin, its own body.
    let request = axum::http::Request::builder()
        .method("POST")
        .uri(&path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("List-Unsubscribe=One-Click"))
        .unwrap();
    assert_eq!(app.send(request).await.status, StatusCode::OK);
    work_at(&app.app, "2026-11-25T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 3);
    let page = app.get(Some(&app.ben), "/reminders").await.text;
    assert!(!page.contains(ADDRESS));
}

#[tokio::test]
async fn two_processes_send_one_reminder() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    set(&app.app, "2026-11-23T12:30:00Z");
    let (one, other) = tokio::join!(tick(&app.app), tick(&app.app));
    one.unwrap();
    other.unwrap();
    while tick(&app.app).await.unwrap() > 0 {}
    assert_eq!(letters(&app.app).len(), 2);
}

#[tokio::test]
async fn whoever_has_practised_today_is_left_alone_if_that_was_asked() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    let sitting = |id: &str, at: &str| {
        serde_json::json!([{
            "id": id, "practice": "soles-ground", "revision": "x", "started_at": at, "minutes": 3,
            "seconds_heard": 180, "finished": true, "fit": null, "effect": null, "barrier": null,
        }])
        .to_string()
    };
    choose(
        &app,
        &app.ben,
        &[
            ("by_mail", "yes"),
            ("address", ADDRESS),
            ("only_if_not_yet", "yes"),
        ],
    )
    .await;
    let body = sitting(
        "018f3a5c-7b00-7000-8000-000000000001",
        "2026-11-23T11:00:00Z",
    );
    app.post_json(Some(&app.ben), "/sittings", &body).await;
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 1, "she has practised");
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 2);
}

#[tokio::test]
async fn after_three_ignored_one_question_is_asked_and_then_there_is_silence() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    for day in 24..=30 {
        work_at(&app.app, &format!("2026-11-{day}T12:30:00Z")).await;
    }
    let subjects: Vec<_> = letters(&app.app)
        .into_iter()
        .rev()
        .map(|letter| letter.subject)
        .collect();
    let reminder = "A minute for yourself?";
    assert_eq!(
        subjects,
        [
            "Is this your address?",
            reminder,
            reminder,
            reminder,
            "Shall these messages go on?"
        ]
    );
    let today = app.get(Some(&app.ben), "/today").await.text;
    assert!(today.contains("Shall the reminders go on?"));
    for word in ["missed", "ignored", "failed", "forgot", "streak"] {
        assert!(!today.to_lowercase().contains(word), "{word}");
    }
    // Having seen the question is no answer.
    work_at(&app.app, "2026-12-02T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 5);
    let answer = app.post(Some(&app.ben), "/reminders/smaller", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(
        !app.get(Some(&app.ben), "/today")
            .await
            .text
            .contains("Shall the reminders")
    );
    work_at(&app.app, "2026-12-03T12:30:00Z").await;
    let sent = letters(&app.app);
    assert_eq!(sent.len(), 6);
    assert!(
        sent[0].text.contains("/reminders/smallest"),
        "{}",
        sent[0].text
    );
    let smallest = app.get(Some(&app.ben), "/reminders/smallest").await;
    assert!(
        smallest.place.starts_with("/practise/"),
        "{}",
        smallest.place
    );
}

#[tokio::test]
async fn a_visit_or_a_practice_shows_that_a_reminder_was_welcome() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    for day in 24..=30 {
        work_at(&app.app, &format!("2026-11-{day}T12:30:00Z")).await;
        if day == 26 {
            set(&app.app, "2026-11-26T20:00:00Z");
            app.get(Some(&app.ben), "/today").await;
        }
    }
    let subjects: Vec<_> = letters(&app.app)
        .into_iter()
        .rev()
        .map(|letter| letter.subject)
        .collect();
    assert_eq!(
        subjects
            .iter()
            .filter(|subject| *subject == "A minute for yourself?")
            .count(),
        6
    );
    assert_eq!(subjects.last().unwrap(), "Shall these messages go on?");
}

#[tokio::test]
async fn a_pause_is_a_week_and_an_ending_an_ending() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    app.post(Some(&app.ben), "/reminders/pause", &[]).await;
    assert!(
        app.get(Some(&app.ben), "/reminders")
            .await
            .text
            .contains("Quiet until 30 November")
    );
    for (day, wanted) in [("23", 1), ("29", 1), ("30", 2)] {
        work_at(&app.app, &format!("2026-11-{day}T12:30:00Z")).await;
        assert_eq!(letters(&app.app).len(), wanted, "{day}");
    }
    app.post(Some(&app.ben), "/reminders/ending", &[]).await;
    work_at(&app.app, "2026-12-01T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 2);
    choose(&app, &app.ben, &[("by_mail", "yes"), ("address", ADDRESS)]).await;
    work_at(&app.app, "2026-12-02T12:30:00Z").await;
    assert_eq!(
        letters(&app.app).len(),
        3,
        "the same address need not be confirmed again"
    );
}

#[tokio::test]
async fn a_message_that_is_late_is_none() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    work_at(&app.app, "2026-11-23T14:31:00Z").await;
    assert_eq!(letters(&app.app).len(), 1);
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 2);
}

#[tokio::test]
async fn only_days_of_the_plan_are_reminded_of() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    let plan = app.prescribe().await;
    let path = format!("/plans/{plan}/agreement");
    // Monday to Wednesday.
    let agreed = app.post(Some(&app.ben), &path, &crate::testing::PLAN).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text);
    let mut counts = Vec::new();
    for day in 24..=30 {
        set(&app.app, &format!("2026-11-{day}T07:00:00Z"));
        app.get(Some(&app.ben), "/today").await;
        work_at(&app.app, &format!("2026-11-{day}T12:30:00Z")).await;
        counts.push(letters(&app.app).len());
    }
    assert_eq!(counts, [2, 3, 3, 3, 3, 3, 4]);
}

#[tokio::test]
async fn a_zone_that_changed_is_noticed() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    let place = [
        ("name", "Ben"),
        ("zone", "America/New_York"),
        ("locale", "en-GB"),
    ];
    app.post(Some(&app.ben), "/me/settings", &place).await;
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 1, "half past seven in New York");
    work_at(&app.app, "2026-11-23T18:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 2);
    let place = [
        ("name", "Ben"),
        ("zone", "Europe/Madrid"),
        ("locale", "en-GB"),
    ];
    app.post(Some(&app.ben), "/me/settings", &place).await;
    app.get(Some(&app.ben), "/today").await;
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 3);
}

#[tokio::test]
async fn a_real_mail_server_takes_the_reminder_or_what_it_does_is_counted() {
    let (url, told) = server(Mood::Takes);
    let mailer = Mailer::smtp(&url, "quiet@example.net", "localhost").unwrap();
    let app = TestApp::with(|config| config.mailer = mailer).await;
    choose(&app, &app.ben, &[("by_mail", "yes"), ("address", ADDRESS)]).await;
    while tick(&app.app).await.unwrap() > 0 {}
    // Long lines travel in pieces.
    let text = told
        .lock()
        .unwrap()
        .join("\n")
        .replace("=\n", "")
        .replace("=3D", "=");
    assert!(
        text.contains("RCPT TO:<ben@example.org>")
            && text.contains("Subject: Is this your address?")
    );
    let path = link(&text, "/reminders/mail/confirmation/");
    assert_eq!(app.post(None, &path, &[]).await.status, StatusCode::OK);
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    let text = told.lock().unwrap().join("\n");
    assert!(
        text.contains("Subject: A minute for yourself?")
            && text.contains("List-Unsubscribe: <http")
    );

    for (mood, note) in [(Mood::Refuses, true), (Mood::HangsUp, false)] {
        let (url, _) = server(mood);
        let mailer = Mailer::smtp(&url, "quiet@example.net", "localhost").unwrap();
        let app = TestApp::with(|config| config.mailer = mailer).await;
        choose(&app, &app.ben, &[("by_mail", "yes"), ("address", ADDRESS)]).await;
        for hour in [
            "12:10", "12:20", "12:30", "13:00", "14:00", "15:00", "16:00",
        ] {
            work_at(&app.app, &format!("2026-11-23T{hour}:00Z")).await;
        }
        let page = app.get(Some(&app.ben), "/reminders").await.text;
        assert_eq!(page.contains("was refused there"), note);
        let clinic = app.get(Some(&app.olu), "/clinic").await.text;
        assert!(
            clinic.contains("could not be delivered in the last 30 days: 1."),
            "{clinic}"
        );
    }
}

#[tokio::test]
async fn without_a_mail_server_the_page_says_so() {
    let app = TestApp::with(|config| config.mailer = Mailer::absent()).await;
    let page = app.get(Some(&app.ben), "/reminders").await.text;
    assert!(page.contains("has no mail server") && !page.contains("name=\"address\""));
    choose(&app, &app.ben, &[("by_mail", "yes"), ("address", ADDRESS)]).await;
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    assert!(
        !app.get(Some(&app.ben), "/reminders")
            .await
            .text
            .contains(ADDRESS)
    );
}

/// Sets up a browser of somebody's, and gives what it was sent.
async fn subscribe(
    app: &TestApp,
    who: &Someone,
    answer: &'static str,
) -> (Browser, std::sync::mpsc::Receiver<Posted>) {
    let (endpoint, told) = service(answer);
    let browser = Browser::new();
    let keys =
        serde_json::json!({"p256dh": base64url(&browser.p256dh), "auth": base64url(&browser.auth)});
    let body = serde_json::json!({"endpoint": endpoint, "keys": keys}).to_string();
    let kept = app.post_json(Some(who), "/reminders/devices", &body).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
    (browser, told)
}

const TAKEN: &str = "HTTP/1.1 201 Created\r\n\r\n";

#[tokio::test]
async fn a_browser_is_told_and_only_it_can_read_it() {
    let app = TestApp::new().await;
    choose(&app, &app.ben, &[]).await;
    let (browser, told) = subscribe(&app, &app.ben, TAKEN).await;
    let page = app.get(Some(&app.ben), "/reminders").await.text;
    assert!(page.contains("This device") && !page.contains("data-push-begin"));
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    let posted = told.try_recv().unwrap();
    assert_eq!(posted.claims()["sub"], "mailto:quiet@example.org");
    let text: serde_json::Value = serde_json::from_str(&browser.open(&posted.body)).unwrap();
    assert_eq!(
        text,
        serde_json::json!({"words": "A minute for yourself?", "place": "/today"})
    );
    // The same key every time, or browsers would refuse.
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    let again = told.try_recv().unwrap();
    let key = |posted: &Posted| {
        posted
            .header("Authorization")
            .rsplit('=')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(key(&posted), key(&again));
}

#[tokio::test]
async fn a_device_is_told_nothing_after_signing_out_there_or_stopping_or_when_it_is_gone() {
    let app = TestApp::new().await;
    choose(&app, &app.ben, &[]).await;
    let (_, told) = subscribe(&app, &app.ben, TAKEN).await;
    app.post(Some(&app.ben), "/sign-out", &[]).await;
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    assert!(told.try_recv().is_err());

    let app = TestApp::new().await;
    choose(&app, &app.ben, &[]).await;
    let (_, told) = subscribe(&app, &app.ben, "HTTP/1.1 410 Gone\r\n\r\n").await;
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    assert!(told.try_recv().is_ok());
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    assert!(told.try_recv().is_err(), "the browser had gone");
    let (_, told) = subscribe(&app, &app.ben, TAKEN).await;
    let page = app.get(Some(&app.ben), "/reminders").await.text;
    let end = link(&page, "/reminders/devices/")
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    // Not by somebody else.
    app.post(Some(&app.noor), &end, &[]).await;
    work_at(&app.app, "2026-11-25T12:30:00Z").await;
    assert!(told.try_recv().is_ok());
    assert_eq!(
        app.post(Some(&app.ben), &end, &[]).await.status,
        StatusCode::SEE_OTHER
    );
    work_at(&app.app, "2026-11-26T12:30:00Z").await;
    assert!(told.try_recv().is_err());
}

#[tokio::test]
async fn a_login_that_ended_by_itself_ends_no_messages() {
    let app = TestApp::new().await;
    choose(&app, &app.amira, &[]).await;
    let (_, told) = subscribe(&app, &app.amira, TAKEN).await;
    set(&app.app, "2026-12-24T09:00:00Z");
    // Anybody's visit clears away old logins.
    let entry = [("name", "olu"), ("secret", crate::testing::PASSWORD)];
    let olu = app.someone(&app.post(None, "/sign-in", &entry).await);
    set(&app.app, "2026-12-24T11:00:00Z");
    assert_eq!(app.get(Some(&olu), "/clinic").await.status, StatusCode::OK);
    assert_eq!(
        app.get(Some(&app.amira), "/today").await.status,
        StatusCode::SEE_OTHER
    );
    work_at(&app.app, "2026-12-24T12:30:00Z").await;
    assert!(told.try_recv().is_ok());
}

#[tokio::test]
async fn a_person_has_a_few_devices_and_no_address_inside_is_taken() {
    let app = TestApp::new().await;
    choose(&app, &app.ben, &[]).await;
    for _ in 0..6 {
        subscribe(&app, &app.ben, TAKEN).await;
        app.app
            .clock
            .set(Timestamp::from_millisecond(app.app.clock.now() + 1).unwrap());
    }
    let (clinic, whose) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    let devices = app
        .app
        .db
        .read(move |tx| store::list_devices(tx, &clinic, &whose))
        .await
        .unwrap();
    assert_eq!(devices.len(), 4);
    let keys = serde_json::json!({"p256dh": base64url(&Browser::new().p256dh), "auth": base64url(&[1; 16])});
    for endpoint in [
        "https://169.254.169.254/",
        "http://push.example.org/",
        "https://a.example.org:22/",
    ] {
        let body = serde_json::json!({"endpoint": endpoint, "keys": keys}).to_string();
        let refused = app
            .post_json(Some(&app.ben), "/reminders/devices", &body)
            .await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{endpoint}"
        );
    }
}

#[tokio::test]
async fn a_colleague_who_left_is_reminded_of_nothing() {
    let app = TestApp::new().await;
    choose(&app, &app.noor, &[("by_mail", "yes"), ("address", ADDRESS)]).await;
    while tick(&app.app).await.unwrap() > 0 {}
    let path = link(&letters(&app.app)[0].text, "/reminders/mail/confirmation/");
    app.post(None, &path, &[]).await;
    app.post(
        Some(&app.olu),
        &format!("/clinic/people/{}/ending", app.noor.id),
        &[],
    )
    .await;
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    assert_eq!(letters(&app.app).len(), 1);
}

#[tokio::test]
async fn everything_about_reminders_goes_along_and_goes_away() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    subscribe(&app, &app.ben, TAKEN).await;
    app.post(Some(&app.ben), "/reminders/calendar", &[]).await;
    work_at(&app.app, "2026-11-23T12:30:00Z").await;
    let all = app.get(Some(&app.ben), "/me/record.json").await.json();
    let kept = &all["reminders"];
    assert_eq!(kept["settings"]["routine"], "after lunch");
    assert_eq!(kept["mail"]["address"], ADDRESS);
    assert_eq!(kept["sent"][0]["sent_on"], "2026-11-23");
    assert_eq!(kept["devices"].as_array().unwrap().len(), 1);
    assert!(kept["calendar_since"].is_i64());
    // A letter that still waits goes too.
    set(&app.app, "2026-11-24T12:00:00Z");
    choose(
        &app,
        &app.ben,
        &[("by_mail", "yes"), ("address", "other@example.org")],
    )
    .await;
    let erased = app
        .post(Some(&app.ben), "/me/erasure", &[("word", "erase")])
        .await;
    assert_eq!(erased.status, StatusCode::OK);
    let mut copy = Vec::new();
    let left = app
        .app
        .db
        .read(move |tx| {
            tx.copy_out(&mut copy)?;
            Ok::<_, Error>(String::from_utf8(copy).unwrap())
        })
        .await
        .unwrap();
    assert!(!left.contains("example.org"));
    for line in left.lines().filter(|line| line.contains(&app.ben.id)) {
        assert!(line.starts_with("{\"table\":\"audit\""), "{line}");
    }
    work_at(&app.app, "2026-11-24T12:30:00Z").await;
    assert!(
        app.app
            .config
            .mailer
            .remembered("other@example.org")
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn what_cannot_be_is_complained_about_beside_its_field() {
    let app = TestApp::new().await;
    for (field, value, words) in [
        ("time", "25:00", "a time like 08:30"),
        ("time", "22:00", "in your quiet hours"),
        ("quiet_until", "", "a time like 08:30"),
        ("words", "Ben, come back", "one of the texts"),
        ("address", "ben@", "an address like"),
    ] {
        let mut fields = SETTINGS.to_vec();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let answer = app.post(Some(&app.ben), "/reminders", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(answer.text.contains(words), "{field}");
    }
    for path in ["pause", "ending", "smaller", "calendar", "mail/letter"] {
        let answer = app
            .post(Some(&app.ben), &format!("/reminders/{path}"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
}
