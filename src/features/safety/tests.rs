//! Every row of every rule, and what follows from it through the whole program.

use axum::http::StatusCode;
use jiff::civil::{Date, date};
use kith_content::{Rules, Signal};
use proptest::prelude::*;
use serde_json::json;

use super::rules::{
    Decision, Known, Limits, MuchWorse, Noticed, Outcome, Standing, Step, asks_again, carried,
    half_of, limits, outcome, screen, stopped_by,
};
use crate::features::alerts::tests::{may_be_contacted, name_contact};
use crate::testing::{PLAN, Someone, TestApp, content};
use kith_base::clock::DAY;

fn noticed(effect: &str, bothersome: Option<i64>, lasting: bool) -> Noticed {
    Noticed {
        effect: effect.to_owned(),
        bothersome,
        lasting,
    }
}

#[test]
fn what_follows_from_an_unwanted_effect() {
    use Outcome::{Noted, Pause, Soften, Swap};
    let library = content();
    let safety = library.safety();
    let of = |noticed: &[Noticed]| outcome(noticed, &safety.effects, &safety.rules);
    assert_eq!(of(&[]), Outcome::None);
    for (effect, bothersome, lasting, follows) in [
        ("sleep", Some(0), false, Noted),
        ("sleep", None, false, Soften),
        ("sleep", Some(1), false, Soften),
        ("sleep", Some(2), false, Swap),
        ("sleep", Some(3), false, Pause),
        // Lasting more than a day, whatever the number.
        ("sleep", Some(0), true, Pause),
        ("low", Some(1), true, Pause),
        // Trouble with everyday things, whatever the number.
        ("daily", Some(0), false, Pause),
        ("daily", None, false, Pause),
    ] {
        let one = noticed(effect, bothersome, lasting);
        assert_eq!(of(std::slice::from_ref(&one)), follows, "{one:?}");
        // The gravest decides, wherever it stands.
        let mild = noticed("anxious", Some(0), false);
        assert_eq!(of(&[mild.clone(), one.clone()]), follows, "{one:?}");
        assert_eq!(of(&[one.clone(), mild]), follows, "{one:?}");
    }
    for outcome in [Outcome::None, Noted, Soften, Swap, Pause] {
        assert_eq!(Outcome::read(outcome.word()), outcome);
    }
    assert_eq!(Outcome::read("?"), Pause);
}

fn said(question: &str, answer: &str) -> (String, String) {
    (question.to_owned(), answer.to_owned())
}

#[test]
fn every_answer_before_a_programme_has_its_colour() {
    use Signal::{Amber, Green, Red};
    let library = content();
    let safety = library.safety();
    let table = [
        ("ending-life", "no", Green, false),
        ("ending-life", "thoughts", Amber, true),
        ("ending-life", "intent", Red, true),
        ("self-harm", "no", Green, false),
        ("self-harm", "yes", Red, true),
        ("reality", "no", Green, false),
        ("reality", "yes", Red, false),
        ("unreal", "no", Green, false),
        ("unreal", "yes", Amber, false),
        ("substances", "no", Green, false),
        ("substances", "yes", Amber, false),
        ("substances", "withdrawal", Red, false),
        ("loss", "no", Green, false),
        ("loss", "yes", Amber, false),
        ("home", "yes", Green, false),
        ("home", "unsure", Amber, true),
        ("home", "no", Red, true),
    ];
    // The table has every answer there is.
    let answers: usize = safety
        .questions
        .iter()
        .map(|question| question.answers.len())
        .sum();
    assert_eq!(answers, table.len());
    let of = |answers: &[(String, String)]| {
        screen(answers, &safety.questions, Known::default(), &safety.rules)
    };
    assert_eq!((of(&[]).signal, of(&[]).risk), (Green, false));
    for (question, answer, signal, risk) in table {
        let result = of(&[said(question, answer)]);
        assert_eq!(
            (result.signal, result.risk),
            (signal, risk),
            "{question} {answer}"
        );
    }
    // The gravest decides; an answer nobody knows was not a no.
    assert_eq!(
        of(&[said("self-harm", "yes"), said("loss", "yes")]).signal,
        Red
    );
    assert_eq!(
        of(&[said("loss", "yes"), said("self-harm", "no")]).signal,
        Amber
    );
    assert_eq!(of(&[said("loss", "?")]).signal, Amber);
}

#[test]
fn scores_count_where_somebody_has_measured() {
    use Signal::{Amber, Green, Red};
    let library = content();
    let safety = library.safety();
    let none = Known::default();
    for (known, signal) in [
        (none, Green),
        (
            Known {
                phq9: Some(14),
                ..none
            },
            Green,
        ),
        (
            Known {
                phq9: Some(15),
                ..none
            },
            Amber,
        ),
        (
            Known {
                phq9: Some(19),
                ..none
            },
            Amber,
        ),
        (
            Known {
                phq9: Some(20),
                ..none
            },
            Red,
        ),
        (
            Known {
                gad7: Some(14),
                ..none
            },
            Green,
        ),
        (
            Known {
                gad7: Some(15),
                ..none
            },
            Amber,
        ),
        (
            Known {
                gad7: Some(21),
                ..none
            },
            Amber,
        ),
        (
            Known {
                high_fears: Some(false),
                ..none
            },
            Green,
        ),
        (
            Known {
                high_fears: Some(true),
                ..none
            },
            Amber,
        ),
        (
            Known {
                eating_disorder: Some(false),
                ..none
            },
            Green,
        ),
        (
            Known {
                eating_disorder: Some(true),
                ..none
            },
            Amber,
        ),
    ] {
        let result = screen(&[], &safety.questions, known, &safety.rules);
        assert_eq!(result.signal, signal, "{known:?}");
        // A score never makes an answer milder.
        let red = [said("self-harm", "yes")];
        let result = screen(&red, &safety.questions, known, &safety.rules);
        assert_eq!(result.signal, Red, "{known:?}");
    }
}

const TODAY: Date = date(2026, 11, 23);

fn worse(id: &str, on: Date, received: i64) -> MuchWorse {
    MuchWorse {
        sitting_id: id.to_owned(),
        on,
        received_at: received * DAY,
    }
}

#[test]
fn two_much_worse_sittings_within_a_week_stop_a_programme() {
    let rules = Rules::default();
    let day = |number| date(2026, 11, number);
    // `now` is day 23 of a clock that counts days.
    let cases: [(&[MuchWorse], Option<&str>); 9] = [
        (&[], None),
        (&[worse("a", day(22), 22)], None),
        (
            &[worse("a", day(22), 22), worse("b", day(22), 22)],
            Some("b"),
        ),
        (
            &[worse("a", day(16), 16), worse("b", day(23), 23)],
            Some("b"),
        ),
        (&[worse("a", day(15), 15), worse("b", day(23), 23)], None),
        // Long ago, and known for long.
        (&[worse("a", day(10), 10), worse("b", day(12), 12)], None),
        // Long ago, and news today.
        (
            &[worse("a", day(10), 23), worse("b", day(12), 23)],
            Some("b"),
        ),
        // The newest pair is the cause.
        (
            &[
                worse("a", day(18), 18),
                worse("b", day(19), 19),
                worse("c", day(22), 22),
            ],
            Some("c"),
        ),
        // One that arrives late completes a pair with one that came before.
        (
            &[worse("a", day(10), 23), worse("b", day(14), 14)],
            Some("b"),
        ),
    ];
    for (sittings, cause) in cases {
        assert_eq!(
            stopped_by(sittings, &rules, 23 * DAY),
            cause,
            "{sittings:?}"
        );
    }
}

fn step(kind: &str, to_on: Option<Date>, minutes_most: Option<f64>) -> Step {
    Step {
        step_id: String::new(),
        kind: kind.to_owned(),
        cause: String::new(),
        cause_id: String::new(),
        at: 0,
        from_on: date(2026, 11, 20),
        to_on,
        load_most: 1,
        minutes_most,
        told: String::new(),
        looks_by_at: None,
        ended_at: None,
    }
}

#[test]
fn limits_hold_as_long_as_what_they_come_from() {
    let rules = Rules::default();
    let standing = |signal, decision| Some(Standing { signal, decision });
    let soften = step("soften", Some(date(2026, 11, 23)), Some(4.0));
    let over = step("soften", Some(date(2026, 11, 22)), Some(4.0));
    let ended = Step {
        ended_at: Some(1),
        ..soften.clone()
    };
    let restart = step("restart", Some(date(2026, 12, 1)), None);
    type Case = (Vec<Step>, Option<Standing>, (u8, Option<f64>, bool));
    let cases: [Case; 10] = [
        (vec![], None, (3, None, false)),
        (vec![], standing(Signal::Green, None), (3, None, false)),
        (vec![], standing(Signal::Amber, None), (1, Some(10.0), true)),
        (vec![], standing(Signal::Red, None), (1, Some(10.0), true)),
        (
            vec![],
            standing(Signal::Red, Some(Decision::Light)),
            (1, Some(10.0), true),
        ),
        (
            vec![],
            standing(Signal::Red, Some(Decision::NotNow)),
            (1, Some(10.0), true),
        ),
        (
            vec![],
            standing(Signal::Red, Some(Decision::AsPlanned)),
            (3, None, false),
        ),
        (
            vec![soften.clone()],
            standing(Signal::Amber, None),
            (1, Some(4.0), true),
        ),
        (vec![over, ended], None, (3, None, false)),
        (vec![restart], None, (1, None, false)),
    ];
    for (steps, standing, (load, minutes, eyes_open)) in cases {
        let found = limits(&steps, standing, TODAY, &rules);
        assert_eq!(
            (found.load_most, found.minutes_most, found.eyes_open),
            (load, minutes, eyes_open),
            "{steps:?} {standing:?}"
        );
        assert_eq!(found.because.is_empty(), found == Limits::NONE);
    }
    assert_eq!(
        limits(&[soften], None, TODAY, &rules).because,
        "you noticed something unwanted"
    );
}

#[test]
fn amber_is_asked_about_again_after_a_week() {
    let rules = Rules::default();
    for (signal, days, again) in [
        (Signal::Amber, 6, false),
        (Signal::Amber, 7, true),
        (Signal::Green, 70, false),
        (Signal::Red, 70, false),
    ] {
        let taken_on = TODAY.checked_sub(jiff::Span::new().days(days)).unwrap();
        assert_eq!(
            asks_again(signal, taken_on, TODAY, &rules),
            again,
            "{signal} {days}"
        );
    }
    assert_eq!(half_of([5.0, 10.0, 3.0].into_iter()), Some(5.0));
    assert_eq!(half_of([1.0].into_iter()), Some(1.0));
    assert_eq!(half_of(std::iter::empty()), None);
}

async fn agree(app: &TestApp) {
    let plan = app.prescribe().await;
    let path = format!("/plans/{plan}/agreement");
    let answer = app.post(Some(&app.ben), &path, &PLAN).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

async fn check(app: &TestApp, fields: &[(&str, &str)]) {
    let answer = app
        .post(Some(&app.ben), "/me/unwanted-effects", fields)
        .await;
    assert_eq!(answer.place, "/me/unwanted-effects", "{}", answer.text);
}

async fn get(app: &TestApp, who: &Someone, path: &str) -> String {
    let answer = app.get(Some(who), path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.text
}

async fn share(app: &TestApp, given: bool) {
    let path = if given {
        "/me/consent/share"
    } else {
        "/me/consent/share/withdrawal"
    };
    let with = app.amira.id.clone();
    app.post(Some(&app.ben), path, &[("with", &with)]).await;
}

#[tokio::test]
async fn the_checklist_says_how_common_it_is_and_asks_eight_things() {
    let app = TestApp::new().await;
    let page = get(&app, &app.ben, "/me/unwanted-effects").await;
    for words in ["83 of 100", "is not known"] {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(page.matches("-lasting\"").count(), 8);
    assert!(
        get(&app, &app.ben, "/today")
            .await
            .contains("/me/unwanted-effects")
    );
    assert!(
        get(&app, &app.ben, "/me")
            .await
            .contains("/me/unwanted-effects")
    );
}

#[tokio::test]
async fn something_mild_halves_the_minutes_and_she_can_undo_it() {
    let app = TestApp::new().await;
    agree(&app).await;
    assert!(get(&app, &app.ben, "/today").await.contains("value=\"5\""));
    check(&app, &[("sleep", "yes"), ("sleep-bothersome", "1")]).await;
    let page = get(&app, &app.ben, "/me/unwanted-effects").await;
    assert!(
        page.contains("your minutes are halved, to 3 minutes at most")
            && page.contains("29 November")
    );
    assert!(!page.contains("Something of another kind"));
    let today = app.get(Some(&app.ben), "/today").await.text;
    // The practice itself takes four minutes at least.
    assert!(
        today.contains("value=\"4\"") || today.contains("value=\"3\""),
        "{today}"
    );
    assert!(today.contains("because you noticed something unwanted"));
    assert!(
        !get(&app, &app.amira, "/caseload")
            .await
            .contains("An alert waits")
    );
    let client = get(&app, &app.amira, &format!("/clients/{}", app.ben.id)).await;
    assert!(client.contains("Sleeping worse: a little"));
    app.post(
        Some(&app.ben),
        "/me/safety-steps/ending",
        &[("kind", "soften")],
    )
    .await;
    let today = get(&app, &app.ben, "/today").await;
    assert!(today.contains("value=\"5\"") && !today.contains("because you noticed"));
    assert!(
        get(&app, &app.ben, "/me")
            .await
            .contains("went back to the usual length")
    );
}

#[tokio::test]
async fn something_more_bothersome_offers_another_kind_besides() {
    let app = TestApp::new().await;
    check(&app, &[("anxious", "yes"), ("anxious-bothersome", "2")]).await;
    let page = get(&app, &app.ben, "/me/unwanted-effects").await;
    assert!(
        page.contains("Something of another kind") && page.contains("href=\"/something-else\"")
    );
    assert!(page.contains("Nobody else was told."));
}

#[tokio::test]
async fn what_lasts_pauses_the_plan_tells_the_practitioner_and_shows_help() {
    let app = TestApp::new().await;
    agree(&app).await;
    // Said to last, though not ticked: it counts.
    check(&app, &[("memories-lasting", "yes")]).await;
    for path in ["/me/unwanted-effects", "/today"] {
        let page = get(&app, &app.ben, path).await;
        for words in [
            "Your plan is paused",
            "Amira will find a note",
            "href=\"/help\"",
            "Go on, gently",
        ] {
            assert!(page.contains(words), "{path}: {words}");
        }
    }
    let today = get(&app, &app.ben, "/today").await;
    assert!(!today.contains("/practise/wish-loved-one"));
    let page = get(&app, &app.amira, "/caseload").await;
    assert!(
        page.contains("An alert waits for you")
            && page.contains("An unwanted effect that was hard to bear")
    );
    let client = get(&app, &app.amira, &format!("/clients/{}", app.ben.id)).await;
    assert!(
        client.contains("Memories that push their way in, for more than a day")
            && client.contains("paused since today")
    );
    // She goes on herself, with light practices for a fortnight.
    app.post(
        Some(&app.ben),
        "/me/safety-steps/ending",
        &[("kind", "pause")],
    )
    .await;
    let today = get(&app, &app.ben, "/today").await;
    assert!(
        today.contains("/practise/wish-loved-one")
            && today.contains("beginning again after a pause")
    );
    assert!(
        get(&app, &app.ben, "/me/unwanted-effects")
            .await
            .contains("value=\"restart\"")
    );
    let me = get(&app, &app.ben, "/me").await;
    assert!(me.contains("paused the plan by rule") && me.contains("went on after a pause"));
}

#[tokio::test]
async fn whoever_shares_with_nobody_is_told_that_nobody_knows() {
    let app = TestApp::new().await;
    agree(&app).await;
    share(&app, false).await;
    check(&app, &[("daily", "yes")]).await;
    let page = get(&app, &app.ben, "/me/unwanted-effects").await;
    assert!(page.contains("Your plan is paused") && page.contains("Nobody has been told of it"));
    let page = get(&app, &app.amira, "/caseload").await;
    assert!(!page.contains("An alert waits"));
    let client = get(&app, &app.amira, &format!("/clients/{}", app.ben.id)).await;
    assert!(!client.contains("everyday things") && !client.contains("Safety"));
}

#[tokio::test]
async fn nothing_noticed_changes_nothing() {
    let app = TestApp::new().await;
    agree(&app).await;
    check(&app, &[]).await;
    check(&app, &[("sleep", "yes"), ("sleep-bothersome", "0")]).await;
    let today = get(&app, &app.ben, "/today").await;
    assert!(
        today.contains("value=\"5\"") && !today.contains("because"),
        "{today}"
    );
    let odd = app
        .post(
            Some(&app.ben),
            "/me/unwanted-effects",
            &[("sleep-bothersome", "9")],
        )
        .await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn much_worse(app: &TestApp, number: u32, on: &str) {
    let record = json!([{
        "id": format!("018f3a5c-7b00-7000-8000-{number:012}"), "practice": "wish-self", "revision": "x",
        "started_at": format!("{on}T08:30:00+01:00"), "minutes": 3, "seconds_heard": 60,
        "finished": false, "fit": 2, "effect": -2, "barrier": null,
    }]);
    let answer = app
        .post_json(Some(&app.ben), "/sittings", &record.to_string())
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn two_much_worse_sittings_pause_the_plan_though_nobody_comes_back_to_look() {
    // Whoever looks first: the client, the practitioner, or nobody but the clock.
    for looks in ["client", "caseload", "page", "clock"] {
        let app = TestApp::new().await;
        agree(&app).await;
        much_worse(&app, 1, "2026-11-17").await;
        super::look_round(&app.app).await.unwrap();
        assert!(
            !get(&app, &app.ben, "/today").await.contains("paused"),
            "{looks}"
        );
        much_worse(&app, 2, "2026-11-22").await;
        match looks {
            "client" => drop(get(&app, &app.ben, "/today").await),
            "caseload" => drop(get(&app, &app.amira, "/caseload").await),
            "page" => drop(get(&app, &app.amira, &format!("/clients/{}", app.ben.id)).await),
            _ => super::look_round(&app.app).await.unwrap(),
        }
        super::look_round(&app.app).await.unwrap();
        let page = get(&app, &app.amira, "/alerts").await;
        assert_eq!(page.matches("I have seen it").count(), 1, "{looks}");
        assert!(
            page.contains("left them much worse more than once"),
            "{looks}"
        );
        let today = get(&app, &app.ben, "/today").await;
        assert!(
            today.contains("left you much worse more than once")
                && today.contains("Amira will find a note"),
            "{looks}"
        );
        // Once she goes on, the same two do not stop her again; a third one does.
        app.post(
            Some(&app.ben),
            "/me/safety-steps/ending",
            &[("kind", "pause")],
        )
        .await;
        super::look_round(&app.app).await.unwrap();
        assert!(
            !get(&app, &app.ben, "/today")
                .await
                .contains("Your plan is paused"),
            "{looks}"
        );
        much_worse(&app, 3, "2026-11-23").await;
        super::look_round(&app.app).await.unwrap();
        assert!(
            get(&app, &app.ben, "/today")
                .await
                .contains("Your plan is paused"),
            "{looks}"
        );
    }
}

#[tokio::test]
async fn a_row_nobody_can_read_holds_up_no_alert() {
    let app = TestApp::new().await;
    crate::features::alerts::tests::alert_to(&app, &[&app.amira]).await;
    much_worse(&app, 1, "2026-11-21").await;
    much_worse(&app, 2, "2026-11-22").await;
    let spoil = "update sitting set started_on = 'never' where clinic_id = $1";
    let clinic = app.ben.clinic_id.clone();
    app.app
        .db
        .write(move |tx| tx.exec(spoil, &[clinic.as_str().into()]))
        .await
        .unwrap();
    let soon = app.app.clock.now() + 1000;
    let soon = jiff::Timestamp::from_millisecond(soon).unwrap();
    app.app.clock.set(soon);
    super::look_round(&app.app).await.unwrap();
    // What was overdue has been passed on.
    let (seen, clinic) = (app.app.clone(), app.ben.clinic_id.clone());
    let unseen = seen
        .db
        .read(move |tx| crate::features::alerts::store::count_unseen(tx, &clinic))
        .await;
    assert_eq!(unseen.unwrap(), 1);
}

#[tokio::test]
async fn without_a_contact_nothing_about_risk_is_asked_and_the_page_says_that_nobody_watches() {
    let app = TestApp::new().await;
    let page = get(&app, &app.ben, "/me/screening").await;
    for question in ["ending-life", "self-harm", "home"] {
        assert!(
            !page.contains(&format!("name=\"{question}\"")),
            "{question}"
        );
    }
    assert_eq!(page.matches("I leave this out").count(), 4);
    assert!(page.contains("Nobody is watching") && page.contains("href=\"/help\""));
    name_contact(&app).await;
    let page = get(&app, &app.ben, "/me/screening").await;
    assert_eq!(page.matches("I leave this out").count(), 7);
    for words in [
        "Amira looks at these answers on weekdays from 9 to 17",
        "within 4 of these hours",
        "You have not agreed to be contacted",
    ] {
        assert!(page.contains(words), "{words}");
    }
    may_be_contacted(&app, true).await;
    assert!(
        !get(&app, &app.ben, "/me/screening")
            .await
            .contains("You have not agreed")
    );
}

async fn answers(app: &TestApp, fields: &[(&str, &str)]) -> String {
    app.post(Some(&app.ben), "/me/screening", fields)
        .await
        .place
}

#[tokio::test]
async fn green_amber_and_red_say_what_they_mean_and_refuse_nobody_silently() {
    let app = TestApp::new().await;
    agree(&app).await;
    let client = format!("/clients/{}", app.ben.id);
    assert_eq!(
        answers(
            &app,
            &[("loss", "no"), ("substances", "no"), ("unreal", "")]
        )
        .await,
        "/me/screening"
    );
    assert!(
        get(&app, &app.ben, "/me/screening")
            .await
            .contains("You left out 2 questions. Nothing in what you answered asks")
    );
    let page = get(&app, &app.amira, &client).await;
    assert!(!page.contains("Green") && page.contains("2 of the questions left out"));

    assert_eq!(answers(&app, &[("loss", "yes")]).await, "/me/screening");
    assert!(
        get(&app, &app.ben, "/me/screening")
            .await
            .contains("light practices only, up to 10 minutes")
    );
    let today = get(&app, &app.ben, "/today").await;
    assert!(
        today.contains("name=\"eyes_closed\" value=\"no\"")
            && today.contains("of what you answered")
    );
    let page = get(&app, &app.amira, &client).await;
    assert!(
        page.contains("Amber: light")
            && page.contains("within eight weeks")
            && !page.contains("Record what you decided")
    );
    assert!(
        !get(&app, &app.amira, "/caseload")
            .await
            .contains("An alert waits")
    );
    app.app.clock.set("2026-11-30T12:00:00Z".parse().unwrap());
    assert!(get(&app, &app.ben, "/today").await.contains("once more"));
    app.app.clock.set("2026-11-23T12:00:00Z".parse().unwrap());

    // Red: help first, then what follows; practising by oneself stays open.
    assert_eq!(
        answers(&app, &[("reality", "yes")]).await,
        "/help?after=screening"
    );
    assert!(
        get(&app, &app.ben, "/help?after=screening")
            .await
            .contains("href=\"/me/screening\"")
    );
    let page = get(&app, &app.ben, "/me/screening").await;
    assert!(
        page.contains("Your plan is paused")
            && page.contains("stay open to you")
            && !page.contains("Go on, gently")
    );
    assert_eq!(
        app.get(Some(&app.ben), "/practise/soles-ground?minutes=1")
            .await
            .status,
        StatusCode::OK
    );
    assert!(
        get(&app, &app.amira, "/caseload")
            .await
            .contains("ask for a talk first")
    );
    // The pause is not hers to end by a button; other answers end it.
    app.post(
        Some(&app.ben),
        "/me/safety-steps/ending",
        &[("kind", "pause")],
    )
    .await;
    assert!(
        get(&app, &app.ben, "/today")
            .await
            .contains("Your plan is paused")
    );
    answers(&app, &[("reality", "no")]).await;
    let today = get(&app, &app.ben, "/today").await;
    assert!(!today.contains("Your plan is paused") && today.contains("/practise/wish-loved-one"));
}

#[tokio::test]
async fn an_answer_about_risk_reaches_the_contact_and_shows_help_first() {
    for (contacted, told) in [(true, true), (false, false)] {
        let app = TestApp::new().await;
        name_contact(&app).await;
        may_be_contacted(&app, contacted).await;
        share(&app, false).await;
        assert_eq!(
            answers(&app, &[("ending-life", "thoughts")]).await,
            "/help?after=screening"
        );
        let page = get(&app, &app.amira, "/alerts").await;
        assert_eq!(page.contains("An answer about risk"), told);
        // Not what was answered.
        assert!(
            !page.contains("Thoughts of") && !page.contains("their life"),
            "{page}"
        );
    }
}

/// The newest screening of Ben; nothing when there is none.
async fn newest_screening(app: &TestApp) -> String {
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    let all = record["safety"]["screenings"].as_array().unwrap();
    let newest = all.last().map(|one| one["screening_id"].as_str().unwrap());
    newest.unwrap_or_default().to_owned()
}

#[test]
fn the_newest_earlier_answer_stands_for_what_is_left_out() {
    let said = |pairs: &[(&str, &str)]| -> Vec<_> {
        let pairs = pairs.iter();
        pairs
            .map(|(question, answer)| said(question, answer))
            .collect()
    };
    let earlier = said(&[("loss", "no"), ("home", "no"), ("loss", "yes")]);
    for (answers, stands) in [
        (&[][..], &[("loss", "no"), ("home", "no")][..]),
        (&[("home", "yes")], &[("loss", "no")]),
        (&[("loss", "yes"), ("home", "yes")], &[]),
        (&[("reality", "no")], &[("loss", "no"), ("home", "no")]),
    ] {
        assert_eq!(carried(&said(answers), earlier.iter()), said(stands));
    }
}

#[tokio::test]
async fn what_is_left_out_lifts_nothing_and_is_never_called_green() {
    let leave = [("leave", "all")];
    let client = |app: &TestApp| format!("/clients/{}", app.ben.id);
    let app = TestApp::new().await;
    agree(&app).await;
    // No answer at all is no screening.
    let page = app.post(Some(&app.ben), "/me/screening", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text
            .contains("Nothing was answered, so nothing has changed.")
    );
    assert_eq!(newest_screening(&app).await, "");
    // Leaving all out is written down as that.
    answers(&app, &leave).await;
    assert!(
        get(&app, &app.ben, "/me/screening")
            .await
            .contains("You left the questions out")
    );
    let page = get(&app, &app.amira, &client(&app)).await;
    assert!(
        page.contains("left the questions out") && !page.contains("Green"),
        "{page}"
    );
    answers(&app, &[("reality", "yes"), ("loss", "no")]).await;
    // Nothing, everything left out, other questions answered: the red answer stands.
    for fields in [&[][..], &leave, &[("loss", "no")], &[("loss", "yes")]] {
        app.post(Some(&app.ben), "/me/screening", fields).await;
        let today = get(&app, &app.ben, "/today").await;
        assert!(today.contains("Your plan is paused"), "{fields:?}");
        let page = get(&app, &app.amira, &client(&app)).await;
        assert!(
            page.contains("Red: please talk") && !page.contains("Green"),
            "{fields:?}"
        );
        assert!(page.contains("To talk about:"), "{fields:?}");
    }
    // Only the question itself, answered again, lifts it; the amber answer beside it stands.
    answers(&app, &[("reality", "no")]).await;
    assert!(
        !get(&app, &app.ben, "/today")
            .await
            .contains("Your plan is paused")
    );
    let page = get(&app, &app.amira, &client(&app)).await;
    assert!(page.contains("Amber: light"), "{page}");
}

#[tokio::test]
async fn leaving_all_out_takes_no_decision_back() {
    let app = TestApp::new().await;
    agree(&app).await;
    answers(&app, &[("reality", "yes")]).await;
    let id = newest_screening(&app).await;
    let fields = [
        ("decision", "as-planned"),
        ("reason", "We talked."),
        ("screening_id", &id),
    ];
    let path = format!("/clients/{}/screening-decisions", app.ben.id);
    app.post(Some(&app.amira), &path, &fields).await;
    answers(&app, &[("leave", "all")]).await;
    let today = get(&app, &app.ben, "/today").await;
    assert!(!today.contains("Your plan is paused") && !today.contains("for now, because"));
    let page = get(&app, &app.ben, "/me/screening").await;
    assert!(page.contains("Amira decided"), "{page}");
}

#[tokio::test]
async fn a_decision_is_about_the_answers_that_were_read() {
    let app = TestApp::new().await;
    agree(&app).await;
    answers(&app, &[("reality", "yes")]).await;
    let page = get(&app, &app.amira, &format!("/clients/{}", app.ben.id)).await;
    let read = newest_screening(&app).await;
    assert!(page.contains(&format!("name=\"screening_id\" value=\"{read}\"")));
    answers(&app, &[("reality", "yes"), ("substances", "withdrawal")]).await;
    let newest = newest_screening(&app).await;
    let path = format!("/clients/{}/screening-decisions", app.ben.id);
    for (id, status) in [
        ("", StatusCode::CONFLICT),
        (read.as_str(), StatusCode::CONFLICT),
        (newest.as_str(), StatusCode::SEE_OTHER),
    ] {
        let fields = [
            ("decision", "as-planned"),
            ("reason", "We talked."),
            ("screening_id", id),
        ];
        let answer = app.post(Some(&app.amira), &path, &fields).await;
        assert_eq!(answer.status, status);
        let refused = answer
            .text
            .contains("They have answered again; please read it first.");
        assert_eq!(refused, status == StatusCode::CONFLICT);
        let paused = get(&app, &app.ben, "/today")
            .await
            .contains("Your plan is paused");
        assert_eq!(paused, refused);
    }
}

#[tokio::test]
async fn a_named_clinician_decides_with_a_reason_and_it_is_written_down() {
    let app = TestApp::new().await;
    agree(&app).await;
    let path = format!("/clients/{}/screening-decisions", app.ben.id);
    let decide = async |decision: &str, reason: &str| {
        let id = newest_screening(&app).await;
        let fields = [
            ("decision", decision),
            ("reason", reason),
            ("screening_id", &id),
        ];
        app.post(Some(&app.amira), &path, &fields).await
    };
    assert_eq!(
        decide("light", "We talked.").await.status,
        StatusCode::CONFLICT
    );
    answers(&app, &[("reality", "yes")]).await;
    for (decision, reason) in [("light", ""), ("whatever", "We talked."), ("", "")] {
        assert_eq!(
            decide(decision, reason).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{decision}"
        );
    }
    assert!(
        get(&app, &app.ben, "/today")
            .await
            .contains("Your plan is paused")
    );
    assert_eq!(
        decide("light", "We talked, and want to try.").await.status,
        StatusCode::SEE_OTHER
    );
    let today = get(&app, &app.ben, "/today").await;
    assert!(today.contains("/practise/wish-loved-one") && today.contains("Light practices only"));
    for (who, page) in [
        (&app.ben, "/me/screening".to_owned()),
        (&app.amira, format!("/clients/{}", app.ben.id)),
    ] {
        let page = get(&app, who, &page).await;
        assert!(
            page.contains("Amira decided") && page.contains("We talked, and want to try."),
            "{}",
            who.name
        );
    }
    assert!(
        get(&app, &app.ben, "/me")
            .await
            .contains("decided after the answers")
    );
    decide("not-now", "It is too much.").await;
    assert!(
        get(&app, &app.ben, "/today")
            .await
            .contains("Your plan is paused")
    );
    decide("as-planned", "It has passed.").await;
    let today = get(&app, &app.ben, "/today").await;
    assert!(
        today.contains("value=\"5\"") && !today.contains("for now, because"),
        "{today}"
    );
    // Without her leave nobody sees or decides anything.
    share(&app, false).await;
    assert_eq!(
        decide("light", "We talked.").await.status,
        StatusCode::NOT_FOUND
    );
    assert!(
        !get(&app, &app.amira, &format!("/clients/{}", app.ben.id))
            .await
            .contains("Amira decided")
    );
}

#[tokio::test]
async fn everything_of_it_goes_along_and_is_erased() {
    let app = TestApp::new().await;
    name_contact(&app).await;
    may_be_contacted(&app, true).await;
    agree(&app).await;
    check(&app, &[("sleep", "yes"), ("sleep-lasting", "yes")]).await;
    answers(&app, &[("self-harm", "yes"), ("loss", "yes")]).await;
    app.post(Some(&app.ben), "/me/safety-plan", &[("signs", "Silence.")])
        .await;
    let path = format!("/clients/{}/screening-decisions", app.ben.id);
    let id = newest_screening(&app).await;
    let fields = [
        ("decision", "light"),
        ("reason", "We talked."),
        ("screening_id", &id),
    ];
    app.post(Some(&app.amira), &path, &fields).await;
    let record = app.get(Some(&app.ben), "/me/record.json").await.json();
    let safety = &record["safety"];
    assert_eq!(
        safety["unwanted_effects"][0]["noticed"][0]["effect"],
        "sleep"
    );
    assert_eq!(safety["screenings"][0]["result"], "red");
    assert_eq!(
        safety["screenings"][0]["answers"].as_array().unwrap().len(),
        2
    );
    assert_eq!(safety["decisions"][0]["reason"], "We talked.");
    assert!(safety["alerts"].as_array().unwrap().len() >= 3, "{safety}");
    assert!(!record["plans"][0]["pauses"].as_array().unwrap().is_empty());
    app.post(Some(&app.ben), "/me/erasure", &[("word", "erase")])
        .await;
    let mut copy = Vec::new();
    let left = app
        .app
        .db
        .read(move |tx| {
            tx.copy_out(&mut copy)
                .map(|_| String::from_utf8(copy).unwrap())
        })
        .await
        .unwrap();
    for table in [
        "alert",
        "alert_event",
        "alert_waiting",
        "unwanted_check",
        "unwanted_effect",
        "safety_step",
        "screening",
        "screening_answer",
        "screening_decision",
        "safety_plan",
        "plan_pause",
    ] {
        assert!(
            !left.contains(&format!("{{\"table\":\"{table}\"")),
            "{table}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_sent_is_kept_or_refused_and_never_breaks_anything(
        fields in proptest::collection::vec(("(sleep|daily|loss|home|reality|kind|ending-life)(-bothersome|-lasting)?", "(yes|no|[0-4]|intent|\\PC{0,8})"), 0..6)
    ) {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let app = TestApp::new().await;
            for path in ["/me/unwanted-effects", "/me/screening", "/me/safety-steps/ending", "/me/safety-plan"] {
                let status = app.post(Some(&app.ben), path, &fields).await.status;
                // Nothing answered is answered by the page.
                let again = path == "/me/screening" && status == StatusCode::OK;
                assert!(again || status == StatusCode::SEE_OTHER || status == StatusCode::UNPROCESSABLE_ENTITY, "{path}: {status}");
            }
            for path in ["/today", "/me/unwanted-effects", "/me/screening", "/help"] {
                assert_eq!(app.get(Some(&app.ben), path).await.status, StatusCode::OK);
            }
        });
    }
}
