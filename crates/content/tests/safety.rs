//! `safety.toml`: the built-in file agrees with the built-in numbers, and no fault in a clinic's own weakens it.

use crate::support::file;
use kith_content::{Library, Rules, Safety, Signal};

const BUILT_IN: &str = include_str!("../../../content/safety.toml");
const SOURCES: &str = include_str!("../../../content/evidence/sources.toml");

fn read(texts: &[&str]) -> kith_content::Loaded {
    let sources = file("evidence/sources.toml", SOURCES);
    let those = texts.iter().map(|text| file("safety.toml", *text));
    Library::read(std::iter::once(sources).chain(those))
}

/// The line on which this stands in the built-in file.
fn line_of(words: &str) -> usize {
    let at = BUILT_IN.find(words).unwrap_or_else(|| panic!("{words}"));
    BUILT_IN[..at].lines().count() + usize::from(BUILT_IN[..at].ends_with('\n'))
}

#[test]
fn the_built_in_file_asks_what_it_is_there_to_ask() {
    let loaded = read(&[BUILT_IN]);
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    let safety = loaded.library.safety();
    assert_eq!(safety.rules, Rules::default());
    let ids: Vec<_> = safety
        .effects
        .iter()
        .map(|effect| effect.id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "anxious",
            "low",
            "unreal",
            "memories",
            "sleep",
            "harsh",
            "others-pain",
            "daily"
        ]
    );
    let daily: Vec<_> = safety
        .effects
        .iter()
        .filter(|effect| effect.daily_life)
        .collect();
    assert_eq!(daily.len(), 1);
    let risky: Vec<_> = safety
        .questions
        .iter()
        .filter(|question| question.risk)
        .map(|question| question.id.as_str())
        .collect();
    assert_eq!(
        (safety.questions.len(), risky),
        (7, vec!["ending-life", "self-harm", "home"])
    );
    for known in [
        "83 of 100",
        "58 of 100",
        "37 of 100",
        "6 to 14 of 100",
        "96 people",
        "not known",
    ] {
        assert!(safety.unwanted_text.concat().contains(known), "{known}");
    }
    assert!(Signal::Green < Signal::Amber && Signal::Amber < Signal::Red);
}

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    let cases = [
        (
            "id = \"anxious\"",
            "id = \"low\"",
            "id = \"low\"",
            "used twice",
        ),
        (
            "daily_life = true",
            "daily_life = 1",
            "daily_life",
            "must be yes or no",
        ),
        (
            "words = \"Sleeping worse\"",
            "words = \"You must sleep\"",
            "words = \"Sleeping worse\"",
            "is an order",
        ),
        ("risk = false", "", "id = \"reality\"", "`risk` is missing"),
        (
            "signal = \"red\"",
            "signal = \"reed\"",
            "signal = \"red\"",
            "did you mean `red`?",
        ),
        (
            "soften_at = 1",
            "soften_at = 0",
            "soften_at",
            "(allowed: 1 to 3)",
        ),
        (
            "soften_days = 7\n",
            "",
            "[rule.unwanted]",
            "`soften_days` is missing",
        ),
        (
            "[rule.study]",
            "[rule.studies]",
            "[rule.study]",
            "did you mean `study`?",
        ),
        (
            "phq9_red = 20",
            "phq9_red = 15",
            "# What Kith asks",
            "more than `phq9_amber`",
        ),
        (
            "sources = [\"britton2021\"]",
            "sources = [\"britton2012\"]",
            "sources = [\"britton2021\"]",
            "did you mean `britton2021`?",
        ),
        (
            "ring {emergency} or go",
            "ring them or go",
            "danger = ",
            "must hold {emergency}",
        ),
        (
            "Write to them",
            "Write to {them}",
            "write = ",
            "take the { } out",
        ),
        ("locale = \"en\"\n", "", "[[help]]", "`locale` is missing"),
        (
            "[about.screening]",
            "[about.asking]",
            "[about.screening]",
            "is not a part",
        ),
        (
            "words = \"No, or rarely\"\nsignal = \"green\"",
            "words = \"No, or rarely\"\nsignal = \"amber\"",
            "id = \"unreal\"\nrisk",
            "must have a green answer",
        ),
    ];
    for (good, bad, place, part) in cases {
        assert!(BUILT_IN.contains(good), "{good}");
        let loaded = read(&[&BUILT_IN.replacen(good, bad, 1)]);
        let said: Vec<_> = loaded.problems.iter().map(ToString::to_string).collect();
        let line = line_of(place);
        let found = loaded
            .problems
            .iter()
            .find(|problem| problem.to_string().contains(part))
            .unwrap_or_else(|| panic!("{bad}: {said:?}"));
        let near = found.line.abs_diff(line) <= 1;
        assert!(
            near && found.file == "safety.toml",
            "{bad}: line {line}: {said:?}"
        );
    }
}

#[test]
fn a_fault_in_a_clinics_own_file_leaves_what_it_replaced() {
    let own = BUILT_IN.replacen("words = \"Sleeping worse\"", "words = \"Bad nights\"", 1);
    let good = read(&[BUILT_IN, &own]);
    assert!(
        good.library
            .safety()
            .effects
            .iter()
            .any(|effect| effect.words == "Bad nights")
    );
    let broken = read(&[
        BUILT_IN,
        &own.replacen("signal = \"red\"", "signal = \"reed\"", 1),
    ]);
    assert_eq!(broken.problems.len(), 1);
    assert_eq!(broken.library.safety(), read(&[BUILT_IN]).library.safety());
    // With nothing to fall back on nothing is asked, and the numbers still hold.
    let alone = read(&["[[effect"]);
    assert_eq!(*alone.library.safety(), Safety::default());
    assert_eq!(Safety::default().rules.times, 2.0);
}
