//! The one reminder of something somebody was asked.

use super::*;
use crate::features::reminders::rules::{Reminder, RequestMessage, State, request_message};
use kith_base::web::locale::zone;

/// Asks Ben for something that is needed on Thursday at 13:30 where he is, with a reminder three hours before.
async fn ask(app: &TestApp) -> String {
    let path = format!("/clients/{}/requests", app.ben.id);
    let fields = [
        ("measure", "connection"),
        ("on", "2026-11-26"),
        ("at", "15:30"),
        ("opens", "now"),
        ("remind", "3"),
    ];
    let answer = app.post(Some(&app.amira), &path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    path
}

const WORDS: &str = "A few questions are waiting before your appointment.";

fn of_requests(app: &TestApp) -> Vec<kith_base::mail::Letter> {
    let all = letters(&app.app).into_iter();
    all.filter(|letter| letter.subject == WORDS).collect()
}

#[tokio::test]
async fn one_goes_out_once_and_names_nothing() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    ask(&app).await;
    work_at(&app.app, "2026-11-26T11:29:00Z").await;
    assert!(of_requests(&app).is_empty(), "not before its time");
    for minute in ["11:30", "11:31", "13:00", "14:29"] {
        work_at(&app.app, &format!("2026-11-26T{minute}:00Z")).await;
    }
    let sent = of_requests(&app);
    assert_eq!(sent.len(), 1);
    for word in [
        "Kith",
        "Ours",
        "connect",
        "Connect",
        "Amira",
        "Ben",
        "questionnaire",
    ] {
        let text = sent[0].text.replace(ADDRESS, "");
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(sent[0].text.contains("/measures") && !sent[0].text.contains("/measures/"));
}

#[tokio::test]
async fn nothing_goes_out_for_what_is_answered_taken_back_or_over_or_without_reminders() {
    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    ask(&app).await;
    crate::features::measures::tests::answered_by(&app, &app.ben).await;
    work_at(&app.app, "2026-11-26T11:30:00Z").await;
    assert!(of_requests(&app).is_empty(), "answered");

    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    ask(&app).await;
    let request = crate::features::measures::tests::asked_of_ben(&app).await;
    let path = format!("/clients/{}/requests/{request}/withdrawal", app.ben.id);
    app.post(Some(&app.amira), &path, &[]).await;
    work_at(&app.app, "2026-11-26T11:30:00Z").await;
    assert!(of_requests(&app).is_empty(), "taken back");

    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    ask(&app).await;
    work_at(&app.app, "2026-11-26T14:31:00Z").await;
    assert!(of_requests(&app).is_empty(), "over");

    let app = TestApp::new().await;
    ben_by_mail(&app).await;
    ask(&app).await;
    app.post(Some(&app.ben), "/reminders/ending", &[]).await;
    work_at(&app.app, "2026-11-26T11:30:00Z").await;
    assert!(of_requests(&app).is_empty(), "she wants none");
    app.post(Some(&app.ben), "/reminders", &SETTINGS).await;
    work_at(&app.app, "2026-11-26T12:00:00Z").await;
    assert!(of_requests(&app).is_empty(), "its time is past");
}

#[test]
fn it_keeps_quiet_hours_and_pauses() {
    let madrid = zone("Europe/Madrid");
    let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
    let on = Reminder::default();
    let off = Reminder {
        state: State::Stopped,
        ..Reminder::default()
    };
    let paused = Reminder {
        paused_until: Some("2026-11-30".parse().unwrap()),
        ..Reminder::default()
    };
    let asked = Reminder {
        state: State::Asked,
        ..Reminder::default()
    };
    let (noon, night) = ("2026-11-26T11:00:00Z", "2026-11-26T04:00:00Z");
    let (far, soon) = ("2026-11-26T14:30:00Z", "2026-11-26T05:30:00Z");
    let morning = RequestMessage::At(at("2026-11-26T06:00:00Z"));
    for (reminder, waits, now, expires, wanted) in [
        (Some(&on), true, noon, far, RequestMessage::Now),
        (Some(&on), false, noon, far, RequestMessage::Never),
        (Some(&on), true, far, far, RequestMessage::Never),
        (Some(&on), true, night, far, morning),
        (Some(&on), true, night, soon, RequestMessage::Never),
        (Some(&off), true, noon, far, RequestMessage::Never),
        (Some(&paused), true, noon, far, RequestMessage::Never),
        (Some(&asked), true, noon, far, RequestMessage::Never),
        (None, true, noon, far, RequestMessage::Never),
    ] {
        let got = request_message(reminder, (waits, at(expires)), at(now), &madrid);
        assert_eq!(got, wanted, "{now} {expires} {waits}");
    }
}
