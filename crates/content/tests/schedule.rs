//! What is due on which day, whatever somebody did before, and what it came to.

use crate::support::{file, practice};
use kith_content::{
    ADHERENT, Adherence, Done, DueItem, Edition, Enrolment, ItemKind, Library, Programme, Standing,
    Swap, adherence, due, schedule, standing,
};
use proptest::prelude::*;

const TOP: &str = r#"title = "T"
summary = "S."
audience = ["adult"]
led_by = "practitioner"
editions = ["care", "research"]
fixed = ["research"]
screening = true
why = "W."
if_hard = "I."
cautions = []
evidence = []
strength = "D"
limit = "L."
"#;

const SCRIPT: &str = "# A\nRest.\n[silence 1 60 1800]\n";

/// A library with the practices a to h, 2 to 40 minutes each, the measures m and n, and this programme.
fn library(stages: &str, more: &str) -> Library {
    let mut files: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h"]
        .into_iter()
        .map(|slug| {
            file(
                &format!("practices/{slug}.md"),
                practice("minutes = [2, 40]", SCRIPT),
            )
        })
        .collect();
    // Two questions: a minute.
    let question = "[[check_in.item]]\ntext = \"T\"\nlow = \"l\"\nmid = \"m\"\nhigh = \"h\"\n";
    let check_in = |id: &str| {
        format!(
            "[[check_in]]\nid = \"{id}\"\ntitle = \"M\"\nconstruct = \"m\"\nwho = \"both\"\nmoment = \"daily\"\n\
             kind = \"slider\"\nbetter = \"higher\"\nfollow_up = []\nnote = \"No test.\"\n{question}{question}"
        )
    };
    files.push(file(
        "check-ins.toml",
        format!(
            "about = \"A\"\nskip = \"S\"\n{}{}",
            check_in("m"),
            check_in("n")
        ),
    ));
    let pacing = if more.contains("pacing") {
        ""
    } else {
        "pacing = \"calendar\"\n"
    };
    files.push(file(
        "programmes/p.toml",
        format!("{TOP}{pacing}{more}\n{stages}"),
    ));
    let loaded = Library::read(files);
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, [""; 0], "{stages}");
    loaded.library
}

fn programme(library: &Library) -> &Programme {
    library.programme("p").unwrap()
}

/// Monday's start, agreed long ago, everything as written.
fn enrolment(library: &Library) -> Enrolment<'_> {
    Enrolment {
        programme: programme(library),
        library,
        edition: Edition::Care,
        start_weekday: 1,
        weekdays: "1234567",
        minutes_most: None,
        swaps: &[],
        pauses: &[],
        unlocked: &[],
        agreed: -1000,
    }
}

fn did(id: &str, on: i64) -> Done {
    Done {
        kind: ItemKind::Practice,
        id: id.into(),
        on,
        share: 1.0,
        score: None,
    }
}

fn scored(id: &str, on: i64, score: f64) -> Done {
    Done {
        kind: ItemKind::Measure,
        id: id.into(),
        on,
        share: 1.0,
        score: Some(score),
    }
}

/// "a 10 0/1" and so on: id, minutes, times done of times; `?` when optional.
fn told(items: &[DueItem]) -> String {
    let tell = |item: &DueItem| {
        let mark = if item.optional { "?" } else { "" };
        format!(
            "{}{mark} {} {}/{}",
            item.id, item.minutes, item.times_done, item.times
        )
    };
    items.iter().map(tell).collect::<Vec<_>>().join(", ")
}

const TWO_WEEKS: &str = r#"
[[stage]]
id = "before"
title = "Before"
days = [-7, 0]
[[stage.measure]]
id = "m"
[[stage]]
id = "one"
title = "One"
days = [1, 7]
[[stage.practice]]
id = "a"
minutes = [10, 15]
[[stage.practice]]
id = "b"
minutes = 3
every = "week"
times = 2
[[stage]]
id = "two"
title = "Two"
days = [8, 14]
[[stage.practice]]
id = "c"
minutes = 20
alternatives = [{ practice = "d", minutes = 30 }]
[[stage.practice]]
id = "e"
minutes = 2
optional = true
[[stage]]
id = "after"
title = "After"
days = [15, 17]
[[stage.measure]]
id = "n"
"#;

#[test]
fn each_day_asks_for_its_own_things_only() {
    let library = library(TWO_WEEKS, "");
    let enrolment = enrolment(&library);
    let cases = [
        (-9, ""),
        (-8, "m 1 0/1"),
        (-1, "m 1 0/1"),
        (0, "a 10 0/1, b 3 0/2"),
        (1, "a 11 0/1, b 3 0/2"),
        (6, "a 15 0/1, b 3 0/2"),
        (7, "c 20 0/1, e? 2 0/1"),
        (13, "c 20 0/1, e? 2 0/1"),
        (14, "n 1 0/1"),
        (16, "n 1 0/1"),
        (17, ""),
    ];
    for (today, expected) in cases {
        assert_eq!(told(&due(&enrolment, &[], today)), expected, "{today}");
    }
    assert_eq!(standing(&enrolment, &[], -1), Standing::Before);
    assert_eq!(standing(&enrolment, &[], 0), Standing::Running { day: 1 });
    assert_eq!(standing(&enrolment, &[], 16), Standing::Running { day: 17 });
    assert_eq!(standing(&enrolment, &[], 17), Standing::Over);
}

#[test]
fn what_was_done_is_counted_in_its_window() {
    let library = library(TWO_WEEKS, "");
    let enrolment = enrolment(&library);
    let half = Done {
        share: ADHERENT - 0.01,
        ..did("a", 2)
    };
    let done = [
        did("b", 0),
        half,
        did("a", 3),
        did("b", 4),
        did("d", 8),
        did("c", 20),
    ];
    let cases = [
        (0, "a 10 0/1, b 3 1/2"),
        (2, "a 12 0/1, b 3 1/2"),
        (3, "a 13 1/1, b 3 1/2"),
        (5, "a 14 0/1, b 3 2/2"),
        // An alternative counts.
        (8, "c 20 1/1, e? 2 0/1"),
        (9, "c 20 0/1, e? 2 0/1"),
    ];
    for (today, expected) in cases {
        assert_eq!(told(&due(&enrolment, &done, today)), expected, "{today}");
    }
    let week = &due(&enrolment, &done, 3)[1];
    assert_eq!((week.opens, week.closes, week.day), (0, 6, 4));
    assert_eq!(
        (week.stage.as_str(), week.stage_title.as_str()),
        ("one", "One")
    );
}

#[test]
fn a_pause_moves_everything_and_asks_for_nothing() {
    let library = library(TWO_WEEKS, "");
    let pauses = [(2, Some(4)), (9, None)];
    let enrolment = Enrolment {
        pauses: &pauses,
        ..enrolment(&library)
    };
    assert_eq!(standing(&enrolment, &[], 2), Standing::Paused { day: 2 });
    assert_eq!(told(&due(&enrolment, &[], 3)), "");
    assert_eq!(standing(&enrolment, &[], 4), Standing::Running { day: 3 });
    assert_eq!(told(&due(&enrolment, &[], 4)), "a 12 0/1, b 3 0/2");
    // The week takes in the pause: day 1 was date 0, day 7 is date 8.
    let week = &due(&enrolment, &[], 4)[1];
    assert_eq!((week.opens, week.closes), (0, 8));
    assert_eq!(standing(&enrolment, &[], 400), Standing::Paused { day: 7 });
}

#[test]
fn who_agrees_late_still_has_the_first_day_for_what_came_before() {
    let library = library(TWO_WEEKS, "");
    let cases = [
        // Agreed in time: closed as written.
        (-3, 0, "a 10 0/1, b 3 0/2"),
        (0, 0, "m 1 0/1, a 10 0/1, b 3 0/2"),
        (0, 1, "a 11 0/1, b 3 0/2"),
        (2, 1, ""),
        (2, 2, "m 1 0/1, a 12 0/1, b 3 0/2"),
        (2, 3, "a 13 0/1, b 3 0/2"),
    ];
    for (agreed, today, expected) in cases {
        let enrolment = Enrolment {
            agreed,
            ..enrolment(&library)
        };
        assert_eq!(
            told(&due(&enrolment, &[], today)),
            expected,
            "{agreed} {today}"
        );
    }
    let late = Enrolment {
        agreed: 0,
        ..enrolment(&library)
    };
    let done = [scored("m", 0, 5.0)];
    assert_eq!(told(&due(&late, &done, 0)), "m 1 1/1, a 10 0/1, b 3 0/2");
}

#[test]
fn her_weekdays_and_her_minutes_are_kept_to_unless_the_edition_is_fixed() {
    let library = library(TWO_WEEKS, "");
    let care = Enrolment {
        weekdays: "135",
        minutes_most: Some(12.0),
        ..enrolment(&library)
    };
    let research = Enrolment {
        edition: Edition::Research,
        ..care
    };
    let cases = [
        (0, "a 10 0/1, b 3 0/2", "a 10 0/1, b 3 0/2"),
        (1, "b 3 0/2", "a 11 0/1, b 3 0/2"),
        (4, "a 12 0/1, b 3 0/2", "a 13 0/1, b 3 0/2"),
        (7, "c 12 0/1, e? 2 0/1", "c 20 0/1, e? 2 0/1"),
        (8, "", "c 20 0/1, e? 2 0/1"),
    ];
    for (today, hers, fixed) in cases {
        assert_eq!(told(&due(&care, &[], today)), hers, "{today}");
        assert_eq!(told(&due(&research, &[], today)), fixed, "{today}");
    }
    let alternatives = &due(&care, &[], 7)[0].alternatives;
    assert_eq!(alternatives, &[("d".to_owned(), 12.0)]);
    // Not below what the practice needs.
    let least = Enrolment {
        minutes_most: Some(0.5),
        ..care
    };
    assert_eq!(told(&due(&least, &[], 7)), "c 2 0/1, e? 2 0/1");
    // Nothing said means every day.
    let any = Enrolment {
        weekdays: "",
        ..enrolment(&library)
    };
    assert_eq!(due(&any, &[], 5).len(), 2);
}

#[test]
fn a_swap_takes_its_place_from_its_date_on_and_the_old_one_still_counts() {
    let library = library(TWO_WEEKS, "");
    let swap = |from: &str, to: &str, minutes, since| Swap {
        from: from.into(),
        to: to.into(),
        minutes,
        since,
    };
    let swaps = [
        swap("a", "f", 6.0, 2),
        swap("f", "g", 100.0, 4),
        swap("a", "b", 5.0, 6),
    ];
    let care = Enrolment {
        swaps: &swaps,
        ..enrolment(&library)
    };
    let done = [did("a", 3), did("f", 4)];
    let cases = [
        (1, "a 11 0/1, b 3 0/2"),
        (2, "f 6 0/1, b 3 0/2"),
        (3, "f 6 1/1, b 3 0/2"),
        // Swapped again, and kept within what the practice can last.
        (4, "g 40 1/1, b 3 0/2"),
        // Two that became the same are one.
        (6, "b 5 0/2"),
    ];
    for (today, expected) in cases {
        assert_eq!(told(&due(&care, &done, today)), expected, "{today}");
    }
    let research = Enrolment {
        edition: Edition::Research,
        ..care
    };
    assert_eq!(told(&due(&research, &[], 3)), "a 13 0/1, b 3 0/2");
}

const LOCKED: &str = r#"
[[stage]]
id = "one"
title = "One"
days = [1, 2]
[[stage.practice]]
id = "a"
minutes = 5
[[stage.measure]]
id = "m"
[[stage]]
id = "two"
title = "Two"
days = [3, 4]
unlock = UNLOCK
[[stage.practice]]
id = "b"
minutes = 5
"#;

#[test]
fn a_locked_stage_waits_with_the_last_day_as_an_offer() {
    let library = library(&LOCKED.replace("UNLOCK", "\"practitioner\""), "");
    let waiting = Standing::Waiting {
        day: 2,
        stage: "two".into(),
    };
    let closed = enrolment(&library);
    assert_eq!(standing(&closed, &[], 1), Standing::Running { day: 2 });
    assert_eq!(standing(&closed, &[], 2), waiting);
    assert_eq!(standing(&closed, &[], 300), waiting);
    assert_eq!(told(&due(&closed, &[did("a", 4)], 5)), "a? 5 0/1, m 1 0/1");
    assert_eq!(told(&due(&closed, &[did("a", 5)], 5)), "a? 5 1/1, m 1 0/1");
    let unlocked = [("two".to_owned(), 5)];
    let open = Enrolment {
        unlocked: &unlocked,
        ..closed
    };
    assert_eq!(standing(&open, &[], 4), waiting);
    assert_eq!(standing(&open, &[], 5), Standing::Running { day: 3 });
    assert_eq!(told(&due(&open, &[], 5)), "b 5 0/1");
    assert_eq!(standing(&open, &[], 7), Standing::Over);
    // Waiting asks for nothing.
    assert_eq!(adherence(&closed, &[], 100).asked, 2);
}

#[test]
fn a_score_opens_a_stage_by_the_latest_answer() {
    let library = library(
        &LOCKED.replace("UNLOCK", "{ measure = \"m\", at_least = 2, at_most = 9 }"),
        "",
    );
    let enrolment = enrolment(&library);
    let waiting = Standing::Waiting {
        day: 2,
        stage: "two".into(),
    };
    let cases = [
        (vec![], 2, waiting.clone()),
        (vec![scored("m", 1, 10.0)], 2, waiting.clone()),
        (vec![scored("m", 1, 9.0)], 2, Standing::Running { day: 3 }),
        (vec![scored("m", 1, 2.0)], 2, Standing::Running { day: 3 }),
        (
            vec![scored("m", 0, 5.0), scored("m", 1, 1.0)],
            2,
            waiting.clone(),
        ),
        (vec![scored("m", 1, 1.0), scored("m", 4, 5.0)], 3, waiting),
        (
            vec![scored("m", 1, 1.0), scored("m", 4, 5.0)],
            4,
            Standing::Running { day: 3 },
        ),
        // Once begun it goes on, whatever is answered later.
        (
            vec![scored("m", 1, 5.0), scored("m", 3, 20.0)],
            3,
            Standing::Running { day: 4 },
        ),
    ];
    for (done, today, expected) in cases {
        assert_eq!(
            standing(&enrolment, &done, today),
            expected,
            "{done:?} {today}"
        );
    }
}

#[test]
fn paced_by_completion_a_day_waits_and_nothing_stacks() {
    let stages = TWO_WEEKS.replace("days = [-7, 0]", "days = [0, 0]");
    let library = library(&stages, "pacing = \"completion\"");
    let enrolment = enrolment(&library);
    let done = [did("a", 0), did("a", 4), did("a", 4)];
    let cases = [
        (0, 1, "a 10 1/1, b 3 0/2"),
        (1, 2, "a 11 0/1, b 3 0/2"),
        (3, 2, "a 11 0/1, b 3 0/2"),
        // Two on one day are still one day.
        (4, 2, "a 11 2/1, b 3 0/2"),
        (5, 3, "a 12 0/1, b 3 0/2"),
        (60, 3, "a 12 0/1, b 3 0/2"),
    ];
    for (today, day, expected) in cases {
        assert_eq!(
            standing(&enrolment, &done, today),
            Standing::Running { day },
            "{today}"
        );
        assert_eq!(told(&due(&enrolment, &done, today)), expected, "{today}");
    }
}

#[test]
fn what_was_asked_and_kept_is_counted_up_to_yesterday_and_today_once_done() {
    let library = library(TWO_WEEKS, "");
    let enrolment = enrolment(&library);
    let half = Done {
        share: 0.5,
        ..did("a", 1)
    };
    let done = [
        did("a", 0),
        half,
        did("a", 2),
        did("b", 2),
        did("c", 7),
        did("d", 8),
    ];
    let cases = [
        (-1, (0, 0, 0.0, 0.0), 0),
        (0, (1, 1, 10.0, 10.0), 1),
        (1, (1, 1, 10.0, 15.5), 3),
        // Days 1 to 3, of which the second was not kept, and one of the week's two.
        (
            2,
            (4, 3, 10.0 + 11.0 + 12.0 + 3.0, 10.0 + 5.5 + 12.0 + 3.0),
            4,
        ),
        (3, (4, 3, 36.0, 30.5), 4),
    ];
    for (today, (asked, kept, minutes_asked, minutes_heard), upto) in cases {
        let expected = Adherence {
            asked,
            kept,
            minutes_asked,
            minutes_heard,
        };
        assert_eq!(
            adherence(&enrolment, &done[..upto], today),
            expected,
            "{today}"
        );
    }
    // At the end: seven days of week one and seven of week two, and twice in the one week.
    let all = adherence(&enrolment, &done, 50);
    assert_eq!((all.asked, all.kept), (7 + 7 + 2, 2 + 2 + 1));
    assert_eq!(all.minutes_heard, 10.0 + 5.5 + 12.0 + 3.0 + 20.0 + 30.0);
}

#[test]
fn the_schedule_lists_everything_on_the_day_it_opens() {
    let library = library(TWO_WEEKS, "first_day = 0");
    let days = schedule(&enrolment(&library));
    let told: Vec<String> = days
        .iter()
        .map(|(day, after, items)| format!("{day} {after}: {}", told(items)))
        .collect();
    assert_eq!(told[0], "-7 -7: m 1 0/1");
    assert_eq!(told[1], "1 1: a 10 0/1, b 3 0/2");
    assert_eq!(told[2], "2 2: a 11 0/1");
    assert_eq!(told[15], "15 15: n 1 0/1");
    assert_eq!(told.len(), 16);
    assert_eq!((days[0].2[0].opens, days[0].2[0].closes), (-7, 0));
}

/// A programme with one practice an item, so that nothing can be asked for twice.
fn any_programme() -> impl Strategy<Value = (String, String)> {
    let item = (0..4u8, 1..=3u8, any::<bool>(), 2..=20u32, 0..=20u32).prop_map(
        |(every, times, optional, minutes, more)| {
            let every = match every {
                0 => "every = \"week\"",
                1 => "every = \"once\"",
                _ => "every = \"day\"",
            };
            format!(
                "{every}\ntimes = {times}\noptional = {optional}\nminutes = [{minutes}, {}]\n",
                minutes + more
            )
        },
    );
    let stage = (0i64..12, prop::collection::vec(item, 1..3), 0..4u8);
    let stages = prop::collection::vec(stage, 1..4).prop_map(|stages| {
        let mut names = ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter();
        let (mut text, mut first) = (String::new(), -3);
        for (number, (length, items, unlock)) in stages.into_iter().enumerate() {
            text += &format!(
                "[[stage]]\nid = \"s{number}\"\ntitle = \"S\"\ndays = [{first}, {}]\n",
                first + length
            );
            if first >= 1 && unlock == 0 {
                text += "unlock = \"practitioner\"\n";
            }
            if first >= 1 && unlock == 1 {
                text += "unlock = { measure = \"m\", at_most = 4 }\n";
            }
            for item in items {
                let id = names.next().unwrap();
                text += &format!("[[stage.practice]]\nid = \"{id}\"\n{item}");
            }
            // Stages touch, lie apart or lie within each other.
            first += length / 2 + 1;
        }
        text
    });
    let top = (any::<bool>(), 0..=1i64).prop_map(|(completion, first_day)| {
        let pacing = if completion { "completion" } else { "calendar" };
        format!("pacing = \"{pacing}\"\nfirst_day = {first_day}")
    });
    (stages, top)
}

fn any_done() -> impl Strategy<Value = Vec<Done>> {
    let id = prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h", "m", "zzz"]);
    let share = prop_oneof![3 => Just(1.0), 1 => 0.0..2.0, 1 => Just(f64::NAN)];
    let on = prop_oneof![20 => -12i64..60, 1 => any::<i64>()];
    let done =
        (id, on, share, prop::option::of(0.0..10.0)).prop_map(|(id, on, share, score)| Done {
            kind: if id == "m" {
                ItemKind::Measure
            } else {
                ItemKind::Practice
            },
            id: id.into(),
            on,
            share,
            score,
        });
    prop::collection::vec(done, 0..80)
}

/// Weekdays, most minutes, swaps, pauses, stages opened, date agreed, whether it is the fixed edition.
type Choices = (
    String,
    Option<f64>,
    Vec<Swap>,
    Vec<(i64, Option<i64>)>,
    Vec<(String, i64)>,
    i64,
    bool,
);

fn any_choices() -> impl Strategy<Value = Choices> {
    let name = prop::sample::select(vec!["a", "b", "c", "d", "e", "f"]);
    let swap =
        (name.clone(), name, 0.0..80.0, -5i64..40).prop_map(|(from, to, minutes, since)| Swap {
            from: from.into(),
            to: to.into(),
            minutes,
            since,
        });
    let pause = (-6i64..40, prop::option::weighted(0.8, 0i64..9))
        .prop_map(|(from, long)| (from, long.map(|long| from + long)));
    (
        "[1-7]{0,7}",
        prop::option::of(0.1..50.0),
        prop::collection::vec(swap, 0..3),
        prop::collection::vec(pause, 0..3),
        prop::collection::vec((0..4u8, -5i64..50), 0..4).prop_map(|opened| {
            opened
                .into_iter()
                .map(|(stage, since)| (format!("s{stage}"), since))
                .collect()
        }),
        prop_oneof![4 => Just(-100i64), 1 => -9i64..9, 1 => any::<i64>()],
        any::<bool>(),
    )
}

fn day_of(standing: &Standing) -> Option<i64> {
    match standing {
        Standing::Running { day } | Standing::Paused { day } | Standing::Waiting { day, .. } => {
            Some(*day)
        }
        Standing::Before | Standing::Over => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_done_the_rules_hold((stages, top) in any_programme(), done in any_done(), choices in any_choices()) {
        let library = library(&stages, &top);
        let programme = programme(&library);
        let (weekdays, minutes_most, swaps, pauses, unlocked, agreed, research) = choices;
        let enrolment = Enrolment {
            edition: if research { Edition::Research } else { Edition::Care },
            weekdays: &weekdays,
            minutes_most,
            swaps: &swaps,
            pauses: &pauses,
            unlocked: &unlocked,
            agreed,
            ..enrolment(&library)
        };
        let is_paused = |date: i64| pauses.iter().any(|&(from, to)| from <= date && to.is_none_or(|to| date < to));
        let (mut before, mut held, mut paused): (Option<i64>, i64, i64) = (None, 0, 0);
        for today in -9i64..50 {
            let known: Vec<Done> = done.iter().filter(|done| done.on <= today).cloned().collect();
            let items = due(&enrolment, &done, today);
            let stands = standing(&enrolment, &done, today);
            // Nothing depends on what is recorded later.
            prop_assert_eq!(&items, &due(&enrolment, &known, today));
            prop_assert_eq!(&stands, &standing(&enrolment, &known, today));
            if today % 10 == 0 {
                prop_assert_eq!(adherence(&enrolment, &done, today), adherence(&enrolment, &known, today));
            }

            if is_paused(today) || matches!(stands, Standing::Over | Standing::Paused { .. }) || today < agreed {
                prop_assert!(items.is_empty());
            }
            paused += i64::from(today >= 0 && is_paused(today));
            held += i64::from(matches!(stands, Standing::Waiting { .. }));
            if let Some(day) = day_of(&stands).filter(|_| today >= 0) {
                if top.contains("calendar") {
                    prop_assert_eq!(day, programme.first_day + today - paused - held);
                }
                // At most one day a day, and never back.
                prop_assert!(before.is_none_or(|before| day == before || day == before + 1));
                before = Some(day);
            }
            let mut names: Vec<_> = items.iter().map(|item| (item.kind, &item.id)).collect();
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), items.len(), "nothing is due twice");
            for item in &items {
                prop_assert!(item.opens <= today && today <= item.closes);
                let stage = programme.stages.iter().find(|stage| stage.id == item.stage).unwrap();
                prop_assert!(item.day <= stage.days.1 || stage.days.1 < programme.first_day);
                let (least, most) = (2.0, 40.0);
                prop_assert!((least..=most).contains(&item.minutes));
                if let Some(cap) = minutes_most.filter(|_| !research) {
                    prop_assert!(item.minutes <= cap.max(least));
                }
            }
        }
        for today in [i64::MIN, i64::MAX] {
            standing(&enrolment, &done, today);
            due(&enrolment, &done, today);
        }
        let all = adherence(&enrolment, &done, 400);
        prop_assert!(all.kept <= all.asked && all.minutes_heard >= 0.0 && all.minutes_asked.is_finite());
    }

    #[test]
    fn paced_by_completion_a_day_is_left_only_when_it_was_done((stages, top) in any_programme(), done in any_done()) {
        let library = library(&stages, &top.replace("calendar", "completion"));
        let enrolment = enrolment(&library);
        for today in 0i64..40 {
            let (here, next) = (standing(&enrolment, &done, today), standing(&enrolment, &done, today + 1));
            if let (Standing::Running { day }, Some(then)) = (&here, day_of(&next)) {
                let missing = due(&enrolment, &done, today)
                    .iter()
                    .any(|item| !item.optional && item.closes == today && is_daily(&library, item) && item.times_done < item.times);
                prop_assert_eq!(then == *day + 1, !missing && !matches!(next, Standing::Waiting { .. }));
            }
        }
    }

    #[test]
    fn undisturbed_each_window_of_the_schedule_is_due_on_its_dates((stages, _) in any_programme()) {
        let library = library(&stages.lines().filter(|line| !line.starts_with("unlock")).collect::<Vec<_>>().join("\n"), "");
        let enrolment = enrolment(&library);
        let all: Vec<DueItem> = schedule(&enrolment).into_iter().flat_map(|(_, _, items)| items).collect();
        for today in -9i64..50 {
            let key = |item: &DueItem| (item.id.clone(), item.opens, item.closes, item.minutes.to_bits());
            let mut expected: Vec<_> = all.iter().filter(|item| item.opens <= today && today <= item.closes).map(key).collect();
            let mut found: Vec<_> = due(&enrolment, &[], today).iter().map(key).collect();
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
        }
    }
}

fn is_daily(library: &Library, due: &DueItem) -> bool {
    programme(library)
        .stages
        .iter()
        .flat_map(|stage| &stage.items)
        .any(|item| item.id == due.id && item.is_daily())
}
