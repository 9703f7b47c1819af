//! Asking, keys, paper and what a practitioner sees of answers.

use axum::http::StatusCode;
use serde_json::json;

use super::answering::bring_words;
use super::{OTHER, answered_by, phq, record, send, stored};
use crate::features::alerts::tests::{may_be_contacted, name_contact};
use crate::features::measures::rules;
use crate::features::measures::store::{requests, responses};
use crate::features::people::RecordAccess;
use crate::testing::{DOSE, TestApp, content};

pub(super) const WHEN: [(&str, &str); 4] = [
    ("on", "2026-11-26"),
    ("at", "09:30"),
    ("opens", "now"),
    ("remind", "24"),
];

/// The id of something Ben was asked for, asked now unless he was already.
pub(super) async fn asked_once(app: &TestApp) -> String {
    ask(app, "connection", &WHEN).await;
    let requests = requests_of_ben(app).await;
    requests.last().unwrap().request_id.clone()
}

/// Asks Ben for a measure and tells the request's id.
pub(super) async fn asked(app: &TestApp, measure: &str) -> String {
    let answer = ask(app, measure, &WHEN).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let requests = requests_of_ben(app).await;
    requests.last().unwrap().request_id.clone()
}

pub(super) async fn ask(
    app: &TestApp,
    measure: &str,
    when: &[(&str, &str)],
) -> crate::testing::Answer {
    let path = format!("/clients/{}/requests", app.ben.id);
    let fields = [&[("measure", measure)], when].concat();
    app.post(Some(&app.amira), &path, &fields).await
}

async fn requests_of_ben(app: &TestApp) -> Vec<rules::Request> {
    let (clinic, ben) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    app.app
        .db
        .read(move |tx| requests::list_requests(tx, &clinic, &ben, 0))
        .await
        .unwrap()
}

async fn share(app: &TestApp, given: bool) {
    let path = match given {
        true => "/me/consent/share",
        false => "/me/consent/share/withdrawal",
    };
    let answer = app
        .post(Some(&app.ben), path, &[("with", &app.amira.id)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

fn at(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

#[tokio::test]
async fn what_is_asked_stands_on_today_until_it_is_answered_taken_back_or_over() {
    let app = TestApp::new().await;
    let words = "A few questions for you";
    assert!(!app.get(Some(&app.ben), "/today").await.text.contains(words));
    asked(&app, "connection").await;
    for path in ["/today", "/measures"] {
        let page = app.get(Some(&app.ben), path).await.text;
        assert!(
            page.contains(words) && page.contains("/measures/connection"),
            "{path}"
        );
        assert!(page.contains("26 November, 09:30"), "where she is, by when");
    }
    let today = app.today_json(&app.ben).await;
    assert_eq!(today["requests"][0]["id"], "connection");
    assert_eq!(today["requests"][0]["here"], json!(true));
    assert_eq!(
        today["requests"][0]["until"],
        json!(at("2026-11-26T08:30:00Z"))
    );
    answered_by(&app, &app.ben).await;
    assert!(!app.get(Some(&app.ben), "/today").await.text.contains(words));
    assert_eq!(app.today_json(&app.ben).await["requests"], json!([]));

    let app = TestApp::new().await;
    let taken = asked(&app, "connection").await;
    let path = format!("/clients/{}/requests/{taken}/withdrawal", app.ben.id);
    assert_eq!(
        app.post(Some(&app.amira), &path, &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(!app.get(Some(&app.ben), "/today").await.text.contains(words));
    assert_eq!(
        app.post(Some(&app.amira), &path, &[]).await.status,
        StatusCode::NOT_FOUND,
        "once"
    );
    asked(&app, "connection").await;
    app.app.clock.set("2026-11-26T08:31:00Z".parse().unwrap());
    assert!(
        !app.get(Some(&app.ben), "/measures")
            .await
            .text
            .contains(words)
    );
}

#[tokio::test]
async fn something_can_be_shown_only_from_some_days_before() {
    let app = TestApp::new().await;
    let when = [
        ("on", "2026-11-30"),
        ("at", "09:30"),
        ("opens", "2"),
        ("remind", "no"),
    ];
    assert_eq!(
        ask(&app, "connection", &when).await.status,
        StatusCode::SEE_OTHER
    );
    let words = "A few questions for you";
    assert!(!app.get(Some(&app.ben), "/today").await.text.contains(words));
    app.app.clock.set("2026-11-28T08:31:00Z".parse().unwrap());
    assert!(app.get(Some(&app.ben), "/today").await.text.contains(words));
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_a_reason() {
    let app = TestApp::new().await;
    bring_words(&app, "phq-9", "en").await;
    let good = WHEN;
    type Fields = [(&'static str, &'static str); 4];
    let cases: [(&str, Fields, &str); 8] = [
        ("", good, "choose what to ask for"),
        ("nothing", good, "choose what to ask for"),
        ("gad-7", good, "words have not been brought"),
        ("phq-9", good, "asks about risk"),
        (
            "connection",
            [("on", "2026-11-22"), good[1], good[2], good[3]],
            "passed already",
        ),
        (
            "connection",
            [("on", "soon"), good[1], good[2], good[3]],
            "enter a day",
        ),
        (
            "connection",
            [("on", "2028-01-01"), good[1], good[2], good[3]],
            "within a year",
        ),
        (
            "connection",
            [("on", "2026-11-24"), good[1], good[2], ("remind", "48")],
            "moment has passed",
        ),
    ];
    for (measure, when, why) in cases {
        let answer = ask(&app, measure, &when).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{measure} {when:?}"
        );
        assert!(answer.text.contains(why), "{why}: {}", answer.text);
    }
    assert!(requests_of_ben(&app).await.is_empty());
    asked(&app, "connection").await;
    let twice = ask(&app, "connection", &good).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(twice.text.contains("asked for this already"));
}

#[tokio::test]
async fn what_asks_about_risk_is_asked_only_where_somebody_looks() {
    let app = TestApp::new().await;
    bring_words(&app, "phq-9", "en").await;
    bring_words(&app, "phq-8", "en").await;
    let refused = ask(&app, "phq-9", &WHEN).await;
    assert!(
        refused
            .text
            .contains("PHQ-8 asks about the same without it"),
        "{}",
        refused.text
    );
    let page = app
        .get(
            Some(&app.amira),
            &format!("/clients/{}/measures", app.ben.id),
        )
        .await;
    assert!(page.text.contains("PHQ-9 asks about risk"));
    assert!(!page.text.contains("value=\"phq-9\""));
    name_contact(&app).await;
    assert_eq!(
        ask(&app, "phq-9", &WHEN).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn without_a_share_one_can_ask_and_learns_nothing_of_what_came() {
    let app = TestApp::new().await;
    let response = answered_by(&app, &app.ben).await;
    share(&app, false).await;
    asked(&app, "connection").await;
    let place = format!("/clients/{}/measures", app.ben.id);
    let before = app.get(Some(&app.amira), &place).await.text;
    assert!(before.contains("does not share with you"));
    app.app.clock.set("2026-11-23T12:10:00Z".parse().unwrap());
    send(
        &app,
        &app.ben,
        json!([json!({"id": OTHER, "instrument": "connection",
        "answered_at": "2026-11-23T12:10:00Z", "answers": [9]})]),
    )
    .await;
    let after = app.get(Some(&app.amira), &place).await.text;
    assert_eq!(before, after, "an answer changes nothing that she sees");
    let again = ask(&app, "connection", &WHEN).await;
    assert_eq!(
        again.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "asking again would tell"
    );
    for path in [
        format!("/clients/{}/responses/{response}", app.ben.id),
        format!("/clients/{}/responses/{OTHER}", app.ben.id),
    ] {
        assert_eq!(
            app.get(Some(&app.amira), &path).await.status,
            StatusCode::NOT_FOUND
        );
    }
    let paper = format!("/clients/{}/measures/gad-7", app.ben.id);
    let page = app.get(Some(&app.amira), &paper).await;
    assert!(page.text.contains("nothing you can enter"));
    let sent = app
        .post(
            Some(&app.amira),
            &paper,
            &[("item-1", "1"), ("on", "2026-11-23")],
        )
        .await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    share(&app, true).await;
    assert!(
        app.get(Some(&app.amira), &place)
            .await
            .text
            .contains(&response)
    );
}

#[tokio::test]
async fn answers_on_paper_are_typed_in_by_number_with_or_without_words() {
    let app = TestApp::new().await;
    let path = format!("/clients/{}/measures/gad-7", app.ben.id);
    let page = app.get(Some(&app.amira), &path).await.text;
    assert!(page.contains("data-paper") && page.contains("0 to 3"));
    let fields = [
        ("id", OTHER),
        ("on", "2026-11-20"),
        ("item-1", "3"),
        ("item-2", "2"),
        ("item-3", "-"),
        ("item-4", "1"),
        ("item-5", "0"),
        ("item-6", "1"),
        ("item-7", "2"),
    ];
    for _ in 0..2 {
        let kept = app.post(Some(&app.amira), &path, &fields).await;
        assert_eq!(
            kept.place,
            format!("/clients/{}/responses/{OTHER}", app.ben.id),
            "{}",
            kept.text
        );
    }
    let all = stored(&app, &app.ben).await;
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["way"], "paper");
    assert_eq!(all[0]["entered_by"], json!(app.amira.id));
    assert_eq!(all[0]["answered_on"], "2026-11-20");
    assert_eq!(
        all[0]["answers"],
        json!([3.0, 2.0, null, 1.0, 0.0, 1.0, 2.0])
    );
    let shown = app
        .get(
            Some(&app.amira),
            &format!("/clients/{}/responses/{OTHER}", app.ben.id),
        )
        .await;
    assert!(shown.text.contains("typed in by Amira") && shown.text.contains("left empty"));

    for (field, value, why) in [
        ("item-1", "4", "takes 0, 1, 2, 3"),
        ("item-1", "x", "takes 0, 1, 2, 3"),
        ("on", "", "enter a day"),
        ("on", "2026-12-20", "future"),
    ] {
        let mut wrong = fields.to_vec();
        wrong.retain(|(name, _)| *name != field && *name != "id");
        wrong.push((field, value));
        let answer = app.post(Some(&app.amira), &path, &wrong).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}={value}"
        );
        assert!(
            answer.text.contains(why),
            "{field}={value}: {}",
            answer.text
        );
        assert!(answer.text.contains("value=\"2\""), "what was typed stays");
    }
}

#[tokio::test]
async fn an_answer_about_risk_on_paper_alerts_and_is_said_to_whoever_typed_it() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    let path = format!("/clients/{}/measures/phq-9", app.ben.id);
    let fields = [("on", "2026-11-23"), ("item-9", "1"), ("item-1", "0")];
    let kept = app.post(Some(&app.amira), &path, &fields).await;
    let page = app.get(Some(&app.amira), &kept.place).await.text;
    assert!(
        page.contains("An answer about risk") && page.contains("Amira was told"),
        "{page}"
    );
    let alerts = app.get(Some(&app.amira), "/alerts").await;
    assert_eq!(alerts.text.matches("/acknowledgement").count(), 1);
}

#[tokio::test]
async fn a_practitioner_reads_scores_every_answer_and_what_moved_and_the_log_says_so() {
    let app = TestApp::new().await;
    let first = json!({"id": super::ID, "instrument": "phq-9", "answered_at": "2026-11-01T08:30:00+01:00",
        "answers": [3, 3, 3, 3, 2, 2, 2, 2, 0]});
    send(&app, &app.ben, json!([first, phq(OTHER, 0)])).await;
    let page = app
        .get(
            Some(&app.amira),
            &format!("/clients/{}/measures", app.ben.id),
        )
        .await
        .text;
    assert!(page.contains("20, severe"), "{page}");
    let words = rules::changed(
        &content(),
        &read(&app, super::ID).await,
        &read(&app, OTHER).await,
    )
    .unwrap();
    assert!(page.contains("−8.75, reliably better") && !page.contains("RCI"));
    let path = format!("/clients/{}/responses/{OTHER}", app.ben.id);
    let later = app.get(Some(&app.amira), &path).await.text;
    assert!(
        later.contains(&maud::html! { (words) }.into_string()),
        "{words}"
    );
    let path = format!("/clients/{}/responses/{}", app.ben.id, super::ID);
    let one = app.get(Some(&app.amira), &path).await.text;
    assert!(one.contains(&content().instrument("phq-9").unwrap().version));
    assert!(
        !one.contains("Score again"),
        "this definition has scored it"
    );
    let log = app.get(Some(&app.ben), "/me/record.json").await.json()["seen_by"].to_string();
    for deed in [
        "looked at the questionnaires",
        "looked at answers to a questionnaire",
    ] {
        assert!(log.contains(deed), "{deed}");
    }
}

async fn read(app: &TestApp, id: &str) -> rules::Response {
    let (whose, id) = (RecordAccess::own(&app.ben.person()), id.to_owned());
    let found = app
        .app
        .db
        .read(move |tx| responses::find_response(tx, &whose, &id));
    found.await.unwrap().unwrap()
}

#[tokio::test]
async fn scoring_again_by_a_newer_definition_stands_beside_the_first() {
    let app = TestApp::new().await;
    let mut old = rules::read(
        phq(OTHER, 0),
        app.app.clock.now(),
        "Europe/Madrid",
        &content(),
    )
    .unwrap();
    old.first.version = "000000000000".to_owned();
    old.first.total = Some(5.0);
    let whose = RecordAccess::own(&app.ben.person());
    let (clinic, ben) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    let added = app
        .app
        .db
        .write(move |tx| responses::add_response(tx, &clinic, &ben, &old));
    assert!(added.await.unwrap());
    let path = format!("/clients/{}/responses/{OTHER}", app.ben.id);
    assert!(
        app.get(Some(&app.amira), &path)
            .await
            .text
            .contains("Score again")
    );
    for _ in 0..2 {
        let again = app
            .post(Some(&app.amira), &format!("{path}/scorings"), &[])
            .await;
        assert_eq!(again.place, path);
    }
    let page = app.get(Some(&app.amira), &path).await.text;
    assert!(page.contains("Scored again") && !page.contains("Score again"));
    let found = app.app.db.read(move |tx| {
        let scorings = responses::list_scorings(tx, whose.clinic_id(), OTHER)?;
        Ok::<_, kith_base::error::Error>((responses::find_response(tx, &whose, OTHER)?, scorings))
    });
    let (response, scorings) = found.await.unwrap();
    let response = response.unwrap();
    assert_eq!(scorings.len(), 1);
    assert_eq!(response.first.version, "000000000000", "never written over");
    assert_eq!(response.first.total, Some(5.0));
    assert_eq!(response.scores().total, Some(11.25));
}

#[tokio::test]
async fn programmes_ask_for_what_can_be_answered_here_and_scores_count_as_done() {
    let app = TestApp::new().await;
    let plan = app.take_up(&app.ben, "kind-acts-5w").await;
    let agreed = app
        .post(Some(&app.ben), &format!("{plan}/agreement"), &DOSE)
        .await;
    assert_eq!(agreed.place, "/today", "{}", agreed.text);
    let due = |today: &serde_json::Value| {
        let all = today["due"].as_array().unwrap().clone();
        all.into_iter()
            .filter(|due| due["kind"] == "measure")
            .collect::<Vec<_>>()
    };
    let today = app.today_json(&app.ben).await;
    let here: Vec<_> = due(&today)
        .into_iter()
        .filter(|due| due["here"] == true && due["id"] != "unwanted-effects")
        .collect();
    let first = here
        .first()
        .unwrap_or_else(|| panic!("nothing of our own is due: {today}"));
    let id = first["id"].as_str().unwrap().to_owned();
    let page = app.get(Some(&app.ben), "/today").await.text;
    assert!(page.contains(&format!("/measures/{id}")), "{id}");
    assert!(
        due(&today).iter().any(|due| due["here"] == false),
        "{today}"
    );
    for other in due(&today).iter().filter(|due| due["here"] == false) {
        let place = format!("/measures/{}\"", other["id"].as_str().unwrap());
        assert!(!page.contains(&place), "{place} has no words here");
    }
    let items = content().check_in(&id).unwrap().items.len();
    send(
        &app,
        &app.ben,
        json!([record(OTHER, &id, json!(vec![4; items]))]),
    )
    .await;
    let after = app.today_json(&app.ben).await;
    let done = due(&after)
        .into_iter()
        .find(|due| due["id"] == id.as_str())
        .unwrap();
    assert_eq!(done["times_done"], json!(1));
}
