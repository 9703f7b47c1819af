//! Responses: scored on arrival, kept once, never without an alert where one is due.

mod answering;
mod asked;
mod giving;
mod hostile;
mod reading;

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules;
use crate::features::alerts::tests::{may_be_contacted, name_contact};
use crate::features::people::RecordAccess;
use crate::testing::{Answer, NOW, Someone, TestApp, content};
use kith_base::clock::DAY;

const ID: &str = "018f3a5c-7b00-7000-8000-000000000001";
const OTHER: &str = "018f3a5c-7b00-7000-8000-000000000002";

fn record(id: &str, instrument: &str, answers: Value) -> Value {
    json!({"id": id, "instrument": instrument, "answered_at": "2026-11-23T08:30:00+01:00", "answers": answers})
}

fn phq(id: &str, ninth: u8) -> Value {
    record(id, "phq-9", json!([2, 1, null, 3, 1, 0, 2, 1, ninth]))
}

async fn send(app: &TestApp, who: &Someone, records: Value) -> (StatusCode, Value) {
    let answer: Answer = app
        .post_json(Some(who), "/responses", &records.to_string())
        .await;
    (answer.status, answer.json())
}

async fn stored(app: &TestApp, who: &Someone) -> Value {
    let answer = app.get(Some(who), "/me/record.json").await;
    answer.json()["responses"].clone()
}

/// The id of something that person has answered.
pub(crate) async fn answered_by(app: &TestApp, who: &Someone) -> String {
    let now = app.app.clock.now();
    let id = app.app.ids.make(now).unwrap();
    let answers = json!({"id": id, "instrument": "connection", "answered_at": now, "answers": [4]});
    let (status, body) = send(app, who, json!([answers])).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    id
}

/// The id of something Amira has asked Ben for.
pub(crate) async fn asked_of_ben(app: &TestApp) -> String {
    giving::asked_once(app).await
}

#[tokio::test]
async fn a_response_is_scored_on_arrival_with_its_definition_and_kept_once() {
    let app = TestApp::new().await;
    for _ in 0..2 {
        let (status, body) = send(&app, &app.ben, json!([phq(ID, 0), phq(ID, 0)])).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body["refused"], json!([]));
        for kept in body["kept"].as_array().unwrap() {
            assert_eq!(kept["id"], ID);
            assert_eq!(kept["scores"]["total"], json!(11.25));
            assert_eq!(kept["scores"]["missing"], json!([3]));
            assert_eq!(kept["help"], json!(false));
        }
    }
    let stored = stored(&app, &app.ben).await;
    assert_eq!(stored.as_array().unwrap().len(), 1);
    let version = content().instrument("phq-9").unwrap().version.clone();
    assert_eq!(stored[0]["version"], json!(version));
    assert_eq!(
        stored[0]["answers"],
        json!([2.0, 1.0, null, 3.0, 1.0, 0.0, 2.0, 1.0, 0.0])
    );
    assert_eq!(stored[0]["answered_on"], json!("2026-11-23"));
}

#[tokio::test]
async fn an_answer_sent_again_with_other_numbers_changes_nothing() {
    let app = TestApp::new().await;
    send(&app, &app.ben, json!([phq(ID, 0)])).await;
    let (_, body) = send(&app, &app.ben, json!([phq(ID, 3)])).await;
    assert_eq!(body["kept"], json!([]), "it is not said to be kept");
    assert!(
        body["refused"][0]["why"]
            .as_str()
            .unwrap()
            .contains("stay as they are")
    );
    assert_eq!(stored(&app, &app.ben).await[0]["risk"], json!(false));
}

#[tokio::test]
async fn nobody_can_take_the_id_of_somebody_elses_answers() {
    let app = TestApp::new().await;
    send(&app, &app.ben, json!([phq(ID, 0)])).await;
    let (status, body) = send(&app, &app.amira, json!([phq(ID, 1)])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body["kept"], json!([]));
    assert_eq!(body["refused"][0]["why"], "Another record has this id.");
}

#[tokio::test]
async fn an_endorsed_item_about_risk_shows_help_and_alerts_the_contact_once() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    for _ in 0..2 {
        let (_, body) = send(&app, &app.ben, json!([phq(ID, 1)])).await;
        assert_eq!(body["kept"][0]["help"], json!(true));
        assert_eq!(body["kept"][0]["scores"]["safety_items"], json!([9]));
    }
    let alerts = app.get(Some(&app.amira), "/alerts").await;
    assert_eq!(
        alerts.text.matches("/acknowledgement").count(),
        1,
        "{}",
        alerts.text
    );
    send(&app, &app.ben, json!([phq(OTHER, 2)])).await;
    let alerts = app.get(Some(&app.amira), "/alerts").await;
    assert_eq!(alerts.text.matches("/acknowledgement").count(), 2);
    let stored = stored(&app, &app.ben).await;
    assert_eq!(stored[0]["told"], "Amira");
}

#[tokio::test]
async fn who_agrees_later_is_not_overlooked_but_only_for_a_fortnight() {
    let app = TestApp::new().await;
    let waiting = async || {
        super::tell_late(&app.app).await.unwrap();
        let alerts = app.get(Some(&app.amira), "/alerts").await;
        alerts.text.matches("/acknowledgement").count()
    };
    send(&app, &app.ben, json!([phq(ID, 1)])).await;
    let whose = RecordAccess::own(&app.ben.person());
    let now = app.app.clock.now();
    let long_ago = rules::Response {
        received_at: now - 15 * DAY,
        ..rules::read(phq(OTHER, 1), now, "Europe/Madrid", &content()).unwrap()
    };
    let ids = app.app.ids.clone();
    let kept = app
        .app
        .db
        .write(move |tx| super::keep(tx, &ids, &content(), &whose, &[long_ago]));
    kept.await.unwrap();
    assert_eq!(waiting().await, 0);
    name_contact(&app).await;
    assert_eq!(waiting().await, 0, "she has not agreed");
    may_be_contacted(&app, true).await;
    assert_eq!(waiting().await, 1);
    assert_eq!(waiting().await, 1, "told once");
}

#[tokio::test]
async fn a_check_in_is_scored_and_its_rules_are_followed() {
    let app = TestApp::new().await;
    let (_, body) = send(
        &app,
        &app.ben,
        json!([record(ID, "practice-distress", json!([8]))]),
    )
    .await;
    assert_eq!(body["kept"][0]["scores"]["total"], json!(8.0));
    assert_eq!(body["kept"][0]["help"], json!(true), "{body}");
    let (_, body) = send(
        &app,
        &app.ben,
        json!([record(OTHER, "practice-distress", json!([2]))]),
    )
    .await;
    assert_eq!(body["kept"][0]["help"], json!(false));
}

#[tokio::test]
async fn what_cannot_be_right_is_refused_with_a_reason_and_the_rest_is_kept() {
    let app = TestApp::new().await;
    let cases = [
        (record(OTHER, "phq-9", json!([0, 0])), "9 items"),
        (
            record(OTHER, "phq-9", json!([0, 0, 0, 0, 0, 0, 0, 0, 4])),
            "It takes 0, 1, 2, 3",
        ),
        (
            record(OTHER, "phq-9", json!([0, 0, 0, 0, 0, 0, 0, 0, "1"])),
            "cannot be read",
        ),
        (
            record(OTHER, "no-such", json!([0])),
            "no questionnaire of that name",
        ),
        (record(OTHER, "connection", json!([11])), "from 0 to 10"),
        (record(OTHER, "connection", json!([1.5])), "whole numbers"),
        (record(OTHER, "connection", json!([])), "1 questions"),
        (record("x", "connection", json!([1])), "not a UUID"),
    ];
    for (bad, why) in cases {
        let (status, body) = send(&app, &app.ben, json!([phq(ID, 0), bad])).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body["kept"].as_array().unwrap().len(), 1);
        let said = body["refused"][0]["why"].as_str().unwrap();
        assert!(said.contains(why), "{said}");
    }
}

proptest! {
    #[test]
    fn no_record_of_a_stranger_makes_trouble(
        id in prop_oneof![Just(ID.to_owned()), ".{0,40}"],
        instrument in prop_oneof![Just("phq-9".to_owned()), Just("connection".to_owned()), ".{0,20}"],
        at in prop_oneof![Just(json!(NOW)), any::<i64>().prop_map(|n| json!(n)), any::<f64>().prop_map(|n| json!(n)), ".{0,30}".prop_map(|s| json!(s))],
        answers in proptest::collection::vec(prop_oneof![
            Just(Value::Null), (0..12_i64).prop_map(|n| json!(n)), any::<f64>().prop_map(|n| json!(n)), ".{0,4}".prop_map(|s| json!(s)),
        ], 0..12),
        order in prop_oneof![Just(Value::Null), ".{0,10}".prop_map(|s| json!(s)), any::<i64>().prop_map(|n| json!(n))],
    ) {
        let now = 1_795_435_200_000;
        let sent = json!({"id": id, "instrument": instrument, "answered_at": at, "answers": answers, "order": order});
        if let Ok(response) = rules::read(sent, now, "Europe/Madrid", &content()) {
            let total = response.first.total;
            prop_assert!(total.is_none_or(|total| (0.0..=27.0).contains(&total)), "{total:?}");
        }
    }
}

/// Writes a goal down for somebody and tells its id.
pub(crate) async fn goal_of(app: &TestApp, who: &Someone, words: &str) -> String {
    let answer = app.post(Some(who), "/goals", &[("words", words)]).await;
    assert_eq!(answer.place, "/goals", "{}", answer.text);
    let stored = app.get(Some(who), "/me/record.json").await.json();
    let goals = stored["goals"].as_array().unwrap();
    goals.last().unwrap()["goal_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn three_goals_at_a_time_and_each_as_near_as_she_says() {
    let app = TestApp::new().await;
    let goal = goal_of(&app, &app.ben, "  To sleep\n through ").await;
    goal_of(&app, &app.ben, "To ring my brother").await;
    goal_of(&app, &app.ben, "To cook").await;
    let fourth = app
        .post(Some(&app.ben), "/goals", &[("words", "To run")])
        .await;
    assert_eq!(fourth.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(fourth.text.contains("There are three goals already"));
    let nothing = app.post(Some(&app.ben), "/goals", &[("words", " ")]).await;
    assert!(
        nothing
            .text
            .contains("Please write down what you would like.")
    );
    let ratings = format!("/goals/{goal}/ratings");
    for (rating, status) in [
        ("0", StatusCode::SEE_OTHER),
        ("10", StatusCode::SEE_OTHER),
        ("11", StatusCode::UNPROCESSABLE_ENTITY),
        ("-1", StatusCode::UNPROCESSABLE_ENTITY),
        ("", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = app
            .post(Some(&app.ben), &ratings, &[("rating", rating)])
            .await;
        assert_eq!(answer.status, status, "{rating}");
    }
    let page = app.get(Some(&app.ben), "/goals").await.text;
    assert!(page.contains("To sleep through") && page.contains("Last time: 10 of 10, today."));
    for _ in 0..2 {
        let ended = app
            .post(Some(&app.ben), &format!("/goals/{goal}/ending"), &[])
            .await;
        assert_eq!(ended.place, "/goals");
    }
    let over = app.post(Some(&app.ben), &ratings, &[("rating", "5")]).await;
    assert_eq!(over.status, StatusCode::NOT_FOUND);
    goal_of(&app, &app.ben, "To run").await;
    let stored = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(stored["goals"].as_array().unwrap().len(), 4);
    assert_eq!(stored["goals"][0]["ratings"][1]["rating"], json!(10));
}

#[tokio::test]
async fn goals_are_nobody_elses_and_go_when_she_goes() {
    let app = TestApp::new().await;
    let goal = goal_of(&app, &app.ben, "To sleep").await;
    for person in [&app.amira, &app.fay, &app.olu] {
        for (path, fields) in [("ratings", vec![("rating", "5")]), ("ending", vec![])] {
            let place = format!("/goals/{goal}/{path}");
            let answer = app.post(Some(person), &place, &fields).await;
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{} {path}",
                person.name
            );
        }
        let page = app.get(Some(person), "/goals").await.text;
        assert!(!page.contains("To sleep"));
    }
    app.post(
        Some(&app.ben),
        &format!("/goals/{goal}/ratings"),
        &[("rating", "5")],
    )
    .await;
    let gone = app
        .post(Some(&app.ben), "/me/erasure", &[("word", "erase")])
        .await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    let (clinic, goal) = (app.ben.clinic_id.clone(), goal);
    let copy = app
        .app
        .db
        .read(|tx| {
            let mut copy = Vec::new();
            tx.copy_out(&mut copy)?;
            Ok::<_, kith_base::db::Error>(copy)
        })
        .await
        .unwrap();
    let copy = String::from_utf8(copy).unwrap();
    assert!(copy.contains(&clinic) && !copy.contains(&goal));
}
