//! Something else through the whole app: what is shown, what is kept, what is chosen.

use axum::http::StatusCode;
use serde_json::json;

use super::store::{OfferRow, list};
use crate::features::people::RecordAccess;
use crate::testing::{PLAN, Someone, TestApp};

/// What somebody's phone brings: practice, day, fit, effect, barrier, finished.
type Tapped<'a> = (&'a str, &'a str, i64, i64, &'a str, bool);

async fn practise(app: &TestApp, who: &Someone, sittings: &[Tapped<'_>]) {
    let records: Vec<_> = (1..)
        .zip(sittings)
        .map(|(number, (practice, on, fit, effect, barrier, finished))| {
            json!({
                "id": format!("018f3a5c-7b00-7000-8000-{number:012}"), "practice": practice,
                "revision": "x", "started_at": format!("{on}T08:30:00+01:00"), "minutes": 6,
                "seconds_heard": 180, "finished": finished, "fit": fit, "effect": effect,
                "barrier": barrier,
            })
        })
        .collect();
    let body = json!(records).to_string();
    let answer = app.post_json(Some(who), "/sittings", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

async fn kept(app: &TestApp, who: &Someone) -> Vec<OfferRow> {
    let access = RecordAccess::own(&who.person());
    app.app
        .db
        .read(move |tx| list(tx, &access, 0))
        .await
        .unwrap()
}

async fn choose(app: &TestApp, offer: &OfferRow, practice: &str, how: &str) -> StatusCode {
    let path = format!("/offers/{}/choice", offer.offer_id);
    let fields = [("practice", practice), ("how", how)];
    app.post(Some(&app.ben), &path, &fields).await.status
}

const BAD: [Tapped<'_>; 2] = [
    ("wish-loved-one", "2026-11-21", 2, 0, "nothing", true),
    ("wish-loved-one", "2026-11-22", 3, 0, "imagery", true),
];

#[tokio::test]
async fn an_offer_says_why_and_is_kept_once_however_often_it_is_looked_at() {
    let app = TestApp::new().await;
    practise(&app, &app.ben, &BAD).await;
    for _ in 0..3 {
        let page = app
            .get(Some(&app.ben), "/something-else?from=wish-loved-one")
            .await;
        assert_eq!(page.status, StatusCode::OK);
        for words in [
            "You said you could not see anything in your mind; this one works on paper.",
            "Twenty warm seconds",
            "No practice is required.",
            "Talk with my practitioner",
        ] {
            assert!(page.text.contains(words), "{words}");
        }
    }
    let offers = kept(&app, &app.ben).await;
    assert_eq!(offers.len(), 1);
    let offer = &offers[0];
    assert_eq!(
        (offer.trigger.as_str(), offer.barrier.as_deref()),
        ("poor-fit", Some("imagery"))
    );
    assert_eq!(
        offer.sitting_id.as_deref(),
        Some("018f3a5c-7b00-7000-8000-000000000002")
    );
    let shown: Vec<_> = offer
        .offers
        .iter()
        .map(|shown| shown.practice.as_str())
        .collect();
    assert_eq!(shown, ["hand-rest-20s", "three-lines", "kind-acts-day"]);
    assert_eq!(
        offer.offers[0].place,
        "/practise/hand-rest-20s?minutes=0.5&imagery=no"
    );
    // Every practice was considered, and each that is not shown says why.
    assert_eq!(offer.candidates.len(), app.app.content.practices().count());
    for candidate in &offer.candidates {
        assert_eq!(
            candidate.why_not.is_none(),
            shown.contains(&candidate.practice.as_str())
        );
    }
    // Another sitting is another occasion.
    let again = ("wish-loved-one", "2026-11-23", 1, 0, "nothing", true);
    practise(&app, &app.ben, &[BAD[0], BAD[1], again]).await;
    app.get(Some(&app.ben), "/something-else?from=wish-loved-one")
        .await;
    assert_eq!(kept(&app, &app.ben).await.len(), 2);
}

#[tokio::test]
async fn somebody_elses_offer_is_not_there() {
    let app = TestApp::new().await;
    app.get(Some(&app.ben), "/something-else?from=wish-self")
        .await;
    let offer = kept(&app, &app.ben).await.remove(0);
    let practice = offer.offers[0].practice.clone();
    let nobody = "018f0000-0000-7000-8000-00000000ffff".to_owned();
    for (who, id) in [
        (&app.amira, &offer.offer_id),
        (&app.noor, &offer.offer_id),
        (&app.fay, &offer.offer_id),
        (&app.ben, &nobody),
        (&app.ben, &"%27%20or%201=1".to_owned()),
    ] {
        let path = format!("/offers/{id}/choice");
        for choice in [practice.as_str(), "rest"] {
            let answer = app.post(Some(who), &path, &[("practice", choice)]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {id}", who.name);
        }
    }
    assert!(kept(&app, &app.ben).await[0].choices.is_empty());
}

#[tokio::test]
async fn only_what_was_offered_can_be_chosen() {
    let app = TestApp::new().await;
    app.get(Some(&app.ben), "/something-else?from=wish-loved-one")
        .await;
    let offer = kept(&app, &app.ben).await.remove(0);
    for wrong in ["", "two-chairs", "wish-self", "no-such-practice"] {
        assert_eq!(
            choose(&app, &offer, wrong, "once").await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}"
        );
    }
    assert!(kept(&app, &app.ben).await[0].choices.is_empty());
    let path = format!("/offers/{}/choice", offer.offer_id);
    for (chosen, place) in [
        (
            offer.offers[0].practice.as_str(),
            offer.offers[0].place.as_str(),
        ),
        ("rest", "/today"),
        ("none", "/today"),
        ("talk", "/something-else?from=wish-loved-one&chose=talk"),
        ("acts", "/something-else?from=wish-loved-one&chose=acts"),
    ] {
        // Twice, as when a tap is sent twice.
        for _ in 0..2 {
            let answer = app
                .post(Some(&app.ben), &path, &[("practice", chosen)])
                .await;
            assert_eq!(
                (answer.status, answer.place.as_str()),
                (StatusCode::SEE_OTHER, place)
            );
        }
        if place.contains("chose") {
            let page = app.get(Some(&app.ben), place).await;
            assert_eq!(page.status, StatusCode::OK);
        }
    }
    let offers = kept(&app, &app.ben).await;
    assert_eq!((offers.len(), offers[0].choices.len()), (1, 5));
}

#[tokio::test]
async fn after_three_changes_in_a_week_nothing_further_is_offered() {
    let app = TestApp::new().await;
    let said = "Would you like to talk with your practitioner, rest, or choose kind acts only?";
    for from in ["wish-self", "circle-short", "receive-care"] {
        let path = format!("/something-else?from={from}");
        let page = app.get(Some(&app.ben), &path).await.text;
        assert!(!page.contains(said), "{from}");
        let offer = kept(&app, &app.ben)
            .await
            .into_iter()
            .find(|offer| offer.from_practice == from)
            .unwrap();
        for _ in 0..2 {
            let practice = offer.offers[0].practice.clone();
            assert_eq!(
                choose(&app, &offer, &practice, "once").await,
                StatusCode::SEE_OTHER
            );
        }
    }
    let page = app
        .get(Some(&app.ben), "/something-else?from=friend-view")
        .await
        .text;
    assert!(page.contains(said) && !page.contains("Begin,"));
    assert!(kept(&app, &app.ben).await[0].message.is_some());
    // A week later the changes are over.
    app.app.clock.set("2026-12-01T12:00:00Z".parse().unwrap());
    let page = app
        .get(Some(&app.ben), "/something-else?from=friend-view")
        .await
        .text;
    assert!(!page.contains(said) && page.contains("Begin,"));
}

#[tokio::test]
async fn from_now_on_puts_it_in_the_others_place_in_the_plan_and_only_there() {
    let app = TestApp::new().await;
    let look = "/something-else?from=wish-loved-one";
    let words = "Do this instead from now on";
    assert!(!app.get(Some(&app.ben), look).await.text.contains(words));
    let plan = app.prescribe().await;
    let path = format!("/plans/{plan}/agreement");
    app.post(Some(&app.ben), &path, &PLAN).await;
    assert!(app.get(Some(&app.ben), look).await.text.contains(words));
    let offer = kept(&app, &app.ben).await.remove(0);
    let to = offer.offers[0].practice.clone();
    assert_eq!(
        choose(&app, &offer, &to, "from-now-on").await,
        StatusCode::SEE_OTHER
    );
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(record["plans"][0]["agreed"][0]["practice"], to.as_str());
    assert_eq!(
        record["plans"][0]["prescribed"][0]["practice"],
        "wish-loved-one"
    );
    assert_eq!(
        record["offers"][0]["choices"][0],
        json!({"practice": to, "how": "from-now-on", "at": app.app.clock.now()})
    );
    // What it took the place of is there no more, so it cannot be done again.
    assert_eq!(
        choose(&app, &offer, &offer.offers[1].practice, "from-now-on").await,
        StatusCode::CONFLICT
    );
    let offers = kept(&app, &app.ben).await;
    assert_eq!(offers[0].choices.len(), 1);
}

#[tokio::test]
async fn what_went_badly_since_it_was_shown_does_not_come_into_the_plan() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    let path = format!("/plans/{plan}/agreement");
    app.post(Some(&app.ben), &path, &PLAN).await;
    app.get(Some(&app.ben), "/something-else?from=wish-loved-one")
        .await;
    let offer = kept(&app, &app.ben).await.remove(0);
    let to = offer.offers[0].practice.clone();
    practise(
        &app,
        &app.ben,
        &[(&to, "2026-11-23", 5, -2, "nothing", true)],
    )
    .await;
    assert_eq!(
        choose(&app, &offer, &to, "from-now-on").await,
        StatusCode::CONFLICT
    );
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    assert_eq!(
        record["plans"][0]["agreed"][0]["practice"],
        "wish-loved-one"
    );
}

#[tokio::test]
async fn today_says_by_itself_that_something_else_might_fit_until_it_is_answered() {
    let card = "Would something else fit better?";
    let cases: [(&[Tapped<'_>], bool); 5] = [
        (&BAD[..1], false),
        (&BAD, true),
        (&[("wish-self", "2026-11-23", 8, -2, "nothing", true)], true),
        (
            &[
                ("wish-self", "2026-11-21", 8, 0, "nothing", false),
                ("wish-self", "2026-11-22", 8, 0, "nothing", false),
            ],
            true,
        ),
        (
            &[
                ("wish-self", "2026-11-12", 1, 0, "nothing", true),
                ("wish-self", "2026-11-13", 1, 0, "nothing", true),
            ],
            false,
        ),
    ];
    for (sittings, shown) in cases {
        let app = TestApp::new().await;
        practise(&app, &app.ben, sittings).await;
        let today = app.get(Some(&app.ben), "/today").await.text;
        assert_eq!(today.contains(card), shown, "{sittings:?}");
        if !shown {
            continue;
        }
        let from = sittings[0].0;
        let link = format!("/something-else?from={from}");
        assert!(today.contains(&link));
        app.get(Some(&app.ben), &link).await;
        let offer = kept(&app, &app.ben).await.remove(0);
        assert!(today.contains(&maud::html! { (offer.offers[0].reason) }.into_string()));
        assert_eq!(
            choose(&app, &offer, "none", "once").await,
            StatusCode::SEE_OTHER
        );
        let today = app.get(Some(&app.ben), "/today").await.text;
        assert!(!today.contains(card), "{sittings:?}");
    }
}

#[tokio::test]
async fn after_something_hard_the_floor_and_help_come_first_though_the_record_is_still_on_its_way()
{
    let app = TestApp::new().await;
    let link = "/something-else?from=wish-self&barrier=backdraft&effect=-2";
    let page = app.get(Some(&app.ben), link).await.text;
    let at = |words: &str| page.find(words).unwrap_or(usize::MAX);
    assert!(at("Feet on the floor, 1 minute") < at("Begin, "));
    assert!(page.contains("Kith sends no message"));
    let offer = kept(&app, &app.ben).await.remove(0);
    assert_eq!(offer.trigger, "much-worse");
    assert!(offer.tell_practitioner);
    for shown in &offer.offers {
        let practice = app.app.content.practice(&shown.practice).unwrap();
        assert_eq!(practice.load, 1);
    }
    // Words nobody can have tapped are let be.
    let odd = "/something-else?from=%27&barrier=%3Cb%3E&effect=99";
    assert_eq!(app.get(Some(&app.ben), odd).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_practitioner_sees_what_was_offered_only_while_it_is_shared() {
    let app = TestApp::new().await;
    practise(&app, &app.ben, &BAD).await;
    app.get(Some(&app.ben), "/something-else?from=wish-loved-one")
        .await;
    let offer = kept(&app, &app.ben).await.remove(0);
    choose(&app, &offer, "three-lines", "once").await;
    let client = format!("/clients/{}", app.ben.id);
    let page = app.get(Some(&app.amira), &client).await.text;
    for words in [
        "Offered instead, and why",
        "it fitted badly more than once",
        "this one works on paper",
        "this once",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let with = app.amira.id.clone();
    let withdrawal = "/me/consent/share/withdrawal";
    app.post(Some(&app.ben), withdrawal, &[("with", &with)])
        .await;
    let page = app.get(Some(&app.amira), &client).await.text;
    assert!(!page.contains("Offered instead") && !page.contains("this one works on paper"));
}

#[tokio::test]
async fn staff_who_practise_are_offered_what_is_meant_for_them_and_clients_are_not() {
    let app = TestApp::new().await;
    for (who, offered) in [(&app.amira, true), (&app.ben, false)] {
        let path = "/something-else?from=circle-short&barrier=time";
        let page = app.get(Some(who), path).await.text;
        assert_eq!(page.contains("Pause at the door"), offered, "{}", who.name);
    }
}

#[tokio::test]
async fn a_machine_gets_the_same_as_json() {
    let app = TestApp::new().await;
    let request = app
        .request(
            "GET",
            "/something-else?from=wish-self&barrier=time",
            Some(&app.ben),
        )
        .header("accept", "application/json")
        .body(axum::body::Body::empty())
        .unwrap();
    let told = app.send(request).await.json();
    assert_eq!(told["offers"][0]["practice"], "hand-rest-20s");
    assert_eq!(told["offers"][0]["probability"], 1.0);
    assert!(told["message"].is_null() && told["withheld"].is_array());
}
