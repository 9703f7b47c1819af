//! The first screens.

use jiff::civil::date;
use serde_json::json;

use super::rules::today;
use crate::features::people;
use crate::features::progress::rules::Attention;
use crate::features::sittings::Sitting;
use crate::testing::{TestApp, content};

async fn practise(app: &TestApp, number: u32, on: &str, practice: &str, fit: i64, effect: i64) {
    let record = json!([{
        "id": format!("018f3a5c-7b00-7000-8000-{number:012}"), "practice": practice, "revision": "x",
        "started_at": format!("{on}T08:30:00+01:00"), "minutes": 3, "seconds_heard": 180,
        "finished": true, "fit": fit, "effect": effect, "barrier": null,
    }]);
    let answer = app
        .post_json(Some(&app.ben), "/sittings", &record.to_string())
        .await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
}

#[tokio::test]
async fn the_caseload_says_why_somebody_comes_first() {
    type Step<'a> = (&'a [(&'a str, &'a str, i64, i64)], &'a str);
    let steps: [Step<'_>; 4] = [
        (&[], "Joined today, with nothing to practise yet."),
        (
            &[("2026-11-20", "wish-self", 3, 0)],
            "Joined today, with nothing to practise yet.",
        ),
        (
            &[
                ("2026-11-20", "wish-self", 3, 0),
                ("2026-11-21", "wish-self", 2, 0),
            ],
            "The same practice fitted badly twice running (3, then 2 of 10).",
        ),
        (
            &[("2026-11-21", "wish-self", 9, -2)],
            "A practice left them much worse, 2 days ago.",
        ),
    ];
    for (sittings, why) in steps {
        let app = TestApp::new().await;
        for (number, (on, practice, fit, effect)) in (1..).zip(sittings) {
            practise(&app, number, on, practice, *fit, *effect).await;
        }
        let page = app.get(Some(&app.amira), "/caseload").await.text;
        assert!(page.contains(why), "{why}");
    }
    assert!(Attention::MuchWorse < Attention::Steady);
}

#[tokio::test]
async fn what_a_phone_brings_after_a_fortnight_offline_is_still_seen() {
    let app = TestApp::new().await;
    practise(&app, 1, "2026-11-10", "wish-self", 2, -2).await;
    let page = app.get(Some(&app.amira), "/caseload").await.text;
    assert!(page.contains("A practice left them much worse, 13 days ago."));
}

#[tokio::test]
async fn after_a_hard_practice_something_steadier_comes_first() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    app.post(
        Some(&app.ben),
        &format!("/plans/{plan}/agreement"),
        &crate::testing::PLAN,
    )
    .await;
    assert!(
        !app.get(Some(&app.ben), "/today")
            .await
            .text
            .contains("Last time this was hard")
    );
    practise(&app, 1, "2026-11-22", "wish-loved-one", 3, -2).await;
    let today = app.get(Some(&app.ben), "/today").await.text;
    let steadier = today.find("/practise/soles-ground").unwrap();
    assert!(
        today.contains("Last time this was hard")
            && steadier < today.find("/practise/wish-loved-one").unwrap()
    );
    // Whoever did the steadier one is asked for nothing else that day.
    practise(&app, 2, "2026-11-23", "soles-ground", 7, 1).await;
    let today = app.get(Some(&app.ben), "/today").await.text;
    assert!(
        today.contains("You have practised today") && !today.contains("Last time this was hard")
    );
}

#[tokio::test]
async fn after_something_hard_nothing_more_is_asked_of_that_day() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    let path = format!("/plans/{plan}/agreement");
    app.post(Some(&app.ben), &path, &crate::testing::PLAN).await;
    practise(&app, 1, "2026-11-23", "wish-self", 3, -2).await;
    let today = app.get(Some(&app.ben), "/today").await.text;
    assert!(
        today.contains("Nothing more for today") && !today.contains("/practise/wish-loved-one")
    );
}

#[tokio::test]
async fn an_offer_and_a_silence_show_in_the_caseload() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    assert!(
        app.get(Some(&app.amira), "/caseload")
            .await
            .text
            .contains("An offer waits for an answer.")
    );
    app.post(
        Some(&app.ben),
        &format!("/plans/{plan}/agreement"),
        &crate::testing::PLAN,
    )
    .await;
    assert!(
        app.get(Some(&app.amira), "/caseload")
            .await
            .text
            .contains("Going its way.")
    );
    app.app.clock.set("2026-11-29T12:00:00Z".parse().unwrap());
    // Staff are signed out after half a day; she signs in again.
    let entry = [("name", "amira"), ("secret", crate::testing::PASSWORD)];
    let cookie = app.post(None, "/sign-in", &entry).await.cookies[0].clone();
    let amira = crate::testing::Someone {
        cookie: cookie.split(';').next().unwrap().to_owned(),
        ..app.amira.clone()
    };
    assert!(
        app.get(Some(&amira), "/caseload")
            .await
            .text
            .contains("Agreed 6 days ago and not begun.")
    );
}

#[tokio::test]
async fn the_caseload_shows_nothing_that_is_not_shared() {
    let app = TestApp::new().await;
    practise(&app, 1, "2026-11-21", "wish-self", 9, -2).await;
    let with = app.amira.id.clone();
    app.post(
        Some(&app.ben),
        "/me/consent/share/withdrawal",
        &[("with", &with)],
    )
    .await;
    let page = app.get(Some(&app.amira), "/caseload").await.text;
    assert!(
        page.contains("not shared with you")
            && !page.contains("much worse")
            && !page.contains("2 days ago")
    );
}

#[tokio::test]
async fn help_is_one_tap_away_for_everybody() {
    let app = TestApp::new().await;
    for who in [None, Some(&app.ben), Some(&app.amira)] {
        let help = app.get(who, "/help").await;
        assert_eq!(help.status.as_u16(), 200);
        for path in ["/", "/practices", "/sign-in"] {
            let page = app.get(who, path).await;
            assert!(
                !page.status.is_success() || page.text.contains("href=\"/help\""),
                "{path}"
            );
        }
    }
    assert!(
        app.get(Some(&app.ben), "/help")
            .await
            .text
            .contains("tel:112")
    );
}

#[test]
fn nothing_due_yesterday_is_asked_for_today() {
    let library = content();
    let view = today(&[], &[], &[], date(2026, 11, 23), &library);
    assert!(view.now.is_none() && view.due.is_empty() && view.suggestion.is_some());
    let done = Sitting {
        id: String::new(),
        practice: "soles-ground".to_owned(),
        revision: String::new(),
        started_at: 0,
        started_on: "2026-11-23".to_owned(),
        minutes: 1.0,
        seconds_heard: 60,
        finished: true,
        fit: None,
        effect: None,
        barrier: None,
        received_at: 0,
    };
    assert_eq!(
        today(&[], &[done], &[], date(2026, 11, 23), &library).practised_today,
        1
    );
}

#[tokio::test]
async fn a_programme_asks_its_questions_before_it_begins_and_half_way_and_the_checklist_on_its_days()
 {
    use kith_base::clock::{DAY, timestamp};
    let app = TestApp::new().await;
    let mut fields = crate::testing::DOSE.to_vec();
    fields.extend([
        ("programme", "compassion-2w"),
        ("why", "w"),
        ("if_hard", "h"),
    ]);
    let path = format!("/clients/{}/plans", app.ben.id);
    app.post(Some(&app.amira), &path, &fields).await;
    let json = app.today_json(&app.ben).await;
    let place = format!("/plans/{}/agreement", json["offered"][0].as_str().unwrap());
    app.post(Some(&app.ben), &place, &crate::testing::DOSE)
        .await;
    let today = async || app.get(Some(&app.ben), "/today").await.text;
    assert!(today().await.contains("Before this programme there are"));
    let leave = [("leave", "all")];
    let answer = app.post(Some(&app.ben), "/me/screening", &leave).await;
    assert!(answer.status.is_success() || answer.status == axum::http::StatusCode::SEE_OTHER);
    let page = today().await;
    assert!(!page.contains("Before this programme there are"), "{page}");
    assert!(!page.contains("Eight short questions"));
    let start = app.app.clock.now();
    app.app.clock.set(timestamp(start + 7 * DAY));
    let page = today().await;
    assert!(page.contains("You are half-way."), "{page}");
    assert!(page.contains("Eight short questions"), "{page}");
    app.post(Some(&app.ben), "/me/unwanted-effects", &[]).await;
    app.post(Some(&app.ben), "/me/screening", &leave).await;
    let page = today().await;
    assert!(
        !page.contains("You are half-way.") && !page.contains("Eight short questions"),
        "{page}"
    );
}

#[tokio::test]
async fn words_that_changed_are_named_on_today_until_they_are_read_again() {
    let app = TestApp::new().await;
    let words = "Some words you agreed to have changed";
    assert!(!app.get(Some(&app.ben), "/today").await.text.contains(words));
    let now = app.app.clock.now();
    let rows = [("use", ""), ("share", app.amira.id.as_str())].map(|(layer, with_id)| {
        people::store::ConsentRow {
            consent_id: app.app.ids.make(now).unwrap(),
            layer: layer.to_owned(),
            version: "older".to_owned(),
            with_id: with_id.to_owned(),
            given: true,
            at: now,
        }
    });
    let (clinic, ben) = (app.ben.clinic_id.clone(), app.ben.id.clone());
    app.app
        .db
        .write(move |tx| {
            rows.iter()
                .try_for_each(|row| people::store::add_consent(tx, &clinic, &ben, row))
        })
        .await
        .unwrap();
    let page = app.get(Some(&app.ben), "/today").await.text;
    assert!(page.contains(words) && page.contains("href=\"/me#consent\""));
    assert!(
        page.contains("“Using Kith”; “Showing my practice")
            && page.contains("Your yes still holds.")
    );
    // Read again, or taken back: nothing more is said.
    app.post(Some(&app.ben), "/me/consent/use", &[]).await;
    let with = [("with", app.amira.id.as_str())];
    app.post(Some(&app.ben), "/me/consent/share/withdrawal", &with)
        .await;
    assert!(!app.get(Some(&app.ben), "/today").await.text.contains(words));
    assert!(
        !app.get(Some(&app.amira), "/my-practice")
            .await
            .text
            .contains(words)
    );
}
