//! One questionnaire without signing in.

use axum::body::Body;
use axum::http::{StatusCode, header};
use proptest::prelude::*;
use serde_json::json;

use super::answering::bring_words;
use super::giving::asked;
use super::{ID, OTHER, stored};
use crate::features::alerts::tests::{may_be_contacted, name_contact};
use crate::testing::{Answer, TestApp};

async fn key(app: &TestApp, request: &str, kind: &str) -> String {
    let path = format!("/clients/{}/requests/{request}/keys", app.ben.id);
    let page = app.post(Some(&app.amira), &path, &[("kind", kind)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    match kind {
        "link" => {
            let at = page.text.find("/asked/").unwrap();
            page.text[at..].split('"').next().unwrap().to_owned()
        }
        _ => {
            let at = page.text.find("class=\"code\">").unwrap() + "class=\"code\">".len();
            page.text[at..at + 9].to_owned()
        }
    }
}

async fn link(app: &TestApp, measure: &str) -> String {
    let request = asked(app, measure).await;
    key(app, &request, "link").await
}

fn says_nothing_of_ben(app: &TestApp, answer: &Answer) {
    for word in [
        "Ben",
        "Amira",
        &app.ben.id,
        &app.amira.id,
        "data-person",
        "Sign out",
    ] {
        assert!(!answer.text.contains(word), "{word} in {}", answer.text);
    }
}

#[tokio::test]
async fn a_link_shows_the_questions_and_nothing_of_hers_and_works_once() {
    let app = TestApp::new().await;
    let path = link(&app, "connection").await;
    let page = app.get(None, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("data-direct") && page.text.contains("item-1"));
    says_nothing_of_ben(&app, &page);
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(page.headers[header::REFERRER_POLICY], "same-origin");
    for _ in 0..2 {
        let kept = app.post(None, &path, &[("id", ID), ("item-1", "7")]).await;
        assert_eq!(
            kept.status,
            StatusCode::OK,
            "sent twice it is as good as kept"
        );
        assert!(kept.text.contains("Your answers are kept."));
        says_nothing_of_ben(&app, &kept);
    }
    let other = app
        .post(None, &path, &[("id", OTHER), ("item-1", "1")])
        .await;
    assert_eq!(other.status, StatusCode::GONE);
    let all = stored(&app, &app.ben).await;
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(
        (&all[0]["way"], &all[0]["answers"]),
        (&json!("link"), &json!([7.0]))
    );
    let used = app.get(None, &path).await;
    assert_eq!(used.status, StatusCode::GONE);
    assert!(used.text.contains("answered already") && used.text.contains("/help"));
    let log = app.get(Some(&app.ben), "/me/record.json").await;
    assert!(log.text.contains("the link or code"));
    let secret = path.strip_prefix("/asked/").unwrap();
    let mut copy = Vec::new();
    let kept = app.app.db.read(move |tx| {
        tx.copy_out(&mut copy)
            .map(|_| String::from_utf8(copy).unwrap())
    });
    assert!(
        !kept.await.unwrap().contains(secret),
        "only its digest is kept"
    );
}

#[tokio::test]
async fn a_link_taken_back_over_or_not_yet_open_says_so() {
    let app = TestApp::new().await;
    let request = asked(&app, "connection").await;
    let path = key(&app, &request, "link").await;
    let withdrawal = format!("/clients/{}/requests/{request}/withdrawal", app.ben.id);
    app.post(Some(&app.amira), &withdrawal, &[]).await;
    let gone = app.get(None, &path).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(gone.text.contains("taken back") && gone.text.contains("/help"));
    let late = format!("/clients/{}/requests/{request}/keys", app.ben.id);
    let refused = app.post(Some(&app.amira), &late, &[("kind", "link")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);

    let path = link(&app, "connection").await;
    app.app.clock.set("2026-11-26T08:30:00Z".parse().unwrap());
    let over = app.get(None, &path).await;
    assert_eq!(over.status, StatusCode::GONE);
    assert!(over.text.contains("The time for this has passed"));
    app.app.clock.set("2026-11-26T10:30:00Z".parse().unwrap());
    assert_eq!(
        app.post(None, &path, &[("item-1", "7")]).await.status,
        StatusCode::GONE
    );
    assert!(stored(&app, &app.ben).await.as_array().unwrap().is_empty());

    let app = TestApp::new().await;
    let when = [
        ("on", "2026-11-30"),
        ("at", "09:30"),
        ("opens", "2"),
        ("remind", "no"),
    ];
    super::giving::ask(&app, "connection", &when).await;
    let (clinic, ben) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    let all = app.app.db.read(move |tx| {
        crate::features::measures::store::requests::list_requests(tx, &clinic, &ben, 0)
    });
    let path = key(&app, &all.await.unwrap()[0].request_id, "link").await;
    let early = app.get(None, &path).await;
    assert!(early.text.contains("28 November, 09:30"), "{}", early.text);
    app.post(None, &path, &[("item-1", "7")]).await;
    assert!(stored(&app, &app.ben).await.as_array().unwrap().is_empty());
}

#[tokio::test]
async fn answers_that_were_begun_in_time_are_taken_after_it_too() {
    for withdrawn in [false, true] {
        let app = TestApp::new().await;
        let request = asked(&app, "connection").await;
        let path = key(&app, &request, "link").await;
        assert_eq!(app.get(None, &path).await.status, StatusCode::OK);
        if withdrawn {
            let withdrawal = format!("/clients/{}/requests/{request}/withdrawal", app.ben.id);
            app.post(Some(&app.amira), &withdrawal, &[]).await;
        } else {
            app.app.clock.set("2026-11-26T08:30:00Z".parse().unwrap());
        }
        assert_eq!(app.get(None, &path).await.status, StatusCode::GONE);
        let kept = app.post(None, &path, &[("item-1", "7")]).await;
        assert_eq!(kept.status, StatusCode::OK, "{}", kept.text);
        assert_eq!(stored(&app, &app.ben).await.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn help_comes_first_on_a_link_too_and_somebody_is_told() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    bring_words(&app, "phq-9", "en").await;
    let path = link(&app, "phq-9").await;
    let page = app.get(None, &path).await;
    assert!(page.text.contains("data-help hidden") && page.text.contains("tel:112"));
    for word in ["Ben", "not agreed", "agreed that"] {
        assert!(!page.text.contains(word), "{word}: nothing of hers");
    }
    let kept = app.post(None, &path, &[("id", ID), ("item-9", "2")]).await;
    assert!(kept.text.find("tel:112").unwrap() < kept.text.find("Your answers are kept.").unwrap());
    assert!(!kept.headers.contains_key(header::REFRESH));
    let alerts = app.get(Some(&app.amira), "/alerts").await;
    assert_eq!(alerts.text.matches("/acknowledgement").count(), 1);
}

#[tokio::test]
async fn the_script_is_answered_in_json_and_a_lost_answer_is_asked_for_again() {
    let app = TestApp::new().await;
    let path = link(&app, "practice-distress").await;
    let send = async |id: &str, answer: &str| {
        let request = app
            .request("POST", &path, None)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Body::from(format!("id={id}&item-1={answer}")))
            .unwrap();
        app.send(request).await
    };
    assert_eq!(
        send(ID, "99").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    for _ in 0..2 {
        let kept = send(ID, "9").await;
        assert_eq!(kept.json(), json!({"kept": true, "help": true}));
    }
    assert_eq!(send(OTHER, "9").await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_code_of_the_waiting_room_opens_one_page_once_for_twenty_minutes() {
    let app = TestApp::new().await;
    let request = asked(&app, "connection").await;
    let code = key(&app, &request, "waiting-room").await;
    assert_eq!(app.get(None, "/waiting-room").await.status, StatusCode::OK);
    let direct = app.get(None, &format!("/asked/{code}")).await;
    assert_eq!(
        direct.status,
        StatusCode::NOT_FOUND,
        "the code itself is no address"
    );
    let typed = code.to_lowercase().replace('-', " ");
    let opened = app.post(None, "/waiting-room", &[("code", &typed)]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let page = app.get(None, &opened.place).await;
    says_nothing_of_ben(&app, &page);
    assert!(page.text.contains("/waiting-room"), "it goes back there");
    let again = app.post(None, "/waiting-room", &[("code", &code)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        !again.text.contains(&code),
        "the next person does not read it"
    );
    let kept = app.post(None, &opened.place, &[("item-1", "7")]).await;
    assert!(
        kept.headers[header::REFRESH]
            .to_str()
            .unwrap()
            .ends_with("url=/waiting-room")
    );
    assert_eq!(stored(&app, &app.ben).await[0]["way"], "waiting-room");
    assert_eq!(app.get(None, &opened.place).await.status, StatusCode::GONE);

    let app = TestApp::new().await;
    let request = asked(&app, "connection").await;
    let code = key(&app, &request, "waiting-room").await;
    app.app.clock.set("2026-11-23T12:20:00Z".parse().unwrap());
    let late = app.post(None, "/waiting-room", &[("code", &code)]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    let link = key(&app, &request, "link").await;
    let secret = link.strip_prefix("/asked/").unwrap();
    let wrong = app.post(None, "/waiting-room", &[("code", secret)]).await;
    assert_eq!(
        wrong.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a link is no code"
    );
}

#[tokio::test]
async fn whoever_answers_at_the_clinic_is_told_that_somebody_is_near() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    bring_words(&app, "phq-9", "en").await;
    let request = asked(&app, "phq-9").await;
    for (kind, words) in [
        (
            "waiting-room",
            "You are at the clinic, and somebody is near.",
        ),
        (
            "link",
            "If you are at the clinic just now, somebody is near",
        ),
    ] {
        let mut path = key(&app, &request, kind).await;
        if kind == "waiting-room" {
            let opened = app.post(None, "/waiting-room", &[("code", &path)]).await;
            path = opened.place;
        }
        let page = app.get(None, &path).await.text;
        assert!(
            page.contains(words) && page.contains("the person at the desk"),
            "{kind}"
        );
        let kept = app.post(None, &path, &[("item-9", "1")]).await.text;
        let (near, end) = (kept.find(words), kept.find("Your answers are kept."));
        assert!(near.unwrap() < end.unwrap(), "{kind}");
        assert!(!page.contains("call back") && !kept.contains("hank"));
    }
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let app = TestApp::new().await;
    for (method, path) in [
        ("GET", "/asked/x"),
        ("POST", "/asked/x"),
        ("POST", "/waiting-room"),
    ] {
        let mut last = StatusCode::OK;
        for _ in 0..70 {
            last = match method {
                "GET" => app.get(None, path).await.status,
                _ => app.post(None, path, &[("code", "AAAA-AAAA")]).await.status,
            };
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "{method} {path}");
    }
}

#[tokio::test]
async fn nobody_makes_a_key_to_what_another_was_asked() {
    let app = TestApp::new().await;
    let request = asked(&app, "connection").await;
    let path = format!("/clients/{}/requests/{request}/keys", app.fay.id);
    let answer = app.post(Some(&app.dov), &path, &[("kind", "link")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let path = format!("/clients/{}/requests/{request}/withdrawal", app.fay.id);
    assert_eq!(
        app.post(Some(&app.dov), &path, &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_link_ends_with_the_person_it_is_for() {
    let app = TestApp::new().await;
    let path = link(&app, "connection").await;
    app.post(Some(&app.ben), "/me/erasure", &[("word", "erase")])
        .await;
    assert_eq!(app.get(None, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        app.post(None, &path, &[("item-1", "1")]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn nothing_a_stranger_sends_to_a_link_makes_trouble() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let app = runtime.block_on(TestApp::new());
    let path = runtime.block_on(link(&app, "connection"));
    let cases = ProptestConfig::with_cases(25);
    proptest!(cases, |(
        secret in prop_oneof![Just(path.clone()), "[a-zA-Z0-9%]{1,70}".prop_map(|text| format!("/asked/{text}"))],
        name in prop_oneof![Just("item-1".to_owned()), ".{0,9}"],
        value in "[^0-9]{0,9}|1[1-9]|-1|1e3|NaN|inf",
    )| {
        let answer = runtime.block_on(app.post(None, &secret, &[(&name, &value)]));
        prop_assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.text);
        prop_assert!(!answer.text.contains("Ben"));
    });
    assert!(
        runtime
            .block_on(stored(&app, &app.ben))
            .as_array()
            .unwrap()
            .is_empty()
    );
}
