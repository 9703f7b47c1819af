//! What is due, and how a plan comes about.

use axum::http::StatusCode;
use jiff::Span;
use jiff::civil::{Date, date};
use kith_content::Library;
use proptest::prelude::*;

use super::rules::{Plan, PlanPractice, State, weekdays_text};
use super::schedule::due;
use crate::features::library::may_prescribe;
use crate::testing::{PLAN, TestApp};
use kith_base::clock::timestamp;

fn plan(weekdays: &str, first_day: i64, last_day: Option<i64>) -> Plan {
    Plan {
        plan_id: "p".to_owned(),
        client_id: "c".to_owned(),
        prescribed_by: "a".to_owned(),
        why: String::new(),
        if_hard: String::new(),
        state: State::Agreed,
        starts_on: date(2026, 11, 23),
        prescribed: vec![PlanPractice {
            practice: "soles-ground".to_owned(),
            minutes: 2.0,
            weekdays: weekdays.to_owned(),
            first_day,
            last_day,
            routine: String::new(),
            smallest_practice: "soles-ground".to_owned(),
            smallest_minutes: 1.0,
        }],
        ..Plan::default()
    }
}

#[test]
fn a_practice_is_due_on_its_days_only() {
    // 23 November 2026 is a Monday.
    let cases = [
        (plan("1", 1, None), date(2026, 11, 23), 1),
        (plan("1", 1, None), date(2026, 11, 24), 0),
        (plan("1", 1, None), date(2026, 11, 30), 1),
        (plan("1234567", 1, None), date(2026, 11, 22), 0),
        (plan("1234567", 3, Some(4)), date(2026, 11, 24), 0),
        (plan("1234567", 3, Some(4)), date(2026, 11, 25), 1),
        (plan("1234567", 3, Some(4)), date(2026, 11, 27), 0),
        (
            Plan {
                state: State::Offered,
                ..plan("1234567", 1, None)
            },
            date(2026, 11, 23),
            0,
        ),
        (
            Plan {
                state: State::Ended,
                ..plan("1234567", 1, None)
            },
            date(2026, 11, 23),
            0,
        ),
        (
            Plan {
                ends_on: Some(date(2026, 11, 24)),
                ..plan("1234567", 1, None)
            },
            date(2026, 11, 25),
            0,
        ),
    ];
    let library = Library::default();
    for (plan, on, count) in cases {
        assert_eq!(due(&[plan], &library, &[], on).len(), count, "{on}");
    }
}

#[test]
fn weekdays_are_told_in_words() {
    for (digits, words) in [
        ("1234567", "every day"),
        ("12345", "on weekdays"),
        ("67", "at the weekend"),
        ("135", "on Mon, Wed and Fri"),
        ("2", "on Tue"),
        ("", "on no day"),
    ] {
        assert_eq!(weekdays_text(digits), words);
    }
}

proptest! {
    #[test]
    fn any_week_of_a_plan_has_each_of_its_days_once(offset in 0_i64..2000, digits in "[1-7]{1,7}") {
        let plan = plan(&digits, 1, None);
        let first: Date = plan.starts_on.checked_add(Span::new().days(offset)).unwrap();
        let count: usize = (0..7)
            .map(|day| due(std::slice::from_ref(&plan), &Library::default(), &[], first.checked_add(Span::new().days(day)).unwrap()).len())
            .sum();
        let different = (1..=7).filter(|day| digits.contains(&day.to_string())).count();
        prop_assert_eq!(count, different);
    }
}

#[tokio::test]
async fn a_client_changes_an_offer_before_she_agrees() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    assert!(app.get(Some(&app.ben), "/today").await.text.contains(&plan));
    let offer = app
        .get(Some(&app.ben), &format!("/plans/{plan}"))
        .await
        .text;
    assert!(offer.contains("To begin with somebody easy."));
    let mut own = PLAN;
    own[1] = ("minutes", "4");
    let answer = app
        .post(Some(&app.ben), &format!("/plans/{plan}/agreement"), &own)
        .await;
    assert_eq!(answer.place, "/today", "{}", answer.text);
    let json = app
        .send(
            app.request("GET", "/today", Some(&app.ben))
                .header("accept", "application/json")
                .body(axum::body::Body::empty())
                .unwrap(),
        )
        .await
        .json();
    assert_eq!(json["due"][0]["id"], "wish-loved-one");
    assert_eq!(json["due"][0]["minutes"], 4.0);
    let seen = app
        .get(Some(&app.amira), &format!("/clients/{}", app.ben.id))
        .await
        .text;
    assert!(seen.contains("As you offered it") && seen.contains("4 minutes"));
    // She may change her mind later, and nobody else's plan.
    own[1] = ("minutes", "6");
    let path = format!("/plans/{plan}/agreement");
    assert_eq!(app.post(Some(&app.ben), &path, &own).await.place, "/today");
    let page = app
        .get(Some(&app.ben), &format!("/plans/{plan}"))
        .await
        .text;
    assert!(page.contains("6 minutes"));
    app.post(Some(&app.ben), &format!("/plans/{plan}/ending"), &[])
        .await;
    // Once it is over it is not on offer any more, also from a page that was left open.
    let again = app
        .post(Some(&app.ben), &format!("/plans/{plan}/agreement"), &own)
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_plan_that_cannot_be_done_is_not_offered() {
    let app = TestApp::new().await;
    let path = format!("/clients/{}/plans", app.ben.id);
    for (place, value, words) in [
        (1, "40", "can last from 4 to 15 minutes"),
        (1, "NaN", "can last from"),
        (0, "no-such", "Please choose one of the practices"),
        (8, " ", "say why in a sentence"),
    ] {
        let mut fields = PLAN;
        fields[place].1 = value;
        let answer = app.post(Some(&app.amira), &path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{value}");
        assert!(answer.text.contains(words), "{value}");
        assert!(
            answer.text.contains("after breakfast"),
            "what was typed is kept"
        );
    }
    let no_days: Vec<_> = PLAN
        .into_iter()
        .filter(|(name, _)| *name != "weekday")
        .collect();
    let answer = app.post(Some(&app.amira), &path, &no_days).await;
    assert!(answer.text.contains("at least one day"));
}

#[tokio::test]
async fn a_client_ends_a_plan_without_anybodys_leave() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    let path = format!("/plans/{plan}/ending");
    assert_eq!(app.post(Some(&app.ben), &path, &[]).await.place, "/today");
    assert_eq!(
        app.post(Some(&app.ben), &path, &[]).await.status,
        StatusCode::NOT_FOUND
    );
    app.app.clock.set(timestamp(app.app.clock.now() + 1000));
    assert!(!app.get(Some(&app.ben), "/today").await.text.contains(&plan));
}

#[test]
fn a_line_says_what_how_long_when_and_after_what() {
    use super::line::{What, Written, read};
    let library = crate::testing::content();
    let practice = |slug: &str| What::Practice(slug.to_owned());
    let cases = [
        (
            "dear 8 weekdays after breakfast",
            practice("wish-loved-one"),
            Some(8.0),
            Some("12345"),
            Some("after breakfast"),
        ),
        (
            "Feet on the floor 2",
            practice("soles-ground"),
            Some(2.0),
            None,
            None,
        ),
        (
            "soles 1min daily",
            practice("soles-ground"),
            Some(1.0),
            Some("1234567"),
            None,
        ),
        (
            "letter 12 minutes fri sun",
            practice("kind-letter"),
            Some(12.0),
            Some("57"),
            None,
        ),
        (
            "after a mistake 5 when the shift is over",
            practice("mistake-repair"),
            Some(5.0),
            None,
            Some("when the shift is over"),
        ),
        ("kind no", practice("kind-no"), None, None, None),
        (
            "savour-small 0,5",
            practice("savour-small"),
            Some(0.5),
            None,
            None,
        ),
        ("wish-self 999", practice("wish-self"), None, None, None),
    ];
    for (line, what, minutes, weekdays, routine) in cases {
        let wanted = Written {
            what,
            minutes,
            weekdays: weekdays.map(str::to_owned),
            routine: routine.map(str::to_owned),
        };
        assert_eq!(read(line, &library, may_prescribe), Some(wanted), "{line}");
    }
    for line in [
        "",
        "   ",
        "8",
        "weekdays",
        "zzz 5",
        "two chairs",
        "suffering",
    ] {
        assert_eq!(read(line, &library, may_prescribe), None, "{line}");
    }
}

#[test]
fn what_is_unsure_is_offered_smaller_and_never_larger() {
    use super::rules::{smaller, smaller_dose};
    let library = crate::testing::content();
    for practice in library.practices() {
        for weekdays in ["1234567", "12345", "7"] {
            let item = PlanPractice {
                practice: practice.slug.clone(),
                minutes: practice.minutes.1,
                weekdays: weekdays.to_owned(),
                smallest_practice: "soles-ground".to_owned(),
                smallest_minutes: 1.0,
                ..plan("1", 1, None).prescribed.remove(0)
            };
            for (words, version) in smaller(&item, &library) {
                let range = library.practice(&version.practice).unwrap().minutes;
                assert!((range.0..=range.1).contains(&version.minutes), "{words}");
                let amount = |item: &PlanPractice| item.minutes * item.weekdays.len() as f64;
                assert!(
                    amount(&version) < amount(&item),
                    "{}: {words}",
                    practice.slug
                );
            }
        }
    }
    let dose = super::rules::Dose {
        weekdays: "1234567".to_owned(),
        ..super::rules::Dose::default()
    };
    let words: Vec<_> = smaller_dose(&dose, 15.0)
        .into_iter()
        .map(|(words, _)| words)
        .collect();
    assert_eq!(
        words,
        [
            "Never more than 8 minutes",
            "Never more than 5 minutes",
            "Only on Mon, Wed and Fri"
        ]
    );
}

proptest! {
    #[test]
    fn no_line_is_too_odd_to_read(line in any::<String>()) {
        let library = crate::testing::content();
        if let Some(written) = super::line::read(&line, &library, may_prescribe) {
            let mut form = kith_base::web::form::Form::default();
            written.fill(&mut form);
            prop_assert!(written.minutes.is_none_or(|minutes| (0.1..=60.0).contains(&minutes)));
        }
    }
}

/// A programme offered to Ben; tells where the plan stands.
async fn offer_programme(app: &TestApp, programme: &str, more: &[(&str, &str)]) -> String {
    let mut fields = crate::testing::DOSE.to_vec();
    fields.extend([
        ("programme", programme),
        ("why", "Two weeks, a little every day."),
        ("if_hard", "Stop, and do something ordinary."),
    ]);
    fields.extend_from_slice(more);
    let path = format!("/clients/{}/plans", app.ben.id);
    let answer = app.post(Some(&app.amira), &path, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let (clinic, client) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    let plans = app
        .app
        .db
        .read(move |tx| super::store::list(tx, &clinic, &client))
        .await
        .unwrap();
    format!("/plans/{}", plans.last().unwrap().plan_id)
}

async fn due_today(app: &TestApp) -> Vec<(String, f64, u64)> {
    let json = app.today_json(&app.ben).await;
    json["due"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|due| due["kind"] == "practice")
        .map(|due| {
            let id = due["id"].as_str().unwrap().to_owned();
            (
                id,
                due["minutes"].as_f64().unwrap(),
                due["times_done"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn forward(app: &TestApp, days: i64) {
    let now = app.app.clock.now() + days * kith_base::clock::DAY;
    app.app.clock.set(timestamp(now));
}

#[tokio::test]
async fn a_programme_is_prescribed_made_ones_own_and_lived_day_by_day() {
    let app = TestApp::new().await;
    let place = offer_programme(&app, "compassion-2w", &[("minutes_most", "10")]).await;
    let page = app.get(Some(&app.ben), &place).await.text;
    assert!(
        page.contains("Two weeks of compassion") && page.contains("never more than 10 minutes")
    );
    // Not sure: something smaller comes first, and nothing is agreed yet.
    let mut fields = crate::testing::DOSE.to_vec();
    fields.extend([("minutes_most", "10"), ("confidence", "5")]);
    let agreement = format!("{place}/agreement");
    let unsure = app.post(Some(&app.ben), &agreement, &fields).await;
    assert!(
        unsure.text.contains("Shall we make it smaller?"),
        "{}",
        unsure.text
    );
    assert!(unsure.text.contains("Never more than 5 minutes"));
    assert_eq!(due_today(&app).await, []);
    fields.push(("as_it_is", "yes"));
    assert_eq!(
        app.post(Some(&app.ben), &agreement, &fields).await.place,
        "/today"
    );
    assert_eq!(
        due_today(&app).await,
        [("wish-loved-one".to_owned(), 8.0, 0)]
    );
    // The practitioner sees how sure he was, and the stage.
    let seen = app
        .get(Some(&app.amira), &format!("/clients/{}", app.ben.id))
        .await
        .text;
    assert!(seen.contains("Sure to do it: 5 of 10."), "{seen}");
    // What is done is done; what was missed yesterday is not asked twice.
    app.practise(&app.ben, "wish-loved-one", 8.0).await;
    assert_eq!(
        due_today(&app).await,
        [("wish-loved-one".to_owned(), 8.0, 1)]
    );
    forward(&app, 3);
    let fourth = due_today(&app).await;
    assert_eq!(
        fourth,
        [
            ("wish-loved-one".to_owned(), 6.0, 0),
            ("wish-self".to_owned(), 6.0, 0)
        ]
    );
    let kept = app
        .get(Some(&app.amira), &format!("/clients/{}", app.ben.id))
        .await
        .text;
    assert!(kept.contains("Kept on 1 of 3 days"), "{kept}");
    // A pause: nothing is asked, and it goes on where it stopped.
    assert_eq!(
        app.post(Some(&app.ben), &format!("{place}/pause"), &[("days", "")])
            .await
            .place,
        "/today"
    );
    assert_eq!(due_today(&app).await, []);
    assert!(
        app.get(Some(&app.ben), "/today")
            .await
            .text
            .contains("is paused")
    );
    forward(&app, 10);
    assert_eq!(due_today(&app).await, []);
    app.post(Some(&app.ben), &format!("{place}/resumption"), &[])
        .await;
    assert_eq!(due_today(&app).await, fourth);
    // A pause of a week ends by itself.
    app.post(Some(&app.ben), &format!("{place}/pause"), &[("days", "7")])
        .await;
    forward(&app, 6);
    assert_eq!(due_today(&app).await, []);
    forward(&app, 1);
    assert_eq!(due_today(&app).await, fourth);
}

#[tokio::test]
async fn a_fixed_edition_and_lessons_for_a_class_cannot_be_prescribed_to_one_person() {
    let app = TestApp::new().await;
    for programme in [
        "reappraisal-2w",
        "kind-start-12w",
        "team-4w",
        "sos",
        "no-such",
    ] {
        let mut fields = crate::testing::DOSE.to_vec();
        fields.extend([("programme", programme), ("why", "w"), ("if_hard", "h")]);
        let path = format!("/clients/{}/plans", app.ben.id);
        let answer = app.post(Some(&app.amira), &path, &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{programme}"
        );
    }
}

#[tokio::test]
async fn one_line_fills_in_the_form_and_one_more_key_offers_it() {
    let app = TestApp::new().await;
    let path = format!(
        "/clients/{}/plans/new?line=dear+8+weekdays+after+breakfast",
        app.ben.id
    );
    let page = app.get(Some(&app.amira), &path).await.text;
    assert!(page.contains("value=\"after breakfast\""), "{page}");
    let offer = page
        .find("type=\"submit\" autofocus")
        .expect("the offer has the focus");
    assert!(page[offer..].starts_with("type=\"submit\" autofocus>Offer it to Ben"));
    let odd = format!("/clients/{}/plans/new?line=zzz", app.ben.id);
    let page = app.get(Some(&app.amira), &odd).await.text;
    assert!(page.contains("is called anything like that"));
}
