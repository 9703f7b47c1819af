//! The routing table is read whole, and what is wrong with it is said where it is wrong.

use crate::support::with;
use kith_content::{Form, Modality, Routing, Step, What};
use proptest::prelude::*;

const GOOD: &str = r#"[triggers]
poor_fit = 3
running = 2
much_worse = -2
abandoned = 2
[switches]
most = 3
within_days = 7
message = "No practice is required."
[classes.words]
modalities = ["phrases", "writing"]
instead = "acts"
[classes.acts]
modalities = ["acts", "micro"]
instead = "words"
[[row]]
barrier = "sleepy"
say = "You said you were sleepy."
days = 7
dose = "halve"
tell_practitioner = true
[[row.offer]]
practice = "wishes-dear"
minutes = 5
as = "choose an animal"
called = "Steadying"
phrases = "warm"
why = "this one is for somebody dear"
[[row.offer]]
step = "rest"
[[row.withhold]]
practices = ["three-breaths"]
[[row.withhold]]
modalities = ["imagery"]
targets = ["self"]
title_words = ["Scan"]
[[row.withhold]]
forms = ["eyes-closed"]
longer_than = 5
[[row]]
barrier = "time"
say = "You said there was no time"
days = 7
[[row.offer]]
step = "rest"
"#;

fn read(text: &str) -> Routing {
    let loaded = with("routing.toml", text);
    assert_eq!(loaded.problems, [], "{text}");
    loaded.library.routing().clone()
}

#[test]
fn every_key_is_read() {
    let routing = read(GOOD);
    assert_eq!(
        (routing.triggers.poor_fit, routing.triggers.running),
        (3, 2)
    );
    assert_eq!(
        (routing.triggers.much_worse, routing.triggers.abandoned),
        (-2, 2)
    );
    assert_eq!(
        (routing.switches.most, routing.switches.within_days),
        (3, 7)
    );
    assert_eq!(routing.switches.message, "No practice is required");
    assert_eq!(routing.other_class(Modality::Writing).unwrap().name, "acts");
    assert!(routing.other_class(Modality::Touch).is_none());
    let row = routing.row("sleepy").unwrap();
    assert_eq!(row.say, "You said you were sleepy");
    assert!(row.halve && row.tell_practitioner && row.days == 7);
    let first = &row.offers[0];
    assert_eq!(first.what, What::Practice("wishes-dear".to_owned()));
    assert_eq!(
        (first.minutes, first.phrases.as_deref()),
        (Some(5.0), Some("warm"))
    );
    assert_eq!(
        (first.how.as_deref(), first.called.as_deref()),
        (Some("choose an animal"), Some("Steadying"))
    );
    assert_eq!(first.why.as_deref(), Some("this one is for somebody dear"));
    assert_eq!(row.offers[1].what, What::Step(Step::Rest));
    assert_eq!(row.withheld[2].forms, [Form::EyesClosed]);
    assert_eq!(routing.revision.len(), 12);
}

#[test]
fn a_block_is_about_what_fits_every_line_of_it() {
    let loaded = with("routing.toml", GOOD);
    let row = loaded.library.routing().row("sleepy").unwrap();
    let mut practice = loaded.library.practice("three-breaths").unwrap().clone();
    assert!(row.withheld[0].withholds(&practice, None));
    assert!(!row.withheld[1].withholds(&practice, None));
    practice.modality = Modality::Imagery;
    practice.title = "A body scan".to_owned();
    practice.targets = vec![kith_content::Target::Oneself];
    assert!(row.withheld[1].withholds(&practice, None));
    practice.targets = vec![kith_content::Target::All];
    assert!(!row.withheld[1].withholds(&practice, None));
    // Forms and lengths are turned off and shortened; only what cannot be so short is withheld.
    for (least, withheld) in [(5.0, false), (5.5, true)] {
        practice.minutes = (least, 20.0);
        assert!(row.withheld[2].is_about(&practice, None));
        assert_eq!(
            row.withheld[2].withholds(&practice, None),
            withheld,
            "{least}"
        );
    }
}

#[test]
fn the_same_kind_is_the_kind_of_what_did_not_fit() {
    let text = GOOD.replace("practices = [\"three-breaths\"]", "same_modality = true");
    let loaded = with("routing.toml", text.as_str());
    let row = loaded.library.routing().row("sleepy").unwrap();
    let practice = loaded.library.practice("three-breaths").unwrap();
    for (replaced, withheld) in [
        (None, false),
        (Some(practice.modality), true),
        (Some(Modality::Acts), false),
    ] {
        assert_eq!(row.withheld[0].withholds(practice, replaced), withheld);
    }
}

#[test]
fn what_is_wrong_is_said_where_it_is_wrong() {
    let cases = [
        ("poor_fit = 3", "poor_fit = 11", 2, "(allowed: 0 to 10)"),
        ("running = 2", "running = 1.5", 3, "write a whole number"),
        (
            "much_worse = -2",
            "much_worse = 0",
            4,
            "(allowed: -2 to -1)",
        ),
        (
            "abandoned = 2",
            "abandonned = 2",
            1,
            "`abandoned` is missing",
        ),
        (
            "No practice is required.",
            "You must rest.",
            9,
            "“you must” is an order",
        ),
        ("most = 3", "most = 0", 7, "(allowed: 1 to 100)"),
        (
            "instead = \"acts\"",
            "instead = \"act\"",
            12,
            "did you mean `acts`?",
        ),
        (
            "[\"acts\", \"micro\"]",
            "[\"acts\", \"writing\"]",
            11,
            "in the class `acts` already",
        ),
        ("\"sleepy\"", "\"sleppy\"", 17, "did you mean `sleepy`?"),
        (
            "days = 7\ndose",
            "days = 32\ndose",
            19,
            "(allowed: 1 to 31)",
        ),
        ("\"halve\"", "\"half\"", 20, "did you mean `halve`?"),
        (
            "practice = \"wishes-dear\"",
            "practice = \"wishes-deer\"",
            23,
            "did you mean `wishes-dear`?",
        ),
        (
            "minutes = 5",
            "minutes = 50",
            24,
            "cannot last 50 minutes (allowed: 4 to 10)",
        ),
        (
            "phrases = \"warm\"",
            "phrases = \"wram\"",
            27,
            "did you mean `warm`?",
        ),
        ("step = \"rest\"", "step = \"sleep\"", 30, "is not a step"),
        (
            "step = \"rest\"",
            "step = \"rest\"\npractice = \"wishes-dear\"",
            31,
            "an offer is a practice or a step",
        ),
        (
            "[\"three-breaths\"]",
            "[\"wishes-dear\"]",
            23,
            "offers `wishes-dear` and withholds it too",
        ),
        ("practices = [\"three-breaths\"]", "", 31, "names nothing"),
        (
            "forms = [\"eyes-closed\"]",
            "forms = [\"eyes-closd\"]",
            38,
            "did you mean `eyes-closed`?",
        ),
        (
            "longer_than = 5",
            "longer_than = 0",
            39,
            "(allowed: 0.3 to 60)",
        ),
    ];
    for (good, wrong, line, part) in cases {
        assert!(GOOD.contains(good), "{good}");
        let text = GOOD.replacen(good, wrong, 1);
        let problems = with("routing.toml", text.as_str()).problems;
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let fits = problems
            .iter()
            .zip(&said)
            .any(|(problem, said)| problem.line == line && said.contains(part));
        assert!(fits, "expected {line}: {part}, got {said:#?}");
    }
}

#[test]
fn every_barrier_but_none_has_exactly_one_row() {
    let at = GOOD.find("[[row]]").unwrap();
    let without = with("routing.toml", &GOOD[..at]).problems;
    assert_eq!(without.len(), 2, "{without:?}");
    assert!(
        without
            .iter()
            .any(|problem| problem.message.contains("the barrier `sleepy` has no row"))
    );
    let twice = format!("{GOOD}{}", &GOOD[at..]);
    let problems = with("routing.toml", twice.as_str()).problems;
    assert!(problems[0].message.contains("has two rows"), "{problems:?}");
}

#[test]
fn without_the_file_the_triggers_are_the_usual_ones() {
    let loaded = kith_content::Library::read(crate::support::valid_files());
    assert_eq!(loaded.library.routing().triggers, read(GOOD).triggers);
    assert!(loaded.library.routing().rows.is_empty());
}

proptest! {
    /// Whatever somebody does to a line of the file, reading it ends, and says something or reads it.
    #[test]
    fn a_spoilt_table_is_reported_and_never_the_end(line in 0_usize..45, spoilt in "[\\PC]{0,40}") {
        let text: Vec<&str> = GOOD.lines().enumerate()
            .map(|(at, good)| if at == line { spoilt.as_str() } else { good })
            .collect();
        let loaded = with("routing.toml", text.join("\n"));
        prop_assert!(loaded.library.routing().rows.len() <= 2);
        for problem in loaded.problems {
            prop_assert_eq!(problem.file.as_str(), "routing.toml");
            prop_assert!(problem.line >= 1);
        }
    }
}
