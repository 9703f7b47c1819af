//! Ways that make sense, and a side that is nobody else's.

use axum::http::StatusCode;
use kith_content::{Asked, compose};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rules::{all, find, nth};
use crate::features::people::permissions::TABLE;
use crate::features::people::{Role, Roles};
use crate::features::plans::{self, Plan, State};
use crate::features::sittings::Sitting;
use crate::testing::{Someone, TestApp, content};
use kith_base::clock::DAY;

fn roles() -> Vec<Roles> {
    let mut each: Vec<_> = Role::ALL.iter().map(|role| Roles::of(&[*role])).collect();
    each.push(Roles::of(&[Role::Client, Role::Practitioner]));
    each
}

fn sitting(practice: &str, fit: Option<i64>, effect: Option<i64>) -> Sitting {
    Sitting {
        id: String::new(),
        practice: practice.to_owned(),
        revision: String::new(),
        started_at: 0,
        started_on: "2026-11-22".to_owned(),
        minutes: 1.0,
        seconds_heard: 60,
        finished: true,
        fit,
        effect,
        barrier: None,
        received_at: 0,
    }
}

#[test]
fn every_way_names_a_practice_anybody_may_start_for_as_long_as_there_is() {
    let library = content();
    for roles in roles() {
        let ways = all(&library, &roles);
        assert!(ways.len() > 50, "{roles}: {}", ways.len());
        let mut told = std::collections::BTreeSet::new();
        for way in &ways {
            let practice = library.practice(&way.pattern.practice).unwrap();
            assert!(practice.restricted.is_none() && practice.load == 1);
            let (least, most) = practice.minutes;
            assert!((least..=most).contains(&way.minutes), "{}", way.words());
            assert!(way.minutes * 60.0 <= way.moment.seconds, "{}", way.words());
            compose(practice, &Asked::new(way.minutes, &library)).unwrap();
            assert!(way.pattern.postures.contains(&way.moment.posture));
            let words = way.words();
            assert!(
                words.starts_with(char::is_uppercase) && words.ends_with('.'),
                "{words}"
            );
            assert!(
                !words.contains(['{', '}']) && !words.contains("  ") && !words.contains(".."),
                "{words}"
            );
            assert!(words.split_whitespace().count() <= 30, "{words}");
            assert!(told.insert(words.clone()), "twice: {words}");
            let found = find(&ways, &way.moment.id, way.whom(), &way.pattern.id).unwrap();
            assert_eq!(found.words(), words);
        }
    }
}

#[test]
fn a_clients_day_has_no_clients_in_it_and_a_leads_neither() {
    let library = content();
    for (role, has) in [
        (Role::Practitioner, true),
        (Role::Client, false),
        (Role::Lead, false),
    ] {
        let ways = all(&library, &Roles::of(&[role]));
        assert_eq!(
            ways.iter().any(|way| way.words().contains("clients")),
            has,
            "{role:?}"
        );
    }
    let ways = all(&library, &Roles::of(&[Role::Client]));
    assert!(ways.iter().all(|way| !way.words().contains("colleague")));
}

#[test]
fn every_number_once_round_gives_every_way_once() {
    let library = content();
    let ways = all(&library, &Roles::of(&[Role::Practitioner]));
    let told: std::collections::BTreeSet<_> = (1..=ways.len() as u64)
        .map(|number| nth(&ways, number, &[]).unwrap().words())
        .collect();
    assert_eq!(told.len(), ways.len());
    // Neighbours are not the same thing said again.
    let pairs = (1..20).map(|number| {
        (
            nth(&ways, number, &[]).unwrap(),
            nth(&ways, number + 1, &[]).unwrap(),
        )
    });
    let same = pairs
        .filter(|(a, b)| a.moment.id == b.moment.id && a.practice.slug == b.practice.slug)
        .count();
    assert_eq!(same, 0);
}

#[test]
fn what_was_hard_or_did_not_fit_waits() {
    let library = content();
    let ways = all(&library, &Roles::of(&[Role::Client]));
    let cases = [
        (vec![sitting("savour-small", Some(9), Some(-2))], true),
        (
            vec![
                sitting("savour-small", Some(9), Some(-2)),
                sitting("savour-small", Some(9), Some(1)),
            ],
            true,
        ),
        (vec![sitting("savour-small", Some(3), None)], true),
        (
            vec![
                sitting("savour-small", Some(3), None),
                sitting("savour-small", Some(4), None),
            ],
            false,
        ),
        (vec![sitting("soles-ground", Some(0), Some(-2))], false),
    ];
    for (recent, waits) in cases {
        let offered = (1..=ways.len() as u64)
            .any(|number| nth(&ways, number, &recent).unwrap().practice.slug == "savour-small");
        assert_eq!(offered, !waits, "{recent:?}");
    }
}

proptest! {
    #[test]
    fn any_number_gives_a_way_and_the_same_again(number in any::<u64>(), whose in 0usize..6) {
        let library = content();
        let ways = all(&library, &roles()[whose]);
        let (first, again) = (nth(&ways, number, &[]).unwrap(), nth(&ways, number, &[]).unwrap());
        prop_assert_eq!(first.words(), again.words());
        prop_assert!(nth(&[], number, &[]).is_none());
    }

    #[test]
    fn only_what_goes_together_can_be_kept(moment in "[a-z-]{0,12}", whom in "[a-z-]{0,12}", pattern in "[a-z-]{0,12}") {
        let library = content();
        let ways = all(&library, &roles()[1]);
        if let Some(way) = find(&ways, &moment, &whom, &pattern) {
            prop_assert!(way.moment.id == moment && way.whom() == whom && way.pattern.id == pattern);
        }
    }
}

async fn kept(app: &TestApp, who: &Someone) -> Vec<Value> {
    let record = app.get(Some(who), "/me/record.json").await.json();
    record["ways"].as_array().unwrap().clone()
}

const FEET: [(&str, &str); 3] = [("moment", "kettle"), ("whom", ""), ("pattern", "feet")];

#[tokio::test]
async fn a_way_is_kept_once_taken_along_and_taken_out_again() {
    let app = TestApp::new().await;
    for _ in 0..2 {
        let answer = app.post(Some(&app.ben), "/ways", &FEET).await;
        assert_eq!(
            (answer.status, answer.place.as_str()),
            (StatusCode::SEE_OTHER, "/ways#kept")
        );
    }
    let ways = kept(&app, &app.ben).await;
    assert_eq!(ways.len(), 1);
    assert_eq!(
        ways[0]["words"],
        "When the kettle is on, feel where your feet meet the floor."
    );
    assert_eq!(
        (ways[0]["practice"].as_str(), ways[0]["minutes"].as_f64()),
        (Some("soles-ground"), Some(2.0))
    );
    let page = app.get(Some(&app.ben), "/ways").await.text;
    assert!(page.contains("/practise/soles-ground?minutes=2"));
    let removal = format!("/ways/{}/removal", ways[0]["way_id"].as_str().unwrap());
    app.post(Some(&app.amira), &removal, &[]).await;
    assert_eq!(
        kept(&app, &app.ben).await.len(),
        1,
        "it is not hers to take out"
    );
    app.post(Some(&app.ben), &removal, &[]).await;
    assert!(kept(&app, &app.ben).await.is_empty());
}

#[tokio::test]
async fn what_does_not_go_together_is_not_kept() {
    let app = TestApp::new().await;
    for (moment, whom, pattern) in [
        ("", "", ""),
        ("kettle", "", "rhythm"),
        ("kettle", "easy", "feet"),
        ("kettle", "colleague-lift", "tiny"),
        ("between-clients", "", "feet"),
        ("' or 1=1", "", "feet"),
    ] {
        let fields = [("moment", moment), ("whom", whom), ("pattern", pattern)];
        let answer = app.post(Some(&app.ben), "/ways", &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{moment} {pattern}"
        );
    }
    assert!(kept(&app, &app.ben).await.is_empty());
}

#[tokio::test]
async fn the_address_says_which_way_and_a_stranger_number_is_answered() {
    let app = TestApp::new().await;
    let third = app.get(Some(&app.ben), "/ways?n=3").await.text;
    assert_eq!(third, app.get(Some(&app.ben), "/ways?n=3").await.text);
    assert!(third.contains("/ways?n=4"));
    for (number, status) in [
        ("0", 200),
        ("", 200),
        ("999999999", 200),
        ("9999999999", 422),
        ("-1", 422),
        ("x", 422),
        ("%00", 422),
    ] {
        let answer = app.get(Some(&app.ben), &format!("/ways?n={number}")).await;
        assert_eq!(answer.status.as_u16(), status, "{number}");
    }
}

fn record(number: u32, day: &str, effect: i64) -> Value {
    json!({"id": format!("018f3a5c-7b00-7000-8000-{number:012}"), "practice": "walk-wish", "revision": "x",
        "started_at": format!("{day}T08:30:00+01:00"), "minutes": 7, "seconds_heard": 401, "finished": true,
        "fit": 6, "effect": effect, "barrier": "overload"})
}

async fn practise(app: &TestApp, who: &Someone, records: &[Value]) {
    let answer = app
        .post_json(Some(who), "/sittings", &json!(records).to_string())
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn after_something_hard_nothing_is_suggested_that_day() {
    let app = TestApp::new().await;
    practise(&app, &app.amira, &[record(1, "2026-11-23", -2)]).await;
    for path in ["/ways", "/my-practice"] {
        let page = app.get(Some(&app.amira), path).await.text;
        assert!(
            page.contains("Nothing more is asked of you today") && !page.contains("Keep this"),
            "{path}"
        );
    }
}

/// Amira practises much and badly, keeps a way, and has a plan she made for herself.
async fn live(app: &TestApp) {
    let days: Vec<_> = (1..=22)
        .map(|day| record(day, &format!("2026-11-{day:02}"), -1))
        .collect();
    practise(app, &app.amira, &days).await;
    app.post(Some(&app.amira), "/ways", &FEET).await;
    let now = app.app.clock.now();
    let practice = plans::PlanPractice {
        practice: "walk-wish".to_owned(),
        minutes: 7.0,
        weekdays: "1234567".to_owned(),
        first_day: 1,
        last_day: None,
        routine: "after the ward round".to_owned(),
        smallest_practice: "hand-rest-20s".to_owned(),
        smallest_minutes: 1.0,
    };
    let whose = app.amira.id.clone();
    let plan = Plan {
        plan_id: app.app.ids.make(now).unwrap(),
        client_id: whose.clone(),
        prescribed_by: whose,
        why: "Because I am tired.".to_owned(),
        if_hard: "Stop.".to_owned(),
        state: State::Offered,
        starts_on: jiff::civil::date(2026, 11, 1),
        made_at: now,
        prescribed: vec![practice],
        ..Plan::default()
    };
    let clinic = app.amira.clinic_id.clone();
    app.app
        .db
        .write(move |tx| plans::store::add(tx, &clinic, &plan))
        .await
        .unwrap();
}

/// Ids are counted, so what was made in between shifts those that come later.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| word.len() == 36 && word.matches('-').count() == 4;
    text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'))
        .filter(|word| is_id(word))
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .fold(text.to_owned(), |text, id| text.replace(id, "ID"))
}

/// Every page of everybody but Amira, and her own that show other people.
async fn walk(app: &TestApp) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for person in app.cast() {
        for (_, path, _) in TABLE.iter().filter(|(method, _, _)| *method == "GET") {
            for client in [&app.ben.id, &app.amira.id] {
                if !path.contains("{client_id}") && client == &app.amira.id {
                    continue;
                }
                let real = path
                    .replace("{client_id}", client)
                    .replace("{slug}", "soles-ground")
                    .replace("{card}", "supervisor")
                    .replace("{person_id}", &app.amira.id)
                    .replace("{version}/{*file}", "0/css/kith.css");
                let is_hers = [
                    "/today",
                    "/ways",
                    "/progress",
                    "/me",
                    "/my-practice",
                    "/something-else",
                    "/me/record.json",
                ];
                if person.name == "Amira" && is_hers.contains(path) {
                    continue;
                }
                let answer = app.get(Some(person), &real).await;
                pages.push((
                    format!("{} at {real}", person.name),
                    without_ids(&answer.text),
                ));
            }
        }
    }
    pages
}

#[tokio::test]
async fn nobody_can_tell_from_any_page_whether_a_practitioner_practises() {
    let (quiet, lived) = (TestApp::new().await, TestApp::new().await);
    live(&lived).await;
    let (without, with) = (walk(&quiet).await, walk(&lived).await);
    assert!(without.len() > 150, "{}", without.len());
    for ((place, a), (_, b)) in without.iter().zip(&with) {
        assert_eq!(a, b, "{place}");
    }
    // Looking for it finds it where it belongs, so the walk would have.
    let own = lived.get(Some(&lived.amira), "/my-practice").await.text;
    assert!(
        own.contains("Wishes at walking pace") && own.contains("When the kettle is on"),
        "{own}"
    );
    assert!(
        lived
            .get(Some(&lived.amira), "/progress")
            .await
            .text
            .contains("walking pace")
    );
    let everything = lived.get(Some(&lived.amira), "/me/record.json").await.text;
    assert!(everything.contains("after the ward round") && everything.contains("overload"));
}

#[tokio::test]
async fn a_clinics_numbers_count_clients_only() {
    let app = TestApp::new().await;
    practise(&app, &app.amira, &[record(1, "2026-11-10", 1)]).await;
    practise(&app, &app.chloe, &[record(2, "2026-11-10", 1)]).await;
    practise(&app, &app.ben, &[record(3, "2026-11-10", 1)]).await;
    let (clinic, since) = (app.amira.clinic_id.clone(), app.app.clock.now() - 60 * DAY);
    let rows = app
        .app
        .db
        .read(move |tx| crate::features::sittings::store::list_for_counting(tx, &clinic, since))
        .await
        .unwrap();
    let whose: Vec<_> = rows.iter().map(|row| row.person_id.as_str()).collect();
    assert_eq!(whose, [app.ben.id.as_str()]);
}

#[tokio::test]
async fn a_practitioner_can_erase_her_practice_and_goes_on_working() {
    let app = TestApp::new().await;
    live(&app).await;
    practise(&app, &app.ben, &[record(99, "2026-11-20", 1)]).await;
    app.prescribe().await;
    app.post(Some(&app.ben), "/ways", &FEET).await;
    let unsure = app
        .post(
            Some(&app.amira),
            "/me/practice-erasure",
            &[("word", "maybe")],
        )
        .await;
    assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
    let own = app.get(Some(&app.amira), "/me/record.json").await.json();
    assert_eq!(own["sittings"].as_array().unwrap().len(), 22);
    let done = app
        .post(
            Some(&app.amira),
            "/me/practice-erasure",
            &[("word", " Erase ")],
        )
        .await;
    assert_eq!(done.place, "/my-practice");
    let own = app.get(Some(&app.amira), "/me/record.json").await.json();
    for (what, left) in [("sittings", 0), ("plans", 0), ("ways", 0)] {
        assert_eq!(own[what].as_array().unwrap().len(), left, "{what}");
    }
    // Nobody else's goes, and she still has her caseload.
    let bens = app.get(Some(&app.ben), "/me/record.json").await.json();
    for what in ["sittings", "plans", "ways"] {
        assert_eq!(bens[what].as_array().unwrap().len(), 1, "{what}");
    }
    assert!(
        app.get(Some(&app.amira), "/caseload")
            .await
            .text
            .contains("Ben")
    );
    let audit = app.get(Some(&app.olu), "/clinic/audit").await.text;
    assert!(!audit.contains("practice-erasure") && !audit.contains("erased"));
}
