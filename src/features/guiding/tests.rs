//! In the room: what is read, what is said, and what is known before.

use axum::http::StatusCode;
use jiff::civil::{Date, date};
use kith_content::{Asked, File, Library, guided};
use serde_json::{Value, json};

use super::rules::{Brief, Change, Question, brief};
use crate::features::plans::{Plan, PlanPractice, State};
use crate::features::progress::rules::Attention;
use crate::features::sittings::Sitting;
use crate::testing::{TestApp, content};

const TODAY: Date = date(2026, 11, 23);
/// Noon of that day.
const NOW: i64 = 1_795_435_200_000;

fn back(days: i64) -> String {
    TODAY
        .checked_sub(jiff::Span::new().days(days))
        .unwrap()
        .to_string()
}

fn sitting(days: i64, fit: Option<i64>, effect: Option<i64>, barrier: &str) -> Sitting {
    Sitting {
        id: String::new(),
        practice: "wish-loved-one".to_owned(),
        revision: String::new(),
        started_at: NOW - days * 86_400_000,
        started_on: back(days),
        minutes: 5.0,
        seconds_heard: 300,
        finished: true,
        fit,
        effect,
        barrier: Some(barrier.to_owned()),
        received_at: NOW - days * 86_400_000,
    }
}

fn plan(state: State, weekdays: &str, days: i64) -> Plan {
    let practice = PlanPractice {
        practice: "wish-loved-one".to_owned(),
        minutes: 5.0,
        weekdays: weekdays.to_owned(),
        first_day: 1,
        last_day: None,
        routine: "after breakfast".to_owned(),
        smallest_practice: "hand-rest-20s".to_owned(),
        smallest_minutes: 1.0,
    };
    Plan {
        plan_id: format!("{days}"),
        state,
        starts_on: back(days).parse().unwrap(),
        prescribed: vec![practice.clone()],
        agreed: if state == State::Agreed {
            vec![practice]
        } else {
            Vec::new()
        },
        ..Plan::default()
    }
}

fn told(sittings: &[Sitting], plans: &[Plan]) -> Brief {
    brief(
        Some(sittings),
        plans,
        &[],
        &content(),
        date(2026, 9, 1),
        (NOW, TODAY),
    )
}

#[test]
fn days_are_kept_when_anything_was_practised_on_them() {
    let every_other = |days: std::ops::Range<i64>| -> Vec<Sitting> {
        days.rev()
            .step_by(2)
            .map(|back| sitting(back, None, None, "nothing"))
            .collect()
    };
    let cases = [
        // Nine of fourteen: eight weeks agreed, every day; today is still open.
        (
            "every day",
            plan(State::Agreed, "1234567", 50),
            every_other(1..14),
            Some((7, 13)),
        ),
        (
            "done today too",
            plan(State::Agreed, "1234567", 50),
            every_other(0..13),
            Some((7, 14)),
        ),
        // The 23rd is a Monday: two Mondays lie in the fortnight, and the open one does not count.
        (
            "Mondays",
            plan(State::Agreed, "1", 50),
            every_other(1..14),
            Some((1, 1)),
        ),
        (
            "agreed three days ago",
            plan(State::Agreed, "1234567", 3),
            Vec::new(),
            Some((0, 3)),
        ),
        (
            "agreed today",
            plan(State::Agreed, "1234567", 0),
            Vec::new(),
            None,
        ),
        (
            "only offered",
            plan(State::Offered, "1234567", 9),
            every_other(1..14),
            None,
        ),
        (
            "over",
            plan(State::Ended, "1234567", 50),
            every_other(1..14),
            None,
        ),
    ];
    for (name, plan, sittings, kept) in cases {
        assert_eq!(
            told(&sittings, &[plan]).record.unwrap().kept,
            kept,
            "{name}"
        );
    }
}

#[test]
fn what_fits_and_what_does_not_is_told_of_practices_rated_twice() {
    let mut sittings = vec![
        sitting(6, Some(8), Some(1), "time"),
        sitting(5, Some(9), Some(2), "nothing"),
        sitting(4, Some(1), None, "flat"),
        sitting(3, Some(2), Some(0), "flat"),
        sitting(2, Some(10), Some(1), "time"),
    ];
    for (place, practice) in [(2, "wish-self"), (3, "wish-self"), (4, "savour-small")] {
        sittings[place].practice = practice.to_owned();
    }
    let record = told(&sittings, &[]).record.unwrap();
    assert_eq!(record.fits, Some(("wish-loved-one".to_owned(), 8.5)));
    assert_eq!(record.misfits, Some(("wish-self".to_owned(), 1.5)));
    // Two each: the later one is told.
    assert_eq!(record.barrier, Some(("time".to_owned(), 2)));
    assert_eq!(record.left, Some(1));
    assert_eq!((record.kept, record.days), (None, 5));
    assert_eq!(record.change, None);
}

#[test]
fn between_better_and_the_same_the_lesser_is_told() {
    for (effects, left) in [
        (vec![0, 1], Some(0)),
        (vec![-1, 0], Some(-1)),
        (vec![1, 1, 2], Some(1)),
        (vec![], None),
    ] {
        let sittings: Vec<_> = (1..)
            .zip(effects)
            .map(|(back, effect)| sitting(back, None, Some(effect), "nothing"))
            .collect();
        assert_eq!(told(&sittings, &[]).record.unwrap().left, left);
    }
}

#[test]
fn a_change_is_told_when_it_is_worth_a_word() {
    let fortnight = |days: i64, from: i64, fit: i64| -> Vec<Sitting> {
        (from..from + days)
            .rev()
            .map(|back| sitting(back, Some(fit), None, "nothing"))
            .collect()
    };
    let cases = [
        (5, 5, 5, 6, None),
        (9, 4, 3, 5, Some(Change::Days(3, 9))),
        (0, 4, 9, 5, Some(Change::Days(9, 0))),
        (5, 8, 5, 5, Some(Change::Fit(5.0, 8.0))),
        (5, 2, 4, 6, Some(Change::Fit(6.0, 2.0))),
        // Nothing before: nothing to compare with.
        (9, 8, 0, 0, None),
    ];
    for (days, fit, days_before, fit_before, change) in cases {
        let mut sittings = fortnight(days_before, 14, fit_before);
        sittings.extend(fortnight(days, 0, fit));
        assert_eq!(
            told(&sittings, &[]).record.unwrap().change,
            change,
            "{days} {fit}"
        );
    }
}

#[test]
fn the_question_follows_what_matters_most() {
    let agreed = [plan(State::Agreed, "1234567", 40)];
    let daily = |effect, fit, barrier: &str| -> Vec<Sitting> {
        (1..9)
            .rev()
            .map(|back| sitting(back, Some(fit), Some(effect), barrier))
            .collect()
    };
    let cases = [
        (
            daily(-2, 1, "backdraft"),
            &agreed[..],
            Attention::MuchWorse,
            Question::AfterHard,
        ),
        (
            daily(0, 2, "time"),
            &agreed[..],
            Attention::PoorFit,
            Question::Misfit,
        ),
        (Vec::new(), &agreed[..], Attention::Quiet, Question::Quiet),
        (
            daily(1, 8, "time"),
            &[plan(State::Offered, "1", 2)][..],
            Attention::Waiting,
            Question::Offer,
        ),
        (
            daily(1, 8, "time"),
            &[][..],
            Attention::NoPlan,
            Question::Nothing,
        ),
        (
            daily(1, 8, "time"),
            &agreed[..],
            Attention::Steady,
            Question::Barrier,
        ),
        (
            daily(1, 8, "nothing"),
            &agreed[..],
            Attention::Steady,
            Question::Steady,
        ),
    ];
    for (sittings, plans, attention, question) in cases {
        let told = told(&sittings, plans);
        assert_eq!((told.attention, told.question), (attention, question));
        assert_eq!(
            told.why.is_empty(),
            matches!(attention, Attention::Steady | Attention::NoPlan)
        );
    }
    let private = brief(None, &agreed, &[], &content(), TODAY, (NOW, TODAY));
    assert_eq!(
        (private.record, private.question),
        (None, Question::Private)
    );
}

/// What stands in `main`, without its markup.
fn words_of(page: &str) -> String {
    let main = &page[page.find("<main").unwrap()..page.find("</main>").unwrap()];
    let mut words = String::new();
    let mut inside = false;
    for letter in main.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                words.push(' ');
            }
            _ if !inside => words.push(letter),
            _ => {}
        }
    }
    words
}

#[tokio::test]
async fn the_summary_is_short_says_what_matters_and_is_written_down() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    app.post(
        Some(&app.ben),
        &format!("/plans/{plan}/agreement"),
        &crate::testing::PLAN,
    )
    .await;
    let record = |number: u32, day: u32, fit: i64, effect: i64| {
        json!({"id": format!("018f3a5c-7b00-7000-8000-{number:012}"), "practice": "wish-loved-one", "revision": "x",
            "started_at": format!("2026-11-{day:02}T08:30:00+01:00"), "minutes": 5, "seconds_heard": 300,
            "finished": true, "fit": fit, "effect": effect, "barrier": "time"})
    };
    let records = json!([
        record(1, 3, 8, 1),
        record(2, 17, 8, 1),
        record(3, 18, 9, 1),
        record(4, 19, 8, 1),
        record(5, 20, 7, 0),
        record(6, 22, 8, -2)
    ]);
    let sent = app
        .post_json(Some(&app.ben), "/sittings", &records.to_string())
        .await;
    assert_eq!(sent.status, StatusCode::OK);
    let page = app
        .get(
            Some(&app.amira),
            &format!("/clients/{}/summary", app.ben.id),
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    let words = words_of(&page.text);
    for part in [
        "A practice left them much worse, yesterday.",
        "Good wishes for someone dear, 5 minutes, on Mon, Tue and Wed",
        "mostly a little better",
        "Fits  8 of 10",
        "“There was no time”, 5 times",
        "Before that  1 of 14 days",
        "How were the hours after it, and what helped a little?",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    // Everything at once: the longest it gets.
    let count = words
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    assert!(count <= 68, "{count}: {words}");
    assert_eq!(page.text.matches("<svg").count(), 1);
    let me = app.get(Some(&app.ben), "/me").await.text;
    assert!(me.contains("looked at the summary"));
}

#[tokio::test]
async fn a_record_that_is_not_shared_is_not_in_the_summary() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    app.post(
        Some(&app.ben),
        &format!("/plans/{plan}/agreement"),
        &crate::testing::PLAN,
    )
    .await;
    let record = json!([{"id": "018f3a5c-7b00-7000-8000-000000000001", "practice": "soles-ground", "revision": "x",
        "started_at": "2026-11-22T08:30:00+01:00", "minutes": 3, "seconds_heard": 180, "finished": true,
        "fit": 2, "effect": -2, "barrier": "flat"}]);
    app.post_json(Some(&app.ben), "/sittings", &record.to_string())
        .await;
    let with = app.amira.id.clone();
    app.post(
        Some(&app.ben),
        "/me/consent/share/withdrawal",
        &[("with", &with)],
    )
    .await;
    let path = format!("/clients/{}/summary", app.ben.id);
    let words = words_of(&app.get(Some(&app.amira), &path).await.text);
    assert!(
        words.contains("not shared with you") && words.contains("Agreed"),
        "{words}"
    );
    for part in [
        "worse",
        "Kept",
        "felt nothing",
        "Practised",
        "Feet on the floor",
    ] {
        assert!(!words.contains(part), "{part}: {words}");
    }
}

#[tokio::test]
async fn a_practice_can_be_read_aloud_with_its_times_and_without_script() {
    let app = TestApp::new().await;
    let path = "/practices/wish-loved-one/teleprompter?minutes=6&eyes_closed=no";
    let page = app.get(Some(&app.amira), path).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "To read aloud, 6 minutes",
        "seconds of silence",
        "6:00 end",
        "js/teleprompter/teleprompter.js",
        "Let your eyes rest low",
    ] {
        assert!(page.text.contains(part), "{part}");
    }
    let begin = page.text.find("id=\"reading\"").unwrap();
    let json = &page.text[begin..];
    let json = &json[json.find('>').unwrap() + 1..json.find("</script>").unwrap()];
    let pack: Value = serde_json::from_str(json).unwrap();
    assert_eq!(pack["seconds"], 360.0);
    assert!(pack["cues"][0]["silences"][0]["most"].as_u64().unwrap() > 0);
    for (query, status) in [
        ("minutes=99", 422),
        ("minutes=x", 422),
        ("phrases=none", 422),
        ("minutes=5,5", 200),
    ] {
        let path = format!("/practices/wish-loved-one/teleprompter?{query}");
        assert_eq!(
            app.get(Some(&app.amira), &path).await.status.as_u16(),
            status,
            "{query}"
        );
    }
    let nowhere = "/practices/no-such-thing/teleprompter";
    assert_eq!(
        app.get(Some(&app.amira), nowhere).await.status,
        StatusCode::NOT_FOUND
    );
    // A client's player knows nothing of the notes.
    let pack = app
        .get(Some(&app.ben), "/practices/wish-loved-one/composition")
        .await
        .text;
    assert!(!pack.contains("notes"));
}

#[test]
fn notes_are_for_whoever_reads_aloud() {
    let library = content();
    let noted = library.practice("circle-full").unwrap();
    let told = guided(noted, &Asked::new(30.0, &library)).unwrap();
    assert!(told.notes[0].contains("Segment plan"), "{:?}", told.notes);
}

#[tokio::test]
async fn every_card_stands_by_itself_with_its_sources() {
    let app = TestApp::new().await;
    let cards = app.app.content.rationales().to_vec();
    assert!(cards.len() >= 8);
    let all = app.get(Some(&app.chloe), "/rationale").await;
    for card in &cards {
        assert!(all.text.contains(&format!("/rationale/{}", card.id)));
        let page = app
            .get(Some(&app.amira), &format!("/rationale/{}", card.id))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{}", card.id);
        assert!(page.text.contains("What it does not show"));
        for number in &card.numbers {
            let source = app
                .app
                .content
                .sources()
                .iter()
                .find(|source| source.id == number.source)
                .unwrap();
            assert!(page.text.contains(&source.url), "{}", number.source);
        }
    }
    assert_eq!(
        app.get(Some(&app.amira), "/rationale/none").await.status,
        StatusCode::NOT_FOUND
    );
    // A supervisor is told both numbers.
    let supervisor = cards.iter().find(|card| card.id == "supervisor").unwrap();
    let sources: Vec<_> = supervisor
        .numbers
        .iter()
        .map(|number| number.source.as_str())
        .collect();
    assert!(sources.contains(&"kirby2017") && sources.contains(&"wilson2019"));
}

/// A practice with weights, narrow and wide silences, some that touch their bounds and two in a row.
const SHARED: &str = "+++\ntitle = \"Shared\"\nsummary = \"For the script that shares silences.\"\nmodality = \"micro\"\ntargets = [\"self\"]\nminutes = [1, 12]\nload = 1\naudience = [\"adult\"]\nsetting = \"Anywhere\"\nuse_when = \"Testing.\"\ncautions = []\nevidence = []\nstrength = \"D\"\nlimit = \"Only for tests.\"\n+++\n# One\nSit as you are.\n[silence 2 7 40 weight 0.3]\n[bell]\n[silence 1 2 3]\n# Two\n[repeat 1 to 4]\nWish somebody well for a while.\n[silence 3 9 60]\n[silence 0 1 90 weight 2.5]\n[end]\n[optional from 4 minutes]\nLook round the room.\n[silence 5 11.5 75 weight 10]\n[end]\nThat was it.\n[silence 0 0 120 weight 0.7]\n";

#[test]
fn the_script_tests_hold_what_the_composer_makes() {
    let file = File {
        path: "practices/shared.md".to_owned(),
        text: SHARED.to_owned(),
    };
    let loaded = Library::read([file]);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let library = loaded.library;
    let practice = library.practice("shared").unwrap();
    let cases: Vec<_> = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.7, 10.0]
        .into_iter()
        .map(|minutes| {
            let told = guided(practice, &Asked::new(minutes, &library)).unwrap();
            let cues: Vec<_> = told
                .cues
                .iter()
                .map(|cue| {
                    json!({"at": cue.cue.at, "seconds": cue.cue.seconds, "silence": cue.silence,
                        "silences": cue.silences})
                })
                .collect();
            json!({"minutes": minutes, "seconds": told.seconds, "cues": cues})
        })
        .collect();
    let made = json!({"cases": cases});
    let kept: Value =
        serde_json::from_str(include_str!("../../../tests/player/shares.json")).unwrap();
    assert_eq!(kept, made, "tests/player/shares.json is to hold:\n{made}");
}
