//! What is said, and when, worked out by hand.

use crate::support::{file, practice, valid_files};
use kith_content::{
    Asked, ComposeError, Composition, CueKind, Form, Forms, Library, Practice, check, compose,
};

fn library(changed: &str, script: &str) -> Library {
    let loaded = Library::read(
        valid_files()
            .into_iter()
            .chain([file("practices/a.md", practice(changed, script))]),
    );
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded.library
}

fn a(library: &Library) -> &Practice {
    library.practice("a").unwrap()
}

fn texts(composition: &Composition) -> Vec<&str> {
    composition
        .cues
        .iter()
        .map(|cue| cue.text.as_str())
        .collect()
}

/// Every cue lasts two seconds, so that sums are easy.
fn two_seconds(_text: &str) -> Option<f64> {
    Some(2.0)
}

fn play<'l>(library: &'l Library, minutes: f64) -> Asked<'l> {
    Asked {
        clips: &two_seconds,
        ..Asked::new(minutes, library)
    }
}

#[test]
fn a_timeline_holds_cues_bells_and_the_quiet_between_them() {
    let library = library(
        "",
        "# Arrive\nRest a while now.\n[silence 2 4 60]\n# Close\n[bell]\n[silence 1 1 60 weight 3]\n",
    );
    let composition = compose(a(&library), &Asked::new(1.0, &library)).unwrap();
    // Four words at 110 a minute and 0.4 s: 2.582 s. Then 48.418 s of silence are to be shared 1 to 3.
    assert_eq!(composition.cues.len(), 2);
    let (speech, bell) = (&composition.cues[0], &composition.cues[1]);
    assert_eq!(
        (
            speech.at,
            speech.seconds,
            speech.kind,
            speech.section.as_str()
        ),
        (0.0, 2.582, CueKind::Speech, "Arrive")
    );
    assert_eq!(
        (
            bell.seconds,
            bell.kind,
            bell.section.as_str(),
            bell.text.as_str()
        ),
        (4.0, CueKind::Bell, "Close", "")
    );
    // 53.418 s of silence, usually 5: 48.418 more, a quarter of it to the first.
    assert_eq!(bell.at, 2.582 + 4.0 + 12.104);
    assert_eq!(composition.seconds, 60.0);
}

#[test]
fn repeats_come_round_by_round_with_their_other_wordings() {
    let library = library(
        "",
        "# A\n[repeat 1 to 3]\nFirst.\n~ Second.\n[silence 1 18 40]\n[end]\n",
    );
    let composition = compose(a(&library), &play(&library, 1.0)).unwrap();
    assert_eq!(texts(&composition), ["First.", "Second.", "First."]);
    let twice = compose(
        a(&library),
        &Asked {
            pace: 60.0,
            ..Asked::new(1.0, &library)
        },
    )
    .unwrap();
    assert_eq!(texts(&twice).len(), 3);
}

#[test]
fn optional_blocks_come_in_from_their_minute_on_and_leave_when_they_do_not_fit() {
    let script = "# A\nRest.\n[silence 1 5 200]\n[optional from 2 minutes]\nSit.\n[silence 1 5 10]\n[end]\n\
                  [optional from 2 minutes]\nStay.\n[silence 150 150 150]\n[end]\n";
    let library = library("", script);
    let at = |minutes| compose(a(&library), &play(&library, minutes)).unwrap();
    assert_eq!(texts(&at(1.9)), ["Rest."]);
    assert_eq!(
        texts(&at(2.0)),
        ["Rest.", "Sit."],
        "the last does not fit and is left out first"
    );
    assert_eq!(texts(&at(3.0)), ["Rest.", "Sit.", "Stay."]);
}

#[test]
fn forms_choose_the_wording() {
    let script = "# A\n[when light]\nGolden.\n[else]\nPlain.\n[end]\n[when touch]\nHand.\n[end]\n[silence 1 60 200]\n";
    let library = library("", script);
    let with = |forms| {
        compose(
            a(&library),
            &Asked {
                forms,
                ..play(&library, 2.0)
            },
        )
        .unwrap()
    };
    assert_eq!(texts(&with(Forms::default())), ["Plain.", "Hand."]);
    assert_eq!(
        texts(&with(
            Forms::default()
                .with(Form::Light, true)
                .with(Form::Touch, false)
        )),
        ["Golden."]
    );
    assert_eq!(a(&library).script.forms(), [Form::Touch, Form::Light]);
}

#[test]
fn wishes_are_spoken_to_whom_the_script_says() {
    let library = library("", "# A\n[wishes me 3 6 15]\n[wishes all 3 60 150]\n");
    let composition = compose(a(&library), &play(&library, 1.0)).unwrap();
    assert_eq!(
        texts(&composition),
        [
            "May this ease.",
            "May I get some rest.",
            "May this ease, for everyone."
        ]
    );
    let phrases = library.phrase_set("warm").unwrap();
    let composition = compose(
        a(&library),
        &Asked {
            phrases,
            ..play(&library, 1.0)
        },
    )
    .unwrap();
    assert_eq!(texts(&composition), ["May I be well.", "May all be well."]);
}

#[test]
fn a_word_to_fill_in_stays_until_it_is_filled() {
    let variable = "[variables.dear_one]\nask = \"Who?\"\ndefault = \"your friend\"";
    let library = library(
        variable,
        "# A\nBring {dear_one} to mind.\n[silence 1 60 200]\n",
    );
    let composition = compose(a(&library), &Asked::new(1.0, &library)).unwrap();
    assert_eq!(texts(&composition), ["Bring {dear_one} to mind."]);
    assert_eq!(
        texts(&composition.filled(a(&library))),
        ["Bring your friend to mind."]
    );
}

#[test]
fn a_heading_in_a_block_ends_with_it() {
    let library = library(
        "",
        "# A\n[when touch]\n# B\nHand.\n[end]\nRest.\n[silence 1 60 200]\n",
    );
    let composition = compose(a(&library), &play(&library, 1.0)).unwrap();
    let sections: Vec<&str> = composition
        .cues
        .iter()
        .map(|cue| cue.section.as_str())
        .collect();
    assert_eq!(sections, ["B", "A"]);
}

#[test]
fn what_cannot_be_is_refused_with_what_can() {
    let library = library("minutes = [25, 30]", "# A\nRest.\n[silence 1 1500 1700]\n");
    let refused = |asked: Asked<'_>| compose(a(&library), &asked).unwrap_err().to_string();
    assert_eq!(
        refused(play(&library, 40.0)),
        "a lasts 25 to 30 minutes; 40 was asked."
    );
    assert_eq!(
        refused(play(&library, f64::NAN)),
        "a lasts 25 to 30 minutes; NaN was asked."
    );
    assert_eq!(
        refused(play(&library, 29.0)),
        "a can last 0:03 to 28:22 at this pace; 29:00 was asked."
    );
    let fast = Asked {
        pace: 200.0,
        ..play(&library, 25.0)
    };
    assert_eq!(
        compose(a(&library), &fast),
        Err(ComposeError::BadPace { asked: 200.0 })
    );
    assert_eq!(
        refused(fast),
        "the pace can be 60 to 180 words a minute; 200 was asked."
    );
    assert_eq!(
        compose(a(&library), &play(&library, 25.0)).unwrap().range,
        [25.0, 28.36]
    );
}

#[test]
fn a_hundred_rounds_four_deep_are_refused_at_once() {
    for inside in [
        "Rest.\n",
        "[silence 0 0 0]\nRest.\n",
        "[when light]\nRest.\n[end]\n",
    ] {
        let (open, end) = ("[repeat 100 to 100]\n".repeat(3), "[end]\n".repeat(3));
        let library = library(
            "",
            &format!("# A\nBegin.\n{open}{inside}{end}[silence 1 60 200]\n"),
        );
        let problems = check(&library).0;
        let is_light = inside.contains("light");
        assert!(
            problems
                .iter()
                .all(|problem| problem.message.contains("light") == is_light),
            "{inside}: {problems:?}"
        );
        // Told once for its three lengths.
        assert_eq!(problems.len(), 1, "{inside}: {problems:?}");
        assert!(
            problems[0].message.ends_with("and 2 more lengths"),
            "{problems:?}"
        );
    }
}

#[test]
fn an_optional_block_in_a_repeat_is_said_in_every_round() {
    let script = "# A\n[repeat 2 to 4]\nRest.\n[optional from 1 minute]\nSit.\n~ Stay.\n[silence 1 10 20]\n[end]\n[end]\n";
    let library = library("", script);
    let composition = compose(a(&library), &play(&library, 1.0)).unwrap();
    assert_eq!(
        texts(&composition),
        [
            "Rest.", "Sit.", "Rest.", "Stay.", "Rest.", "Sit.", "Rest.", "Stay."
        ]
    );
    assert_eq!(composition.seconds, 60.0);
}
