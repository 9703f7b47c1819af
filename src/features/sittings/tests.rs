//! Records: kept once, refused with a reason, never lost without one.

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{rules, store};
use crate::features::people::RecordAccess;
use crate::testing::{NOW, Someone, TestApp, content};

const ID: &str = "018f3a5c-7b00-7000-8000-000000000001";

fn record(id: &str) -> Value {
    json!({
        "id": id, "practice": "soles-ground", "revision": "abc", "started_at": "2026-11-23T08:30:00+01:00",
        "minutes": 2, "seconds_heard": 120, "finished": true, "fit": 7, "effect": 1, "barrier": "nothing",
    })
}

fn changed(key: &str, value: Value) -> Value {
    let mut record = record(ID);
    record[key] = value;
    record
}

async fn send(app: &TestApp, who: &Someone, records: Value) -> (StatusCode, Value) {
    let answer = app
        .post_json(Some(who), "/sittings", &records.to_string())
        .await;
    (answer.status, answer.json())
}

async fn stored(app: &TestApp, who: &Someone) -> usize {
    let answer = app.get(Some(who), "/me/record.json").await;
    answer.json()["sittings"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_same_sitting_sent_twice_is_kept_once() {
    let app = TestApp::new().await;
    for _ in 0..2 {
        let (status, body) = send(&app, &app.ben, json!([record(ID), record(ID)])).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body["kept"], json!([ID, ID]));
        assert_eq!(body["refused"], json!([]));
    }
    assert_eq!(stored(&app, &app.ben).await, 1);
}

#[tokio::test]
async fn good_records_are_kept_beside_bad_ones() {
    let app = TestApp::new().await;
    let other = "018f3a5c-7b00-7000-8000-000000000002";
    let mut bad = record(other);
    bad["fit"] = json!(11);
    let (status, body) = send(&app, &app.ben, json!([record(ID), bad, 5, {"id": "x"}])).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["kept"], json!([ID]));
    assert_eq!(body["refused"][0]["id"], other);
    assert!(
        body["refused"][0]["why"]
            .as_str()
            .unwrap()
            .contains("fit must be from 0 to 10")
    );
    assert_eq!(body["refused"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_cannot_be_right_is_refused_with_a_reason() {
    let app = TestApp::new().await;
    let cases = [
        ("id", json!("not a uuid"), "not a UUID"),
        (
            "id",
            json!("00000000-0000-0000-0000-000000000000"),
            "not a UUID",
        ),
        ("id", json!(7), "cannot be read"),
        (
            "practice",
            json!("no-such-practice"),
            "no practice of that name",
        ),
        (
            "started_at",
            json!("2027-11-23T08:30:00Z"),
            "lies in the future",
        ),
        (
            "started_at",
            json!("2019-11-23T08:30:00Z"),
            "more than a year back",
        ),
        ("started_at", json!("yesterday"), "must look like"),
        ("started_at", json!(i64::MAX), "lies in the future"),
        ("started_at", json!(i64::MIN), "more than a year back"),
        ("minutes", json!(0), "minutes must be"),
        ("minutes", json!(1e300), "minutes must be"),
        ("seconds_heard", json!(-1), "seconds_heard must be"),
        ("fit", json!(-1), "fit must be"),
        ("fit", json!(i64::MAX), "fit must be"),
        ("fit", json!(7.5), "cannot be read"),
        ("effect", json!(3), "effect must be"),
        ("barrier", json!("no-such-code"), "no barrier of that code"),
        ("finished", json!("yes"), "cannot be read"),
    ];
    for (key, value, words) in cases {
        let (status, body) = send(&app, &app.ben, json!([changed(key, value.clone())])).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{key} {value}");
        let why = body["refused"][0]["why"].as_str().unwrap();
        assert!(why.contains(words), "{key} {value}: {why}");
    }
    assert_eq!(stored(&app, &app.ben).await, 0);
}

#[tokio::test]
async fn taps_may_be_left_out() {
    let app = TestApp::new().await;
    let mut bare = record(ID);
    for tap in ["fit", "effect", "barrier"] {
        bare[tap] = Value::Null;
    }
    let (status, _) = send(&app, &app.ben, json!([bare])).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn another_persons_id_is_not_taken_over() {
    let app = TestApp::new().await;
    send(&app, &app.ben, json!([record(ID)])).await;
    let (status, body) = send(&app, &app.noor, json!([record(ID)])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body["refused"][0]["id"], ID);
    // In another clinic the id means nothing.
    let (status, _) = send(&app, &app.fay, json!([record(ID)])).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stored(&app, &app.ben).await, 1);
}

#[tokio::test]
async fn hostile_bodies_get_a_clear_answer() {
    let app = TestApp::new().await;
    let large = format!("[{}]", "1,".repeat(200_000) + "1");
    let many = format!("[{}]", ["1"; 501].join(","));
    let deep = "[".repeat(5_000);
    for (body, status) in [
        ("", 422),
        ("{", 422),
        ("{}", 422),
        ("\"text\"", 422),
        (deep.as_str(), 422),
        ("[{\"id\": \"\u{0}\"}]", 422),
        (large.as_str(), 413),
        (many.as_str(), 413),
    ] {
        let answer = app.post_json(Some(&app.ben), "/sittings", body).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{}",
            &body[..body.len().min(20)]
        );
        let said = answer.json();
        let told = said["error"]["message"].as_str().is_some() || said["refused"].is_array();
        assert!(told, "{said}");
    }
    let form = app.post(Some(&app.ben), "/sittings", &[("id", ID)]).await;
    assert_eq!(form.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = app.post_json(None, "/sittings", "[]").await;
    assert_eq!(
        (
            stranger.status.as_u16(),
            stranger.json()["error"]["kind"].as_str()
        ),
        (401, Some("sign_in"))
    );
}

#[tokio::test]
async fn records_of_somebody_who_was_here_before_are_not_taken_for_hers() {
    let app = TestApp::new().await;
    let send = |key: &'static str| {
        let request = app
            .request("POST", "/sittings", Some(&app.ben))
            .header("content-type", "application/json")
            .header("kith-person", key)
            .body(axum::body::Body::from(json!([record(ID)]).to_string()))
            .unwrap();
        app.send(request)
    };
    assert_eq!(
        send("0123456789abcdef").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(stored(&app, &app.ben).await, 0);
}

#[tokio::test]
async fn a_practice_that_left_the_library_is_still_taken_from_whoever_had_it() {
    let app = TestApp::new().await;
    let gone = changed("practice", json!("gone-by-now"));
    let (status, _) = send(&app, &app.ben, json!([gone.clone()])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (clinic, ben) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    let mut earlier = rules::read(record(ID), app.app.clock.now(), "UTC", &content()).unwrap();
    earlier.practice = "gone-by-now".to_owned();
    app.app
        .db
        .write(move |tx| store::add(tx, &clinic, &ben, &earlier))
        .await
        .unwrap();
    let mut later = gone;
    later["id"] = json!("018f3a5c-7b00-7000-8000-000000000009");
    let (status, _) = send(&app, &app.ben, json!([later])).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_day_is_the_day_where_the_person_was() {
    let app = TestApp::new().await;
    // Half past eleven at night in London is the next day in Madrid, where Ben is.
    let late = changed("started_at", json!("2026-11-20T23:30:00Z"));
    send(&app, &app.ben, json!([late])).await;
    let access = RecordAccess::own(&app.ben.person());
    // A phone that says where it is is believed: half past seven in the morning in Tokyo.
    let mut far = changed("started_at", json!("2026-11-22T07:30:00+09:00"));
    far["id"] = json!("018f3a5c-7b00-7000-8000-000000000002");
    send(&app, &app.ben, json!([far])).await;
    let kept = app
        .app
        .db
        .read(move |tx| store::list(tx, &access, 0))
        .await
        .unwrap();
    let days: Vec<_> = kept
        .iter()
        .map(|sitting| sitting.started_on.as_str())
        .collect();
    assert_eq!(days, ["2026-11-21", "2026-11-22"]);
}

proptest! {
    #[test]
    fn no_record_whatever_panics_the_reader(
        key in prop::sample::select(vec!["id", "practice", "revision", "started_at", "minutes", "seconds_heard", "finished", "fit", "effect", "barrier"]),
        text in ".{0,60}",
        number in any::<f64>(),
        whole in any::<i64>(),
        kind in 0..5,
    ) {
        let value = match kind {
            0 => json!(text),
            1 => json!(number),
            2 => json!(whole),
            3 => json!([text, {"a": number}]),
            _ => Value::Null,
        };
        let now = NOW.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        if let Ok(sitting) = rules::read(changed(key, value), now, "Europe/Madrid", &content()) {
            prop_assert!((0..=14_400).contains(&sitting.seconds_heard));
            prop_assert!(sitting.fit.is_none_or(|fit| (0..=10).contains(&fit)));
            prop_assert!(sitting.started_at <= now + 86_400_000);
        }
    }
}
