//! What the floor gives: the table row by row, every trigger just under and at it, and what it may never do.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use kith_content::{Form, Forms, Library, Modality, Practice, Step, Target, What};
use proptest::prelude::*;

use super::rules::{Asked, Decision, Limits, Trigger, decide, trigger};
use crate::features::sittings::Sitting;
use crate::testing::content;

const TODAY: Date = date(2026, 11, 23);

fn sitting(practice: &str, back: i64) -> Sitting {
    Sitting {
        id: String::new(),
        practice: practice.to_owned(),
        revision: String::new(),
        started_at: 0,
        started_on: TODAY.saturating_sub(back.days()).to_string(),
        minutes: 6.0,
        seconds_heard: 300,
        finished: true,
        fit: None,
        effect: None,
        barrier: None,
        received_at: 0,
    }
}

fn rated(practice: &str, fit: i64, effect: i64) -> Sitting {
    Sitting {
        fit: Some(fit),
        effect: Some(effect),
        ..sitting(practice, 0)
    }
}

fn everything(library: &Library) -> BTreeSet<String> {
    library
        .practices()
        .filter(|practice| practice.restricted.is_none())
        .map(|practice| practice.slug.clone())
        .collect()
}

fn asked<'a>(
    practice: Option<&'a Practice>,
    may: &'a BTreeSet<String>,
    recent: &'a [Sitting],
) -> Asked<'a> {
    Asked {
        practice,
        barrier: None,
        effect: None,
        asking: true,
        recent,
        planned: &[],
        may,
        forms: Forms::default(),
        limits: Limits::default(),
        switches: 0,
        today: TODAY,
    }
}

fn offers(library: &Library, from: &str, recent: &[Sitting]) -> Decision {
    let may = everything(library);
    decide(library, &asked(library.practice(from), &may, recent))
}

fn slugs(decision: &Decision) -> Vec<&str> {
    decision
        .offers
        .iter()
        .map(|offer| offer.practice.as_str())
        .collect()
}

/// A row as it is published: what is offered in this order, and which practices can wait.
type RowOf<'a> = (&'a str, &'a [&'a str], &'a [&'a str]);

#[rustfmt::skip] // a table is read line by line
const ROWS: [RowOf<'_>; 16] = [
    ("fear-self", &["wish-loved-one", "kind-act-tiny", "friend-view", "three-lines"], &["wish-self", "kind-letter"]),
    ("fear-receive", &["thanks-specific", "just-like-me", "receive-care"], &["kind-companion"]),
    ("fear-give", &["kind-no", "steady-care", "listen-pair"], &["breathe-in-out", "wish-difficult"]),
    ("word", &["wise-self", "mistake-repair", "kind-no"], &[]),
    ("backdraft", &["soles-ground", "self-care-act", "soothing-rhythm"], &["wish-self", "kind-letter", "parts-table"]),
    ("threat", &["receive-care", "savour-small", "nature-object"], &["kind-companion"]),
    ("imagery", &["wish-loved-one", "hand-rest-20s", "three-lines", "kind-acts-day"], &["safe-enough-place", "kind-companion"]),
    ("no-memory", &["nature-object", "wish-loved-one", "kind-act-tiny", "wise-self"], &["receive-care"]),
    ("dangerous-other", &["wise-self", "soles-ground", "step practitioner"], &["kind-companion", "safe-enough-place", "suffering-look"]),
    ("brood", &["arrive-breath", "walk-wish", "kind-acts-day"], &["circle-full", "circle-short", "kind-letter"]),
    ("faith", &["step own-words", "wish-loved-one", "kind-acts-day", "just-like-me"], &[]),
    ("trauma", &["soles-ground", "walk-wish", "kind-act-tiny"], &["wish-difficult", "breathe-in-out", "kind-letter"]),
    ("flat", &["step other-class", "listen-pair"], &[]),
    ("time", &["hand-rest-20s", "doorway-pause", "kind-act-tiny"], &["circle-full", "circle-short", "kind-letter", "listen-pair"]),
    ("alone", &["listen-pair", "team-round", "step somebody", "step practitioner"], &[]),
    ("overload", &["steady-care", "after-session-letdown", "kind-no", "step rest"], &["breathe-in-out", "suffering-look"]),
];

#[test]
fn the_file_says_what_the_table_says() {
    let library = content();
    assert_eq!(library.routing().rows.len(), ROWS.len());
    for (barrier, offered, withheld) in ROWS {
        let row = library.routing().row(barrier).unwrap();
        let told: Vec<String> = row
            .offers
            .iter()
            .map(|offer| match &offer.what {
                What::Practice(slug) => slug.clone(),
                What::Step(step) => format!("step {step}"),
            })
            .collect();
        assert_eq!(told, offered, "{barrier}");
        let mut sitting = sitting("arrive-breath", 0);
        sitting.barrier = Some(barrier.to_owned());
        let decision = offers(&library, "arrive-breath", &[sitting]);
        for slug in withheld {
            let found = decision
                .withheld
                .iter()
                .find(|withheld| withheld.practice == *slug)
                .unwrap_or_else(|| panic!("{barrier} does not withhold {slug}"));
            assert_eq!(found.until, date(2026, 11, 30));
            assert!(found.reason.starts_with(&row.say));
        }
        if withheld.is_empty() && barrier != "flat" {
            assert_eq!(decision.withheld, [], "{barrier}");
        }
    }
}

#[test]
fn each_row_is_offered_in_its_order() {
    let library = content();
    // What is replaced, what got in the way, what comes first.
    #[rustfmt::skip] // a table is read line by line
    let cases: [(&str, &str, &[&str]); 19] = [
        // Of kindness to oneself nothing is offered after it felt wrong, whatever the row names.
        ("wish-self", "fear-self", &["wish-loved-one", "kind-act-tiny"]),
        ("kind-companion", "fear-receive", &["thanks-specific", "just-like-me", "receive-care"]),
        ("wish-difficult", "fear-give", &["kind-no", "steady-care", "listen-pair"]),
        ("wish-self", "word", &["wise-self", "mistake-repair", "kind-no"]),
        ("wish-self", "backdraft", &["soles-ground", "self-care-act", "soothing-rhythm"]),
        ("kind-companion", "threat", &["receive-care", "savour-small", "nature-object"]),
        ("kind-companion", "imagery", &["wish-loved-one", "hand-rest-20s", "three-lines"]),
        ("wish-loved-one", "imagery", &["hand-rest-20s", "three-lines", "kind-acts-day"]),
        ("receive-care", "no-memory", &["nature-object", "wish-loved-one", "kind-act-tiny"]),
        ("kind-companion", "dangerous-other", &["wise-self", "soles-ground"]),
        ("circle-full", "brood", &["arrive-breath", "walk-wish", "kind-acts-day"]),
        ("wish-self", "faith", &["wish-loved-one", "kind-acts-day", "just-like-me"]),
        ("wish-difficult", "trauma", &["soles-ground", "walk-wish", "kind-act-tiny"]),
        ("wish-loved-one", "flat", &["kind-act-tiny", "listen-pair"]),
        ("soothing-rhythm", "flat", &["kind-no", "listen-pair"]),
        ("circle-full", "time", &["hand-rest-20s", "doorway-pause", "kind-act-tiny"]),
        ("wish-loved-one", "alone", &["listen-pair", "team-round"]),
        ("breathe-in-out", "overload", &["steady-care", "after-session-letdown", "kind-no"]),
        // Something that left her worse is followed by nothing heavier, whatever the row names.
        ("wish-loved-one", "alone", &[]),
    ];
    for (from, barrier, expected) in cases {
        let practice = library.practice(from).unwrap();
        let mut sitting = rated(from, 5, if expected.is_empty() { -1 } else { 0 });
        sitting.barrier = Some(barrier.to_owned());
        let recent = [sitting];
        let decision = offers(&library, from, &recent);
        let told = slugs(&decision);
        assert_eq!(&told[..expected.len()], expected, "{from}, {barrier}");
        assert!(told.len() <= 3);
        let row = library.routing().row(barrier).unwrap();
        for offer in &decision.offers {
            assert!(offer.reason.starts_with(&row.say), "{}", offer.reason);
            assert_eq!(offer.reason.matches('.').count(), 1, "{}", offer.reason);
            assert_eq!(offer.probability, 1.0);
        }
        if expected.is_empty() {
            for slug in told {
                assert!(library.practice(slug).unwrap().load <= practice.load);
            }
        }
    }
}

#[test]
fn what_the_rows_say_beside_the_order_holds() {
    let library = content();
    let with = |from: &str, barrier: &str| {
        let mut sitting = rated(from, 5, 0);
        sitting.barrier = Some(barrier.to_owned());
        offers(&library, from, &[sitting])
    };
    // Sixty seconds, two minutes, half the dose.
    assert_eq!(
        with("kind-companion", "fear-receive").offers[2].minutes,
        1.0
    );
    let backdraft = with("wish-self", "backdraft");
    let minutes: Vec<_> = backdraft.offers.iter().map(|offer| offer.minutes).collect();
    assert_eq!(minutes, [3.0, 3.0, 2.0]);
    assert!(backdraft.tell_practitioner);
    let mut short = rated("wish-self", 5, 0);
    (short.minutes, short.barrier) = (4.0, Some("backdraft".to_owned()));
    assert_eq!(
        offers(&library, "wish-self", &[short]).offers[0].minutes,
        2.0
    );
    // Other names, an animal, own words.
    let names: Vec<_> = with("wish-self", "word")
        .offers
        .into_iter()
        .filter_map(|offer| offer.called)
        .collect();
    assert_eq!(
        names,
        [
            "Steadying",
            "Fair treatment of yourself",
            "Strength training"
        ]
    );
    let animal = &with("receive-care", "no-memory").offers[1];
    assert_eq!(animal.how.as_deref(), Some("choose an animal"));
    let faith = with("wish-self", "faith");
    assert_eq!(faith.offers[0].phrases.as_deref(), Some("own"));
    assert_eq!(faith.steps, [Step::OwnWords]);
    assert!(with("kind-acts-day", "faith").steps.is_empty());
    // Forms and lengths.
    for offer in with("wish-difficult", "trauma").offers {
        assert!(!offer.forms.has(Form::EyesClosed) && !offer.forms.has(Form::Breath));
        assert!(offer.minutes <= 5.0);
    }
    for offer in with("kind-companion", "imagery").offers {
        assert!(!offer.forms.has(Form::Imagery));
    }
    for offer in with("circle-full", "time").offers {
        assert!(offer.minutes <= 5.0);
    }
    for (barrier, step) in [
        ("dangerous-other", Step::Practitioner),
        ("alone", Step::Practitioner),
        ("alone", Step::Somebody),
        ("overload", Step::Rest),
    ] {
        assert!(
            with("wish-self", barrier).steps.contains(&step),
            "{barrier}"
        );
    }
}

#[test]
fn nothing_felt_changes_the_class_once_and_then_it_is_a_practice_for_two() {
    let library = content();
    let flat = |practice: &str, back: i64| Sitting {
        barrier: Some("flat".to_owned()),
        ..sitting(practice, back)
    };
    let once = offers(&library, "circle-short", &[flat("circle-short", 0)]);
    assert_eq!(slugs(&once)[..2], ["kind-act-tiny", "listen-pair"]);
    let twice = [flat("circle-short", 2), flat("kind-act-tiny", 0)];
    let then = offers(&library, "kind-act-tiny", &twice);
    assert_eq!(slugs(&then)[0], "listen-pair");
}

#[test]
fn a_reason_is_reached_at_the_number_the_file_says_and_not_before() {
    let library = content();
    let triggers = &library.routing().triggers;
    let left = |finished: bool| Sitting {
        finished,
        ..sitting("wish-self", 0)
    };
    let fits = |fits: &[i64]| fits.iter().map(|fit| rated("wish-self", *fit, 0)).collect();
    let cases: [(Vec<Sitting>, Option<Trigger>); 13] = [
        (vec![], None),
        (fits(&[3]), None),
        (fits(&[3, 3]), Some(Trigger::PoorFit)),
        (fits(&[3, 4]), None),
        (fits(&[4, 3]), None),
        (fits(&[0, 9, 0]), None),
        (vec![rated("wish-self", 9, -1)], None),
        (vec![rated("wish-self", 9, -2)], Some(Trigger::MuchWorse)),
        (
            vec![rated("wish-self", 9, -2), rated("wish-self", 9, 0)],
            None,
        ),
        (vec![left(false)], None),
        (vec![left(false), left(false)], Some(Trigger::Abandoned)),
        (vec![left(false), left(true)], None),
        (vec![rated("soles-ground", 1, -2), left(false)], None),
    ];
    for (recent, expected) in cases {
        assert_eq!(
            trigger(triggers, &recent, "wish-self"),
            expected,
            "{recent:?}"
        );
        // Without a reason and without being asked, nothing is offered.
        let may = everything(&library);
        let mut quiet = asked(library.practice("wish-self"), &may, &recent);
        quiet.asking = false;
        let decision = decide(&library, &quiet);
        assert_eq!(decision.trigger, expected);
        assert_eq!(decision.offers.is_empty(), expected.is_none());
    }
}

#[test]
fn after_so_many_changes_something_is_said_in_place_of_offers() {
    let library = content();
    let may = everything(&library);
    for (switches, ended) in [(0, false), (2, false), (3, true), (4, true)] {
        let mut asked = asked(library.practice("wish-self"), &may, &[]);
        asked.switches = switches;
        let decision = decide(&library, &asked);
        assert_eq!(decision.message.is_some(), ended, "{switches}");
        assert_eq!(decision.offers.is_empty(), ended, "{switches}");
    }
}

#[test]
fn what_can_wait_waits_for_seven_days() {
    let library = content();
    for (back, waits) in [(0, true), (6, true), (7, false)] {
        let mut sitting = sitting("wish-self", back);
        sitting.barrier = Some("time".to_owned());
        let decision = offers(&library, "kind-no", &[sitting]);
        let circle = decision
            .withheld
            .iter()
            .find(|withheld| withheld.practice == "circle-full");
        assert_eq!(circle.is_some(), waits, "{back} days");
        if let Some(circle) = circle {
            assert_eq!(circle.until, TODAY.saturating_add((7 - back).days()));
        }
    }
}

#[test]
fn what_is_offered_unnamed_is_of_another_kind_and_never_heavier() {
    let library = content();
    for from in library.practices() {
        let decision = offers(&library, &from.slug, &[]);
        assert!(!decision.offers.is_empty(), "{}", from.slug);
        for offer in decision.offers {
            let practice = library.practice(&offer.practice).unwrap();
            assert_ne!(practice.modality, from.modality);
            assert!(practice.load <= from.load);
            assert!(offer.reason.ends_with('.'));
            let (least, most) = practice.minutes;
            assert!(
                (least..=most).contains(&offer.minutes),
                "{}",
                offer.practice
            );
        }
    }
}

#[test]
fn what_went_badly_is_not_offered_again_for_a_fortnight() {
    let library = content();
    let first = slugs(&offers(&library, "circle-full", &[]))[0].to_owned();
    for (fit, effect, back, again) in [
        (0, 0, 0, false),
        (3, 1, 13, false),
        (9, -2, 0, false),
        (3, 0, 14, true),
        (4, 0, 0, true),
    ] {
        let bad = Sitting {
            started_on: TODAY.saturating_sub(back.days()).to_string(),
            ..rated(&first, fit, effect)
        };
        let decision = offers(&library, "circle-full", &[bad]);
        assert_eq!(decision.allows(&first), again, "{fit} {effect} {back}");
    }
}

#[test]
fn after_kindness_to_oneself_hurt_none_of_it_is_offered() {
    let library = content();
    for (barrier, effect) in [
        (None, -2),
        (Some("fear-self"), -2),
        (Some("backdraft"), 0),
        (Some("trauma"), 0),
    ] {
        let mut hurt = rated("wish-self", 5, effect);
        hurt.barrier = barrier.map(str::to_owned);
        let decision = offers(&library, "wish-self", &[hurt]);
        assert!(!decision.offers.is_empty());
        for offer in decision.offers {
            assert_eq!(library.practice(&offer.practice).unwrap().load, 1);
            let slug = offer.practice.as_str();
            assert!(
                !["friend-view", "hand-rest-20s", "three-lines"].contains(&slug),
                "{barrier:?}: {slug}"
            );
        }
    }
}

#[test]
fn what_a_row_names_for_a_fear_is_offered_unless_it_left_them_much_worse() {
    let library = content();
    let mut afraid = rated("wish-self", 5, 0);
    afraid.barrier = Some("fear-self".to_owned());
    let decision = offers(&library, "wish-self", &[afraid]);
    assert_eq!(
        slugs(&decision),
        ["wish-loved-one", "kind-act-tiny", "friend-view"]
    );
}

#[test]
fn a_form_nobody_wants_is_not_what_it_depends_on() {
    let library = Library::read(crate::content::built_in().into_iter().map(|mut file| {
        // A practice that is all touch, with no other wording.
        if file.path == "practices/hand-rest-20s.md" {
            file.text = file.text.replace("[when touch]", "[when breath]");
        }
        file
    }))
    .library;
    let may = everything(&library);
    for (touch, allowed) in [(true, true), (false, false)] {
        let mut asked = asked(library.practice("wish-loved-one"), &may, &[]);
        asked.forms.touch = touch;
        assert_eq!(decide(&library, &asked).allows("hand-rest-20s"), allowed);
    }
}

fn history(library: &Library) -> impl Strategy<Value = Vec<Sitting>> + use<> {
    let slugs: Vec<String> = library
        .practices()
        .map(|practice| practice.slug.clone())
        .collect();
    let codes: Vec<Option<String>> = library
        .barriers()
        .iter()
        .map(|barrier| Some(barrier.code.clone()))
        .chain([None])
        .collect();
    let one = (
        prop::sample::select(slugs),
        prop::option::of(0_i64..=10),
        prop::option::of(-2_i64..=2),
        prop::sample::select(codes),
        any::<bool>(),
        0_i64..20,
    );
    prop::collection::vec(one, 0..12).prop_map(|mut taps| {
        taps.sort_by_key(|tap| std::cmp::Reverse(tap.5));
        taps.into_iter()
            .map(|(practice, fit, effect, barrier, finished, back)| Sitting {
                fit,
                effect,
                barrier,
                finished,
                ..sitting(&practice, back)
            })
            .collect()
    })
}

fn back(sitting: &Sitting) -> i64 {
    let on: Date = sitting.started_on.parse().unwrap();
    kith_base::web::locale::days_between(on, TODAY)
}

#[test]
fn no_history_leads_to_an_offer_that_may_not_be() {
    let library = content();
    let all: Vec<&Practice> = library.practices().collect();
    let may = everything(&library);
    let mut runner = proptest::test_runner::TestRunner::default();
    let asked_for = (
        history(&library),
        0..all.len(),
        1_u8..=3,
        prop::option::of(1.0_f64..12.0),
        0_usize..5,
    );
    runner
        .run(
            &asked_for,
            |(recent, from, load_most, minutes_most, switches)| {
                let from = all[from];
                let mut asked = asked(Some(from), &may, &recent);
                asked.limits = Limits {
                    load_most,
                    minutes_most,
                };
                asked.switches = switches;
                let decision = decide(&library, &asked);
                let much_worse = |sitting: &Sitting| sitting.effect == Some(-2);
                let last = recent
                    .iter()
                    .rev()
                    .filter(|sitting| sitting.practice == from.slug)
                    .find_map(|sitting| sitting.effect);
                prop_assert!(
                    !decision.offers.is_empty()
                        || !decision.steps.is_empty()
                        || decision.message.is_some()
                );
                prop_assert_eq!(decision.message.is_some(), switches >= 3);
                prop_assert!(decision.offers.len() <= 3);
                prop_assert_eq!(decision.candidates.len(), all.len());
                for offer in &decision.offers {
                    let practice = library.practice(&offer.practice).unwrap();
                    prop_assert!(practice.restricted.is_none());
                    prop_assert_ne!(&practice.slug, &from.slug);
                    prop_assert!(
                        decision
                            .withheld
                            .iter()
                            .all(|withheld| withheld.practice != practice.slug)
                    );
                    prop_assert!(practice.load <= load_most);
                    if last.is_some_and(|effect| effect < 0) {
                        prop_assert!(practice.load <= from.load);
                    }
                    if last == Some(-2) {
                        prop_assert_eq!(practice.load, 1);
                    }
                    if recent
                        .iter()
                        .any(|sitting| back(sitting) < 7 && much_worse(sitting))
                    {
                        let words = practice
                            .targets
                            .iter()
                            .all(|target| *target == Target::Oneself)
                            && !matches!(
                                practice.modality,
                                Modality::BreathBody
                                    | Modality::NatureObject
                                    | Modality::SelfCareAct
                            );
                        prop_assert!(!words, "{} is kindness to oneself", practice.slug);
                    }
                    let just_failed = recent.iter().any(|sitting| {
                        sitting.practice == practice.slug
                            && back(sitting) < 14
                            && (much_worse(sitting) || sitting.fit.is_some_and(|fit| fit <= 3))
                    });
                    prop_assert!(!just_failed, "{} went badly", practice.slug);
                    prop_assert!(minutes_most.is_none_or(|most| offer.minutes <= most));
                    prop_assert!(
                        (practice.minutes.0..=practice.minutes.1).contains(&offer.minutes)
                    );
                    prop_assert!(!offer.reason.is_empty() && offer.probability == 1.0);
                }
                Ok(())
            },
        )
        .unwrap();
}
