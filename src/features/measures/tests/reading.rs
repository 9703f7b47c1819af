//! Reading back: one's own answers, and a client's.

use axum::http::StatusCode;
use serde_json::json;

use super::answering::bring_words;
use super::giving::asked;
use super::{ID, OTHER, phq, record, send};
use crate::features::alerts::tests::{may_be_contacted, name_contact};
use crate::testing::TestApp;

#[tokio::test]
async fn what_she_answered_can_be_read_again_by_her_and_by_no_link() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    let words = bring_words(&app, "phq-9", "en").await;
    let mut answers = phq(ID, 2);
    answers["questionnaire"] = json!(words);
    send(
        &app,
        &app.ben,
        json!([answers, record(OTHER, "connection", json!([7]))]),
    )
    .await;

    let list = app.get(Some(&app.ben), "/responses").await.text;
    for place in [ID, OTHER].map(|id| format!("href=\"/responses/{id}/answers\"")) {
        assert!(list.contains(&place), "{place}");
    }
    for from in ["/measures", "/progress"] {
        let page = app.get(Some(&app.ben), from).await.text;
        assert!(page.contains("href=\"/responses\""), "{from}");
    }
    let page = app
        .get(Some(&app.ben), &format!("/responses/{ID}/answers"))
        .await
        .text;
    for words in [
        "Item 1",
        "Answer 2",
        "Item 9",
        "left empty",
        "today",
        "Amira was told of that",
        "href=\"/help\"",
    ] {
        assert!(page.contains(words), "{words}");
    }
    for word in ["11.25", "hank", "endorsed"] {
        assert!(!page.contains(word), "{word}");
    }

    // Nobody else's, and not without signing in.
    let empty = app.get(Some(&app.fay), "/responses").await.text;
    assert!(empty.contains("Nothing yet") && !empty.contains(ID));
    let path = format!("/responses/{ID}/answers");
    for stranger in [&app.fay, &app.amira, &app.olu] {
        assert_eq!(
            app.get(Some(stranger), &path).await.status,
            StatusCode::NOT_FOUND
        );
    }
    let nobody = app.get(None, &path).await;
    assert!(!nobody.text.contains("Item 1") && nobody.status != StatusCode::OK);
}

#[tokio::test]
async fn what_was_typed_in_from_paper_says_so_and_stands_by_numbers_without_words() {
    let app = TestApp::new().await;
    let paper = format!("/clients/{}/measures/gad-7", app.ben.id);
    let fields = [("id", ID), ("on", "2026-11-20"), ("item-1", "3")];
    app.post(Some(&app.amira), &paper, &fields).await;
    let page = app
        .get(Some(&app.ben), &format!("/responses/{ID}/answers"))
        .await
        .text;
    for words in [
        "20 November, on paper, typed in by Amira",
        "Question 1",
        "are not here",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn an_alert_leads_to_the_answer_itself_where_it_may_be_read() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    send(&app, &app.ben, json!([phq(ID, 1)])).await;
    let place = format!("/clients/{}/responses/{ID}", app.ben.id);
    let link = format!("href=\"{place}\"");
    let alerts = app.get(Some(&app.amira), "/alerts").await.text;
    assert!(alerts.contains(&link), "{alerts}");
    let answer = app.get(Some(&app.amira), &place).await.text;
    assert!(answer.contains("An answer about risk") && answer.contains("question 9"));
    // Without a share the answer stays with him, though the alert does not.
    let with = [("with", app.amira.id.as_str())];
    app.post(Some(&app.ben), "/me/consent/share/withdrawal", &with)
        .await;
    let alerts = app.get(Some(&app.amira), "/alerts").await.text;
    assert!(alerts.contains("Ben") && !alerts.contains(&link));
}

#[tokio::test]
async fn the_list_of_answers_is_by_questionnaire_and_says_changes_in_a_few_words() {
    let app = TestApp::new().await;
    let id = |place: usize| format!("018f3a5c-7b00-7000-8000-0000000000{place:02}");
    for (place, score) in [3, 3, 2, 2, 1, 1].into_iter().enumerate() {
        let mut one = record(&id(place), "gad-7", json!(vec![score; 7]));
        one["answered_at"] = json!(format!("2026-11-{:02}T08:30:00+01:00", 10 + place));
        let mut other = record(&id(place + 10), "connection", json!(vec![score]));
        other["answered_at"] = one["answered_at"].clone();
        send(&app, &app.ben, json!([one, other])).await;
    }
    let place = format!("/clients/{}/measures", app.ben.id);
    let page = app.get(Some(&app.amira), &place).await.text;
    assert!(
        page.contains("−7, reliably better") && page.contains("the same, not reliably different")
    );
    assert!(!page.contains("Figures:") && !page.contains("Sdiff"));
    let (instrument, check_in) = (
        page.find(">GAD-7</h3>"),
        page.find("How connected you feel</h3>"),
    );
    assert!(instrument.unwrap() < check_in.unwrap());
    assert!(page.contains("2 before these") && page.contains("6 in all"));
    let one = format!("/clients/{}/responses/{}", app.ben.id, id(4));
    let shown = app.get(Some(&app.amira), &one).await.text;
    assert!(shown.contains("Since the time before") && shown.contains("Figures:"));
}

#[tokio::test]
async fn an_answer_about_risk_is_told_though_it_is_folded_away() {
    let app = TestApp::new().await;
    for place in 0..6 {
        let mut one = phq(
            &format!("018f3a5c-7b00-7000-8000-0000000000{place:02}"),
            u8::from(place == 0),
        );
        one["answered_at"] = json!(format!("2026-11-{:02}T08:30:00+01:00", 10 + place));
        send(&app, &app.ben, json!([one])).await;
    }
    let place = format!("/clients/{}/measures", app.ben.id);
    let page = app.get(Some(&app.amira), &place).await.text;
    assert!(
        page.contains("2 before these, one with an answer about risk"),
        "{page}"
    );
}

#[tokio::test]
async fn the_links_and_codes_to_what_she_was_asked_are_in_her_download_without_what_opens_them() {
    let app = TestApp::new().await;
    let request = asked(&app, "connection").await;
    let path = format!("/clients/{}/requests/{request}/keys", app.ben.id);
    for kind in ["link", "waiting-room"] {
        app.post(Some(&app.amira), &path, &[("kind", kind)]).await;
    }
    let stored = app.get(Some(&app.ben), "/me/record.json").await.json();
    let keys = stored["links_and_codes"].as_array().unwrap();
    let mut kinds: Vec<&str> = keys
        .iter()
        .map(|key| key["kind"].as_str().unwrap())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["link", "waiting-room"]);
    for key in keys {
        assert_eq!(
            (&key["request_id"], &key["used_at"]),
            (&json!(request), &json!(null))
        );
        assert_eq!(
            key.as_object().unwrap().len(),
            6,
            "nothing that opens it: {key}"
        );
    }
    let other = app.get(Some(&app.fay), "/me/record.json").await.json();
    assert_eq!(other["links_and_codes"], json!([]));
}

#[tokio::test]
async fn the_paper_form_says_what_its_numbers_stand_for() {
    let app = TestApp::new().await;
    let place = format!("/clients/{}/measures/who-5", app.ben.id);
    let bare = app.get(Some(&app.amira), &place).await.text;
    assert!(
        bare.contains("0 to 5") && bare.contains("lists the best answer first"),
        "{bare}"
    );
    assert!(bare.contains("href=\"/questionnaires/who-5\""));
    bring_words(&app, "who-5", "en").await;
    let page = app.get(Some(&app.amira), &place).await.text;
    assert!(page.contains("What the numbers stand for") && page.contains("Answer 5"));
    let own = format!("/clients/{}/measures/connection", app.ben.id);
    let page = app.get(Some(&app.amira), &own).await.text;
    assert!(page.contains("What the numbers stand for"));
}

#[tokio::test]
async fn a_practitioner_finds_the_questionnaires_in_the_menu() {
    let app = TestApp::new().await;
    let page = app.get(Some(&app.amira), "/questionnaires").await.text;
    assert!(page.contains("href=\"/questionnaires\" aria-current=\"page\""));
    for person in [&app.ben, &app.chloe, &app.ema] {
        let page = app.get(Some(person), "/me").await.text;
        assert!(
            !page.contains("href=\"/questionnaires\""),
            "{}",
            person.name
        );
    }
}
