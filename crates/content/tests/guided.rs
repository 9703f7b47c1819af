//! What somebody who reads aloud is given, beside what a composition says.

use crate::support::{file, practice, valid_files};
use kith_content::{Asked, Form, Guided, Library, compose, guided};
use proptest::prelude::*;

fn library(script: &str) -> Library {
    let file = file("practices/a.md", practice("minutes = [1, 10]", script));
    let loaded = Library::read(valid_files().into_iter().chain([file]));
    assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    loaded.library
}

fn read(library: &Library, minutes: f64) -> Guided {
    let practice = library.practice("a").unwrap();
    guided(practice, &Asked::new(minutes, library)).unwrap()
}

const NOTED: &str = "; Three seats beforehand.
; And one of the client's own.

; Stop at the sign.
# Arrive
; Sit down yourself.
Let us sit.
[silence 3 6 200]

; checked: the word is meant
; Wait for an answer.

[optional from 4 minutes]
; Only when there is time.
Look round.
[silence 3 6 60]
[silence 1 2 30]
[end]

[repeat 1 to 3]
Breathe in.
; A note inside a cue's lines stands before it.
And out.
~ And again.
[silence 3 6 60]
[end]
# Close
[bell]
; Ask how it was.
";

#[test]
fn notes_keep_their_place_and_nobody_else_is_given_them() {
    let library = library(NOTED);
    let told = read(&library, 2.0);
    assert_eq!(
        told.notes,
        [
            "Three seats beforehand. And one of the client's own.",
            "Stop at the sign."
        ]
    );
    let cues: Vec<_> = told
        .cues
        .iter()
        .map(|cue| (cue.cue.text.as_str(), cue.notes.join(" | ")))
        .take(2)
        .collect();
    assert_eq!(
        cues,
        [
            ("Let us sit.", "Sit down yourself.".to_owned()),
            (
                "Breathe in. And out.",
                "Wait for an answer. | A note inside a cue's lines stands before it.".to_owned()
            ),
        ]
    );
    assert_eq!(told.notes_after, ["Ask how it was."]);
    let longer = read(&library, 5.0);
    assert_eq!(
        longer.cues[1].notes,
        ["Wait for an answer.", "Only when there is time."]
    );
    assert_eq!(longer.cues[1].silences.len(), 2);
    let spoken = compose(library.practice("a").unwrap(), &Asked::new(5.0, &library)).unwrap();
    assert!(spoken.cues.iter().all(|cue| !cue.text.contains("note")));
}

#[test]
fn a_repeat_that_holds_only_a_note_is_not_counted_through() {
    let library = library(
        "# A\nRest.\n[silence 1 60 600]\n[repeat 1 to 100]\n[when light]\nA light.\n[end]\n; Nothing else here.\n[end]\n",
    );
    let told = read(&library, 1.0);
    assert_eq!(told.cues.len(), 1);
    assert!(told.notes_after.is_empty());
}

proptest! {
    #[test]
    fn the_timeline_is_the_compositions_own(minutes in 4.0f64..=10.0, pace in 60.0f64..=180.0, on in any::<bool>()) {
        let library = Library::read(valid_files()).library;
        let practice = library.practice("wishes-dear").unwrap();
        let mut asked = Asked { pace, ..Asked::new(minutes, &library) };
        asked.forms = asked.forms.with(Form::EyesClosed, on);
        let (Ok(told), Ok(composed)) = (guided(practice, &asked), compose(practice, &asked)) else {
            return Ok(());
        };
        let composed = composed.filled(practice);
        prop_assert_eq!(told.seconds, composed.seconds);
        prop_assert_eq!(told.range, composed.range);
        let cues: Vec<_> = told.cues.iter().map(|cue| cue.cue.clone()).collect();
        prop_assert_eq!(&cues, &composed.cues);
        let mut next = told.cues.iter().skip(1).map(|cue| cue.cue.at).chain([told.seconds]);
        for cue in &told.cues {
            prop_assert!((cue.cue.at + cue.cue.seconds + cue.silence - next.next().unwrap()).abs() < 0.001);
            let least: u64 = cue.silences.iter().map(|silence| silence.least).sum();
            let most: u64 = cue.silences.iter().map(|silence| silence.most).sum();
            let length = (cue.silence * 1000.0).round() as u64;
            prop_assert!((least..=most).contains(&length));
        }
    }
}
