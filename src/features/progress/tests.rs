//! Pictures that say what was recorded, no more.

use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::json;

use super::rules::{by_day, summary};
use crate::features::measures;
use crate::features::measures::store::responses::add_response;
use crate::features::measures::tests::goal_of;
use crate::features::people::store::{PersonRow, add_person, list_people};
use crate::features::sittings::Sitting;
use crate::testing::{NOW, Someone, TestApp};
use kith_base::clock::DAY;
use kith_base::error::Error;

fn sitting(on: &str, seconds: i64, fit: Option<i64>) -> Sitting {
    Sitting {
        id: String::new(),
        practice: "soles-ground".to_owned(),
        revision: String::new(),
        started_at: 0,
        started_on: on.to_owned(),
        minutes: 2.0,
        seconds_heard: seconds,
        finished: true,
        fit,
        effect: None,
        barrier: None,
        received_at: 0,
    }
}

#[test]
fn days_add_up_and_unrated_sittings_have_no_fit() {
    let kept = [
        sitting("2026-11-20", 60, Some(4)),
        sitting("2026-11-20", 120, Some(7)),
        sitting("2026-11-21", 30, None),
        sitting("2026-10-01", 600, Some(1)),
    ];
    let days = by_day(&kept, date(2026, 11, 19), date(2026, 11, 22));
    assert_eq!(days.len(), 4);
    let told: Vec<_> = days
        .iter()
        .map(|day| (day.minutes, day.fit, day.sittings))
        .collect();
    assert_eq!(
        told,
        [
            (0.0, None, 0),
            (3.0, Some(5.5), 2),
            (0.5, None, 1),
            (0.0, None, 0)
        ]
    );
    let sums = summary(&kept, date(2026, 11, 22));
    assert_eq!((sums.days_practised, sums.minutes), (2, 3.5));
    assert_eq!(
        (sums.fit, sums.last_on),
        (Some(5.5), Some(date(2026, 11, 21)))
    );
}

/// Answers to PHQ-9 with that sum, the item about risk at its lowest.
fn nine(sum: u64) -> Vec<u64> {
    let mut answers: Vec<u64> = (0..8)
        .map(|item| (sum / 8) + u64::from(item < sum % 8))
        .collect();
    answers.push(0);
    answers
}

/// Answers somebody gave, so many days ago, on PHQ-9.
async fn phq(app: &TestApp, who: &Someone, sums: &[(i64, u64)]) {
    let records: Vec<_> = sums
        .iter()
        .enumerate()
        .map(|(place, (back, sum))| {
            let at = app.app.clock.now() - back * DAY;
            let answers = nine(*sum);
            json!({"id": format!("018f3a5c-7b00-7000-8000-00000000010{place}"), "instrument": "phq-9",
                "answered_at": at, "answers": answers})
        })
        .collect();
    let answer = app
        .post_json(Some(who), "/responses", &json!(records).to_string())
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["kept"].as_array().unwrap().len(), sums.len());
}

#[tokio::test]
async fn ones_own_picture_has_lines_only_when_asked() {
    let app = TestApp::new().await;
    phq(&app, &app.ben, &[(40, 16), (1, 8)]).await;
    let plain = app.get(Some(&app.ben), "/progress").await.text;
    for words in [
        "Lower is better.",
        "Your score went down from 16 to 8.",
        "/progress?figures=yes",
        "2 scores, from 16 on 14 October to 8 on 22 November.",
    ] {
        assert!(plain.contains(words), "{words}");
    }
    for words in [
        "moderate",
        "mild",
        "crossed",
        "cut-off",
        "expected course",
        "class=\"zone\"",
    ] {
        assert!(!plain.contains(words), "{words}");
    }
    let asked = app.get(Some(&app.ben), "/progress?figures=yes").await.text;
    for words in [
        "quite a lot",
        "crossed the line",
        "class=\"zone\"",
        "class=\"ring\"",
        "not been checked against their source",
        "There is no expected course for PHQ-9",
    ] {
        assert!(asked.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_practitioner_sees_scores_and_goals_only_while_they_are_shared() {
    let app = TestApp::new().await;
    phq(&app, &app.ben, &[(40, 8), (1, 15)]).await;
    goal_of(&app, &app.ben, "Sleep before midnight").await;
    let goal = goal_of(&app, &app.ben, "Ring my brother").await;
    app.post(
        Some(&app.ben),
        &format!("/goals/{goal}/ratings"),
        &[("rating", "4")],
    )
    .await;
    let client = format!("/clients/{}", app.ben.id);
    let pictures = app
        .get(Some(&app.amira), &format!("{client}/progress"))
        .await
        .text;
    for words in [
        "Reliably deteriorated.",
        "moderately",
        "Ring my brother",
        "Not rated yet: “Sleep before midnight”.",
        "Figures: NHS",
    ] {
        assert!(pictures.contains(words), "{words}");
    }
    let caseload = app.get(Some(&app.amira), "/caseload").await.text;
    assert!(caseload.contains("Reliably worse on PHQ-9."));
    for place in [client.clone(), format!("{client}/summary")] {
        let page = app.get(Some(&app.amira), &place).await.text;
        assert!(page.contains("15, reliably worse, yesterday"), "{place}");
        assert!(page.contains("Reliably worse on PHQ-9."), "{place}");
    }
    let seen = app.get(Some(&app.ben), "/me/record.json").await.text;
    assert!(seen.contains("looked at the pictures"));

    app.post(
        Some(&app.ben),
        "/me/consent/share/withdrawal",
        &[("with", &app.amira.id)],
    )
    .await;
    for place in [
        "/caseload".to_owned(),
        client.clone(),
        format!("{client}/summary"),
        format!("{client}/progress"),
    ] {
        let page = app.get(Some(&app.amira), &place).await;
        assert_eq!(page.status, StatusCode::OK);
        for words in [
            "PHQ-9",
            "reliably",
            "Reliably",
            "Ring my brother",
            "midnight",
            "class=\"panel\"",
            "moderate",
        ] {
            assert!(!page.text.contains(words), "{place}: {words}");
        }
    }
}

#[tokio::test]
async fn what_usually_happens_here_is_drawn_where_thirty_people_say_so() {
    let app = TestApp::new().await;
    phq(&app, &app.ben, &[(40, 16), (1, 8)]).await;
    let place = format!("/clients/{}/progress", app.ben.id);
    for (people, drawn) in [(29, false), (30, true)] {
        let (clinic, at_hand) = (app.ben.clinic_id.clone(), app.app.clone());
        app.app
            .db
            .write(move |tx| {
                let now = at_hand.clock.now();
                for _ in list_people(tx, &clinic)?.len()..people + 6 {
                    let person = PersonRow {
                        clinic_id: clinic.clone(),
                        person_id: at_hand.ids.make(now)?,
                        name: "Somebody".to_owned(),
                        sign_in_name: at_hand.ids.make(now)?,
                        roles: "client".to_owned(),
                        locale: "en-GB".to_owned(),
                        zone: "Europe/Madrid".to_owned(),
                        made_at: now,
                    };
                    add_person(tx, &person)?;
                    for (week, sum) in [(6, 16), (4, 14), (2, 12)] {
                        let answers = nine(sum);
                        let record = json!({"id": at_hand.ids.make(now)?, "instrument": "phq-9",
                            "answered_at": now - week * 7 * DAY, "answers": answers});
                        let read =
                            measures::rules::read(record, now, "Europe/Madrid", &at_hand.content);
                        let response = read.map_err(|refusal| Error::internal(refusal.why))?;
                        add_response(tx, &clinic, &person.person_id, &response)?;
                    }
                }
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
        let page = app.get(Some(&app.amira), &place).await.text;
        assert_eq!(page.contains("Others here: 30 people"), drawn, "{people}");
        assert_eq!(page.contains("class=\"middle\""), drawn);
        assert_eq!(
            page.contains("There is no expected course for PHQ-9"),
            !drawn
        );
    }
    // She is told it only when she asks.
    let plain = app.get(Some(&app.ben), "/progress").await.text;
    assert!(!plain.contains("Others here"));
}

#[tokio::test]
async fn the_picture_and_the_table_say_the_same() {
    let app = TestApp::new().await;
    let record = json!([{
        "id": "018f3a5c-7b00-7000-8000-000000000001", "practice": "soles-ground", "revision": "x",
        "started_at": "2026-11-22T08:30:00+01:00", "minutes": 3, "seconds_heard": 180, "finished": true,
        "fit": 8, "effect": 1, "barrier": "time",
    }]);
    app.post_json(Some(&app.ben), "/sittings", &record.to_string())
        .await;
    for (who, path) in [
        (&app.ben, "/progress".to_owned()),
        (&app.amira, format!("/clients/{}", app.ben.id)),
    ] {
        let page = app.get(Some(who), &path).await;
        assert_eq!(page.status, StatusCode::OK);
        for words in [
            "<title id=\"chart-title\">",
            "there was practice on 1 of 56 days, 3 minutes in all",
            "22 November: fit 8",
            "<td data-label=\"Fit\">8</td><td data-label=\"Left\">a little better</td>",
        ] {
            assert!(page.text.contains(words), "{path}: {words}");
        }
    }
}

#[tokio::test]
async fn an_answer_about_risk_stands_first_wherever_her_practitioner_looks() {
    let app = TestApp::new().await;
    let record = serde_json::json!([{
        "id": "018f3a5c-7b00-7000-8000-0000000000aa", "instrument": "phq-9", "answered_at": NOW,
        "answers": [0, 0, null, null, null, null, 0, 0, 1],
    }]);
    app.post_json(Some(&app.ben), "/responses", &record.to_string())
        .await;
    let client = format!("/clients/{}", app.ben.id);
    for place in [
        "/caseload".to_owned(),
        client.clone(),
        format!("{client}/summary"),
    ] {
        let page = app.get(Some(&app.amira), &place).await.text;
        assert!(page.contains("An answer about risk, today."), "{place}");
    }
    let summary = app
        .get(Some(&app.amira), &format!("{client}/summary"))
        .await
        .text;
    assert!(summary.contains("Would you tell me about them?"));
}

#[tokio::test]
async fn a_form_made_for_somebody_else_is_not_filed_under_whoever_is_signed_in_now() {
    let app = TestApp::new().await;
    let fields = [("person", "0123456789abcdef"), ("item-1", "7")];
    let sent = app
        .post(Some(&app.ben), "/measures/connection/responses", &fields)
        .await;
    assert_eq!(sent.status, StatusCode::CONFLICT);
    let goal = app
        .post(
            Some(&app.ben),
            "/goals",
            &[("person", "0123456789abcdef"), ("words", "x")],
        )
        .await;
    assert_eq!(goal.status, StatusCode::CONFLICT);
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(
        (
            record["responses"].as_array().unwrap().len(),
            record["goals"].as_array().unwrap().len()
        ),
        (0, 0)
    );
}
