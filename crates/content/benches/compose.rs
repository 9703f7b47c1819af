//! How long composing takes: `cargo bench -p kith-content`. Prints nanoseconds a composition.

#![allow(clippy::print_stdout, clippy::panic)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use kith_content::{Asked, File, Library, compose};

const PHRASES: &str = r#"
[[set]]
id = "plain"
title = "Plain"
you = ["I hope this eases.", "I hope you get some rest."]
me = ["May this ease.", "May I get some rest."]
all = ["May this ease, for everyone.", "May everyone get some rest."]
"#;

/// A practice of 5 to 60 minutes with so many sections, each with a choice, an optional block and a nested repeat.
fn practice(sections: usize) -> String {
    let mut text = String::from(
        "+++\ntitle = \"Long\"\nsummary = \"A long one.\"\nmodality = \"phrases\"\ntargets = [\"all\"]\n\
         minutes = [5, 60]\nload = 1\naudience = [\"adult\"]\nsetting = \"Anywhere\"\nuse_when = \"Measuring.\"\n\
         cautions = []\nevidence = []\nstrength = \"D\"\nlimit = \"None.\"\n+++\n",
    );
    for section in 0..sections {
        let _ = write!(
            text,
            "# Section {section}\n\nBring somebody to mind, as if she sat in front of you now.\n[silence 1 6 30]\n\
             [when eyes-closed]\nLet your eyes close, if you like.\n[else]\nRest your gaze on one spot.\n[end]\n\
             [silence 1 4 10 weight 2]\n[repeat 1 to 4]\nStay with her, and say the wishes to yourself.\n\
             ~ Come back to her, and begin the wishes again.\n[silence 1 4 8]\n[repeat 1 to 2]\n[wishes you 1 6 15]\n\
             [end]\n[end]\n[optional from 20 minutes]\nNotice anything in the body as you wish.\n\
             [silence 2 10 60 weight 2]\n[end]\n"
        );
    }
    text
}

fn main() {
    for (sections, minutes) in [(4, 10.0), (8, 30.0), (12, 60.0)] {
        let loaded = Library::read([
            File {
                path: "practices/long.md".into(),
                text: practice(sections),
            },
            File {
                path: "phrases.toml".into(),
                text: PHRASES.into(),
            },
        ]);
        let Some(practice) = loaded.library.practice("long") else {
            panic!("{:?}", loaded.problems)
        };
        let asked = Asked::new(minutes, &loaded.library);
        let cues = match compose(practice, &asked) {
            Ok(composition) => composition.cues.len(),
            Err(error) => panic!("{error}"),
        };
        let rounds = 20_000_u32;
        let begun = Instant::now();
        for _ in 0..rounds {
            let _ = black_box(compose(black_box(practice), black_box(&asked)));
        }
        let nanoseconds = begun.elapsed().as_nanos() / u128::from(rounds);
        println!("compose {minutes} minutes, {sections} sections, {cues} cues: {nanoseconds} ns");
    }
}
